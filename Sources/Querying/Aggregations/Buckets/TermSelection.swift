import JSON
import Mappings
import SearchIndex

/// `include` and `exclude` of a terms aggregation.
final class TermSelection {
    private let include: Rule?
    private let exclude: Rule?
    /// What was found out about strings, by their number: 0 unknown, 1 accepted, 2 not.
    private var verdicts: [UInt8] = []

    /// Whether everything is accepted.
    let isOpen: Bool

    private enum Rule {
        case pattern(TermPattern)
        case strings(Set<[UInt8]>)
        case numbers(Set<Double>)
        case partition(Int, of: Int)
    }

    init(_ specification: TermsSpecification, values: FieldValues) throws {
        include = try specification.include.map { try Self.rule($0, values) }
        exclude = try specification.exclude.map { try Self.rule($0, values) }
        isOpen = include == nil && exclude == nil
    }

    private static func rule(_ filter: TermFilter, _ values: FieldValues) throws -> Rule {
        switch (filter, values) {
        case (.partition(let partition, let count), _): return .partition(partition, of: count)
        case (.pattern(let text), .strings), (.pattern(let text), .unmapped):
            return .pattern(
                try RegularExpression.pattern(text, flags: .all, bothCases: false, maxStates: 10_000))
        case (.pattern, .numbers):
            throw SearchError.aggregation(
                "Aggregation cannot support regular expression style include/exclude settings as they can only be applied to "
                    + "string fields. Use an array of values for include/exclude clauses")
        case (.values(let given), .numbers(let numbers, let format)):
            return .numbers(
                Set(
                    try given.map { value in
                        if case .date = format, let field = numbers.field {
                            do {
                                let moment = try (field.dateFormat ?? .standard).moment(
                                    of: value.string ?? value.serialized())
                                return Double(moment.milliseconds)
                            } catch let error as MappingError { throw SearchError.aggregation(error) }
                        }
                        if case .bool(let bool) = value { return bool ? 1 : 0 }
                        guard let number = value.double ?? value.string.flatMap({ Double($0) }) else {
                            throw SearchError(
                                type: "number_format_exception",
                                reason: "For input string: \"\(value.string ?? value.serialized())\"", phase: .query)
                        }
                        return number
                    }))
        case (.values(let given), _):
            let isAddress = values.format == .address
            return .strings(
                Set(
                    given.map { value in
                        let text = value.string ?? value.serialized()
                        return isAddress ? IPAddress(text)?.bytes ?? [] : Array(text.utf8)
                    }))
        }
    }

    func accepts(_ number: Int, _ strings: StringValues) -> Bool {
        while verdicts.count <= number { verdicts.append(0) }
        if verdicts[number] == 0 {
            let bytes = strings.strings[number]
            verdicts[number] =
                (include.map { Self.holds($0, bytes) } ?? true) && !(exclude.map { Self.holds($0, bytes) } ?? false)
                ? 1 : 2
        }
        return verdicts[number] == 1
    }

    func accepts(_ key: Int64, _ encoding: NumericEncoding) -> Bool {
        let value = encoding == .nanoseconds ? Double(key) : encoding.double(key)
        return (include.map { Self.holds($0, value) } ?? true) && !(exclude.map { Self.holds($0, value) } ?? false)
    }

    private static func holds(_ rule: Rule, _ bytes: [UInt8]) -> Bool {
        switch rule {
        case .pattern(let pattern): pattern.value(of: bytes) >= 0
        case .strings(let set): set.contains(bytes)
        case .numbers: false
        case .partition(let partition, let count): Int(HyperLogLog.hash(bytes) % UInt64(count)) == partition
        }
    }

    private static func holds(_ rule: Rule, _ value: Double) -> Bool {
        switch rule {
        case .numbers(let set): set.contains(value)
        case .partition(let partition, let count):
            Int(HyperLogLog.hash(Int64(bitPattern: value.bitPattern)) % UInt64(count)) == partition
        case .pattern, .strings: false
        }
    }
}
