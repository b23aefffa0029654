import JSON
import Mappings
import Pipelines

/// One way in which a date may be written.
struct DateReader: Sendable {
    private enum Kind: Sendable {
        case iso8601, unix, unixMilliseconds, tai64n
        /// Java's letters; with `lacksYear`, the present year stands before the text.
        case pattern(DateFormat, lacksYear: Bool)
    }

    private let kind: Kind
    private static let hexadecimal = Set("0123456789abcdefABCDEF".utf8)

    /// Reads a format: `ISO8601`, `UNIX`, `UNIX_MS`, `TAI64N`, or a format of OpenSearch.
    init(_ format: String, locale: String) throws(MappingError) {
        switch format {
        case "ISO8601": kind = .iso8601
        case "UNIX": kind = .unix
        case "UNIX_MS": kind = .unixMilliseconds
        case "TAI64N": kind = .tai64n
        default:
            let lacksYear = Self.lacksYear(format)
            kind = .pattern(try DateFormat((lacksYear ? "yyyy " : "") + format, locale: locale), lacksYear: lacksYear)
        }
    }

    /// Whether letters of a pattern leave the year out; names of formats never do.
    private static func lacksYear(_ format: String) -> Bool {
        guard !format.contains("||"), format.contains(where: { !$0.isLetter && !$0.isNumber && $0 != "_" }) else {
            return false
        }
        var isQuoted = false
        for letter in format {
            if letter == "'" { isQuoted.toggle() }
            if !isQuoted, "yuY".contains(letter) { return false }
        }
        return true
    }

    /// The moment of a text.
    func moment(_ text: String, _ zone: TimeZoneRules, now: Moment) throws(MappingError) -> Moment {
        switch kind {
        case .iso8601: return try DateFormat.standard.moment(of: text, zone: zone)
        case .unix:
            guard let seconds = Double(text), let milliseconds = Int64(exactly: (seconds * 1000).rounded(.towardZero))
            else { throw MappingError(.numberFormat, "For input string: \"\(text)\"") }
            return Moment(milliseconds: milliseconds)
        case .unixMilliseconds:
            guard let milliseconds = Int64(text) else {
                throw MappingError(.numberFormat, "For input string: \"\(text)\"")
            }
            return Moment(milliseconds: milliseconds)
        case .tai64n:
            let digits = Array(text.utf8.drop { $0 == UInt8(ascii: "@") })
            guard digits.count >= 24, digits.allSatisfy({ Self.hexadecimal.contains($0) }),
                let base = Int64(String(decoding: digits[1..<16], as: UTF8.self), radix: 16),
                let rest = Int64(String(decoding: digits[16..<24], as: UTF8.self), radix: 16), base < 1 << 52
            else { throw MappingError(.numberFormat, "For input string: \"\(text)\"") }
            return Moment(milliseconds: base * 1000 - 10_000 + rest / 1_000_000)
        case .pattern(let format, let lacksYear):
            let year = CivilTime(secondsSinceEpoch: now.seconds).date.year
            return try format.moment(of: lacksYear ? "\(year) \(text)" : text, zone: zone)
        }
    }

    /// The moment of a value by the last format that reads it, as OpenSearch tries all of them.
    static func moment(
        _ value: JSONValue, _ readers: [DateReader], _ zone: TimeZoneRules, _ document: IngestDocument
    ) throws(IngestFailure) -> Moment {
        let text = value.isNull ? nil : value.javaText
        let now = try? DateFormat.standard.moment(of: document.ingest["timestamp"]?.string ?? "")
        var moment: Moment?
        var causes: [(type: String, reason: String)] = []
        if let text {
            for reader in readers {
                do { moment = try reader.moment(text, zone, now: now ?? Moment(seconds: 0)) } catch {
                    if causes.isEmpty { causes = [(type: error.kind.rawValue, reason: error.reason)] }
                }
            }
        }
        guard let moment else { throw .illegalArgument("unable to parse date [\(text ?? "null")]", causedBy: causes) }
        return moment
    }
}

/// `date`: reads a date and writes it in another format.
struct DateProcessor: DocumentProcessor {
    static let type = "date"
    private let field: DocumentPath
    private let target: DocumentPath
    private let formats: [String]
    private let output: DateFormat
    private let zone: TextTemplate?
    private let locale: TextTemplate?
    /// The formats, where the locale is always the same.
    private let readers: [DateReader]?

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        target = try settings.path("target_field", default: DateProcessor.timestamp)
        zone = try settings.optionalTemplate("timezone")
        locale = try settings.optionalTemplate("locale")
        guard let formats = try settings.texts("formats") else {
            throw settings.fault("formats", "required property is missing")
        }
        self.formats = formats
        let written = try settings.optionalText("output_format") ?? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
        do { output = try DateFormat(written) } catch {
            throw settings.illegalArgument("invalid output format [\(written)]: \(error.reason)")
        }
        guard let plain = locale.map(\.plain) ?? "" else {
            readers = nil
            return
        }
        do { readers = try Self.readers(formats, plain) } catch { throw settings.fault("formats", error.reason) }
    }

    private static let timestamp: DocumentPath = {
        guard let path = try? DocumentPath("@timestamp") else { preconditionFailure("a path of one member") }
        return path
    }()

    private static func readers(_ formats: [String], _ locale: String) throws(MappingError) -> [DateReader] {
        var readers: [DateReader] = []
        for format in formats { readers.append(try DateReader(format, locale: locale)) }
        return readers
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let value = try document.value(field)
        let zone: TimeZoneRules
        let readers: [DateReader]
        do throws(MappingError) {
            let name = try self.zone.map { (template) throws(MappingError) in
                try Self.text(template, document)
            }
            zone = try name.map { (name) throws(MappingError) in try TimeZoneRules(name) } ?? .utc
            if let known = self.readers {
                readers = known
            } else {
                readers = try Self.readers(
                    formats,
                    self.locale.map { (template) throws(MappingError) in
                        try Self.text(template, document)
                    } ?? "")
            }
        } catch {
            throw .illegalArgument(
                "unable to parse date [\(value.javaText)]",
                causedBy: [(type: error.kind.rawValue, reason: error.reason)])
        }
        let moment = try DateReader.moment(value, readers, zone, document)
        try document.set(target, .string(output.text(of: moment, zone: zone)))
    }

    private static func text(_ template: TextTemplate, _ document: IngestDocument) throws(MappingError) -> String {
        do { return try template.render(document) } catch { throw MappingError(.illegalArgument, error.reason) }
    }
}

/// `date_index_name`: chooses the index by a date.
struct DateIndexNameProcessor: DocumentProcessor {
    static let type = "date_index_name"
    private let field: DocumentPath
    private let prefix: TextTemplate
    private let rounding: TextTemplate
    private let format: TextTemplate
    private let readers: [DateReader]
    private let zone: TimeZoneRules
    private let index: DocumentPath

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        let locale = try settings.optionalText("locale") ?? "en"
        let zoneName = try settings.optionalText("timezone")
        let formats = try settings.texts("date_formats") ?? ["yyyy-MM-dd'T'HH:mm:ss.SSSXX"]
        field = try settings.path("field")
        prefix = try settings.optionalTemplate("index_name_prefix") ?? TextTemplate(plain: "")
        rounding = try settings.template("date_rounding")
        format = try settings.optionalTemplate("index_name_format") ?? TextTemplate(plain: "yyyy-MM-dd")
        do {
            zone = try zoneName.map { (name) throws(MappingError) in try TimeZoneRules(name) } ?? .utc
            var readers: [DateReader] = []
            for format in formats { readers.append(try DateReader(format, locale: locale)) }
            self.readers = readers
        } catch {
            throw settings.illegalArgument(error.reason)
        }
        do { index = try DocumentPath("_index") } catch { throw settings.illegalArgument(error.reason) }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let moment = try DateReader.moment(document.value(field), readers, zone, document)
        let prefix = try prefix.render(document)
        let format = try format.render(document)
        let rounding = try rounding.render(document)
        let date: String
        do { date = try DateFormat(format).text(of: moment, zone: zone) } catch {
            throw .illegalArgument(error.reason)
        }
        let zoneName = zone == .utc ? "UTC" : zone.identifier
        try document.set(index, .string("<\(prefix){\(date)||/\(rounding){\(format)|\(zoneName)}}>"))
    }
}
