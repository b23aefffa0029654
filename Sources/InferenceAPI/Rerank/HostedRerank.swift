import HTTPTypes
import Inference
import Routing

/// Reranking as the hosted APIs have it: `/v1/rerank` of Cohere, Jina and Voyage, and Cohere's `/v2/rerank`.
struct HostedRerank: Sendable {
    let engine: InferenceEngine
    let faults = VersionedFaults()

    /// The endpoints.
    var endpoints: [Endpoint] {
        let maximumTexts = engine.settings.maximumTexts
        return [
            Endpoint(
                .post, "/v1/rerank", name: "v1.rerank", faults: faults,
                operation: Self.version1(maximumTexts: maximumTexts)
            ) { request in
                try request.requireJSON()
                let fields = try RequestFields(body: request)
                return try await answer(RerankCall(version1: fields, maximumTexts: maximumTexts), request)
            },
            Endpoint(
                .post, "/v2/rerank", name: "v2.rerank", faults: faults,
                operation: Self.version2(maximumTexts: maximumTexts)
            ) { request in
                try request.requireJSON()
                let fields = try RequestFields(body: request)
                return try await answer(RerankCall(version2: fields, maximumTexts: maximumTexts), request)
            },
        ]
    }

    private func answer(_ call: RerankCall, _ request: APIRequest) async throws(APIFault) -> APIResponse {
        let model = try engine.model(call.model, for: .reranking).declaration.name
        let result: ScoreResult
        do throws(InferenceError) {
            result = try await engine.score(call.scoreRequest(model: model))
        } catch {
            throw APIFault(error, texts: "documents")
        }
        return RerankReply(call: call, result: result, requestID: request.id).response
    }
}
