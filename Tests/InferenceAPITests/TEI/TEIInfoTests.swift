import Encoders
import HTTPTypes
import Inference
import InferenceAPI
import JSON
import ModelFiles
import Routing
import Testing

@Suite("TEI: GET /info, /models, /health, and POST /")
struct TEIInfoTests {
    @Test func infoTellsTheFirstModelAndTheLimits() async throws {
        let client = try await ServedModels.limited {
            $0.maximumTexts = 7
            $0.maximumConcurrentRequests = 8
            $0.maximumRequestTokens = 9000
            $0.queueTimeout = .milliseconds(1500)
            $0.threads = 2
        }
        let info = try await client.get("/info").json
        #expect(
            info.keys.prefix(16) == [
                "model_id", "model_sha", "model_dtype", "served_model_name", "model_type", "max_concurrent_requests",
                "max_input_length", "max_batch_tokens", "max_batch_requests", "max_client_batch_size", "auto_truncate",
                "tokenization_workers", "version", "sha", "docker_label", "activation",
            ])
        #expect(info["model_id"] == "small" && info["served_model_name"] == "small" && info["model_dtype"] == "float32")
        #expect(info["model_type"] == ["reranker": ["id2label": ["0": "LABEL_0"], "label2id": ["LABEL_0": 0]]])
        #expect(info["max_concurrent_requests"] == 8 && info["max_client_batch_size"] == 7)
        #expect(info["max_batch_tokens"] == 9000 && info["auto_truncate"] == true && info["tokenization_workers"] == 2)
        #expect(info["max_input_length"]?.int == (try ServedModels.cross().maxSequenceLength))
        #expect(info["activation"] == "identity")
        #expect(info["limits"]?["queue_timeout"] == 1.5 && info["limits"]?["max_request_tokens"] == 9000)
        #expect(info["models"]?.array?.compactMap { $0["name"]?.string } == ["small", "nli", "vectors", "splade"])
    }

    @Test func infoTellsTheModelThatIsAskedFor() async throws {
        let client = try await ServedModels.client
        let kinds = [
            ("nli", "classifier"), ("vectors", "embedding"), ("splade", "embedding"), ("org%2Fsmall", "reranker"),
        ]
        for (name, kind) in kinds {
            let byQuery = try await client.get("/info?model=\(name)")
            #expect(byQuery.json["model_type"]?.keys == [kind])
            #expect(try await client.get("/models/\(name)/info").body == byQuery.body)
        }
        let vectors = try await client.get("/info?model=vectors").json
        #expect(vectors["dimensions"]?.int == (try ServedModels.dense().dimensions))
        #expect(vectors["prompts"] == ["clustering", "document", "passage", "query"])
        let unknown = try await client.get("/info?model=none")
        #expect(unknown.status == 404 && unknown.errorType == "NotFound")
        #expect(try await client.get("/models/none/info").status == 404)
        #expect(try await client.get("/models/none").status == 404)
    }

    @Test func modelsAreListedWithTheirState() async throws {
        let engine = InferenceEngine()
        let client = APIClient(engine)
        engine.declare(.fixture("bert-cross", as: "small", aliases: ["s"], .crossEncoder))
        engine.declare(.fixture("missing", as: "broken", .dense))
        #expect(
            try await client.get("/models/small").json
                == [
                    "name": "small", "aliases": ["s"], "task": "cross-encoder", "state": "loading",
                    "max_input_length": nil,
                ])
        let loading = try await client.get("/info")
        #expect(loading.status == 503 && loading.errorType == "Unhealthy")
        #expect(try await client.post("/rerank", ["query": "q", "texts": ["a"]]).status == 503)
        try await engine.load("small")
        #expect(try await client.get("/health").status == 503)
        await #expect(throws: InferenceError.self) { try await engine.load("broken") }
        let list = try await client.get("/models").json
        #expect(list[0]?["state"] == "ready" && list[0]?["max_input_length"]?.int != nil)
        #expect(list[1]?["state"] == "failed" && list[1]?["task"] == "dense")
        let broken = try await client.post("/embed", ["inputs": "a", "model": "broken"])
        #expect(broken.status == 503 && broken.errorType == "Unhealthy")
        #expect(!broken.error.contains("/missing"))
    }

    @Test(arguments: ["/health", "/", "/ping"])
    func healthIsAnEmptyReplyOrUnhealthy(path: String) async throws {
        let ready = try await ServedModels.client.get(path)
        #expect(ready.status == 200 && ready.body.isEmpty)
        let nothing = try await APIClient(InferenceEngine()).get(path)
        #expect(nothing.status == 503)
        #expect(nothing.json == ["error": "unhealthy", "error_type": "Unhealthy"])
        let route = try #require(
            OpenAPIDocumentTests.routes.all.first { $0.template.description == path && $0.method == .get })
        #expect(route.access == .open)
    }

    @Test func theDefaultTaskFollowsTheBodyAndTheModel() async throws {
        let client = try await ServedModels.client
        let pairs: [(JSONValue, String)] = [
            (["query": "q", "texts": ["a", "b"]], "/rerank"), (["inputs": ["a", "b"]], "/predict"),
            (["inputs": ["a", "b"], "model": "vectors"], "/embed"),
            (["inputs": "a", "model": "splade"], "/embed_sparse"),
            (["inputs": ["source_sentence": "a", "sentences": ["b"]]], "/similarity"),
        ]
        for (body, path) in pairs {
            let reply = try await client.post("/", body)
            let expected = try await client.post(path, body).body
            #expect(reply.status == 200 && reply.body == expected, "\(body)")
        }
        let below = try await client.post("/models/vectors", ["inputs": ["a"]])
        let embedded = try await client.post("/embed", ["inputs": ["a"]])
        #expect(below.body == embedded.body)
        #expect(try await client.post("/", [:]).status == 422)
        #expect(try await client.post("/", ["query": "q"]).status == 422)
        #expect(try await client.post("/models/none", ["inputs": "a"]).status == 404)
        #expect(try await APIClient(InferenceEngine()).post("/", ["inputs": "a"]).status == 424)
    }
}
