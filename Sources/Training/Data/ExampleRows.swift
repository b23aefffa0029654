import JSON
import Relevance

/// Reads the rows of a file of examples, one after the other.
struct ExampleRows: ~Copyable {
    private enum Format {
        case jsonLines
        case tabs
        case commas
    }

    /// The line on which the last row began.
    private(set) var line = 0
    private let path: String
    private let format: Format
    private var reader: LineReader
    /// The names of the columns, of formats that have them in their first line.
    private var names: [String] = []

    private init(path: String, format: Format, reader: consuming LineReader) {
        self.path = path
        self.format = format
        self.reader = reader
    }

    /// Opens a file and reads the names of its columns.
    static func open(_ path: String) throws(TrainingError) -> ExampleRows {
        let format = try format(of: path)
        let reader: LineReader
        do throws(RelevanceError) { reader = try LineReader(path: path) } catch { throw TrainingError(error) }
        var rows = ExampleRows(path: path, format: format, reader: reader)
        if format != .jsonLines { try rows.readNames() }
        return rows
    }

    private static func format(of path: String) throws(TrainingError) -> Format {
        let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
        switch name.split(separator: ".").last.map({ $0.lowercased() }) {
        case "jsonl", "ndjson", "json": return .jsonLines
        case "tsv": return .tabs
        case "csv": return .commas
        default:
            throw TrainingError(
                .badData, "the name does not say what kind of file it is",
                advice:
                    "Name it .jsonl, .tsv or .csv, or give a BEIR folder with corpus.jsonl, queries.jsonl and qrels",
                path: path)
        }
    }

    private mutating func readNames() throws(TrainingError) {
        guard let names = try fields() else {
            throw TrainingError(
                .badData, "the file is empty", advice: "Begin with a line of column names", path: path)
        }
        for name in names where ExampleRow.Column(named: name) == nil && !ExampleRow.ignored.contains(name) {
            throw fault(RowFault("the column '\(name)' is not known", ExampleRow.advice))
        }
        if let twice = Dictionary(grouping: names, by: { $0 }).first(where: { $0.value.count > 1 }) {
            throw fault(RowFault("the column '\(twice.key)' is there twice", "Give every column its own name"))
        }
        self.names = names
    }

    /// The next row; nil behind the last one.
    mutating func next() throws(TrainingError) -> ExampleRow? {
        var row = ExampleRow()
        if format == .jsonLines {
            guard let object = try object() else { return nil }
            for (key, value) in object {
                do throws(RowFault) { try row.set(key, to: value) } catch { throw fault(error) }
            }
            return row
        }
        guard let fields = try fields() else { return nil }
        guard fields.count == names.count else {
            throw fault(
                RowFault("there are \(fields.count) fields for \(names.count) columns", "Correct the line or remove it")
            )
        }
        for (name, field) in zip(names, fields) {
            do throws(RowFault) { try row.set(name, to: try value(field, of: name)) } catch { throw fault(error) }
        }
        return row
    }

    /// An error about the row that was read last.
    func fault(_ fault: RowFault) -> TrainingError {
        TrainingError(.badData, fault.reason, advice: fault.advice, path: path, line: line)
    }

    private mutating func object() throws(TrainingError) -> JSONObject? {
        while let bytes = try nextLine() {
            line = reader.lineNumber
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(parsing: bytes)
            } catch {
                throw fault(RowFault("column \(error.column): \(error.reason)", "Write one JSON object a line"))
            }
            guard let object = value.object else {
                throw fault(RowFault("the line is \(value.typeName), not an object", "Write one JSON object a line"))
            }
            return object
        }
        return nil
    }

    private mutating func nextLine() throws(TrainingError) -> ArraySlice<UInt8>? {
        do throws(RelevanceError) { return try reader.next() } catch { throw TrainingError(error) }
    }

    /// A field as the value of its column: columns of numbers hold one, or several between brackets or blanks.
    private func value(_ field: String, of name: String) throws(RowFault) -> JSONValue {
        switch ExampleRow.Column(named: name) {
        case nil, .query, .document, .negative: return .string(field)
        default:
            let parts = field.split { " ,[]".contains($0) }
            let numbers = parts.compactMap { Double($0) }
            guard numbers.count == parts.count, !numbers.isEmpty else {
                throw RowFault("'\(name)' is \"\(field.prefix(40))\", not a number", "Give a number")
            }
            return .array(numbers.map { .number(JSONNumber($0)) })
        }
    }

    /// The fields of the next row; nil behind the last one.
    private mutating func fields() throws(TrainingError) -> [String]? {
        repeat {
            guard let bytes = try nextLine() else { return nil }
            line = reader.lineNumber
            if bytes.isEmpty { continue }
            if format == .commas { return try commaSeparated(bytes) }
            return bytes.split(separator: 0x09, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        } while true
    }

    /// Fields of RFC 4180: those in quotation marks may hold commas, line ends and doubled quotation marks.
    private mutating func commaSeparated(_ first: ArraySlice<UInt8>) throws(TrainingError) -> [String] {
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var field: [UInt8] = []
        var bytes = first
        var isQuoted = false
        var index = bytes.startIndex
        while true {
            guard index < bytes.endIndex else {
                guard isQuoted else { break }
                guard let more = try nextLine() else {
                    throw fault(RowFault("a quotation mark is not closed", "Close it"))
                }
                field.append(0x0A)
                bytes = more
                index = bytes.startIndex
                continue
            }
            let byte = bytes[index]
            index += 1
            switch byte {
            case quote where isQuoted && index < bytes.endIndex && bytes[index] == quote:
                field.append(quote)
                index += 1
            case quote where isQuoted: isQuoted = false
            case quote where field.isEmpty: isQuoted = true
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
            default: field.append(byte)
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        return fields
    }
}
