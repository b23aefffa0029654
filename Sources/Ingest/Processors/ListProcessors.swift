import JSON
import Pipelines
import TextAnalysis

/// `split`: makes a list of a text.
struct SplitProcessor: DocumentProcessor {
    static let type = "split"
    private let field: DocumentPath
    private let target: DocumentPath
    private let separator: JavaRegularExpression
    private let ignoresMissing: Bool
    private let keepsTrailing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        ignoresMissing = try settings.bool("ignore_missing", default: false)
        keepsTrailing = try settings.bool("preserve_trailing", default: false)
        target = try settings.path("target_field", default: field)
        let text = try settings.text("separator")
        do { separator = try JavaRegularExpression(text) } catch { throw settings.fault("separator", error.reason) }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let text = try document.string(field, ignoreMissing: ignoresMissing) else {
            if ignoresMissing { return }
            throw .illegalArgument("field [\(field.text)] is null, cannot split.")
        }
        let pieces: [String]
        do { pieces = try separator.split(text, keepsTrailing: keepsTrailing) } catch {
            throw .illegalArgument(error.reason)
        }
        try document.set(target, .array(pieces.map { .string($0) }))
    }
}

/// `join`: makes a text of a list.
struct JoinProcessor: DocumentProcessor {
    static let type = "join"
    private let field: DocumentPath
    private let target: DocumentPath
    private let separator: String

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        separator = try settings.text("separator")
        target = try settings.path("target_field", default: field)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let elements = try document.list(field, ignoreMissing: false) else {
            throw .illegalArgument("field [\(field.text)] is null, cannot join.")
        }
        guard !elements.contains(where: \.isNull) else {
            throw IngestFailure(
                "null_pointer_exception", "field [\(field.text)] has a null element, cannot join.", status: 500)
        }
        try document.set(target, .string(elements.map(\.javaText).joined(separator: separator)))
    }
}

/// `sort`: puts a list of texts, numbers or booleans in order.
struct SortProcessor: DocumentProcessor {
    static let type = "sort"
    private let field: DocumentPath
    private let target: DocumentPath
    private let isDescending: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        target = try settings.path("target_field", default: field)
        let order = try settings.optionalText("order") ?? "asc"
        guard order == "asc" || order == "desc" else {
            throw settings.fault(
                "order", "Sort direction [\(order)] not recognized. Valid values are: [asc, desc]")
        }
        isDescending = order == "desc"
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        guard let elements = try document.list(field, ignoreMissing: false) else {
            throw .illegalArgument("field [\(field.text)] is null, cannot sort.")
        }
        guard let first = elements.first else { return try document.set(target, .array([])) }
        let sorted: [JSONValue]
        switch first {
        case .string:
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { throw Self.mixed(elements, first) }
            // By UTF-16 code units, as Java compares.
            sorted = texts.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }.map { .string($0) }
        case .number:
            let numbers = elements.compactMap { element -> JSONNumber? in
                if case .number(let number) = element { number } else { nil }
            }
            guard numbers.count == elements.count else { throw Self.mixed(elements, first) }
            sorted = numbers.sorted { left, right in
                if let left = left.int, let right = right.int { return left < right }
                return left.double < right.double
            }.map { .number($0) }
        case .bool:
            let flags = elements.compactMap(\.bool)
            guard flags.count == elements.count else { throw Self.mixed(elements, first) }
            sorted = flags.sorted { !$0 && $1 }.map { .bool($0) }
        default: throw Self.mixed(elements, first)
        }
        try document.set(target, .array(isDescending ? sorted.reversed() : sorted))
    }

    private static func mixed(_ elements: [JSONValue], _ first: JSONValue) -> IngestFailure {
        let other = elements.first { $0.javaClass != first.javaClass } ?? first
        return IngestFailure(
            "class_cast_exception", "class \(first.javaClass) cannot be compared with class \(other.javaClass)",
            status: 500)
    }
}

/// `json`: reads a text as JSON.
struct JSONProcessor: DocumentProcessor {
    static let type = "json"
    private let field: DocumentPath
    private let target: DocumentPath
    private let addsToRoot: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        field = try settings.path("field")
        let isTargetGiven = settings.unread.contains("target_field")
        target = try settings.path("target_field", default: field)
        addsToRoot = try settings.bool("add_to_root", default: false)
        if addsToRoot, isTargetGiven {
            throw settings.fault(
                "target_field", "Cannot set a target field while also setting `add_to_root` to true")
        }
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        let written = addsToRoot ? document.fields[field.text] ?? .null : try document.value(field)
        let value: JSONValue
        do {
            value = try JSONValue(parsing: written.string ?? written.serialized())
        } catch {
            throw .illegalArgument(
                "field [\(field.text)] is no JSON: \(error.description)",
                causedBy: [(type: "json_parse_exception", reason: error.description)])
        }
        guard addsToRoot else { return try document.set(target, value) }
        guard let object = value.object else {
            throw .illegalArgument("cannot add non-map fields to root of document")
        }
        for (key, value) in object { document.fields[key] = value }
    }
}
