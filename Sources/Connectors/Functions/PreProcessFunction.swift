import JSON

/// Makes the parameters of texts that a service wants.
///
/// Source: `MLPreProcessFunction` of ML Commons.
enum PreProcessFunction: String {
    case defaultEmbedding = "connector.pre_process.default.embedding"
    case openAIEmbedding = "connector.pre_process.openai.embedding"
    case cohereEmbedding = "connector.pre_process.cohere.embedding"
    case bedrockEmbedding = "connector.pre_process.bedrock.embedding"
    case defaultRerank = "connector.pre_process.default.rerank"
    case cohereRerank = "connector.pre_process.cohere.rerank"
    case bedrockRerank = "connector.pre_process.bedrock.rerank"
    case bedrockCohereRerank = "connector.pre_process.bedrock_cohere.rerank"

    /// Whether the service takes one text at a time.
    var takesOneText: Bool { self == .bedrockEmbedding }

    /// The parameters of an input.
    ///
    /// - Parameter connector: The parameters of the connector.
    func parameters(_ input: ConnectorInput, connector: [String: String]) throws(ConnectorError) -> [String: String] {
        if case .parameters(let parameters) = input { return parameters }
        switch self {
        case .defaultEmbedding, .openAIEmbedding: return ["input": Self.list(try texts(input))]
        case .cohereEmbedding: return ["texts": Self.list(try texts(input))]
        case .bedrockEmbedding:
            let dimensions = connector["dimensions"].flatMap { Int($0) } ?? 1024
            return ["inputText": try texts(input).first ?? "", "dimensions": "\(dimensions)"]
        case .defaultRerank, .cohereRerank:
            let (query, texts) = try pair(input)
            return ["query": query, "documents": Self.list(texts), "top_n": "\(texts.count)"]
        case .bedrockCohereRerank:
            let (query, texts) = try pair(input)
            return ["query": query, "documents": Self.list(texts), "top_n": "\(texts.count)", "api_version": "2"]
        case .bedrockRerank:
            let (query, texts) = try pair(input)
            let queries: JSONValue = [["textQuery": ["text": .string(query)], "type": "TEXT"]]
            let sources = texts.map { text -> JSONValue in
                [
                    "inlineDocumentSource": ["textDocument": ["text": .string(text)], "type": "TEXT"],
                    "type": "INLINE",
                ]
            }
            return [
                "queries": queries.serialized(), "sources": JSONValue.array(sources).serialized(),
                "numberOfResults": "\(texts.count)",
            ]
        }
    }

    private func texts(_ input: ConnectorInput) throws(ConnectorError) -> [String] {
        guard case .texts(let texts, _) = input else {
            throw .illegalArgument("This pre_process_function can only support TextDocsInputDataSet")
        }
        return texts
    }

    private func pair(_ input: ConnectorInput) throws(ConnectorError) -> (String, [String]) {
        guard case .pairs(let query, let texts, _) = input else {
            throw .illegalArgument("This pre_process_function can only support TextSimilarityInputDataSet")
        }
        return (query, texts)
    }

    private static func list(_ texts: [String]) -> String {
        JSONValue.array(texts.map { .string($0) }).serialized()
    }
}
