import Encoders
import HTTPTypes
import Inference
import InferenceAPI
import JSON
import ModelFiles
import Routing
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("OpenAI: POST /v1/embeddings")
struct OpenAIEmbeddingTests {
    static let models: [ModelDeclaration] = [
        .fixture("bert-cross", as: "ranker", .crossEncoder),
        .fixture("bert-dense", as: "small", aliases: ["text-embedding-3-small", "org/small"], .dense),
        .fixture("mpnet-dense", as: "other", .dense),
    ]
    private static let shared = Task { try await APIClient.serving(models) }
    static var client: APIClient { get async throws { try await shared.value } }

    static let texts = [
        "a fast text editor for programmers with syntax colouring", "editor", "Die schöne Müllerin, ça va? naïve café",
    ]

    private static func encoder() throws -> DenseEncoder {
        try DenseEncoder(path: Fixture.path("encoders/models/bert-dense"))
    }

    private func floats(_ value: JSONValue?) -> [Float] { value?.array?.compactMap(\.float) ?? [] }

    @Test(arguments: ["/v1/embeddings", "/embeddings"])
    func replyHasOpenAIsFieldsAndTheEncodersOwnVectors(path: String) async throws {
        let reply = try await Self.client.post(
            path, ["input": .array(Self.texts.map { .string($0) }), "model": "small", "user": "u"])
        #expect(reply.status == 200)
        #expect(reply.header(.contentType) == "application/json")
        #expect(reply.json.keys == ["object", "data", "model", "usage"])
        #expect(reply.json["object"] == "list")
        #expect(reply.json["model"] == "small")
        let expected = try Self.encoder().embed(Self.texts)
        let tokens = expected.tokenCounts.reduce(0, +)
        #expect(reply.json["usage"]?.keys == ["prompt_tokens", "total_tokens"])
        #expect(reply.json["usage"]?["prompt_tokens"]?.int == tokens)
        #expect(reply.json["usage"]?["total_tokens"]?.int == tokens)
        let data = try #require(reply.json["data"]?.array)
        #expect(data.count == 3)
        for (index, item) in data.enumerated() {
            #expect(item["object"] == "embedding")
            #expect(item["index"]?.int == index)
            #expect(floats(item["embedding"]) == Array(expected[index]))
        }
    }

    @Test func oneStringIsOneVector() async throws {
        let reply = try await Self.client.post("/v1/embeddings", ["input": "editor", "model": "small"])
        #expect(reply.json["data"]?.array?.count == 1)
        #expect(floats(reply.json["data"]?[0]?["embedding"]) == Array(try Self.encoder().embed(["editor"])[0]))
    }

    @Test func base64HoldsTheSameFloats() async throws {
        let reply = try await Self.client.post(
            "/v1/embeddings",
            ["input": .array(Self.texts.map { .string($0) }), "model": "small", "encoding_format": "base64"])
        let expected = try Self.encoder().embed(Self.texts)
        for (index, item) in (reply.json["data"]?.array ?? []).enumerated() {
            let text = try #require(item["embedding"]?.string)
            let bytes = try #require(Data(base64Encoded: text))
            let floats = stride(from: 0, to: bytes.count, by: 4).map { place in
                Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
            }
            #expect(floats == Array(expected[index]))
        }
        #expect(reply.json["data"]?.array?.count == 3)
    }

    @Test func dimensionsCutAndNormaliseAgain() async throws {
        let expected = try Self.encoder().embed(["editor"], dimensions: 16)
        for name in ["dimensions", "output_dimension"] {
            var body: JSONObject = ["input": "editor", "model": "small"]
            body[name] = 16
            let reply = try await Self.client.post("/v1/embeddings", .object(body))
            #expect(floats(reply.json["data"]?[0]?["embedding"]) == Array(expected[0]))
        }
        let tooMany = try await Self.client.post(
            "/v1/embeddings", ["input": "editor", "model": "small", "dimensions": 65])
        #expect(tooMany.status == 400)
        #expect(tooMany.json["error"]?["code"] == "invalid_value")
        #expect(tooMany.json["message"]?.string?.contains("64") == true)
    }

    @Test func theModelIsPickedByNameByAliasOrIsTheFirstThatEmbeds() async throws {
        for name in ["small", "text-embedding-3-small", "org/small"] {
            let reply = try await Self.client.post("/v1/embeddings", ["input": "a", "model": .string(name)])
            #expect(reply.json["model"] == "small")
        }
        #expect(
            try await Self.client.post("/v1/embeddings", ["input": "a", "model": "other"]).json["model"] == "other")
        #expect(try await Self.client.post("/v1/embeddings", ["input": "a"]).json["model"] == "small")
    }

    @Test func voyagesFieldsAreTaken() async throws {
        let reply = try await Self.client.post(
            "/v1/embeddings",
            [
                "input": ["editor"], "model": "small", "input_type": "query", "truncation": true, "output_dtype": nil,
                "output_dimension": nil, "encoding_format": "base64",
            ])
        #expect(reply.status == 200)
        #expect(reply.json["data"]?[0]?["embedding"]?.string != nil)
        let bytes = try await Self.client.post("/v1/embeddings", ["input": "editor", "output_dtype": "int8"])
        #expect(bytes.status == 400)
        #expect(bytes.json["detail"] == "'output_dtype' is 'int8'; only 'float' is served.")
    }

    @Test func inputTypePicksThePromptOfTheModel() async throws {
        let encoder = try DenseEncoder(path: Fixture.path("encoders/models/mpnet-dense"))
        for (type, prompt) in [("query", Prompt.query), ("document", .document)] {
            let reply = try await Self.client.post(
                "/v1/embeddings", ["input": "editor", "model": "other", "input_type": .string(type)])
            let expected = try encoder.embed(["editor"], prompt: prompt)
            #expect(floats(reply.json["data"]?[0]?["embedding"]) == Array(expected[0]))
            #expect(Array(expected[0]) != Array(try encoder.embed(["editor"])[0]))
        }
    }

    @Test func tokenIdsAreTakenAsTheyAre() async throws {
        let encoder = try Self.encoder()
        let sequences = try encoder.tokenize(Self.texts)
        let ids = sequences.map { JSONValue.array($0.ids.map { .number(JSONNumber(Int($0))) }) }
        let expected = try encoder.embed(Self.texts)
        let all = try await Self.client.post("/v1/embeddings", ["input": .array(ids), "model": "small"])
        #expect(all.status == 200)
        #expect((all.json["data"]?.array ?? []).map { floats($0["embedding"]) } == expected.map { Array($0) })
        #expect(all.json["usage"]?["prompt_tokens"]?.int == sequences.reduce(0) { $0 + $1.count })
        let one = try await Self.client.post("/v1/embeddings", ["input": ids[1], "model": "small"])
        #expect((one.json["data"]?.array ?? []).map { floats($0["embedding"]) } == [Array(expected[1])])
        // The fixture has 160 entries in its vocabulary.
        let unknown = try await Self.client.post("/v1/embeddings", ["input": [[2], [2, 160]], "model": "small"])
        #expect(unknown.status == 400)
        #expect(unknown.json["error"]?["param"] == "input[1]")
        let unknownInOne = try await Self.client.post("/v1/embeddings", ["input": [2, 160], "model": "small"])
        #expect(unknownInOne.status == 400)
        #expect(unknownInOne.json["error"]?["param"] == "input")
    }

    @Test func longTextsAreCutUnlessTruncationIsFalse() async throws {
        let long = JSONValue.string(String(repeating: "network monitor ", count: 100))
        let cut = try await Self.client.post("/v1/embeddings", ["input": ["a", long], "model": "small"])
        #expect(cut.status == 200)
        let refused = try await Self.client.post(
            "/v1/embeddings", ["input": ["a", long], "model": "small", "truncation": false])
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["code"] == "context_length_exceeded")
        #expect(refused.json["error"]?["param"] == "input[1]")
    }

    @Test func theLogLineSaysWhatWasDone() async throws {
        let reply = try await Self.client.post("/v1/embeddings", ["input": ["editor", "a"], "model": "small"])
        let fields = reply.response.logFields
        #expect(
            fields.map(\.key) == ["model", "texts", "tokens", "tokenization_ms", "queue_ms", "inference_ms"])
        #expect(fields.first?.value == "small")
        #expect(fields[2].value == reply.json["usage"]?["total_tokens"]?.int.map { String($0) })
        #expect(fields[5].value.split(separator: ".").last?.count == 3)
    }

    /// Bodies that are refused, the field that is named, and the code.
    static let refused: [(body: JSONValue, field: String?, code: String)] = [
        ([:], "input", "invalid_type"),
        (["input": nil], "input", "invalid_type"),
        (["input": 5], "input", "invalid_type"),
        (["input": ["a": "b"]], "input", "invalid_type"),
        (["input": ""], "input", "invalid_value"),
        (["input": []], "input", "empty_array"),
        (["input": ["a", ""]], "input[1]", "invalid_value"),
        (["input": ["a", 1]], "input[1]", "invalid_type"),
        (["input": [true]], "input[0]", "invalid_type"),
        (["input": [1, "a"]], "input[1]", "invalid_type"),
        (["input": [1, -1]], "input[1]", "invalid_type"),
        (["input": [1, 2_147_483_648]], "input[1]", "invalid_type"),
        (["input": [1, 1.5]], "input[1]", "invalid_type"),
        (["input": [[1], []]], "input[1]", "invalid_value"),
        (["input": [[1], 2]], "input[1]", "invalid_type"),
        (["input": "a", "encoding_format": "int8"], "encoding_format", "invalid_value"),
        (["input": "a", "encoding_format": 1], "encoding_format", "invalid_type"),
        (["input": "a", "dimensions": 0], "dimensions", "invalid_value"),
        (["input": "a", "dimensions": "16"], "dimensions", "invalid_type"),
        (["input": "a", "user": 1], "user", "invalid_type"),
        (["input": "a", "model": ["small"]], "model", "invalid_type"),
        (["input": "a", "input_type": "passage"], "input_type", "invalid_value"),
        (["input": "a", "truncation": "yes"], "truncation", "invalid_type"),
    ]

    @Test(arguments: refused.indices)
    func wrongFieldsAreNamed(index: Int) async throws {
        let (body, field, code) = Self.refused[index]
        let reply = try await Self.client.post("/v1/embeddings", body)
        #expect(reply.status == 400)
        #expect(reply.json["error"]?["param"]?.string == field)
        #expect(reply.json["error"]?["code"]?.string == code)
        #expect(reply.json["error"]?["message"]?.string == reply.json["message"]?.string)
    }

    @Test func unknownModelsAndModelsOfOtherKindsAreRefused() async throws {
        let unknown = try await Self.client.post("/v1/embeddings", ["input": "a", "model": "text-embedding-ada-002"])
        #expect(unknown.status == 404)
        #expect(unknown.json["error"]?["code"] == "model_not_found")
        #expect(unknown.json["error"]?["param"] == "model")
        let ranker = try await Self.client.post("/v1/embeddings", ["input": "a", "model": "ranker"])
        #expect(ranker.status == 404)
        #expect(ranker.json["error"]?["code"] == "model_not_supported")
    }

    @Test func moreTextsThanTheSettingAllowsAreRefusedByName() async throws {
        var settings = InferenceSettings()
        settings.maximumTexts = 2
        let client = try await APIClient.serving([.fixture("bert-dense", .dense)], settings: settings)
        let reply = try await client.post("/v1/embeddings", ["input": ["a", "b", "c"]])
        #expect(reply.status == 400)
        #expect(reply.json["error"]?["code"] == "array_above_max_length")
        #expect(reply.json["message"] == "'input' has 3 texts; max_client_batch_size allows 2.")
        // Token ids of one text are one text, however many they are.
        #expect(try await client.post("/v1/embeddings", ["input": [2, 3, 4]]).status != 400)
    }
}

@Suite("OpenAI: GET /v1/models")
struct OpenAIModelTests {
    @Test func allModelsAreListedInTheirOrder() async throws {
        let engine = InferenceEngine()
        for model in OpenAIEmbeddingTests.models { engine.declare(model) }
        engine.declare(.fixture("bert-splade", as: "splade", .sparse))
        engine.declare(ModelDeclaration(name: "broken", task: .dense, path: "/nowhere"))
        try await engine.load("small")
        await #expect(throws: InferenceError.self) { try await engine.load("broken") }
        let reply = try await APIClient(engine).get("/v1/models")
        #expect(reply.status == 200)
        #expect(reply.json["object"] == "list")
        let data = try #require(reply.json["data"]?.array)
        #expect(data.map { $0["id"]?.string } == ["ranker", "small", "other", "splade", "broken"])
        #expect(data.map { $0["task"]?.string } == ["cross-encoder", "dense", "dense", "sparse", "dense"])
        #expect(data.map { $0["state"]?.string } == ["loading", "ready", "loading", "loading", "failed"])
        #expect(
            data.allSatisfy { $0["object"] == "model" && $0["owned_by"]?.string != nil && $0["created"]?.int != nil })
        #expect(data[1]["aliases"] == ["text-embedding-3-small", "org/small"])
    }

    @Test(arguments: ["small", "text-embedding-3-small", "org/small", "org%2Fsmall"])
    func oneModelIsDescribedByNameOrAlias(name: String) async throws {
        let reply = try await OpenAIEmbeddingTests.client.get("/v1/models/\(name)")
        #expect(reply.status == 200)
        #expect(reply.json["id"] == "small")
        #expect(reply.json["object"] == "model")
    }

    @Test func unknownModelsAreToldWithTheKnownOnes() async throws {
        let reply = try await OpenAIEmbeddingTests.client.get("/v1/models/gpt-5")
        #expect(reply.status == 404)
        #expect(reply.json["error"]?["code"] == "model_not_found")
        #expect(
            reply.json["message"] == "There is no model named 'gpt-5'. Served are: 'ranker', 'small', 'other'.")
    }
}
