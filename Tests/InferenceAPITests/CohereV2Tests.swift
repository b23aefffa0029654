import Encoders
import HTTPTypes
import Inference
import InferenceAPI
import JSON
import Testing

@Suite("Cohere v2: POST /v2/rerank")
struct CohereV2Tests {
    @Test func replyIsExactlyCoheres() async throws {
        let reply = try await Rerankers.client.post(
            "/v2/rerank", Rerankers.body(["model": "small", "top_n": 3, "return_documents": true, "priority": 5]))
        #expect(reply.status == 200)
        #expect(reply.json.keys == ["id", "results", "meta"])
        #expect(
            reply.json["meta"] == [
                "api_version": ["version": "2", "is_experimental": false], "billed_units": ["search_units": 1],
            ])
        let expected = try Rerankers.scores()
        let order = Array(Rerankers.order(expected).prefix(3))
        let results = try #require(reply.json["results"]?.array)
        #expect(results.map { $0["index"]?.int } == order)
        #expect(results.map { $0["relevance_score"]?.float } == order.map { expected[$0].score })
        #expect(results.allSatisfy { $0.keys == ["index", "relevance_score"] })
    }

    @Test func rawScoresCanBeAskedFor() async throws {
        let reply = try await Rerankers.client.post(
            "/v2/rerank", Rerankers.body(["model": "small", "raw_scores": true]))
        let expected = try Rerankers.scores()
        #expect(
            reply.json["results"]?.array?.map { $0["relevance_score"]?.float }
                == Rerankers.order(expected).map { expected[$0].logit })
        #expect(reply.json["activation"] == "identity")
    }

    @Test func maxTokensPerDocCutsDocumentsFirst() async throws {
        let client = try await Rerankers.client
        for limit in [2, 5] {
            var request = ScoreRequest(model: "small", query: Rerankers.query, texts: Rerankers.documents)
            request.maximumTextTokens = limit
            request.activation = .sigmoid
            let expected = try await client.engine.score(request).scores
            let reply = try await client.post(
                "/v2/rerank", Rerankers.body(["model": "small", "max_tokens_per_doc": .number(JSONNumber(limit))]))
            for result in reply.json["results"]?.array ?? [] {
                #expect(result["relevance_score"]?.float == expected[result["index"]?.int ?? 0].score)
            }
            #expect(expected.map(\.score) != (try Rerankers.scores().map(\.score)))
        }
    }

    @Test func documentsMustBeStrings() async throws {
        let reply = try await Rerankers.client.post(
            "/v2/rerank", ["query": "a", "documents": ["b", ["text": "c"]], "model": "small"])
        #expect(reply.status == 400)
        #expect(reply.json["message"] == "The field 'documents[1]' must be a string, and is an object.")
        #expect(reply.json["error"]?["param"] == "documents[1]")
    }

    @Test func relevantSpansAreRefusedUnlessDisabled() async throws {
        let on = try await Rerankers.client.post(
            "/v2/rerank", Rerankers.body(["model": "small", "relevant_spans": ["mode": "enabled"]]))
        #expect(on.status == 400)
        #expect(on.json["error"]?["param"] == "relevant_spans")
        let off = try await Rerankers.client.post(
            "/v2/rerank", Rerankers.body(["model": "small", "relevant_spans": ["mode": "disabled"]]))
        #expect(off.status == 200)
    }
}
