internal import JSON

/// Which terms of one document are asked for.
struct TermVectorRequest {
    /// Which terms are worth to be told, and how many.
    struct Filter {
        var maximumTerms = 25
        var termFrequency = 0...Int.max
        var documentFrequency = 0...Int.max
        var length = 0...Int.max
    }

    var index = ""
    var id: String?
    /// A document that is no document of the index.
    var document: JSONObject?
    /// Names and patterns; nil means the fields that keep term vectors.
    var fields: [String]?
    var hasPositions = true
    var hasOffsets = true
    var hasFieldStatistics = true
    var hasTermStatistics = false
    var isRealtime = true
    var version: Int?
    /// Analysers to use instead of those of the mapping.
    var analyzers: [String: String] = [:]
    var filter: Filter?

    /// What the path and the parameters say.
    init(_ request: RestRequest) throws(OpenSearchError) {
        index = request.text("index") ?? ""
        id = request.text("id")
        fields = request.list("fields")
        hasPositions = try request.flag("positions", default: true)
        hasOffsets = try request.flag("offsets", default: true)
        hasFieldStatistics = try request.flag("field_statistics", default: true)
        hasTermStatistics = try request.flag("term_statistics")
        isRealtime = try request.flag("realtime", default: true)
        version = try request.integer("version")
    }

    /// Changes the request as a body says.
    mutating func apply(_ body: JSONObject) throws(OpenSearchError) {
        for (key, value) in body {
            switch key {
            case "_index": index = value.string ?? index
            case "_id": id = value.string ?? value.serialized()
            case "doc":
                guard let object = value.object else { throw .parsing("[doc] must be an object, not [\(value.token)]") }
                document = object
            case "fields":
                guard let names = value.array else {
                    throw .parsing("failed to parse term vectors request. field [fields] must be an array")
                }
                fields = names.compactMap(\.string)
            case "positions": hasPositions = try Self.flag(value, key)
            case "offsets": hasOffsets = try Self.flag(value, key)
            case "payloads": _ = try Self.flag(value, key)
            case "field_statistics", "fieldStatistics": hasFieldStatistics = try Self.flag(value, key)
            case "term_statistics", "termStatistics": hasTermStatistics = try Self.flag(value, key)
            case "version": version = value.int
            case "per_field_analyzer":
                guard let object = value.object else {
                    throw .parsing("per_field_analyzer should be a map, not [\(value.token)]")
                }
                for (field, name) in object { analyzers[field] = name.string }
            case "filter": filter = try Self.filter(value)
            case "routing", "_routing", "version_type", "dfs": break
            default:
                throw OpenSearchError(
                    400, "parse_exception", "failed to parse term vectors request. unknown field [\(key)]")
            }
        }
    }

    private static func flag(_ value: JSONValue, _ key: String) throws(OpenSearchError) -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .string(let text): return try RestRequest.boolean(text)
        default: throw .illegalArgument("[\(key)] must be true or false, not [\(value.token)]")
        }
    }

    private static func filter(_ value: JSONValue) throws(OpenSearchError) -> Filter {
        var filter = Filter()
        for (key, value) in value.object ?? [:] {
            guard let number = value.int, number >= 0 else {
                throw .illegalArgument("[\(key)] of the filter must be a number from 0 up, not [\(value.serialized())]")
            }
            func from(_ range: ClosedRange<Int>) -> ClosedRange<Int> { number...max(number, range.upperBound) }
            func upTo(_ range: ClosedRange<Int>) -> ClosedRange<Int> { min(number, range.lowerBound)...number }
            switch key {
            case "max_num_terms": filter.maximumTerms = number
            case "min_term_freq": filter.termFrequency = from(filter.termFrequency)
            case "max_term_freq": filter.termFrequency = upTo(filter.termFrequency)
            case "min_doc_freq": filter.documentFrequency = from(filter.documentFrequency)
            case "max_doc_freq": filter.documentFrequency = upTo(filter.documentFrequency)
            case "min_word_length": filter.length = from(filter.length)
            // Zero is Lucene's "any length".
            case "max_word_length": if number > 0 { filter.length = upTo(filter.length) }
            default:
                throw OpenSearchError(
                    400, "parse_exception", "failed to parse term vectors request. unknown filter [\(key)]")
            }
        }
        return filter
    }
}
