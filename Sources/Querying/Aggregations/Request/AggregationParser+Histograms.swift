import JSON

/// Histograms of numbers and dates.
extension AggregationParser {
    func histogram(_ body: inout AggregationBody) throws -> HistogramSpecification {
        let isDate = body.type == "date_histogram"
        let interval = isDate ? try dateInterval(&body) : try numberInterval(&body)
        var offset = 0.0
        if let given = body.take("offset") {
            if let number = given.double {
                offset = number
            } else if isDate, let text = given.string {
                offset = Double(try Self.signedMilliseconds(text))
            } else if let number = given.string.flatMap({ Double($0) }) {
                offset = number
            } else {
                throw body.unexpected("offset", given)
            }
        }
        let minimum = try body.long("min_doc_count") ?? 0
        let keyed = try body.bool("keyed") ?? false
        let order = try body.order()?.first
        let extended = try bounds("extended_bounds", &body)
        let hard = try bounds("hard_bounds", &body)
        var histogram = HistogramSpecification(values: try body.values(), interval: interval)
        histogram.offset = offset
        histogram.minimumCount = minimum
        histogram.keyed = keyed
        if let order { histogram.order = order }
        histogram.extendedBounds = extended
        histogram.hardBounds = hard
        if case .number(let step) = interval {
            // An offset is only a place within one interval.
            histogram.offset = offset - step * (offset / step).rounded(.down)
        }
        return histogram
    }

    private func numberInterval(_ body: inout AggregationBody) throws -> HistogramSpecification.Interval {
        guard let interval = try body.double("interval") else {
            throw SearchError.illegalArgument("[interval] must be > 0 for histogram aggregation [\(body.name)]")
        }
        guard interval > 0, interval.isFinite else {
            throw SearchError.illegalArgument("[interval] must be >0 for histogram aggregation [\(body.name)]")
        }
        return .number(interval)
    }

    private static let calendarUnits: [String: HistogramSpecification.CalendarUnit] = [
        "year": .year, "1y": .year, "quarter": .quarter, "1q": .quarter, "month": .month, "1M": .month, "week": .week,
        "1w": .week, "day": .day, "1d": .day, "hour": .hour, "1h": .hour, "minute": .minute, "1m": .minute,
        "second": .second, "1s": .second,
    ]

    private func dateInterval(_ body: inout AggregationBody) throws -> HistogramSpecification.Interval {
        let calendar = try body.string("calendar_interval")
        let fixed = try body.string("fixed_interval")
        let either = try body.string("interval")
        if let calendar {
            guard let unit = Self.calendarUnits[calendar] else {
                throw SearchError.illegalArgument(
                    "The supplied interval [\(calendar)] could not be parsed as a calendar interval.")
            }
            if fixed != nil {
                throw SearchError.illegalArgument(
                    "Cannot use [fixed_interval] with [calendar_interval] configuration option.")
            }
            return .calendar(unit)
        }
        if let text = fixed ?? either {
            if fixed == nil, let unit = Self.calendarUnits[text] { return .calendar(unit) }
            let milliseconds = try Self.signedMilliseconds(text)
            guard milliseconds > 0 else {
                throw SearchError.illegalArgument("[interval] must be 1 or greater for aggregation [\(body.name)]")
            }
            return .fixed(milliseconds)
        }
        throw SearchError.illegalArgument(
            "Invalid interval specified, must be non-null and non-empty in [\(body.name)]")
    }

    /// `30s`, `+6h`, `-1d`, `500ms` in milliseconds.
    static func signedMilliseconds(_ text: String) throws -> Int64 {
        var digits = Substring(text)
        var sign: Int64 = 1
        if let first = digits.first, first == "+" || first == "-" {
            sign = first == "-" ? -1 : 1
            digits.removeFirst()
        }
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        let fault = SearchError.illegalArgument(
            "failed to parse setting [DateHistogramAggregation.parse] with value [\(text)] as a time value: unit is missing or "
                + "unrecognized")
        for (unit, factor) in units where digits.hasSuffix(unit) {
            guard let amount = Int64(digits.dropLast(unit.count)) else { throw fault }
            let (product, overflow) = amount.multipliedReportingOverflow(by: factor)
            if overflow { throw fault }
            return sign * product
        }
        throw fault
    }

    private func bounds(_ key: String, _ body: inout AggregationBody) throws -> (JSONValue?, JSONValue?)? {
        guard let members = try body.object(key) else { return nil }
        return (
            members["min"].flatMap { $0.isNull ? nil : $0 }, members["max"].flatMap { $0.isNull ? nil : $0 }
        )
    }
}
