import Encoders
import Inference
import JSON
import Testing

@Suite("TEI: POST /embed, /embed_all, /embed_sparse, /similarity")
struct TEIEmbedTests {
    static let texts = ["a fast text editor", "music"]

    @Test func oneTextOrSeveralGiveAnArrayOfVectors() async throws {
        let client = try await ServedModels.client
        let expected = try ServedModels.dense().embed(Self.texts, normalize: true).arrays
        #expect(try await client.post("/embed", ["inputs": .string(Self.texts[0])]).vectors == [expected[0]])
        let all = try await client.post("/embed", ["inputs": .array(Self.texts.map { .string($0) })])
        #expect(all.status == 200 && all.vectors == expected)
    }

    @Test func idsStandForTexts() async throws {
        let dense = try ServedModels.dense()
        let ids = try dense.tokenize(Self.texts).map { JSONValue.array($0.ids.map { .number(JSONNumber(Int($0))) }) }
        let expected = try dense.embed(Self.texts, normalize: true).arrays
        let client = try await ServedModels.client
        #expect(try await client.post("/embed", ["inputs": ids[0]]).vectors == [expected[0]])
        #expect(try await client.post("/embed", ["inputs": .array(ids)]).vectors == expected)
        #expect(try await client.post("/embed", ["inputs": [.string(Self.texts[0]), ids[1]]]).vectors == expected)
    }

    @Test func vectorsAreNormalisedAndCutAsAsked() async throws {
        let client = try await ServedModels.client
        let dense = try ServedModels.dense()
        let raw = try await client.post("/embed", ["inputs": "music", "normalize": false])
        #expect(raw.vectors == (try dense.embed(["music"], normalize: false).arrays))
        let cut = try await client.post("/embed", ["inputs": "music", "dimensions": 5])
        #expect(cut.vectors == (try dense.embed(["music"], dimensions: 5, normalize: true).arrays))
        let most = try await client.post(
            "/embed", ["inputs": "music", "dimensions": .number(JSONNumber(dense.dimensions))])
        #expect(most.status == 200)
        for dimensions: JSONValue in [0, -1, 1.5, "5", .number(JSONNumber(dense.dimensions + 1))] {
            let reply = try await client.post("/embed", ["inputs": "music", "dimensions": dimensions])
            #expect(reply.status == 422 && reply.errorType == "Validation", "\(dimensions)")
        }
    }

    @Test func promptsArePutBeforeTextsAndIds() async throws {
        let client = try await ServedModels.client
        let dense = try ServedModels.dense()
        let expected = try dense.embed(["music"], prompt: .named("query"), normalize: true).arrays
        #expect(try await client.post("/embed", ["inputs": "music", "prompt_name": "query"]).vectors == expected)
        let ids = JSONValue.array(
            try dense.tokenize(["music"], prompt: .none)[0].ids.map { .number(JSONNumber(Int($0))) })
        #expect(try await client.post("/embed", ["inputs": ids, "prompt_name": "query"]).vectors == expected)
        let unknown = try await client.post("/embed", ["inputs": "music", "prompt_name": "none"])
        #expect(unknown.status == 422 && unknown.errorType == "Validation")
        #expect(unknown.error.contains("clustering, document, passage, query"))
    }

    @Test(arguments: ["/embed", "/embed_all", "/embed_sparse"])
    func wrongInputsAreRefused(path: String) async throws {
        let client = try await ServedModels.client
        let refused: [(JSONValue, Int, String)] = [
            ([], 400, "Empty"), ("", 422, "Validation"), (["a", ""], 422, "Validation"), (nil, 422, "Validation"),
            (3, 422, "Validation"), ([1, "a"], 422, "Validation"), (["a", 1], 422, "Validation"),
            ([1, -1], 422, "Validation"), ([1.5], 422, "Validation"), ([2_147_483_648], 422, "Validation"),
            ([[]], 422, "Validation"), ([["a"]], 422, "Validation"), (["a": "b"], 422, "Validation"),
            ([2_147_483_647], 422, "Validation"),
        ]
        for (inputs, status, type) in refused {
            let reply = try await client.post(path, ["inputs": inputs])
            #expect(reply.status == status && reply.errorType == type, "\(inputs): \(reply.json)")
        }
        let long = try await client.post(path, ["inputs": .string(ServedModels.long), "truncate": false])
        #expect(long.status == 422 && long.errorType == "Validation")
        #expect(try await client.post(path, ["inputs": .string(ServedModels.long)]).status == 200)
        #expect(try await client.post("/models/small\(path)", ["inputs": "a"]).status == 424)
    }

    @Test func everyTokenHasItsVector() async throws {
        let dense = try ServedModels.dense()
        let expected = try dense.embedTokens(try dense.tokenize(Self.texts))
        let reply = try await ServedModels.client.post("/embed_all", ["inputs": .array(Self.texts.map { .string($0) })])
        let rows = try #require(reply.json.array)
        #expect(rows.count == 2)
        for (row, expected) in zip(rows, expected) {
            #expect(row.vectors.count == expected.sequence.ids.count)
            #expect(row.vectors.flatMap(\.self) == expected.values)
        }
    }

    @Test func sparseVectorsAreIndexesAndValues() async throws {
        let expected = try ServedModels.sparse().encode(Self.texts, as: .document)
        let client = try await ServedModels.client
        let reply = try await client.post("/embed_sparse", ["inputs": .array(Self.texts.map { .string($0) })])
        let vectors = try #require(reply.json.array)
        for (vector, expected) in zip(vectors, expected) {
            #expect(vector.array?.compactMap { $0["index"]?.int } == expected.tokenIDs.map(Int.init))
            #expect(vector.array?.compactMap { $0["value"]?.float } == expected.weights)
        }
        #expect(vectors.count == 2 && vectors[0][0]?.keys == ["index", "value"])
        #expect(try await client.post("/embed_sparse", ["inputs": "music", "role": "query"]).status == 200)
        #expect(try await client.post("/embed_sparse", ["inputs": "music", "role": "both"]).status == 422)
        #expect(try await client.post("/embed_sparse", ["inputs": "music", "prompt_name": "query"]).status == 422)
        #expect(try await client.post("/models/vectors/embed_sparse", ["inputs": "music"]).status == 424)
    }

    @Test func similarityIsTheCosineOfRawVectors() async throws {
        let client = try await ServedModels.client
        let vectors = try ServedModels.dense().embed(["music"] + Self.texts, normalize: false)
        let reply = try await client.post(
            "/similarity",
            ["inputs": ["source_sentence": "music", "sentences": .array(Self.texts.map { .string($0) })]])
        #expect(reply.status == 200)
        #expect(reply.json.floats == [1, 2].map { Similarity.cosine(vectors[0], vectors[$0]) })
        let prompted = try await client.post(
            "/similarity",
            ["inputs": ["source_sentence": "music", "sentences": ["text"]], "parameters": ["prompt_name": "query"]])
        let query = try ServedModels.dense().embed(["music", "text"], prompt: .named("query"), normalize: false)
        #expect(prompted.json.floats == [Similarity.cosine(query[0], query[1])])
    }

    @Test func wrongSimilaritiesAreRefused() async throws {
        let client = try await ServedModels.limited { $0.maximumTexts = 2 }
        let refused: [(JSONValue, Int)] = [
            (["inputs": ["source_sentence": "a", "sentences": []]], 400),
            (["inputs": ["source_sentence": "a", "sentences": ["b", "c"]]], 422),
            (["inputs": ["source_sentence": "", "sentences": ["b"]]], 422),
            (["inputs": ["source_sentence": "a", "sentences": [""]]], 422),
            (["inputs": ["source_sentence": "a"]], 422), (["inputs": "a"], 422), ([:], 422),
            (["inputs": ["source_sentence": "a", "sentences": ["b"]], "parameters": []], 422),
            (["inputs": ["source_sentence": "a", "sentences": ["b"]], "parameters": ["truncate": 1]], 422),
            (["inputs": ["source_sentence": "a", "sentences": ["b"]], "model": "small"], 424),
        ]
        for (body, status) in refused {
            #expect(try await client.post("/similarity", body).status == status, "\(body)")
        }
        #expect(
            try await client.post(
                "/similarity", ["inputs": ["source_sentence": "a", "sentences": ["b"]], "parameters": nil]
            ).status == 200)
    }
}
