/// Why a mapping, a document or a value is refused, in the words and types of OpenSearch.
///
/// ``cause`` is what OpenSearch writes as `caused_by`; the innermost error is the reason, the outer ones say where it happened.
public struct MappingError: Error, Sendable, Hashable {
    /// The type of an error, as the `type` of an OpenSearch error body.
    public enum Kind: String, Sendable, Hashable {
        /// A mapping or a document that does not fit its mapping.
        case mapperParsing = "mapper_parsing_exception"
        /// A value or a change that is not allowed.
        case illegalArgument = "illegal_argument_exception"
        /// A field that is not mapped, where the mapping is strict.
        case strictDynamicMapping = "strict_dynamic_mapping_exception"
        /// An object whose parameter cannot change.
        case mapper = "mapper_exception"
        /// A date, a date math expression or a mapping of the wrong shape.
        case parse = "parse_exception"
        /// A text that no date format reads.
        case dateTimeParse = "date_time_parse_exception"
        /// A text that is not a number.
        case numberFormat = "number_format_exception"
        /// A document that is not JSON, or a value of the wrong JSON type.
        case jsonParse = "json_parse_exception"
        /// A document that could not be read as JSON where an object was expected.
        case parsing = "parsing_exception"
        /// A document without the routing that its mapping requires.
        case routingMissing = "routing_missing_exception"
        /// A value in a place where its type cannot be.
        case illegalState = "illegal_state_exception"
        /// A query that a field cannot answer.
        case queryShard = "query_shard_exception"
        /// Parameters that do not go together; all that is wrong is told at once.
        case validation = "validation_exception"
        /// Something that this version does not do.
        case unsupportedOperation = "unsupported_operation_exception"

        /// Whether OpenSearch's class extends `OpenSearchException`.
        var isOwn: Bool {
            switch self {
            case .mapperParsing, .strictDynamicMapping, .mapper, .parse, .parsing, .routingMissing, .queryShard: true
            default: false
            }
        }
    }

    /// The type of the error.
    public let kind: Kind
    /// What is wrong, as OpenSearch words it.
    public let reason: String
    /// The error behind this one: none or one.
    private let causes: [MappingError]

    /// The error behind this one.
    public var cause: MappingError? { causes.first }

    /// What OpenSearch writes as `root_cause`: the innermost error that is one of OpenSearch's own, not of Java's.
    public var rootCause: MappingError {
        guard let cause, cause.kind.isOwn else { return self }
        return cause.rootCause
    }

    /// The reason of a ``Kind/validation``: `Validation Failed: 1: …;2: …;`.
    static func validationText(_ problems: [String]) -> String {
        "Validation Failed: " + problems.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined()
    }

    /// Makes an error.
    public init(_ kind: Kind, _ reason: String, cause: MappingError? = nil) {
        self.kind = kind
        self.reason = reason
        causes = cause.map { [$0] } ?? []
    }
}

extension MappingError: CustomStringConvertible {
    /// The reasons from the outermost to the innermost.
    public var description: String {
        guard let cause else { return "\(kind.rawValue): \(reason)" }
        return "\(kind.rawValue): \(reason); caused by \(cause)"
    }
}
