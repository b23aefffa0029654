import JSON
import Pipelines

/// `field_map` of processors that make something of texts: which fields are read, and where the results go.
///
/// Keys with dots lead into objects. Results stand beside their texts, in the same object. Source: neural-search's `InferenceProcessor` and
/// `ProcessorDocumentUtils`.
struct EncodedFieldMap: Sendable {
    /// Where results go.
    indirect enum Target: Sendable {
        case name(String)
        case nested(EncodedFieldMap)
    }

    private(set) var entries: [(input: String, target: Target)] = []

    /// How deep objects may nest: the default of `index.mapping.depth.limit`.
    private static let maximumDepth = 20

    private init() {}

    /// Reads the setting.
    init(_ object: JSONObject, _ settings: ProcessorSettings) throws(PipelineError) {
        try self.init(object, settings, depth: 1)
        guard !entries.isEmpty else { throw Self.invalid(settings) }
    }

    private init(_ object: JSONObject, _ settings: ProcessorSettings, depth: Int) throws(PipelineError) {
        guard depth <= Self.maximumDepth else {
            throw settings.illegalArgument("field_map nests deeper than \(Self.maximumDepth) levels")
        }
        for (key, value) in object {
            let names = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard !names.contains(where: Self.isBlank), names.count <= Self.maximumDepth else {
                throw Self.invalid(settings)
            }
            let target: Target
            switch value {
            case .string(let text) where !Self.isBlank(text): target = .name(text)
            case .object(let inner): target = .nested(try EncodedFieldMap(inner, settings, depth: depth + names.count))
            default: throw Self.invalid(settings)
            }
            insert(names[...], target)
        }
    }

    private static func invalid(_ settings: ProcessorSettings) -> PipelineError {
        settings.illegalArgument("Unable to create the processor as field_map has invalid key or value")
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private mutating func insert(_ names: ArraySlice<String>, _ target: Target) {
        guard let name = names.first else { return }
        if names.count == 1 {
            if case .nested(let new) = target, let place = entries.firstIndex(where: { $0.input == name }),
                case .nested(var old) = entries[place].target
            {
                old.entries += new.entries
                entries[place].target = .nested(old)
            } else {
                entries.append((name, target))
            }
            return
        }
        let place = entries.firstIndex { entry in
            if entry.input == name, case .nested = entry.target { true } else { false }
        }
        var inner = EncodedFieldMap()
        if let place, case .nested(let old) = entries[place].target { inner = old }
        inner.insert(names.dropFirst(), target)
        if let place { entries[place].target = .nested(inner) } else { entries.append((name, .nested(inner))) }
    }

    // MARK: Checking documents

    /// Refuses what is no text where one is read.
    func check(_ object: JSONObject, allowsEmpty: Bool) throws(IngestFailure) {
        try check("field_map", object, allowsEmpty, depth: 1)
    }

    private func check(_ name: String, _ object: JSONObject, _ allowsEmpty: Bool, depth: Int) throws(IngestFailure) {
        guard depth <= Self.maximumDepth else {
            throw .illegalArgument("map type field [\(name)] reaches max depth limit, cannot process it")
        }
        for (input, target) in entries {
            switch object[input] {
            case nil, .null?: break
            case .string(let text)?:
                if !allowsEmpty, Self.isBlank(text) {
                    throw .illegalArgument("map type field [\(input)] has empty string value, cannot process it")
                }
            case .object(let inner)?: try Self.check(input, inner, target, allowsEmpty, depth + 1)
            case .array(let elements)?:
                for element in elements { try Self.check(element, input, target, allowsEmpty, depth + 1) }
            default:
                throw .illegalArgument("map type field [\(input)] is neither string nor nested type, cannot process it")
            }
        }
    }

    private static func check(
        _ element: JSONValue, _ input: String, _ target: Target, _ allowsEmpty: Bool, _ depth: Int
    ) throws(IngestFailure) {
        switch element {
        case .null: throw .illegalArgument("list type field [\(input)] has null, cannot process it")
        case .array: throw .illegalArgument("list type field [\(input)] is nested list type, cannot process it")
        case .object(let inner): try check(input, inner, target, allowsEmpty, depth + 1)
        case .string(let text):
            if !allowsEmpty, isBlank(text) {
                throw .illegalArgument("list type field [\(input)] has empty string, cannot process it")
            }
        default: throw .illegalArgument("list type field [\(input)] has non string value, cannot process it")
        }
    }

    private static func check(
        _ input: String, _ object: JSONObject, _ target: Target, _ allowsEmpty: Bool, _ depth: Int
    ) throws(IngestFailure) {
        guard case .nested(let inner) = target else {
            throw .illegalArgument(
                "[\(input)] configuration doesn't match actual value type, configuration type is: java.lang.String, actual value type is: java.util.HashMap"
            )
        }
        try inner.check(input, object, allowsEmpty, depth: depth)
    }

    // MARK: Walking documents

    /// Calls `body` for each field that is read, with its value and where its result goes; the result is set beside it unless it is nil.
    ///
    /// - Parameter kept: the object as it is in the index, which `body` gets the values of, too.
    func walk(
        _ object: inout JSONObject, kept: JSONValue?, setsPaths: Bool = true,
        _ body: (_ value: JSONValue?, _ kept: (text: JSONValue?, result: JSONValue?), _ target: String)
            throws(IngestFailure) -> JSONValue?
    ) throws(IngestFailure) {
        for (input, target) in entries {
            switch target {
            case .name(let name):
                guard let result = try body(object[input], (kept?[input], kept?[name]), name) else { continue }
                if setsPaths, name.contains(".") {
                    var document = IngestDocument(fields: object)
                    try document.set(DocumentPath(name), result)
                    object = document.fields
                } else {
                    object[name] = result
                }
            case .nested(let inner):
                switch object[input] {
                case .object(var nested)?:
                    object[input] = .null
                    defer { object[input] = .object(nested) }
                    try inner.walk(&nested, kept: kept?[input], setsPaths: false, body)
                case .array(var elements)?:
                    object[input] = .null
                    defer { object[input] = .array(elements) }
                    for place in elements.indices {
                        guard case .object(var nested) = elements[place] else { continue }
                        elements[place] = .null
                        defer { elements[place] = .object(nested) }
                        try inner.walk(&nested, kept: kept?[input]?[place], setsPaths: false, body)
                    }
                default: break
                }
            }
        }
    }
}

extension IngestDocument {
    /// Members without anything around them.
    init(fields: JSONObject) {
        self.fields = fields
        ingest = JSONObject()
    }
}
