import JSON
import Pipelines

/// `csv`: makes fields of a line of comma-separated values.
struct CSVProcessor: DocumentProcessor {
    static let type = "csv"
    private let field: DocumentPath
    private let targets: [DocumentPath]
    private let quote: UInt16
    private let separator: UInt16
    private let trims: Bool
    private let emptyValue: JSONValue?
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        quote = try Self.character("quote", "\"", "quote has to be single character like \" or '", &settings)
        separator = try Self.character(
            "separator", ",", "separator has to be single character like , or ;", &settings)
        trims = try settings.bool("trim", default: false)
        emptyValue = settings.value("empty_value")
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        guard let names = try settings.texts("target_fields") else {
            throw settings.fault("target_fields", "required property is missing")
        }
        guard !names.isEmpty else { throw settings.fault("target_fields", "target fields list can't be empty") }
        var targets: [DocumentPath] = []
        for name in names {
            do { targets.append(try DocumentPath(name)) } catch { throw settings.fault("target_fields", error.reason) }
        }
        self.targets = targets
    }

    private static func character(
        _ name: String, _ fallback: String, _ fault: String, _ settings: inout ProcessorSettings
    ) throws(PipelineError) -> UInt16 {
        let text = try settings.optionalText(name) ?? fallback
        guard text.utf16.count == 1, let unit = text.utf16.first else { throw settings.fault(name, fault) }
        return unit
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let line = try document.string(field, ignoreMissing: ignoresMissing) else {
            if ignoresMissing { return }
            throw .illegalArgument("field [\(field.text)] is null, cannot process it.")
        }
        var reader = CSVReader(line, quote: quote, separator: separator, trims: trims)
        for target in targets {
            guard let value = try reader.next() else { return }
            if !value.isEmpty {
                try document.set(target, .string(value))
            } else if let emptyValue {
                try document.set(target, emptyValue)
            }
        }
    }
}

/// Cuts a line into values after RFC 4180; spaces may stand around quoted ones.
///
/// Places in faults count UTF-16 code units, as OpenSearch's do.
struct CSVReader {
    private let units: [UInt16]
    private let quote: UInt16
    private let separator: UInt16
    private let trims: Bool
    private var index = 0
    /// Whether a separator was the last thing read: an empty value follows it only if something stands behind.
    private var isDone = false

    init(_ line: String, quote: UInt16, separator: UInt16, trims: Bool) {
        units = Array(line.utf16)
        self.quote = quote
        self.separator = separator
        self.trims = trims
    }

    /// The next value; `nil` behind the last one.
    mutating func next() throws(IngestFailure) -> String? {
        guard !isDone, index < units.count else { return nil }
        let start = index
        while index < units.count, Self.isSpace(units[index]), units[index] != separator { index += 1 }
        guard index < units.count else { return nil }
        if units[index] == quote { return try quoted() }
        if units[index] == separator {
            let value = trims ? "" : text(start..<index)
            index += 1
            return value
        }
        return try plain(from: trims ? index : start)
    }

    private mutating func plain(from start: Int) throws(IngestFailure) -> String {
        var spaces = 0
        while index < units.count {
            let unit = units[index]
            if unit == 0x0A || unit == 0x0D || unit == quote {
                throw .illegalArgument("Illegal character inside unquoted field at \(index)")
            }
            if unit == separator {
                index += 1
                return text(start..<(index - 1 - spaces))
            }
            spaces = trims && Self.isSpace(unit) ? spaces + 1 : 0
            index += 1
        }
        isDone = true
        return text(start..<index)
    }

    private mutating func quoted() throws(IngestFailure) -> String {
        var value: [UInt16] = []
        index += 1
        while true {
            guard index < units.count else { throw .illegalArgument("Unmatched quote") }
            if units[index] != quote {
                value.append(units[index])
            } else if index + 1 < units.count, units[index + 1] == quote {
                value.append(quote)
                index += 1
            } else {
                break
            }
            index += 1
        }
        index += 1
        while index < units.count, units[index] != separator {
            guard Self.isSpace(units[index]) else {
                let shown = String(decoding: [units[index]], as: UTF16.self)
                throw .illegalArgument("character '\(shown)' after quoted field at \(index)")
            }
            index += 1
        }
        index += 1
        return String(decoding: value, as: UTF16.self)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: units[range], as: UTF16.self) }

    private static func isSpace(_ unit: UInt16) -> Bool { unit == 0x20 || unit == 0x09 }
}
