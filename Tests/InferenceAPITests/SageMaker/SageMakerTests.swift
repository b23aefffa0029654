import Encoders
import HTTPTypes
import Inference
import JSON
import Testing

@Suite("SageMaker: GET /ping and POST /invocations")
struct SageMakerTests {
    static let target = HTTPField.Name("X-Amzn-SageMaker-Target-Model")!

    @Test func bodiesOfTEIAreAnsweredAsTEIDoes() async throws {
        let client = try await ServedModels.client
        for body: JSONValue in [
            ["query": "q", "texts": ["a", "b"]], ["inputs": ["a", "b"]], ["inputs": "a", "model": "vectors"],
            ["inputs": ["source_sentence": "a", "sentences": ["b"]]],
        ] {
            let reply = try await client.post("/invocations", body)
            let expected = try await client.post("/", body).body
            #expect(reply.status == 200 && reply.body == expected, "\(body)")
        }
    }

    @Test func connectorsPairsAreAnsweredAsThePipelineDoes() async throws {
        let client = try await ServedModels.client
        let body: JSONValue = [
            "inputs": [
                ["text": "I like you", "text_pair": "I hate you"], ["text": "I like you", "text_pair": "I love you"],
            ]
        ]
        let scores = try ServedModels.cross().score(
            [TextPair("I like you", "I hate you"), TextPair("I like you", "I love you")], activation: .sigmoid)
        let reply = try await client.post("/invocations", body)
        #expect(reply.json.array?.map(\.keys) == [["label", "score"], ["label", "score"]])
        #expect(reply.json.array?.compactMap { $0["score"]?.float } == scores.map(\.score))
        #expect(reply.json.array?.compactMap { $0["label"]?.string } == ["LABEL_0", "LABEL_0"])
        let nli = try await client.post("/invocations", body, headers: [Self.target: "nli"])
        let labels = try ServedModels.cross("bert-cross-labels")
        let best = try labels.score([TextPair("I like you", "I hate you")], activation: .softmax)[0]
        #expect(nli.json[0]?["score"]?.float == best.scores.max())
    }

    @Test func aBareArrayOfTextsIsEmbedded() async throws {
        let client = try await ServedModels.client
        let expected = try ServedModels.dense().embed(["hello world", "how are you"], normalize: true).arrays
        let reply = try await client.post(
            "/invocations", ["hello world", "how are you"], headers: [Self.target: "vectors"])
        #expect(reply.status == 200 && reply.vectors == expected)
    }

    @Test func theSentenceTransformersHandlersReplyCanBeAskedFor() async throws {
        let client = try await ServedModels.client
        let expected = try ServedModels.dense().embed(["a text"], normalize: true).arrays
        let reply = try await client.post(
            "/invocations", ["inputs": ["a text"], "model": "vectors", "reply": "object"])
        #expect(reply.json.keys == ["embeddings"])
        #expect(reply.json["embeddings"]?.vectors == expected)
        #expect(try await client.post("/invocations", ["inputs": "a", "reply": "xml"]).status == 422)
    }

    @Test func theHeaderGoesBeforeTheBodysModel() async throws {
        let client = try await ServedModels.client
        let reply = try await client.post(
            "/invocations", ["inputs": "a", "model": "nli"], headers: [Self.target: "splade"])
        #expect(reply.json[0]?[0]?.keys == ["index", "value"])
        #expect(try await client.post("/invocations", ["inputs": "a"], headers: [Self.target: "x"]).status == 404)
    }

    @Test func wrongBodiesAreRefusedAsTEIDoes() async throws {
        let client = try await ServedModels.client
        let refused: [(JSONValue, Int)] = [
            ([], 400), ([:], 422), ("a", 422), (1, 422), (["inputs": [["text": "a"], "b"]], 422),
            (["inputs": [["text": 1]]], 422), (["inputs": [["text_pair": "a"]]], 422), (["inputs": []], 400),
            (["inputs": [["text": "a", "text_pair": 1]]], 422),
        ]
        for (body, status) in refused {
            let reply = try await client.post("/invocations", body)
            #expect(reply.status == status, "\(body): \(reply.json)")
            #expect(reply.json.keys == ["error", "error_type"])
        }
        #expect(try await client.send(.post, "/invocations", Array("{}".utf8), type: nil).status == 415)
    }
}
