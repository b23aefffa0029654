import Encoders
import Foundation
import Inference
import JSON
import ModelFiles
import Querying
import Synchronization
import TestSupport
import TextEncoding
import Testing

/// Small models behind an engine encode what searches and documents bring.
@Suite struct TextEncodingTests {
    private static func path(_ name: String) -> String { Fixture.path("encoders/models/" + name) }

    private static func engine(settings: InferenceSettings = InferenceSettings()) async throws -> InferenceEngine {
        let engine = InferenceEngine(settings: settings)
        for (name, task) in [("bert-dense", ModelTask.dense), ("bert-splade", .sparse)] {
            engine.declare(ModelDeclaration(name: name, task: task, path: path(name)))
            try await engine.load(name)
        }
        return engine
    }

    /// Texts of one model's reference inputs; their lengths go from a word to more than the model reads.
    private static func texts() throws -> [String] {
        let inputs = try JSONValue(parsing: Fixture.bytes("encoders/models/bert-dense/inputs.json"))
        return try #require(inputs["texts"]?.array).map { try #require($0.string) }
    }

    // MARK: Queries

    @Test func queriesAreEncodedAsTheEncodersDo() async throws {
        let encoding = EngineQueryEncoding(try await Self.engine())
        let texts = try Self.texts()
        let dense = try await encoding.denseVectors(of: texts, model: "bert-dense")
        let expected = try DenseEncoder(path: Self.path("bert-dense")).embed(texts)
        #expect(dense.indices.allSatisfy { dense[$0] == Array(expected[$0]) } && dense.count == texts.count)

        let sparse = try await encoding.sparseVectors(of: texts, by: .model("bert-splade"))
        let encoder = try SparseEncoder(path: Self.path("bert-splade"))
        let vectors = try encoder.encode(texts, as: .query)
        #expect(sparse.count == texts.count)
        for (tokens, vector) in zip(sparse, vectors) {
            #expect(tokens.map(\.weight) == vector.weights)
            #expect(tokens.map(\.id) == vector.tokenIDs.map { UInt32($0) })
            #expect(tokens.map(\.token) == vector.tokenIDs.map { encoder.token(of: $0) ?? "" })
        }
        #expect(!(sparse.first ?? []).isEmpty)
    }

    @Test func passagesAreScoredAsTheEncoderDoesWhateverTheLimitOfARequest() async throws {
        let path = Fixture.repositoryRoot + "/Models/starter-cross-encoder"
        let passages = ["Paris is the capital of France.", "", "Water boils at 100 degrees.", "capital", "France"]
        let query = "What is the capital of France?"
        let expected = try CrossEncoder(path: path).score(passages.map { TextPair(query, $0) })
        for limit in [2, 100] {
            var settings = InferenceSettings()
            settings.maximumTexts = limit
            let engine = InferenceEngine(settings: settings)
            engine.declare(ModelDeclaration(name: "starter", task: .crossEncoder, path: path))
            let scoring = EnginePassageScoring(engine)
            let early = await #expect(throws: SearchError.self) {
                try await scoring.scores(of: passages, for: query, model: "starter")
            }
            #expect(early?.status == 503)
            try await engine.load("starter")
            let scores = try await scoring.scores(of: passages, for: query, model: "starter")
            #expect(scores == expected.map { $0.logits[0] })
            let unknown = await #expect(throws: SearchError.self) {
                try await scoring.scores(of: passages, for: query, model: "nobody")
            }
            #expect(unknown?.reason == "Failed to find model with the provided model id: nobody")
        }
    }

    @Test func whatCannotEncodeIsSaidAsASearchSaysIt() async throws {
        let engine = try await Self.engine()
        engine.declare(ModelDeclaration(name: "later", task: .dense, path: Self.path("bert-dense")))
        let encoding = EngineQueryEncoding(engine)
        func failure(_ body: () async throws -> Void) async -> SearchError? {
            do {
                try await body()
                return nil
            } catch {
                return error as? SearchError
            }
        }
        let unknown = await failure { _ = try await encoding.denseVectors(of: ["a"], model: "none") }
        #expect(unknown?.status == 404)
        #expect(unknown?.reason == "Failed to find model with the provided model id: none")
        let kind = await failure { _ = try await encoding.denseVectors(of: ["a"], model: "bert-splade") }
        #expect(kind?.status == 400 && kind?.type == "illegal_argument_exception")
        let loading = await failure { _ = try await encoding.denseVectors(of: ["a"], model: "later") }
        #expect(loading?.status == 503)
        let analyzer = await failure { _ = try await encoding.sparseVectors(of: ["a"], by: .analyzer("bert-uncased")) }
        #expect(analyzer?.reason.contains("bert-uncased") == true && analyzer?.status == 400)
    }

    @Test func anAnalyzerIsASparseModelOfItsName() async throws {
        let encoding = EngineQueryEncoding(try await Self.engine())
        let named = try await encoding.sparseVectors(of: ["hello"], by: .analyzer("bert-splade"))
        try #expect(await encoding.sparseVectors(of: ["hello"], by: .model("bert-splade")) == named)
    }

    @Test func eachSideGetsItsPrompt() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletail-prompts-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: URL(filePath: Self.path("bert-dense")), to: folder)
        let engine = InferenceEngine()
        let path = folder.path(percentEncoded: false)
        for (name, prompts) in [
            ("both", #""query": "ask ", "passage": "tell ", "usual": "hear ""#), ("default", #""usual": "hear ""#),
        ] {
            try Data(#"{"prompts": {\#(prompts)}, "default_prompt_name": "usual"}"#.utf8).write(
                to: folder.appending(path: "config_sentence_transformers.json"))
            engine.declare(ModelDeclaration(name: name, task: .dense, path: path))
            try await engine.load(name)
        }
        let encoder = try DenseEncoder(path: Self.path("bert-dense"))
        for (model, query, document) in [("both", "ask ", "tell "), ("default", "hear ", "hear ")] {
            let asked = try await EngineQueryEncoding(engine).denseVectors(of: ["a word"], model: model)
            #expect(try asked == encoder.embed(["a word"], prompt: .text(query)).map { Array($0) }, "\(model)")
            let told = try await TextBatchEncoder(engine).denseVectors(of: ["a word"], model: model)
            #expect(try told == encoder.embed(["a word"], prompt: .text(document)).map { Array($0) }, "\(model)")
        }
    }

    // MARK: Batches

    @Test func batchesGiveWhatSingleTextsGive() async throws {
        let engine = try await Self.engine()
        let texts = try Array(repeating: Self.texts(), count: 12).flatMap(\.self).enumerated().map { "\($1) \($0)" }
        let done = Mutex(0)
        let vectors = try await TextBatchEncoder(engine).denseVectors(of: texts, model: "bert-dense") { count in
            done.withLock { $0 += count }
        }
        #expect(done.withLock(\.self) == texts.count)
        let expected = try DenseEncoder(path: Self.path("bert-dense")).embed(texts)
        #expect(vectors.count == texts.count)
        #expect(vectors.indices.allSatisfy { vectors[$0] == Array(expected[$0]) })
    }

    @Test func groupsHaveTextsOfLikeLengthAndStayWithinTheLimits() {
        let lengths = [1, 300_000, 5, 200_000, 100_000, 3] + Array(repeating: 2, count: 200)
        let texts = lengths.map { String(repeating: "x", count: $0) }
        #expect(TextBatchEncoder.groups(of: texts, atMost: 2).allSatisfy { $0.count <= 2 })
        let groups = TextBatchEncoder.groups(of: texts)
        #expect(groups.flatMap(\.self).sorted() == Array(texts.indices))
        let inOrder = groups.flatMap(\.self).map { lengths[$0] }
        #expect(inOrder == inOrder.sorted(by: >))
        for group in groups {
            #expect(group.count <= TextBatchEncoder.groupTexts)
            let bytes = group.reduce(0) { $0 + lengths[$1] }
            #expect(group.count == 1 || bytes <= TextBatchEncoder.groupBytes)
        }
        #expect(groups.count == 1 + 1 + 4)
    }

    @Test func aFullEngineIsWaitedFor() async throws {
        var settings = InferenceSettings()
        settings.maximumConcurrentRequests = 1
        let engine = try await Self.engine(settings: settings)
        let texts = (0..<300).map { "text number \($0)" }
        let vectors = try await TextBatchEncoder(engine).denseVectors(of: texts, model: "bert-dense")
        #expect(vectors.count == texts.count, "of two groups at once, one has to ask again")
        let hasty = TextBatchEncoder(engine, patience: .zero)
        await #expect(throws: InferenceError.self) { _ = try await hasty.denseVectors(of: texts, model: "bert-dense") }
    }

    // MARK: Documents

    private static func documents(_ texts: String...) throws -> [JSONObject] {
        try texts.map { try #require(try JSONValue(parsing: $0).object) }
    }

    @Test func documentsGetTheirFields() async throws {
        let engine = try await Self.engine()
        let encoding = DocumentEncoding(
            [
                FieldEncoding(field: "vector", form: .vector, model: "bert-dense"),
                FieldEncoding(field: "made.tokens", form: .tokens, model: "bert-splade", sources: ["text"]),
                FieldEncoding(field: "made.numbers", form: .tokenNumbers, model: "bert-splade", sources: ["a.b"]),
            ], by: TextBatchEncoder(engine))
        let documents = try Self.documents(
            #"{"title": " hello", "text": "world ", "made": {"kept": 1}}"#, #"{"a": {"b": ["hello", "world"]}}"#,
            #"{"title": "  ", "text": 7}"#)
        let outcome = try await encoding.encoded(documents)
        #expect(outcome.withoutText == [2, 2, 2])
        #expect(outcome.documents[2] == documents[2])

        let vector = try DenseEncoder(path: Self.path("bert-dense")).embed(["hello world"])[0]
        let read = try JSONValue(parsing: JSONValue.object(outcome.documents[0]).serialized())
        #expect(read["vector"]?.array?.compactMap { $0.double.map { Float($0) } } == Array(vector))
        #expect(read["made"]?["kept"]?.int == 1)
        let encoder = try SparseEncoder(path: Self.path("bert-splade"))
        let world = try encoder.encode(["world"], as: .document)[0]
        let tokens = try #require(read["made"]?["tokens"]?.object)
        #expect(tokens.count == world.weights.count)
        #expect(tokens.keys == world.tokenIDs.map { encoder.token(of: $0) ?? "" })
        let both = try encoder.encode(["hello world"], as: .document)[0]
        let numbers = try #require(outcome.documents[1]["made"]?["numbers"]?.object)
        #expect(numbers.keys == both.tokenIDs.map { "\($0)" })
        #expect(numbers.map { Float($0.value.double ?? 0) } == both.weights)
    }

    @Test func aFailureNamesTheDocument() async throws {
        let engine = InferenceEngine()
        engine.declare(
            ModelDeclaration(name: "strict", task: .dense, path: Self.path("bert-dense"), longTexts: .refuse))
        try await engine.load("strict")
        let encoding = DocumentEncoding(
            [FieldEncoding(field: "v", form: .vector, model: "strict")], by: TextBatchEncoder(engine))
        let long = String(repeating: "long ", count: 2000)
        let documents = try Self.documents(#"{"title": "a"}"#, "{}", #"{"text": "\#(long)"}"#)
        let error = await #expect(throws: InferenceError.self) { _ = try await encoding.encoded(documents) }
        #expect(error?.textIndex == 2)
        #expect(error?.code == .tooManyTokens)
    }

    @Test(arguments: [#"{"title": "foo", "made": "text"}"#, #"{"title": "foo", "made": [{"a": 1}]}"#])
    func whatStandsOnTheWayIsNotLost(document: String) async throws {
        let encoding = DocumentEncoding(
            [FieldEncoding(field: "made.vector", form: .vector, model: "bert-dense")],
            by: TextBatchEncoder(try await Self.engine()))
        let documents = try Self.documents("{}", #"{"title": "fits", "made": null}"#, document)
        let error = await #expect(throws: InferenceError.self) { _ = try await encoding.encoded(documents) }
        #expect(error?.textIndex == 2)
        #expect(error?.message.contains("'made.vector'") == true)
        let fitting = try await encoding.encoded(Array(documents.prefix(2)))
        #expect(fitting.documents[1]["made"]?["vector"]?.array != nil)
    }

    @Test func aFieldWithDotsInItsKeyIsTheField() throws {
        let documents = try Self.documents(#"{"a.b": "x", "c": [{"d": "y"}, {"d": "z"}]}"#)
        #expect(DocumentEncoding.text(of: ["a.b", "c.d"], in: documents[0]) == "x y z")
    }
}
