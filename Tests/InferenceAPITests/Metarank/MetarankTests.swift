import Encoders
import HTTPTypes
import Inference
import JSON
import ModelFiles
import Testing

@Suite("Metarank: POST /inference/cross and /inference/encoder")
struct MetarankTests {
    static let query = "crocs"
    static let texts = [
        "Crocs Jibbitz 5-Pack Alien Shoe Charms", "Crocs Specialist Vent Work", "Crocs Kids' Baya Clog",
    ]

    static func pairs(_ field: String) -> JSONValue {
        ["input": .array(texts.map { ["query": .string(query), field: .string($0)] })]
    }

    /// The logits, which Metarank answers with.
    static func logits() throws -> [Float] {
        try ServedModels.cross().score(texts.map { TextPair(query, $0) }).map(\.logit)
    }

    @Test(
        arguments: ["/inference/cross/small", "/inference/encoder/small", "/inference/cross/org%2Fsmall"],
        ["text", "title"])
    func scoresAreLogitsInTheOrderSent(path: String, field: String) async throws {
        let reply = try await ServedModels.client.post(path, Self.pairs(field))
        #expect(reply.status == 200)
        #expect(reply.json.keys == ["scores", "took"])
        #expect(reply.json["scores"]?.floats == (try Self.logits()))
        #expect(try #require(reply.json["took"]?.int) >= 0)
    }

    @Test func theModelsOwnActivationCanBeAskedFor() async throws {
        let client = try await APIClient.serving([.fixture("xlm-roberta-cross", as: "own", .crossEncoder)])
        let pairs = [TextPair("a", "b"), TextPair("a", "c")]
        let own = try ServedModels.cross("xlm-roberta-cross").score(pairs)
        #expect(own.map(\.score) != own.map(\.logit))
        let input: JSONValue = [["query": "a", "text": "b"], ["query": "a", "text": "c", "title": "not read"]]
        let raw = try await client.post("/inference/cross/own", ["input": input])
        #expect(raw.json["scores"]?.floats == own.map(\.logit))
        let activated = try await client.post("/inference/cross/own", ["input": input, "activation": "model"])
        #expect(activated.json["scores"]?.floats == own.map(\.score))
    }

    @Test func textsAreEmbedded() async throws {
        let client = try await ServedModels.client
        let reply = try await client.post("/inference/encoder/vectors", ["texts": ["a", "b c"]])
        #expect(reply.json.keys == ["embeddings", "took"])
        #expect(reply.json["embeddings"]?.vectors == (try ServedModels.dense().embed(["a", "b c"]).arrays))
    }

    @Test func nothingGivesNothing() async throws {
        let client = try await ServedModels.client
        #expect(try await client.post("/inference/cross/small", ["input": []]).json["scores"] == [])
        #expect(try await client.post("/inference/encoder/vectors", ["texts": []]).json["embeddings"] == [])
    }

    @Test func unknownNamesAreToldWithTheDefinedOnes() async throws {
        let client = try await ServedModels.client
        let cross = try await client.post("/inference/cross/vectors", Self.pairs("text"))
        #expect(cross.status == 404)
        #expect(cross.json == ["error": "cross-encoder vectors is not defined in config (defined: [small, nli])"])
        let encoder = try await client.post("/inference/encoder/small", ["texts": ["a"]])
        #expect(encoder.status == 404)
        #expect(encoder.json == ["error": "encoder small is not defined in config (defined: [vectors])"])
        #expect(try await client.post("/inference/encoder/none", Self.pairs("text")).status == 404)
    }

    @Test func wrongBodiesAreRefused() async throws {
        let client = try await ServedModels.client
        let refused: [JSONValue] = [
            [:], [], ["input": "a"], ["input": ["a"]], ["input": [["query": "a"]]], ["input": [["text": "a"]]],
            ["input": [["query": 1, "text": "a"]]], ["input": [["query": "a", "text": 1]]],
            ["input": [], "activation": "relu"], ["input": nil],
        ]
        for body in refused {
            let reply = try await client.post("/inference/cross/small", body)
            #expect(reply.status == 422 && reply.json.keys == ["error"], "\(body)")
        }
        for body: JSONValue in [[:], ["texts": "a"], ["texts": [1]], ["texts": nil]] {
            #expect(try await client.post("/inference/encoder/vectors", body).status == 422, "\(body)")
        }
        let broken = try await client.send(.post, "/inference/cross/small", Array("{".utf8))
        #expect(broken.status == 400 && broken.json.keys == ["error"])
        #expect(try await client.send(.get, "/inference/cross/small").status == 405)
        let limited = try await ServedModels.limited { $0.maximumTexts = 2 }
        let reply = try await limited.post("/inference/cross/small", Self.pairs("text"))
        #expect(reply.status == 422 && reply.error.contains("max_client_batch_size"))
    }

    @Test func unknownPathsFailAsTheirNeighboursDo() async throws {
        let client = try await ServedModels.client
        #expect(try await client.post("/inference/croos/small", [:]).json.keys == ["error"])
        #expect(try await client.post("/models/small/rank", [:]).json.keys == ["error", "error_type"])
    }

    @Test func theMediaTypeDoesNotMatterAsWithMetarank() async throws {
        let bytes = Self.pairs("text").serializedBytes()
        let client = try await ServedModels.client
        for type in [nil, "application/x-www-form-urlencoded"] {
            #expect(try await client.send(.post, "/inference/cross/small", bytes, type: type).status == 200)
        }
    }
}
