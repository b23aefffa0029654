import Encoders
import Inference
import Layers
import Telemetry
import Testing

@Suite("Every request gets its share, whatever others ask for", .timeLimit(.minutes(5)))
struct FairnessTests {
    private let text = "seven ships sailed south in september"

    private func texts(_ count: Int) -> [String] { (0..<count).map { "\(text) \($0)" } }

    private func settings(_ threads: Int = 1) -> InferenceSettings {
        .with { ($0.threads, $0.tileTokens) = (threads, 48) }
    }

    @Test("A short request comes next, whatever a long one has still to do")
    func shortBesideLong() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let engine = try await TestModel.engine(
            "bert-cross", "bert-dense", settings: settings(), metrics: metrics, observer: gate.observer)
        async let long = engine.score(ScoreRequest(query: text, texts: texts(400)))
        for pieces in 1...40 {
            try await gate.waits(for: pieces)
            gate.letOnePass()
        }
        try await gate.waits(for: 41)
        for round in 0..<5 {
            let before = gate.events.count
            // A request for another model cannot share a tile with the long one.
            async let short = engine.embed(EmbedRequest(inputs: [.text(text)]))
            try await metrics.waits(forRequests: 2)
            // The piece that the thread stands before, then the short request's portion and its tile, then another piece.
            for pieces in before + 1...before + 3 {
                gate.letOnePass()
                try await gate.waits(for: pieces)
            }
            let pieces = gate.events[before...]
            #expect(pieces[before] == .portion(model: "bert-dense", texts: 1), "round \(round)")
            #expect(pieces[before + 1].isTile(of: "bert-dense"), "round \(round)")
            _ = try await short
        }
        gate.open()
        #expect(try await long.scores.count == 400)
    }

    @Test("Small requests for one model share a tile, in the order of their arrival")
    func sharedTile() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let engine = try await TestModel.engine(
            "bert-cross", settings: settings(), metrics: metrics, observer: gate.observer)
        async let first = engine.score(ScoreRequest(query: "a", texts: ["b"]))
        try await gate.waits(for: 1)
        async let others = withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                group.addTask { try await engine.score(ScoreRequest(query: "a", texts: ["b \(number)"])).scores.count }
            }
            return try await group.reduce(0, +)
        }
        try await metrics.waits(forRequests: 5)
        gate.open()
        #expect(try await first.scores.count + others == 5)
        #expect(gate.tiles.contains { $0.count >= 4 }, "\(gate.tiles)")
        #expect(gate.tiles.allSatisfy { $0.joined().reduce(0, +) <= 48 })
    }

    @Test("A request alone is cut as evenly as the encoder cuts it, longest texts first", arguments: [1, 2, 3])
    func evenTiles(_ threads: Int) async throws {
        let gate = Gate(isOpen: true)
        let engine = try await TestModel.engine("bert-cross", settings: settings(threads), observer: gate.observer)
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        let texts = (1...10).map { Array(repeating: "ship", count: $0).joined(separator: " ") }
        let lengths = try encoder.tokenize(texts.map { TextPair("a", $0) }).map(\.count).sorted(by: >)
        _ = try await engine.score(ScoreRequest(query: "a", texts: texts))
        let tiles = gate.tiles.map { Array($0.joined()) }
        let plan = TilePlan(SequenceLayout(lengths: lengths), targetTokens: 48, threads: threads).tiles
        #expect(Set(tiles) == Set(plan.map { Array(lengths[$0]) }) && tiles.count == plan.count)
        if threads == 1 { #expect(Array(tiles.joined()) == lengths) }
    }

    @Test("Two long requests for different models take turns by cost, not by arrival")
    func models() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let engine = try await TestModel.engine(
            "bert-cross", "mpnet-cross", settings: settings(), metrics: metrics, observer: gate.observer)
        async let first = engine.score(ScoreRequest(model: "bert-cross", query: text, texts: texts(100)))
        try await gate.waits(for: 1)
        async let second = engine.score(ScoreRequest(model: "mpnet-cross", query: text, texts: texts(100)))
        try await metrics.waits(forRequests: 2)
        gate.open()
        _ = try await (first, second)
        let order = gate.events.compactMap { if case .tile(let model, _) = $0 { model } else { nil } }
        // Until one is done, neither gets far ahead.
        let both = order.prefix(order.count / 2)
        let counts = ("bert-cross", "mpnet-cross")
        let (a, b) = (both.count { $0 == counts.0 }, both.count { $0 == counts.1 })
        #expect(a > both.count / 4 && b > both.count / 4, "\(a) to \(b)")
    }
}

extension SchedulerEvent {
    fileprivate func isTile(of name: String) -> Bool { if case .tile(name, _) = self { true } else { false } }
}
