import Encoders
import HTTPTypes
import InferenceAPI
import JSON
import Testing

@Suite("Jina: POST /v1/rerank")
struct JinaTests {
    @Test func replyHasJinasFields() async throws {
        let reply = try await Rerankers.client.post(
            "/v1/rerank",
            [
                "model": "small", "query": "text editor", "top_n": 2, "return_documents": true,
                "documents": ["network monitor", ["text": "a fast text editor"], "library"],
            ])
        #expect(reply.status == 200)
        #expect(reply.json["model"] == "small")
        let scores = try Rerankers.scores(of: ["network monitor", "a fast text editor", "library"])
        #expect(reply.json["usage"]?["total_tokens"]?.int == scores.reduce(0) { $0 + $1.tokenCount })
        let results = try #require(reply.json["results"]?.array)
        #expect(results.count == 2)
        for result in results {
            let index = try #require(result["index"]?.int)
            #expect(result["relevance_score"]?.float == scores[index].score)
            #expect(
                result["document"] == ["text": .string(["network monitor", "a fast text editor", "library"][index])])
        }
    }

    @Test func documentsOfOtherKindsAreRefused() async throws {
        let reply = try await Rerankers.client.post(
            "/v1/rerank", ["model": "small", "query": "a", "documents": [["image": "https://example.com/a.png"]]])
        #expect(reply.status == 400)
        #expect(reply.json["detail"] == "'documents[0]' has none of 'text'; there is nothing to rank.")
    }
}

@Suite("Voyage: POST /v1/rerank")
struct VoyageTests {
    /// What Voyage's client sends, nulls included.
    private func body(_ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
        var object = Rerankers.body(["model": "small", "top_k": nil, "truncation": true]).object ?? JSONObject()
        for (key, value) in more { object[key] = value }
        return .object(object)
    }

    @Test func replyIsExactlyVoyages() async throws {
        let expected = try Rerankers.scores()
        let reply = try await Rerankers.client.post("/v1/rerank", body())
        #expect(reply.status == 200)
        #expect(reply.json.keys == ["object", "data", "model", "usage"])
        #expect(reply.json["object"] == "list")
        #expect(reply.json["model"] == "small")
        #expect(reply.json["usage"] == ["total_tokens": .number(JSONNumber(expected.reduce(0) { $0 + $1.tokenCount }))])
        let data = try #require(reply.json["data"]?.array)
        #expect(data.map { $0["index"]?.int } == Rerankers.order(expected))
        #expect(data.map { $0["relevance_score"]?.float } == Rerankers.order(expected).map { expected[$0].score })
    }

    @Test func topKCutsAndDocumentsComeBackAsStrings() async throws {
        let reply = try await Rerankers.client.post("/v1/rerank", body(["top_k": 2, "return_documents": true]))
        let data = try #require(reply.json["data"]?.array)
        #expect(data.count == 2)
        for item in data {
            #expect(item["document"]?.string == Rerankers.documents[item["index"]?.int ?? 0])
        }
    }

    @Test func truncationFalseRefusesLongDocumentsByTheirIndex() async throws {
        let long = JSONValue.string(String(repeating: "network monitor ", count: 100))
        let cut = try await Rerankers.client.post(
            "/v1/rerank", ["query": "a", "documents": ["b", long], "model": "small", "truncation": true])
        #expect(cut.status == 200)
        let refused = try await Rerankers.client.post(
            "/v1/rerank", ["query": "a", "documents": ["b", long], "model": "small", "truncation": false])
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["code"] == "context_length_exceeded")
        #expect(refused.json["error"]?["param"] == "documents[1]")
        // Nothing else may soften it.
        let windows = try await Rerankers.client.post(
            "/v1/rerank",
            ["query": "a", "documents": ["b", long], "model": "small", "truncate": false, "max_chunks_per_doc": 9])
        #expect(windows.status == 400)
    }

    @Test func truncationByItselfMakesItVoyagesButNotBesideTopN() async throws {
        let alone = try await Rerankers.client.post(
            "/v1/rerank", ["query": "a", "documents": ["b"], "model": "small", "truncation": true])
        #expect(alone.json["data"]?.array?.count == 1)
        let beside = try await Rerankers.client.post(
            "/v1/rerank", ["query": "a", "documents": ["b"], "model": "small", "truncation": true, "top_n": 1])
        #expect(beside.json["results"]?.array?.count == 1)
    }
}
