public import Inference
package import JSON
public import Routing

/// All routes of the inference dialects, and of the document that describes them.
public struct InferenceRoutes: Sendable {
    /// The routes with their descriptions.
    public let endpoints: [Endpoint]
    /// The OpenAPI document.
    package let document: JSONValue
    private let servesDocuments: Bool

    /// The dialects in front of an engine.
    ///
    /// - Parameters:
    ///   - engine: answers.
    ///   - others: endpoints that are served beside these and belong into the same document; they are not part of
    ///     ``endpoints``.
    ///   - asksForKeys: whether the server has API keys, for the document.
    ///   - version: the program's version, for the document and `/info`.
    ///   - servesDocuments: whether `GET /` and the bare name of an index are the OpenSearch API's: then text-embeddings-inference's word on
    ///     health and the list below `/models` are left out, and an index may be called `models`.
    public init(
        engine: InferenceEngine, others: [Endpoint] = [], asksForKeys: Bool = false, version: String = "0",
        servesDocuments: Bool = false
    ) {
        self.servesDocuments = servesDocuments
        let left: Set<String> = servesDocuments ? ["tei.root", "tei.models"] : []
        let dialects =
            TEIDialect(engine: engine, version: version).endpoints.filter { !left.contains($0.route.name) }
            + HostedRerank(engine: engine).endpoints
            + OpenAIRoutes(engine: engine).endpoints + SageMakerDialect(engine: engine).endpoints
            + MetarankDialect(engine: engine).endpoints
        let documentation = DocumentationRoutes(
            describing: dialects + others, version: version, asksForKeys: asksForKeys, faults: TEIFaults(),
            faultBody: TEISchemas.fault)
        endpoints = dialects + documentation.endpoints
        document = documentation.document
    }

    /// The routes of all dialects.
    public var all: [Route] { endpoints.map(\.route) }

    /// Adds the routes to a table, and makes unknown paths below `/v1/`, `/v2/` and `/inference/` fail as their neighbours do.
    public func add(to table: inout RouteTable) {
        table.add(all)
        for prefix in ["/v1/", "/v2/"] { table.setFaults(below: prefix, VersionedFaults()) }
        table.setFaults(below: "/inference/", MetarankFaults())
        if !servesDocuments { table.setFaults(below: "/models/", TEIFaults()) }
    }
}
