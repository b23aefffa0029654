import Encoders
import Inference
import ModelFiles
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Models by name", .timeLimit(.minutes(5)))
struct ModelTests {
    private let pair = ScoreRequest(query: "a", texts: ["b"])

    private func score(_ engine: InferenceEngine, _ model: String?) async -> InferenceError? {
        var request = pair
        request.model = model
        return await inferenceError { _ = try await engine.score(request) }
    }

    @Test("A model is loading, then ready with its facts; requests before that are told to wait")
    func states() async throws {
        let engine = InferenceEngine(settings: .with { $0.threads = 2 })
        #expect(await score(engine, nil)?.code == .noModel)
        engine.declare(TestModel.declaration("bert-cross"))
        #expect(engine.models.map(\.state) == [.loading] && engine.models[0].facts == nil)
        #expect(await score(engine, nil)?.code == .modelNotReady)
        #expect(await score(engine, "bert-cross")?.code == .modelNotReady)
        try await engine.load("bert-cross")
        let facts = try #require(engine.models[0].facts)
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        #expect(engine.models[0].state == .ready)
        #expect(facts.labels == encoder.labels && facts.activation == encoder.activation)
        #expect(facts.maxSequenceLength == encoder.maxSequenceLength && facts.summary.threads == 2)
        #expect(facts.readySince > 1_700_000_000 && facts.revision == nil)
        #expect(await score(engine, nil) == nil)
    }

    @Test("A model that cannot be loaded says why; others answer, and it can be tried again")
    func failed() async throws {
        let engine = try await TestModel.engine("bert-cross")
        engine.declare(ModelDeclaration(name: "gone", task: .crossEncoder, path: "/nowhere/at/all"))
        let error = await inferenceError { try await engine.load("gone") }
        #expect(error?.code == .modelNotReady && error?.message.contains("/nowhere/at/all") == true)
        guard case .failed(let reason) = engine.models[1].state else {
            Issue.record("\(engine.models[1].state)")
            return
        }
        #expect(reason.contains("/nowhere/at/all"))
        let refusal = await score(engine, "gone")
        #expect(refusal?.code == .modelNotReady && refusal?.message.contains("/nowhere/at/all") == true)
        #expect(await score(engine, "bert-cross") == nil)
        #expect(await score(engine, nil) == nil)
        var declaration = TestModel.declaration("mpnet-cross")
        declaration.name = "gone"
        engine.declare(declaration)
        try await engine.load("gone")
        #expect(await score(engine, "gone") == nil && engine.models.count == 2)
        #expect(await inferenceError { try await engine.load("unheard") }?.code == .noModel)
    }

    @Test("Requests find models by name, by other names, or take the first of the kind; errors list what there is")
    func finding() async throws {
        let engine = try await TestModel.engine("bert-dense", "bert-cross", "bert-splade")
        var declaration = TestModel.declaration("mpnet-cross")
        declaration.aliases = ["rerank-english-v3.0", "bert-cross"]
        engine.declare(declaration)
        try await engine.load("mpnet-cross")
        #expect(try await engine.score(pair).model == "bert-cross")
        var named = pair
        named.model = "rerank-english-v3.0"
        #expect(try await engine.score(named).model == "mpnet-cross")
        named.model = "bert-cross"
        #expect(try await engine.score(named).model == "bert-cross", "a name comes before another model's other name")
        let unknown = await score(engine, "unheard")
        #expect(unknown?.code == .noModel)
        #expect(["bert-dense", "bert-cross", "mpnet-cross"].allSatisfy { unknown?.message.contains($0) == true })
        let wrong = await score(engine, "bert-dense")
        #expect(wrong?.code == .wrongModelKind && wrong?.message.contains("'mpnet-cross'") == true)
        #expect(wrong?.message.contains("dense encoder") == true)
        let onlyDense = try await TestModel.engine("bert-dense")
        #expect(await score(onlyDense, nil)?.code == .wrongModelKind)
        #expect(
            await inferenceError {
                _ = try await engine.encodeSparse(SparseRequest(model: "bert-cross", inputs: [.text("a")]))
            }?
            .code == .wrongModelKind)
    }

    @Test("A model that is removed still answers whom it has, and nobody else")
    func removal() async throws {
        let gate = Gate()
        let engine = try await TestModel.engine("bert-cross", observer: gate.observer)
        async let accepted = engine.score(pair)
        try await gate.waits(for: 1)
        #expect(engine.remove("bert-cross") && !engine.remove("bert-cross"))
        #expect(await score(engine, "bert-cross")?.code == .noModel)
        gate.open()
        #expect(try await accepted.scores.count == 1)
    }

    @Test("A hub snapshot's commit is the revision")
    func revision() async throws {
        let root = FileManager.default.temporaryDirectory.path + "/needletail-inference-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let path = root + "/models--a--b/snapshots/0123abcd"
        try FileManager.default.createDirectory(
            atPath: root + "/models--a--b/snapshots", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: TestModel.path("bert-cross"), toPath: path)
        let engine = InferenceEngine()
        engine.declare(ModelDeclaration(name: "hub", task: .crossEncoder, path: path))
        try await engine.load("hub")
        #expect(engine.models[0].facts?.revision == "0123abcd")
    }
}
