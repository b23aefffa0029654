import JSON
import Pipelines

/// `convert`: makes a value of another type of a value, or of each of a list.
struct ConvertProcessor: DocumentProcessor {
    static let type = "convert"

    /// What values become.
    enum Kind: String, CaseIterable {
        case integer, long, double, float, boolean, string, auto

        /// The value of another type.
        func convert(_ value: JSONValue) throws(IngestFailure) -> JSONValue {
            let text = value.javaText
            switch self {
            case .integer, .long:
                guard let number = Self.whole(text), self == .long || Int32(exactly: number) != nil else {
                    throw .number(text, "unable to convert [\(text)] to \(rawValue)")
                }
                return .number(JSONNumber(number))
            case .double:
                guard let number = Self.real(text), number.isFinite else {
                    throw .number(text, "unable to convert [\(text)] to double")
                }
                return .number(JSONNumber(number))
            case .float:
                // The shortest text that means the float is what stands in the document.
                guard let number = Self.real(text).map({ Float($0) }), number.isFinite,
                    let shown = Double(number.description)
                else { throw .number(text, "unable to convert [\(text)] to float") }
                return .number(JSONNumber(shown))
            case .boolean:
                switch text.lowercased() {
                case "true": return true
                case "false": return false
                default:
                    throw .illegalArgument("[\(text)] is not a boolean value, cannot convert to boolean")
                }
            case .string: return .string(text)
            case .auto:
                guard value.string != nil else { return value }
                for kind in [Kind.boolean, .integer, .long, .float, .double] {
                    if let converted = try? kind.convert(value) { return converted }
                }
                return value
            }
        }

        /// A whole number as Java's `decode` reads hexadecimal digits, and `parseLong` all others.
        private static func whole(_ text: String) -> Int? {
            if text.hasPrefix("0x") {
                return text.dropFirst(2).first?.isHexDigit == true ? Int(text.dropFirst(2), radix: 16) : nil
            }
            if text.hasPrefix("-0x") {
                return text.dropFirst(3).first?.isHexDigit == true ? Int("-" + text.dropFirst(3), radix: 16) : nil
            }
            return Int(text)
        }

        /// A number as Java's `parseDouble` reads it, without its hexadecimal form.
        private static func real(_ text: String) -> Double? {
            var digits = text[...]
            while let first = digits.utf8.first, first <= 0x20 { digits.removeFirst() }
            while let last = digits.utf8.last, last <= 0x20 { digits.removeLast() }
            guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 || "+-.eEdDfF".utf8.contains($0) }) else { return nil }
            if let last = digits.last, "dDfF".contains(last) { digits.removeLast() }
            return Double(digits)
        }
    }

    private let field: DocumentPath
    private let target: DocumentPath
    private let kind: Kind
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        let name = try settings.text("type")
        target = try settings.path("target_field", default: field)
        guard let kind = Kind(rawValue: name.lowercased()) else {
            throw settings.fault("type", "type [\(name)] not supported, cannot convert field.")
        }
        self.kind = kind
        ignoresMissing = try settings.bool("ignore_missing", default: false)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let value = try document.value(field, ignoreMissing: ignoresMissing)
        switch value {
        case .null:
            if ignoresMissing { return }
            throw .illegalArgument("Field [\(field.text)] is null, cannot be converted to type [\(kind.rawValue)]")
        case .array(let elements):
            var converted: [JSONValue] = []
            for element in elements { converted.append(try kind.convert(element)) }
            try document.set(target, .array(converted))
        default: try document.set(target, kind.convert(value))
        }
    }
}
