import JSON

/// `model_config` of a registration, read strictly where OpenSearch does, and kept as it was written.
struct ModelConfiguration: Sendable {
    /// As answers show it: names of frameworks and pooling modes in upper and lower case as OpenSearch writes them.
    private(set) var document: JSONObject

    /// The largest configuration, as JSON text: it is kept in memory and comes with every answer about the model.
    static let largestBytes = 2 << 20
    /// The largest text that is put before queries or passages: it is put before each.
    static let largestPrefixBytes = 10_000
    /// How deep what is not known to us may be nested.
    static let deepest = 16

    /// Reads a configuration of a request.
    init(_ fields: Fields, for function: FunctionName) throws(MLError) {
        document = fields.object
        let type = try fields.text("model_type")
        guard type != nil || function == .remote else { throw .illegalArgument("model type is null") }
        if let type { document["model_type"] = .string(type) }
        let dimension = try fields.integer("embedding_dimension")
        if function == .textEmbedding {
            guard dimension != nil else { throw .illegalArgument("embedding dimension is null") }
            guard try fields.text("framework_type") != nil else { throw .illegalArgument("framework type is null") }
        }
        if let dimension {
            guard (1...1 << 20).contains(dimension) else {
                throw .illegalArgument("[model_config.embedding_dimension] is \(dimension); it is a number above 0")
            }
            document["embedding_dimension"] = .number(JSONNumber(dimension))
        }
        try Self.check(&document, fields)
    }

    /// Takes the configuration of an artifact, which its author wrote.
    init(ofArtifact object: JSONObject) throws(MLError) {
        document = object
        try Self.check(&document, Fields(object, prefix: "model_config."))
    }

    /// Reads the changes of an update over what is there.
    init(_ fields: Fields, over old: JSONObject, for function: FunctionName) throws(MLError) {
        var merged = old
        for (name, value) in fields.object { merged[name] = value }
        try self.init(Fields(merged, prefix: fields.prefix), for: function)
    }

    /// What is put before queries, or before passages.
    static func prefix(_ name: String, in configuration: JSONObject?) -> String? { configuration?[name]?.string }

    private static func check(_ document: inout JSONObject, _ fields: Fields) throws(MLError) {
        try checkSize(fields)
        if let framework = try fields.text("framework_type") {
            let name = framework.uppercased()
            guard ["SENTENCE_TRANSFORMERS", "HUGGINGFACE_TRANSFORMERS", "SPARSE_ENCODING"].contains(name) else {
                throw .illegalArgument("Wrong framework type")
            }
            document["framework_type"] = .string(name)
        }
        if let mode = try fields.text("pooling_mode") {
            let name = mode.uppercased()
            guard
                ["MEAN", "MEAN_SQRT_LEN", "MAX", "WEIGHTED_MEAN", "CLS", "LAST_TOKEN", "LASTTOKEN", "NONE"].contains(
                    name)
            else { throw .illegalArgument("Wrong pooling method") }
            document["pooling_mode"] = .string(name)
        }
        if let normalizes = try fields.bool("normalize_result") { document["normalize_result"] = .bool(normalizes) }
        if let length = try fields.integer("model_max_length") {
            guard length > 0 else {
                throw .illegalArgument("[model_config.model_max_length] is \(length); it is a number above 0")
            }
            document["model_max_length"] = .number(JSONNumber(length))
        }
        for name in ["all_config", "query_prefix", "passage_prefix"] {
            if let text = try fields.text(name) { document[name] = .string(text) }
        }
        try checkAdditional(fields)
    }

    private static func checkSize(_ fields: Fields) throws(MLError) {
        for name in ["query_prefix", "passage_prefix"] {
            guard let bytes = try fields.text(name)?.utf8.count, bytes > largestPrefixBytes else { continue }
            throw .illegalArgument("[\(name)] has \(bytes) bytes; at most \(largestPrefixBytes) are taken")
        }
        guard !isDeeper(.object(fields.object), than: deepest) else {
            throw .illegalArgument("[model_config] is nested more than \(deepest) levels deep; make it flatter")
        }
        let bytes = JSONValue.object(fields.object).serializedBytes().count
        guard bytes <= largestBytes else {
            throw .illegalArgument("[model_config] has \(bytes) bytes; at most \(largestBytes) are taken")
        }
    }

    private static func isDeeper(_ value: JSONValue, than depth: Int) -> Bool {
        switch value {
        case .array(let elements): depth == 0 || elements.contains { isDeeper($0, than: depth - 1) }
        case .object(let members): depth == 0 || members.contains { isDeeper($0.value, than: depth - 1) }
        default: false
        }
    }

    /// The keys of `additional_config` must not repeat those inside `all_config`.
    private static func checkAdditional(_ fields: Fields) throws(MLError) {
        guard let additional = try fields.fields("additional_config"), let text = try fields.text("all_config"),
            let all = (try? JSONValue(parsing: text))?.object
        else { return }
        let both = additional.object.keys.filter { all[$0] != nil }.sorted()
        guard both.isEmpty else {
            throw .illegalArgument(
                "Duplicate keys found in both all_config and additional_config: \(both.joined(separator: ", "))")
        }
    }
}
