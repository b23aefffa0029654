import JSON
import Querying

/// `sort`: puts the values of a field of every hit in order.
///
/// Source: OpenSearch's `SortResponseProcessor`.
struct SortProcessor: ResponseProcessor {
    static let type = "sort"
    private let field: String
    private let target: String
    private let isDescending: Bool

    init(_ settings: inout ProcessorSettings) throws {
        field = try settings.string("field")
        target = try settings.optionalString("target_field") ?? field
        let order = try settings.optionalString("order") ?? "asc"
        guard ["asc", "desc"].contains(order) else {
            throw settings.fault("order", "Sort direction [\(order)] not recognized. Valid values are: [asc, desc]")
        }
        isDescending = order == "desc"
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        for i in hits.hits.indices {
            if let found = hits.hits[i].fields.first(where: { $0.name == field }) {
                hits.hits[i].setField(target, try sorted(found.values))
            }
            // What is no list stays as it is.
            guard var source = hits.hits[i].source, let values = FieldPath(field).value(in: source)?.array else {
                continue
            }
            FieldPath(target).set(.array(try sorted(values)), in: &source)
            hits.hits[i].source = source
        }
    }

    private func sorted(_ values: [JSONValue]) throws(PipelineError) -> [JSONValue] {
        var keyed: [(key: Key, value: JSONValue)] = []
        for value in values {
            guard let key = Key(value), keyed.first.map({ $0.key.isLike(key) }) ?? true else {
                throw .illegalArgument(
                    value.isNull
                        ? "field [\(field)] contains a null value.]"
                        : "field [\(field)] of type [\(value.javaType)] is not comparable.]")
            }
            keyed.append((key, value))
        }
        return keyed.sorted { isDescending ? $1.key.precedes($0.key) : $0.key.precedes($1.key) }.map(\.value)
    }

    /// A value that can be compared with others of its kind.
    private enum Key {
        case number(Double)
        case text([UInt16])
        case flag(Bool)

        init?(_ value: JSONValue) {
            switch value {
            case .number(let number): self = .number(number.double)
            case .string(let text): self = .text(Array(text.utf16))
            case .bool(let flag): self = .flag(flag)
            default: return nil
            }
        }

        func isLike(_ other: Key) -> Bool {
            switch (self, other) {
            case (.number, .number), (.text, .text), (.flag, .flag): true
            default: false
            }
        }

        func precedes(_ other: Key) -> Bool {
            switch (self, other) {
            case (.number(let a), .number(let b)): a < b
            case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
            case (.flag(let a), .flag(let b)): !a && b
            default: false
            }
        }
    }
}
