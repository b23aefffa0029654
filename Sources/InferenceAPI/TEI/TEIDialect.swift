import HTTPTypes
import Inference
import JSON
import Routing

/// The routes of text-embeddings-inference (TEI), for many models: each is there a second time below `/models/{model}`.
///
/// Source: `router/src/http/server.rs` of huggingface/text-embeddings-inference. Bodies may name a `model`; without one
/// the first ready model that can do the task answers.
struct TEIDialect: Sendable {
    let engine: InferenceEngine
    /// The version of the program, for `/info`.
    let version: String
    private let faults = TEIFaults()

    static let tag = "text-embeddings-inference"

    init(engine: InferenceEngine, version: String) {
        self.engine = engine
        self.version = version
    }

    /// All routes with their descriptions.
    var endpoints: [Endpoint] {
        [
            post(
                "/rerank", "rerank", "Texts by their relevance to a query, best first.",
                details: "Scores are probabilities (the logistic function of the logit) unless `raw_scores` or "
                    + "`activation` says otherwise. Takes a cross-encoder with one label.",
                TEISchemas.rerankRequest, TEISchemas.rerankReply, TEIRerank.answer),
            post(
                "/embed", "embed", "A dense vector for each input.", TEISchemas.embedRequest, TEISchemas.vectors,
                TEIEmbed.dense),
            post(
                "/embed_sparse", "embed_sparse", "A sparse vector for each input (SPLADE).", TEISchemas.sparseRequest,
                TEISchemas.sparseReply, TEIEmbed.sparse),
            post(
                "/embed_all", "embed_all", "A vector for each token of each input, without pooling.",
                TEISchemas.embedAllRequest, TEISchemas.embedAllReply, TEIEmbed.tokens),
            post(
                "/predict", "predict", "Labels of texts or pairs of texts, with their scores.",
                details:
                    "One label: the logistic function of its logit; several: softmax over them. `raw_scores` gives the logits.",
                TEISchemas.predictRequest, TEISchemas.predictReply, TEIPredict.answer),
            post(
                "/similarity", "similarity", "How alike a sentence is to others: the cosine of their vectors.",
                TEISchemas.similarityRequest, TEISchemas.similarityReply, TEIEmbed.similarity),
            post(
                "/tokenize", "tokenize", "The tokens of texts.", timed: false, TEISchemas.tokenizeRequest,
                TEISchemas.tokenizeReply, TEITokens.tokenize),
            post(
                "/decode", "decode", "The texts of token ids.", timed: false, TEISchemas.decodeRequest,
                TEISchemas.decodeReply, TEITokens.decode),
            post(
                "/", "default", "What the default model is for.", details: DefaultTask.details, DefaultTask.request,
                DefaultTask.reply, DefaultTask.answer),
        ].flatMap { $0 } + information + health
    }

    /// A route, and the same below `/models/{model}`.
    private func post(
        _ path: String, _ name: String, _ summary: String, details: String = "", timed: Bool = true, _ request: Schema,
        _ reply: Schema, _ answer: @escaping @Sendable (TEICall) async throws -> APIResponse
    ) -> [Endpoint] {
        let engine = engine
        let operation = OperationDescription(
            tag: Self.tag, summary: summary, details: details, request: request,
            replies: [.init(200, "The result.", reply, headers: timed ? TEIHeaders.described : [])], faults: .inference,
            faultBody: TEISchemas.fault)
        return [(path, "tei.\(name)"), (Self.below(path), "tei.model.\(name)")].map { path, name in
            Endpoint(.post, PathTemplate(path), name: name, faults: faults, operation: operation) { request in
                try await answer(try TEICall(request, engine: engine))
            }
        }
    }

    private static func below(_ path: String) -> String { path == "/" ? "/models/{model}" : "/models/{model}\(path)" }

    private var information: [Endpoint] {
        let info = TEIInfo(engine: engine, version: version)
        func operation(_ summary: String, _ reply: Schema, hasQuery: Bool = false) -> OperationDescription {
            OperationDescription(
                tag: Self.tag, summary: summary,
                parameters: hasQuery ? [.init(.query, "model", "The model; the first one without it.")] : [],
                replies: [.init(200, "The facts.", reply)], faults: [.noModel, .modelNotReady],
                faultBody: TEISchemas.fault)
        }
        return [
            Endpoint(
                .get, "/info", name: "tei.info", faults: faults,
                operation: operation(
                    "A model, the limits of the server, and its other models.", TEIInfo.schema, hasQuery: true)
            ) { try info.response(for: $0.query["model"]) },
            Endpoint(
                .get, "/models/{model}/info", name: "tei.model.info", faults: faults,
                operation: operation("A model and the limits of the server.", TEIInfo.schema)
            ) { try info.response(for: $0.parameters["model"]) },
            Endpoint(
                .get, "/models/{model}", name: "tei.model", faults: faults,
                operation: operation("A model and how far it is.", TEIInfo.modelSchema)
            ) { try info.model($0.parameters["model"]) },
            Endpoint(
                .get, "/models", name: "tei.models", faults: faults,
                operation: operation("All models and how far they are.", .array(of: TEIInfo.modelSchema))
            ) { _ in info.models },
        ]
    }

    private var health: [Endpoint] {
        [("/health", "tei.health"), ("/", "tei.root")].map { path, name in
            Health(engine: engine).endpoint(PathTemplate(path), name: name, tag: Self.tag, faults: faults)
        }
    }
}
