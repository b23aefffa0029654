/// What definitions of search pipelines are read with: settings of the node, and what is stored there.
public struct PipelineEnvironment: Sendable {
    /// How many fields `rerank` may make a passage of: `plugins.neural_search.reranker_max_document_fields`.
    public var maximumDocumentFields = 50
    /// The source of a script in Painless that is stored under an id.
    public var storedScript: @Sendable (String) -> String? = { _ in nil }

    /// The defaults, and nothing stored.
    public init() {}
}
