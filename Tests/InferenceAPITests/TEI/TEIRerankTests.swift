import Encoders
import HTTPTypes
import Inference
import JSON
import ModelFiles
import Testing

@Suite("TEI: POST /rerank")
struct TEIRerankTests {
    static let query = "text editor"
    static let texts = Rerankers.documents

    static func body(_ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
        var object = JSONObject()
        object["query"] = .string(query)
        object["texts"] = .array(texts.map { .string($0) })
        for (key, value) in more { object[key] = value }
        return .object(object)
    }

    @Test func theReplyIsABareArrayBestFirst() async throws {
        let reply = try await ServedModels.client.post("/rerank", Self.body())
        #expect(reply.status == 200)
        #expect(reply.header(.contentType) == "application/json")
        let scores = try Rerankers.scores(of: Self.texts, query: Self.query)
        let order = Rerankers.order(scores)
        let expected = order.map { "{\"index\":\($0),\"score\":\(scores[$0].score)}" }.joined(separator: ",")
        #expect(String(decoding: reply.body, as: UTF8.self) == "[\(expected)]")
        // The same text twice: equal logits stay in the order of the request.
        let places = try [1, 4].map { try #require(order.firstIndex(of: $0)) }
        #expect(places[1] == places[0] + 1)
    }

    @Test func textsComeBackOnRequest() async throws {
        let reply = try await ServedModels.client.post("/rerank", Self.body(["return_text": true]))
        for rank in try #require(reply.json.array) {
            #expect(rank.keys == ["index", "text", "score"])
            #expect(rank["text"]?.string == Self.texts[try #require(rank["index"]?.int)])
        }
    }

    @Test(
        arguments: [
            (["raw_scores": true], ScoreActivation.identity), (["raw_scores": false], .sigmoid),
            (["raw_scores": nil], .sigmoid), (["activation": "identity"], .identity),
            (["activation": "sigmoid", "raw_scores": true], .sigmoid), (["activation": "model"], .identity),
        ] as [([String: JSONValue], ScoreActivation)])
    func scoresAreProbabilitiesUnlessAskedFor(fields: [String: JSONValue], activation: ScoreActivation) async throws {
        var body = try #require(Self.body().object)
        for (key, value) in fields { body[key] = value }
        let reply = try await ServedModels.client.post("/rerank", .object(body))
        let scores = try Rerankers.scores(of: Self.texts, query: Self.query, activation: activation)
        #expect(reply.json.array?.compactMap { $0["score"]?.float } == Rerankers.order(scores).map { scores[$0].score })
    }

    @Test func detailsAreToldOnRequest() async throws {
        let long = Array(repeating: "text editor", count: 60).joined(separator: " ")
        let texts: [JSONValue] = ["a text editor", .string(long)]
        let client = try await ServedModels.client
        let cut = try await client.post(
            "/rerank", ["query": "text editor", "texts": .array(texts), "return_details": true])
        for rank in try #require(cut.json.array) {
            #expect(rank["truncated"]?.bool == (rank["index"] == 1))
            #expect(rank["windows"] == 1 && rank["activation"] == "sigmoid" && rank["window"] == nil)
            #expect(rank["tokens"]?.int ?? 0 > 4 && rank["logit"]?.float != nil)
        }
        let chunked = try await client.post(
            "/rerank",
            ["query": "text editor", "texts": .array(texts), "return_details": true, "long_texts": "chunk"])
        let rank = try #require(chunked.json.array?.first { $0["index"] == 1 })
        #expect(try #require(rank["windows"]?.int) > 1)
        #expect(try #require(rank["window"]?.int) < rank["windows"]?.int ?? 0)
        #expect(rank["truncated"] == false)
    }

    @Test func theModelIsPickedByThePathOrTheBody() async throws {
        let client = try await ServedModels.client
        let first = try await client.post("/rerank", Self.body())
        for (path, model): (String, JSONValue) in [
            ("/rerank", "small"), ("/rerank", "org/small"), ("/models/small/rerank", nil),
            ("/models/org%2Fsmall/rerank", "nli"),
        ] {
            let reply = try await client.post(path, Self.body(["model": model]))
            #expect(reply.body == first.body, "\(path) \(model)")
        }
        let unknown = try await client.post("/rerank", Self.body(["model": "smal"]))
        #expect(unknown.status == 404 && unknown.errorType == "NotFound")
        #expect(unknown.error.contains("'smal'") && unknown.error.contains("'small'"))
        #expect(try await client.post("/models/smal/rerank", Self.body()).status == 404)
    }

    @Test(arguments: ["nli", "vectors", "splade"])
    func modelsThatCannotRankAreABackendFault(model: String) async throws {
        let reply = try await ServedModels.client.post("/models/\(model)/rerank", Self.body())
        #expect(reply.status == 424 && reply.errorType == "Backend")
        #expect(reply.error.contains("'\(model)'"))
    }

    @Test func withoutAnyRerankerItIsABackendFaultToo() async throws {
        let client = try await APIClient.serving([.fixture("mpnet-dense", as: "vectors", .dense)])
        let reply = try await client.post("/rerank", Self.body())
        #expect(reply.status == 424 && reply.errorType == "Backend")
    }

    /// A body, its status and the word in `error_type`.
    static let refused: [(body: JSONValue, status: Int, type: String)] = [
        (["query": "q", "texts": []], 400, "Empty"),
        (["texts": ["a"]], 422, "Validation"),
        (["query": nil, "texts": ["a"]], 422, "Validation"),
        (["query": 3, "texts": ["a"]], 422, "Validation"),
        (["query": "q"], 422, "Validation"),
        (["query": "q", "texts": "a"], 422, "Validation"),
        (["query": "q", "texts": ["a", 1]], 422, "Validation"),
        (["query": "q", "texts": [nil]], 422, "Validation"),
        (["query": "", "texts": ["a", ""]], 422, "Validation"),
        (["query": "q", "texts": ["a"], "truncate": "yes"], 422, "Validation"),
        (["query": "q", "texts": ["a"], "truncation_direction": "up"], 422, "Validation"),
        (["query": "q", "texts": ["a"], "raw_scores": 1], 422, "Validation"),
        (["query": "q", "texts": ["a"], "return_text": []], 422, "Validation"),
        (["query": "q", "texts": ["a"], "activation": "relu"], 422, "Validation"),
        (["query": "q", "texts": ["a"], "long_texts": "drop"], 422, "Validation"),
        (["query": "q", "texts": ["a"], "long_texts": "chunk", "truncate": false], 422, "Validation"),
        (["query": "q", "texts": ["a"], "model": 1], 422, "Validation"),
        (["query": "q", "texts": [.string(ServedModels.long)], "truncate": false], 422, "Validation"),
        ([], 422, "Validation"), ("text", 422, "Validation"), (nil, 422, "Validation"), (3, 422, "Validation"),
    ]

    @Test(arguments: refused.indices)
    func wrongBodiesAreRefused(index: Int) async throws {
        let (body, status, type) = Self.refused[index]
        let reply = try await ServedModels.client.post("/rerank", body)
        #expect(reply.status == status && reply.errorType == type, "\(body): \(reply.json)")
        #expect(reply.json.keys == ["error", "error_type"])
    }

    @Test func bodiesMustBeJSONAndSaySo() async throws {
        let client = try await ServedModels.client
        let bytes = Self.body().serializedBytes()
        for text in ["", "{", "{\"query\":\"q\",}", "\u{1}"] {
            #expect(try await client.send(.post, "/rerank", Array(text.utf8)).status == 400, "\(text)")
        }
        for type in [nil, "text/plain", "application/x-www-form-urlencoded", "jsonapplication/json"] {
            #expect(try await client.send(.post, "/rerank", bytes, type: type).status == 415, "\(type ?? "none")")
        }
        for type in ["application/json", "Application/JSON; charset=utf-8", "application/vnd.x+json"] {
            #expect(try await client.send(.post, "/rerank", bytes, type: type).status == 200, "\(type)")
        }
        let wrong = try await client.send(.delete, "/rerank")
        #expect(wrong.status == 405 && wrong.header(.allow) == "POST")
    }

    @Test func otherFieldsAreIgnoredAndNullIsLikeNothing() async throws {
        let client = try await ServedModels.client
        let plain = try await client.post("/rerank", Self.body())
        let reply = try await client.post(
            "/rerank",
            Self.body([
                "unknown": ["a": 1], "truncate": nil, "truncation_direction": nil, "return_text": nil, "model": nil,
                "return_details": nil, "long_texts": nil, "activation": nil,
            ]))
        #expect(reply.body == plain.body)
        for side: JSONValue in ["left", "Left", "right", "Right"] {
            #expect(try await client.post("/rerank", Self.body(["truncation_direction": side])).status == 200)
        }
    }

    @Test func moreTextsThanAllowedAreRefused() async throws {
        let client = try await ServedModels.limited { $0.maximumTexts = 2 }
        #expect(try await client.post("/rerank", ["query": "q", "texts": ["a", "b"]]).status == 200)
        let reply = try await client.post("/rerank", ["query": "q", "texts": ["a", "b", "c"]])
        #expect(reply.status == 422 && reply.errorType == "Validation")
        #expect(reply.error.contains("batch size 3 > maximum allowed batch size 2"))
        #expect(reply.error.contains("max_client_batch_size"))
    }

    @Test func headersTellCharactersTokensAndTimes() async throws {
        let reply = try await ServedModels.limited { _ in }.post("/rerank", ["query": "né", "texts": ["🙂a", "text"]])
        func header(_ name: String) throws -> String? { reply.header(try #require(HTTPField.Name(name))) }
        #expect(try header("x-compute-type") == "cpu+optimized")
        #expect(try header("x-compute-characters") == "10")
        let tokens = try ServedModels.cross().score([TextPair("né", "🙂a"), TextPair("né", "text")]).map(\.tokenCount)
        #expect(try header("x-compute-tokens") == String(tokens.reduce(0, +)))
        for name in ["x-compute-time", "x-total-time", "x-tokenization-time", "x-queue-time", "x-inference-time"] {
            #expect(Int(try header(name) ?? "") != nil, "\(name)")
        }
    }
}
