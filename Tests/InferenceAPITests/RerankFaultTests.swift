import Encoders
import HTTPTypes
import InferenceAPI
import Inference
import JSON
import ModelFiles
import Testing

@Suite("Faults of /v1/rerank and /v2/rerank")
struct RerankFaultTests {
    /// A body that is refused: what it is, the field that is named, the code.
    static let refused: [(body: JSONValue, field: String?, code: String)] = [
        (["documents": ["a"]], "query", "invalid_type"),
        (["query": nil, "documents": ["a"]], "query", "invalid_type"),
        (["query": 1, "documents": ["a"]], "query", "invalid_type"),
        (["query": "", "documents": ["a"]], "query", "invalid_value"),
        (["query": " \t\r\n", "documents": ["a"]], "query", "invalid_value"),
        (["query": "q"], "documents", "invalid_type"),
        (["query": "q", "documents": "a"], "documents", "invalid_type"),
        (["query": "q", "documents": []], "documents", "empty_array"),
        (["query": "q", "documents": ["a", 5]], "documents[1]", "invalid_type"),
        (["query": "q", "documents": ["a", nil]], "documents[1]", "invalid_type"),
        (["query": "q", "documents": ["a"], "top_n": 0], "top_n", "invalid_value"),
        (["query": "q", "documents": ["a"], "top_n": -1], "top_n", "invalid_value"),
        (["query": "q", "documents": ["a"], "top_n": 1.5], "top_n", "invalid_type"),
        (["query": "q", "documents": ["a"], "top_n": "1"], "top_n", "invalid_type"),
        (["query": "q", "documents": ["a"], "model": 3], "model", "invalid_type"),
        (["query": "q", "documents": ["a"], "max_tokens_per_doc": 0], "max_tokens_per_doc", "invalid_value"),
        (["query": "q", "documents": ["a"], "raw_scores": "yes"], "raw_scores", "invalid_type"),
    ]

    @Test(arguments: ["/v1/rerank", "/v2/rerank"], refused.indices)
    func wrongFieldsAreNamed(path: String, index: Int) async throws {
        let (body, field, code) = Self.refused[index]
        let reply = try await Rerankers.client.post(path, body)
        #expect(reply.status == 400)
        #expect(reply.json["error"]?["param"]?.string == field)
        #expect(reply.json["error"]?["code"]?.string == code)
        #expect(reply.json["error"]?["type"] == "invalid_request_error")
    }

    @Test func fieldsOfVersionOneAreChecked() async throws {
        let cases: [(JSONValue, String)] = [
            (["query": "q", "texts": ["a", 1]], "texts[1]"),
            (["query": "q", "documents": ["a"], "top_k": 0], "top_k"),
            (["query": "q", "documents": ["a"], "truncation": "no"], "truncation"),
            (["query": "q", "documents": ["a"], "truncate": 1], "truncate"),
            (["query": "q", "documents": ["a"], "return_documents": 1], "return_documents"),
            (["query": "q", "documents": ["a"], "return_text": 1], "return_text"),
            (["query": "q", "documents": ["a"], "max_chunks_per_doc": 0], "max_chunks_per_doc"),
            (["query": "q", "documents": ["a"], "max_chunks_per_doc": 10_001], "max_chunks_per_doc"),
            (["query": "q", "documents": ["a"], "rank_fields": "text"], "rank_fields"),
            (["query": "q", "documents": ["a"], "rank_fields": [1]], "rank_fields[0]"),
            (["query": "q", "documents": [["title": "a"]]], "documents[0]"),
            (["query": "q", "documents": [["title": "a"]], "rank_fields": ["name"]], "documents[0]"),
            (["query": "q", "documents": [["text": 4]]], "documents[0].text"),
        ]
        for (body, field) in cases {
            let reply = try await Rerankers.client.post("/v1/rerank", body)
            #expect(reply.status == 400, "\(body)")
            #expect(reply.json["error"]?["param"]?.string == field, "\(body)")
        }
    }

    @Test(arguments: ["/v1/rerank", "/v2/rerank"])
    func everyClientFindsTheMessage(path: String) async throws {
        let reply = try await Rerankers.client.send(.post, path, Array("{\"query\": ".utf8), id: "abc")
        #expect(reply.status == 400)
        #expect(reply.json.keys == ["error", "message", "detail", "id"])
        let message = try #require(reply.json["message"]?.string)
        #expect(message.hasPrefix("The body is not valid JSON"))
        #expect(reply.json["detail"]?.string == message)
        #expect(
            reply.json["error"] == [
                "message": .string(message), "type": "invalid_request_error", "param": nil, "code": "invalid_json",
            ])
        #expect(reply.json["id"] == "abc")
        #expect(try await Rerankers.client.post(path, ["a"]).status == 400)
    }

    @Test(arguments: ["/v1/rerank", "/v2/rerank"])
    func modelsThatCannotRankAreRefused(path: String) async throws {
        let unknown = try await Rerankers.client.post(path, Rerankers.body(["model": "gpt-5"]))
        #expect(unknown.status == 404)
        #expect(unknown.json["error"]?["code"] == "model_not_found")
        #expect(unknown.json["error"]?["param"] == "model")
        let labels = try await Rerankers.client.post(path, Rerankers.body(["model": "nli"]))
        #expect(labels.status == 404)
        #expect(labels.json["error"]?["code"] == "model_not_supported")
        #expect(labels.json["message"]?.string?.contains("3 labels") == true)
        #expect(unknown.json["message"]?.string?.contains("'nli', 'small', 'roberta', 'vectors'") == true)
        let dense = try await Rerankers.client.post(path, Rerankers.body(["model": "vectors"]))
        #expect(dense.status == 404)
        #expect(dense.json["error"]?["code"] == "model_not_supported")
    }

    @Test(arguments: ["/v1/rerank", "/v2/rerank"])
    func moreDocumentsThanTheSettingAllowsAreRefusedByName(path: String) async throws {
        var settings = InferenceSettings()
        settings.maximumTexts = 5
        let client = try await APIClient.serving([.fixture("bert-cross", .crossEncoder)], settings: settings)
        let reply = try await client.post(path, Rerankers.body())
        #expect(reply.status == 400)
        #expect(reply.json["error"]?["code"] == "array_above_max_length")
        #expect(reply.json["message"] == "'documents' has 6 documents; max_client_batch_size allows 5.")
    }

    @Test(arguments: ["/v1/rerank", "/v2/rerank", "/v1/embeddings", "/embeddings"])
    func bodiesMustBeDeclaredAsJSON(path: String) async throws {
        for type in ["text/plain", "application/x-www-form-urlencoded", nil] {
            let reply = try await Rerankers.client.send(.post, path, Array("{}".utf8), type: type)
            #expect(reply.status == 415)
            #expect(reply.json["error"]?["code"] == "unsupported_media_type")
        }
    }

    @Test func modelsThatAreLoadingAskToWait() async throws {
        let engine = InferenceEngine()
        engine.declare(.fixture("bert-cross", .crossEncoder))
        engine.declare(.fixture("bert-dense", .dense))
        let client = APIClient(engine)
        for (path, body) in [
            ("/v1/rerank", Rerankers.body()), ("/v2/rerank", Rerankers.body()), ("/v1/embeddings", ["input": "a"]),
        ] {
            let reply = try await client.post(path, body)
            #expect(reply.status == 503)
            #expect(reply.json["error"]?["code"] == "model_not_ready")
            #expect(reply.header(.retryAfter) == "1")
        }
    }

    @Test(arguments: ["/v1/rerank", "/v2/rerank"])
    func otherMethodsAreToldTheRightOne(path: String) async throws {
        let reply = try await Rerankers.client.get(path)
        #expect(reply.status == 405)
        #expect(reply.header(.allow) == "POST")
        #expect(reply.json["error"]?["code"] == "method_not_supported")
    }
}
