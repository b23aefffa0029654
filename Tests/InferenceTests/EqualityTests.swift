import Encoders
import Inference
import ModelFiles
import Testing

@Suite("An engine's results have the bits of the encoders alone", .timeLimit(.minutes(5)))
struct EqualityTests {
    private func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }

    @Test(
        "Scores of pairs",
        arguments: ["bert-cross", "distilbert-cross", "roberta-cross", "mpnet-cross", "bert-cross-labels"])
    func scores(_ name: String) async throws {
        let engine = try await TestModel.engine(name)
        let encoder = try CrossEncoder(path: TestModel.path(name))
        let texts = try TestModel.texts()
        let expected = try encoder.score(texts.map { TextPair(texts[1], $0) })
        let result = try await engine.score(ScoreRequest(query: texts[1], texts: texts))
        #expect(result.scores.map { bits($0.logits) } == expected.map { bits($0.logits) })
        #expect(result.scores.map { bits($0.scores) } == expected.map { bits($0.scores) })
        #expect(result.scores.map(\.tokenCount) == expected.map(\.tokenCount))
        #expect(result.scores.map(\.isTruncated) == expected.map(\.isTruncated))
        #expect(result.labels == encoder.labels && result.activation == encoder.activation && result.model == name)
        var softmax = ScoreRequest(query: texts[1], texts: texts)
        softmax.activation = .softmax
        #expect(
            try await engine.score(softmax).scores.map { bits($0.scores) }
                == encoder.score(texts.map { TextPair(texts[1], $0) }, activation: .softmax).map { bits($0.scores) })
    }

    @Test(
        "Dense vectors in every shape, alone and in one tile with other shapes",
        arguments: ["bert-dense", "roberta-dense", "mpnet-dense"])
    func vectors(_ name: String) async throws {
        let engine = try await TestModel.engine(name)
        let encoder = try DenseEncoder(path: TestModel.path(name))
        let texts = try TestModel.texts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (dimensions, normalize, prompt) in [
                (nil, nil, Prompt.modelDefault), (8, true, .none), (5, false, .text("query: ")), (nil, false, .none),
            ] as [(Int?, Bool?, Prompt)] {
                for count in [1, 2, texts.count] {
                    group.addTask {
                        var request = EmbedRequest(inputs: texts.prefix(count).map { .text($0) })
                        (request.dimensions, request.normalize, request.prompt) = (dimensions, normalize, prompt)
                        let expected = try encoder.embed(
                            Array(texts.prefix(count)), prompt: prompt, dimensions: dimensions, normalize: normalize)
                        #expect(try await engine.embed(request).embeddings == expected)
                    }
                }
            }
            try await group.waitForAll()
        }
        let tokens = try await engine.embedTokens(EmbedRequest(inputs: texts.map { .text($0) })).embeddings
        #expect(try tokens == encoder.embedTokens(encoder.tokenize(texts)))
    }

    @Test(
        "Sparse vectors of both roles",
        arguments: ["bert-splade", "xlm-roberta-splade", "distilbert-idf", "bert-router"])
    func sparse(_ name: String) async throws {
        let engine = InferenceEngine()
        var declaration = TestModel.declaration(name)
        declaration.task = .sparse
        engine.declare(declaration)
        try await engine.load(name)
        let encoder = try SparseEncoder(path: TestModel.path(name))
        let texts = try TestModel.texts()
        for role in SparseRole.allCases {
            for maximum in [nil, 3] {
                var request = SparseRequest(inputs: texts.map { .text($0) })
                (request.role, request.maximumActive) = (role, maximum)
                let expected = try encoder.encode(texts, as: role, maximumActive: maximum)
                #expect(try await engine.encodeSparse(request).vectors == expected)
            }
        }
    }

    @Test("Ids of a client's own tokenizer give what the text gives")
    func clientTokens() async throws {
        let engine = try await TestModel.engine("bert-dense")
        let encoder = try DenseEncoder(path: TestModel.path("bert-dense"))
        let texts = Array(try TestModel.texts().prefix(4))
        let ids = try encoder.tokenize(texts, prompt: .none).map(\.ids)
        let result = try await engine.embed(EmbedRequest(inputs: ids.map { .tokens($0) }))
        #expect(try result.embeddings.values == encoder.embed(texts, prompt: .none).values)
        for bad: [Int32] in [[], [-1], [2, 1_000_000]] {
            let error = await inferenceError { _ = try await engine.embed(EmbedRequest(inputs: [.tokens(bad)])) }
            #expect(error?.code == .invalidValue && error?.textIndex == 0)
        }
    }

    @Test("50 requests of all kinds at once over several models")
    func mixed() async throws {
        let engine = try await TestModel.engine(
            "bert-cross", "mpnet-cross", "bert-dense", "bert-splade", settings: .with { $0.threads = 3 })
        let texts = try TestModel.texts()
        let (bert, mpnet) = (
            try CrossEncoder(path: TestModel.path("bert-cross")), try CrossEncoder(path: TestModel.path("mpnet-cross"))
        )
        let dense = try DenseEncoder(path: TestModel.path("bert-dense"))
        let sparse = try SparseEncoder(path: TestModel.path("bert-splade"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                let some = Array((texts + texts).dropFirst(number % 7).prefix(1 + number * 3 % texts.count))
                group.addTask {
                    switch number % 4 {
                    case 0, 1:
                        let (name, encoder) = number % 4 == 0 ? ("bert-cross", bert) : ("mpnet-cross", mpnet)
                        var request = ScoreRequest(model: name, query: texts[number % texts.count], texts: some)
                        request.usesCache = number % 3 == 0
                        let expected = try encoder.score(some.map { TextPair(texts[number % texts.count], $0) })
                        let scores = try await engine.score(request).scores
                        #expect(scores.map { bits($0.logits) } == expected.map { bits($0.logits) })
                    case 2:
                        let result = try await engine.embed(EmbedRequest(inputs: some.map { .text($0) }))
                        #expect(try result.embeddings == dense.embed(some))
                    default:
                        let result = try await engine.encodeSparse(SparseRequest(inputs: some.map { .text($0) }))
                        #expect(try result.vectors == sparse.encode(some, as: .document))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
