import JSON
import Pipelines
import TextAnalysis

/// What changes the text of a field, or all texts of a list.
protocol TextFieldProcessor: DocumentProcessor {
    /// The field, where the result goes, and whether there may be none.
    var target: TextTarget { get }

    /// What becomes of a text.
    func change(_ text: String) throws(IngestFailure) -> JSONValue
}

/// The settings that processors of texts share.
struct TextTarget: Sendable {
    let field: DocumentPath
    let target: DocumentPath
    let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        target = try settings.path("target_field", default: field)
    }
}

extension TextFieldProcessor {
    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let value = try document.value(target.field, ignoreMissing: target.ignoresMissing)
        let name = target.field.text
        switch value {
        case .null:
            if target.ignoresMissing { return }
            throw .illegalArgument("field [\(name)] is null, cannot process it.")
        case .string(let text): try document.set(target.target, change(text))
        case .array(let elements):
            var changed: [JSONValue] = []
            for element in elements {
                guard let text = element.string else {
                    throw .illegalArgument(
                        "value [\(element.javaText)] of type [\(element.javaClass)] in list field [\(name)] cannot be cast to [java.lang.String]"
                    )
                }
                changed.append(try change(text))
            }
            try document.set(target.target, .array(changed))
        default: throw IngestDocument.cast(target.field, value, to: "java.lang.String")
        }
    }
}

/// `lowercase`.
struct LowercaseProcessor: TextFieldProcessor {
    static let type = "lowercase"
    let target: TextTarget
    init(_ settings: inout ProcessorSettings) throws(PipelineError) { target = try TextTarget(&settings) }
    func change(_ text: String) throws(IngestFailure) -> JSONValue { .string(text.lowercased()) }
}

/// `uppercase`.
struct UppercaseProcessor: TextFieldProcessor {
    static let type = "uppercase"
    let target: TextTarget
    init(_ settings: inout ProcessorSettings) throws(PipelineError) { target = try TextTarget(&settings) }
    func change(_ text: String) throws(IngestFailure) -> JSONValue { .string(text.uppercased()) }
}

/// `trim`: takes spaces and control characters off both ends.
struct TrimProcessor: TextFieldProcessor {
    static let type = "trim"
    let target: TextTarget
    init(_ settings: inout ProcessorSettings) throws(PipelineError) { target = try TextTarget(&settings) }

    func change(_ text: String) throws(IngestFailure) -> JSONValue {
        var rest = text.utf8[...]
        while let first = rest.first, first <= 0x20 { rest.removeFirst() }
        while let last = rest.last, last <= 0x20 { rest.removeLast() }
        return .string(String(Substring(rest)))
    }
}

/// `html_strip`: takes HTML out.
struct HTMLStripProcessor: TextFieldProcessor {
    static let type = "html_strip"
    let target: TextTarget
    init(_ settings: inout ProcessorSettings) throws(PipelineError) { target = try TextTarget(&settings) }

    func change(_ text: String) throws(IngestFailure) -> JSONValue {
        // Without a tag nothing is looked at, not even references to characters.
        guard text.utf8.contains(UInt8(ascii: "<")), text.utf8.contains(UInt8(ascii: ">")) else { return .string(text) }
        return .string(HTMLText.stripped(text))
    }
}

/// `urldecode`: decodes what is encoded for URLs.
struct URLDecodeProcessor: TextFieldProcessor {
    static let type = "urldecode"
    let target: TextTarget
    init(_ settings: inout ProcessorSettings) throws(PipelineError) { target = try TextTarget(&settings) }

    func change(_ text: String) throws(IngestFailure) -> JSONValue {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "+"): output.append(0x20)
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count else {
                    throw .illegalArgument("URLDecoder: Incomplete trailing escape (%) pattern")
                }
                let digits = String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self)
                guard digits.utf8.first != UInt8(ascii: "+"), let byte = UInt8(digits, radix: 16) else {
                    throw .illegalArgument(
                        "URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 0 in: \"\(digits)\"")
                }
                output.append(byte)
                index += 2
            case let byte: output.append(byte)
            }
            index += 1
        }
        return .string(String(decoding: output, as: UTF8.self))
    }
}

/// `bytes`: makes a number of a size such as `1kb`.
struct BytesProcessor: TextFieldProcessor {
    static let type = "bytes"
    let target: TextTarget
    init(_ settings: inout ProcessorSettings) throws(PipelineError) { target = try TextTarget(&settings) }

    private static let units: [(suffix: String, shift: Int)] = [
        ("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40), ("pb", 50), ("k", 10), ("m", 20), ("g", 30), ("t", 40),
        ("p", 50), ("b", 0),
    ]

    func change(_ text: String) throws(IngestFailure) -> JSONValue {
        let lower = String(text.lowercased().drop { $0 == " " })
        if lower == "-1" || lower == "0" { return .number(JSONNumber(lower == "0" ? 0 : -1)) }
        for unit in Self.units where lower.hasSuffix(unit.suffix) {
            var digits = lower.dropLast(unit.suffix.count)
            while digits.last == " " { digits.removeLast() }
            if unit.shift == 0 || Int(digits) != nil {
                guard let count = Int(digits), count >= 0 else { break }
                let (bytes, overflows) = count.multipliedReportingOverflow(by: 1 << unit.shift)
                guard !overflows else { break }
                return .number(JSONNumber(bytes))
            }
            guard let count = Double(digits), count >= 0,
                let bytes = Int(exactly: (count * Double(1 << unit.shift)).rounded(.down))
            else { break }
            return .number(JSONNumber(bytes))
        }
        let isUnknown = !Self.units.contains { lower.hasSuffix($0.suffix) }
        throw isUnknown
            ? IngestFailure(
                "parse_exception",
                "failed to parse setting [\(target.field.text)] with value [\(text)] as a size in bytes: unit is missing or unrecognized"
            )
            : IngestFailure(
                "parse_exception", "failed to parse [\(text)]",
                causedBy: [(type: "number_format_exception", reason: "For input string: \"\(lower)\"")])
    }
}

/// `gsub`: replaces what a regular expression matches.
struct GsubProcessor: TextFieldProcessor {
    static let type = "gsub"
    let target: TextTarget
    private let pattern: JavaRegularExpression
    private let replacement: JavaReplacement

    /// The longest text that a replacement may make, in bytes.
    private static let maximumBytes = 64 << 20

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        target = try TextTarget(&settings)
        let text = try settings.text("pattern")
        let with = try settings.text("replacement")
        do { pattern = try JavaRegularExpression(text) } catch {
            throw settings.fault("pattern", "Invalid regex pattern. \(error.reason)")
        }
        do { replacement = try pattern.replacement(with) } catch { throw settings.fault("replacement", error.reason) }
    }

    func change(_ text: String) throws(IngestFailure) -> JSONValue {
        do { return .string(try pattern.replacing(text, with: replacement, maximumBytes: Self.maximumBytes)) } catch {
            throw .illegalArgument(error.reason)
        }
    }
}
