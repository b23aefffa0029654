import Connectors
import HTTPTypes
import JSON

extension MLCommons {
    var predictionOperations: [MLOperation] {
        [
            MLOperation("predict_model", [.post], ["/models/{model_id}/_predict"], work: .prediction) {
                [self] request in
                let id = request.path("model_id")
                return try await predict(nil, id, try request.requiredFields())
            },
            MLOperation("predict", [.post], ["/_predict/{algorithm_name}/{model_id}"], work: .prediction) {
                [self] request in
                let function = try FunctionName(reading: request.path("algorithm_name"))
                return try await predict(function, request.path("model_id"), try request.requiredFields())
            },
        ]
    }

    /// - Parameter stated: What the path says that the model does; nil if it says nothing.
    private func predict(_ stated: FunctionName?, _ id: String, _ fields: Fields) async throws -> MLReply {
        let model = try model(id)
        let own = Self.function(of: model)
        guard own != .remote else { return try await predictRemote(id, fields) }
        let function = stated ?? own
        let request = try PredictRequest(fields, for: function)
        guard own == function || own.isSparse && function.isSparse else {
            throw MLError.illegalArgument(
                "Model \(id) is of function \(own.rawValue) and not of \(function.rawValue): POST /_plugins/_ml/models/\(id)/_predict needs no function"
            )
        }
        var reply = PredictReply(request.filter)
        switch own {
        case .textSimilarity:
            for score in try await scores(of: request.texts, for: request.query, model: id) {
                reply.add(similarity: score)
            }
        case .sparseEncoding, .sparseTokenize:
            for weights in try await sparseVectors(of: request.texts, model: id) {
                reply.add(weights, keysAreIDs: request.keysAreIDs, named: own == .sparseEncoding ? "output" : nil)
            }
        default:
            let configuration = model.source["model_config"]?.object
            let texts = try Self.prefixed(request.texts, request.contentType, configuration)
            // Traced sentence-transformers have every output of the graph; pooling outside of the graph gives one.
            let hasTokens =
                model.text("model_format") == ModelFormat.torchScript.rawValue
                && configuration?["framework_type"]?.string != "HUGGINGFACE_TRANSFORMERS"
            let needsTokens =
                hasTokens
                && [(0, "input_ids"), (1, "attention_mask"), (2, "token_embeddings")].contains {
                    request.filter.takes($0.1, at: $0.0)
                }
            let embeddings = try await used(id) { [host] () async throws(ModelHostError) in
                try await host.embed(texts, model: id, includesTokens: needsTokens)
            }
            for embedding in embeddings { reply.add(embedding, hasTokens: hasTokens) }
        }
        return MLReply(json: reply.finish())
    }

    /// Puts the model's prefixes before texts.
    private static func prefixed(
        _ texts: [String], _ type: PredictRequest.ContentType?, _ configuration: JSONObject?
    ) throws(MLError) -> [String] {
        let query = ModelConfiguration.prefix("query_prefix", in: configuration)
        let passage = ModelConfiguration.prefix("passage_prefix", in: configuration)
        guard let type else {
            guard query == nil, passage == nil else {
                throw .illegalArgument(
                    "The embedding model chosen is asymmetric. To use it, you must declare whether the input is of type `QUERY` or of type `PASSAGE`."
                )
            }
            return texts
        }
        guard query != nil || passage != nil else {
            throw .illegalArgument(
                "When passing AsymmetricTextEmbeddingParameters, the model requires to be registered with at least one of `query_prefix` or `passage_prefix`."
            )
        }
        guard let prefix = type == .query ? query : passage else { return texts }
        return texts.map { prefix + $0 }
    }

    // MARK: For pipelines and queries

    /// Scores texts for a query with a deployed text similarity model: raw logits, one for each text.
    ///
    /// - Throws: ``MLError`` for a model that is not there, not ready, disabled, of another function or over its rate
    ///   limit.
    public func scores(of texts: [String], for query: String, model id: String) async throws -> [Float] {
        guard function(ofModel: id) != .remote else { return try await remoteScores(of: texts, for: query, model: id) }
        try require(id, [.textSimilarity])
        return try await used(id) { [host] () async throws(ModelHostError) in
            try await host.score(texts, for: query, model: id)
        }
    }

    /// Embeds texts with a deployed text embedding model.
    ///
    /// - Parameter asQueries: whether the texts are queries rather than passages, which matters to asymmetric models only.
    /// - Throws: ``MLError`` as ``scores(of:for:model:)``.
    public func embeddings(of texts: [String], model id: String, asQueries: Bool) async throws -> [[Float]] {
        guard function(ofModel: id) != .remote else { return try await remoteEmbeddings(of: texts, model: id) }
        let configuration = try require(id, [.textEmbedding]).source["model_config"]?.object
        let name = asQueries ? "query_prefix" : "passage_prefix"
        let prefix = ModelConfiguration.prefix(name, in: configuration) ?? ""
        let texts = prefix.isEmpty ? texts : texts.map { prefix + $0 }
        return try await used(id) { [host] () async throws(ModelHostError) in
            try await host.embed(texts, model: id, includesTokens: false).map(\.vector)
        }
    }

    /// Expands texts with a deployed sparse encoding or tokenizer model; the latter sees them as queries.
    ///
    /// - Throws: ``MLError`` as ``scores(of:for:model:)``.
    public func sparseVectors(of texts: [String], model id: String) async throws -> [[TokenWeight]] {
        guard function(ofModel: id) != .remote else { return try await remoteSparseVectors(of: texts, model: id) }
        let function = Self.function(of: try require(id, [.sparseEncoding, .sparseTokenize]))
        return try await used(id) { [host] () async throws(ModelHostError) in
            try await host.encodeSparse(texts, model: id, asQueries: function == .sparseTokenize)
        }
    }

    /// What a model does; nil if there is none.
    public func function(ofModel id: String) -> FunctionName? { state[.model, id].map(Self.function) }

    @discardableResult
    private func require(_ id: String, _ functions: [FunctionName]) throws(MLError) -> StoredDocument {
        let model = try model(id)
        guard functions.contains(Self.function(of: model)) else {
            throw .illegalArgument(
                "Model \(id) is of function \(Self.function(of: model).rawValue) and not of \(functions.map(\.rawValue).joined(separator: " or "))"
            )
        }
        return model
    }

    /// Uses a model, if it may be used by whoever asks, and counts what became of it.
    func used<Value>(_ id: String, _ work: () async throws -> Value) async throws(MLError) -> Value {
        let model = try model(id)
        try checkModel(id)
        guard model.source["is_enabled"]?.bool != false else { throw .status(403, "Model is disabled.") }
        do {
            if !uses.isLoaded(id) { try deployIfRemote(id) }
        } catch {
            throw Self.told(error)
        }
        guard uses.isLoaded(id) else {
            throw .illegalArgument("Model not ready yet. Please deploy the model first.")
        }
        let now = state.now()
        let limit = RateLimit.limit(of: model.source["rate_limiter"]?.object)
        guard uses.begin(id, Self.function(of: model), at: now, limit: limit) else {
            throw .status(429, "Request is throttled at model level.")
        }
        let start = ContinuousClock.now
        let kept = state.settings.integer(MLSetting.monitoredRequests)
        do {
            try checkUser(of: id, at: now)
            let value = try await work()
            uses.end(
                id, at: state.now(), milliseconds: (ContinuousClock.now - start) / .milliseconds(1), failed: false,
                kept: kept)
            return value
        } catch {
            uses.end(id, at: state.now(), milliseconds: 0, failed: true, kept: kept)
            throw Self.told(error)
        }
    }

    /// An error of a model, of a connector or of the state as ML Commons tells it.
    private static func told(_ error: any Error) -> MLError {
        switch error {
        case let error as MLError: return error
        case let error as ConnectorError: return MLError(error)
        case let error as ModelHostError:
            let type =
                switch error.status {
                case 400: "illegal_argument_exception"
                case 429: "rejected_execution_exception"
                default: "m_l_exception"
                }
            return MLError(error.status, type, error.reason)
        default: return MLError(500, "m_l_exception", "\(error)")
        }
    }
}
