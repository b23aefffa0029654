import Encoders
import HTTPTypes
import Inference
import JSON
import ModelFiles
import Routing

/// OpenAI's embeddings and list of models.
struct OpenAIRoutes: Sendable {
    let engine: InferenceEngine
    let faults = VersionedFaults()

    /// The endpoints.
    var endpoints: [Endpoint] {
        let embeddings = Self.embeddingsOperation(maximumTexts: engine.settings.maximumTexts)
        return [
            Endpoint(
                .post, "/v1/embeddings", name: "v1.embeddings", faults: faults, operation: embeddings,
                handler: answerEmbeddings),
            // As text-embeddings-inference has it, too.
            Endpoint(
                .post, "/embeddings", name: "embeddings", faults: faults, operation: embeddings,
                handler: answerEmbeddings),
            Endpoint(.get, "/v1/models", name: "v1.models", faults: faults, operation: Self.modelsOperation) { _ in
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("object")
                writer.value("list")
                writer.key("data")
                writer.beginArray()
                for model in engine.models { Self.write(model, to: &writer) }
                writer.endArray()
                writer.endObject()
                return APIResponse(json: writer)
            },
            Endpoint(
                .get, "/v1/models/{model}", name: "v1.model", faults: faults, operation: Self.modelOperation
            ) { request in
                try answerModel(named: request.parameters["model"] ?? "")
            },
            // Names with a slash, which clients put into the path as they are.
            Endpoint(
                .get, "/v1/models/{owner}/{model}", name: "v1.owned_model", faults: faults,
                operation: Self.modelOperation
            ) { request in
                try answerModel(named: "\(request.parameters["owner"] ?? "")/\(request.parameters["model"] ?? "")")
            },
        ]
    }

    private func answerModel(named name: String) throws(APIFault) -> APIResponse {
        guard let model = engine.status(named: name) else {
            let known = engine.models.map { "'\($0.declaration.name)'" }.joined(separator: ", ")
            throw APIFault(
                .noModel, "There is no model named '\(name)'. Served are: \(known.isEmpty ? "none" : known).",
                field: "model")
        }
        var writer = JSONWriter()
        Self.write(model, to: &writer)
        return APIResponse(json: writer)
    }

    @Sendable
    private func answerEmbeddings(_ request: APIRequest) async throws(APIFault) -> APIResponse {
        try request.requireJSON()
        let call = try EmbeddingCall(RequestFields(body: request), maximumTexts: engine.settings.maximumTexts)
        var embedRequest = call.request
        embedRequest.model = try engine.model(call.request.model, for: .embedding).declaration.name
        let result: EmbedResult
        do throws(InferenceError) {
            result = try await engine.embed(embedRequest)
        } catch {
            var fault = APIFault(error, texts: "input")
            if !call.isList, error.textIndex != nil { fault.field = "input" }
            throw fault
        }
        let vectors = result.embeddings
        let tokens = vectors.tokenCounts.reduce(0, +)
        var writer = JSONWriter(
            reservingBytes: 128 + vectors.count * (64 + vectors.dimensions * (call.encoding == .float ? 12 : 6)))
        writer.beginObject()
        writer.key("object")
        writer.value("list")
        writer.key("data")
        writer.beginArray()
        for index in vectors.indices {
            writer.beginObject()
            writer.key("object")
            writer.value("embedding")
            writer.key("index")
            writer.value(index)
            writer.key("embedding")
            switch call.encoding {
            case .float: writer.array(vectors[index])
            case .base64: writer.base64(vectors[index])
            }
            writer.endObject()
        }
        writer.endArray()
        writer.key("model")
        writer.value(result.model)
        writer.key("usage")
        writer.beginObject()
        writer.key("prompt_tokens")
        writer.value(tokens)
        writer.key("total_tokens")
        writer.value(tokens)
        writer.endObject()
        writer.endObject()
        var response = APIResponse(json: writer)
        response.logFields = result.timing.logFields(model: result.model, texts: vectors.count)
        return response
    }

    /// Writes a model as OpenAI lists it, with what its users here want to know beside that.
    private static func write(_ model: ModelStatus, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.value(model.declaration.name)
        writer.key("object")
        writer.value("model")
        writer.key("created")
        writer.value(model.facts?.readySince ?? 0)
        writer.key("owned_by")
        writer.value("needletail")
        writer.key("aliases")
        writer.beginArray()
        for alias in model.declaration.aliases { writer.value(alias) }
        writer.endArray()
        writer.key("task")
        // The words of the configuration file.
        switch model.declaration.task {
        case .crossEncoder: writer.value("cross-encoder")
        case .dense: writer.value("dense")
        case .sparse, .sparseQuery: writer.value("sparse")
        }
        writer.key("state")
        switch model.state {
        case .loading: writer.value("loading")
        case .ready: writer.value("ready")
        case .failed: writer.value("failed")
        }
        writer.endObject()
    }
}
