import Inference
import JSON
import ModelFiles
import Routing

/// `POST /` and SageMaker's `/invocations`: the body's shape and the model decide what is done.
///
/// TEI decides when it starts, by its only model: rerank, predict, embed or embed_sparse. Here `query` with `texts` is a
/// rerank and `inputs` with a `source_sentence` a similarity; for other `inputs` the named model's kind decides, or that of
/// the first model.
enum DefaultTask {
    static let details =
        "`query` with `texts` is a rerank, `inputs` with a `source_sentence` a similarity; what else `inputs` are for, the "
        + "model decides (the one that is named, else the first): predict, embed or embed_sparse."

    static let request = Schema.any(of: [
        TEISchemas.rerankRequest, TEISchemas.similarityRequest, TEISchemas.embedRequest, TEISchemas.sparseRequest,
        TEISchemas.predictRequest,
    ])

    static let reply = Schema.any(of: [
        TEISchemas.rerankReply, TEISchemas.similarityReply, TEISchemas.vectors, TEISchemas.sparseReply,
        TEISchemas.predictReply,
    ])

    static func answer(_ call: TEICall) async throws -> APIResponse {
        if call.fields.value("query") != nil || call.fields.value("texts") != nil {
            return try await TEIRerank.answer(call)
        }
        guard let inputs = call.fields.value("inputs") else {
            throw call.fields.missing("inputs", "there, or 'query' and 'texts'")
        }
        if inputs.object != nil { return try await TEIEmbed.similarity(call) }
        switch try use(call) {
        case .classification: return try await TEIPredict.answer(call)
        case .expansion: return try await TEIEmbed.sparse(call)
        default: return try await TEIEmbed.dense(call)
        }
    }

    /// What the named model, or the first one, is for.
    static func use(_ call: TEICall) throws(APIFault) -> ModelUse {
        let status: ModelStatus
        if let name = call.modelName {
            status = try call.engine.model(name, for: .anything)
        } else if let first = call.engine.models.first {
            status = first
        } else {
            status = try call.engine.model(nil, for: .anything)
        }
        return switch status.declaration.task {
        case .crossEncoder: .classification
        case .dense: .embedding
        case .sparse, .sparseQuery: .expansion
        }
    }
}
