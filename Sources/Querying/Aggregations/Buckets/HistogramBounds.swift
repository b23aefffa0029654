import JSON
import Mappings

/// `extended_bounds` and `hard_bounds` of a histogram.
enum HistogramBounds {
    static func range(
        _ bounds: (JSONValue?, JSONValue?)?, _ values: FieldValues, _ context: any AggregationContext
    ) throws -> ClosedRange<Double>? {
        guard let bounds else { return nil }
        let low = try bounds.0.map { try value($0, values.format, context.now, roundsUp: false) } ?? -.infinity
        let high = try bounds.1.map { try value($0, values.format, context.now, roundsUp: true) } ?? .infinity
        guard low <= high else {
            throw SearchError.aggregation(
                "[extended_bounds.min][\(low)] cannot be greater than [extended_bounds.max][\(high)]")
        }
        return low...high
    }

    static func value(_ value: JSONValue, _ format: ValueFormat, _ now: Moment, roundsUp: Bool) throws -> Double {
        if let number = value.double { return number }
        if case .date(let dateFormat, let zone, _) = format, let text = value.string {
            do {
                let moment = try DateMath.moment(of: text, format: dateFormat, now: now, zone: zone, roundsUp: roundsUp)
                return Double(moment.milliseconds)
            } catch { throw SearchError.aggregation(error) }
        }
        guard let number = value.string.flatMap({ Double($0) }) else {
            throw SearchError.aggregation("bounds of a histogram must be numbers, not \(value.serialized())")
        }
        return number
    }
}
