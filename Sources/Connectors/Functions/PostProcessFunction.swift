import JSON

/// Makes tensors of what a service answers.
///
/// Source: `MLPostProcessFunction` of ML Commons.
enum PostProcessFunction: String {
    case defaultEmbedding = "connector.post_process.default.embedding"
    case openAIEmbedding = "connector.post_process.openai.embedding"
    case cohereEmbedding = "connector.post_process.cohere.embedding"
    case cohereFloat = "connector.post_process.cohere_v2.embedding.float"
    case cohereInt8 = "connector.post_process.cohere_v2.embedding.int8"
    case cohereUInt8 = "connector.post_process.cohere_v2.embedding.uint8"
    case cohereBinary = "connector.post_process.cohere_v2.embedding.binary"
    case cohereUBinary = "connector.post_process.cohere_v2.embedding.ubinary"
    case bedrockEmbedding = "connector.post_process.bedrock.embedding"
    case bedrockFloat = "connector.post_process.bedrock_v2.embedding.float"
    case bedrockBinary = "connector.post_process.bedrock_v2.embedding.binary"
    case defaultRerank = "connector.post_process.default.rerank"
    case cohereRerank = "connector.post_process.cohere.rerank"
    case bedrockRerank = "connector.post_process.bedrock.rerank"

    /// Where in an answer the values are.
    var path: String {
        switch self {
        case .defaultEmbedding, .defaultRerank: "$[*]"
        case .openAIEmbedding: "$.data[*].embedding"
        case .cohereEmbedding: "$.embeddings"
        case .cohereFloat: "$.embeddings.float"
        case .cohereInt8: "$.embeddings.int8"
        case .cohereUInt8: "$.embeddings.uint8"
        case .cohereBinary: "$.embeddings.binary"
        case .cohereUBinary: "$.embeddings.ubinary"
        case .bedrockEmbedding: "$.embedding"
        case .bedrockFloat: "$.embeddingsByType.float"
        case .bedrockBinary: "$.embeddingsByType.binary"
        case .cohereRerank, .bedrockRerank: "$.results"
        }
    }

    /// The tensors of what was found in an answer.
    ///
    /// - Parameter path: Where it was found, which may tell the type of the elements.
    func tensors(_ value: JSONValue, path: String) throws(ConnectorError) -> [JSONObject] {
        guard let values = value.array else { throw .answer("Post process function input is not a List.") }
        switch self {
        case .bedrockEmbedding, .bedrockFloat, .bedrockBinary: return [try Self.embedding(value, path)]
        case .defaultRerank, .cohereRerank: return try Self.scores(values, "relevance_score")
        case .bedrockRerank: return try Self.scores(values, "relevanceScore")
        default:
            var tensors: [JSONObject] = []
            for value in values {
                guard value.array != nil else {
                    throw .answer("The embedding should be a non-empty List containing List of Float values.")
                }
                tensors.append(try Self.embedding(value, path))
            }
            return tensors
        }
    }

    private static func embedding(_ value: JSONValue, _ path: String) throws(ConnectorError) -> JSONObject {
        guard let elements = value.array, !elements.isEmpty, elements.allSatisfy({ $0.double != nil }) else {
            throw .answer("The embedding should be a non-empty List containing Float values.")
        }
        let types = ["FLOAT32", "FLOAT64", "INT8", "UINT8", "UBINARY", "BINARY"]
        let lower = path.lowercased()
        let type = types.first { lower.contains("." + $0.lowercased()) } ?? "FLOAT32"
        return [
            "name": "sentence_embedding", "data_type": .string(type),
            "shape": [.number(JSONNumber(elements.count))], "data": value,
        ]
    }

    /// One tensor for each text, in the order of the texts, whatever the order of the results.
    private static func scores(_ results: [JSONValue], _ name: String) throws(ConnectorError) -> [JSONObject] {
        var scores = [JSONValue?](repeating: nil, count: results.count)
        for result in results {
            guard let index = result["index"]?.int, let score = result[name], score.double != nil else {
                throw .answer("The rerank result should contain index and \(name).")
            }
            guard scores.indices.contains(index), scores[index] == nil else {
                throw .answer(
                    "The rerank result has the index \(index) twice or beyond its \(results.count) results. Ask the service for all of them: top_n is the number of documents."
                )
            }
            scores[index] = score
        }
        return scores.compactMap { score in
            score.map { ["name": "similarity", "data_type": "FLOAT32", "shape": [1], "data": [$0]] }
        }
    }
}
