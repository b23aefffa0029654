import FineTuning
import Relevance
import Testing
import Workflows

@Suite("The gate")
struct GateTests {
    /// Runs of queries whose one answer stands at some rank.
    static func run(_ name: String, _ ranks: [Int]) -> RankedRun {
        var run = RankedRun(name: name)
        for (number, rank) in ranks.enumerated() {
            let documents = (1...12).map { ScoredDocument($0 == rank ? "answer" : "d\($0)", score: Double(100 - $0)) }
            run.setResults(documents, query: "q\(1000 + number)")
        }
        return run
    }

    static func decision(
        base: [Int], tuned: [Int], _ change: (inout GateSettings) -> Void = { _ in }
    ) -> GateDecision {
        let grades = Dictionary(uniqueKeysWithValues: base.indices.map { ("q\(1000 + $0)", ["answer": 1]) })
        let judgements = Judgements(grades)
        let table = HeldOutTable(
            [.bm25: run("bm25", base.map { _ in 3 }), .base: run("base", base), .tuned: run("tuned", tuned)], judgements
        )
        var settings = GateSettings()
        settings.minimumQueries = 50
        change(&settings)
        return GateDecision(table, settings, usual: [.base])
    }

    @Test func aClearGainPasses() {
        let base = (0..<200).map { $0 % 3 == 0 ? 1 : 4 }
        let decision = Self.decision(base: base, tuned: base.map { max(1, $0 - 2) })
        #expect(decision.isPassed)
        #expect(decision.sentence.hasPrefix("passed: ndcg@10 +"))
    }

    @Test func aGainThatMayBeLuckDoesNot() {
        // One query of a hundred is better.
        let base = [Int](repeating: 2, count: 100)
        let tuned = [1] + base.dropFirst()
        #expect(!Self.decision(base: base, tuned: tuned).isPassed)
        #expect(Self.decision(base: base, tuned: tuned) { $0.evidence = .mean }.isPassed)
    }

    @Test func theSameIsNotBetter() {
        let base = (0..<100).map { 1 + $0 % 5 }
        #expect(!Self.decision(base: base, tuned: base).isPassed)
        #expect(!Self.decision(base: base, tuned: base) { $0.evidence = .mean }.isPassed)
    }

    @Test func theMarginIsAsked() {
        let base = [Int](repeating: 2, count: 100)
        let tuned = [Int](repeating: 1, count: 100)
        // 1 / log2(3) to 1: 0.369.
        #expect(Self.decision(base: base, tuned: tuned) { $0.margin = 0.36 }.isPassed)
        #expect(!Self.decision(base: base, tuned: tuned) { $0.margin = 0.37 }.isPassed)
    }

    @Test func allRivalsMustBeBeaten() {
        // Better than the base, and worse than search by words.
        let base = [Int](repeating: 9, count: 100)
        let tuned = [Int](repeating: 5, count: 100)
        #expect(Self.decision(base: base, tuned: tuned).isPassed)
        #expect(!Self.decision(base: base, tuned: tuned) { $0.rivals = [.base, .bm25] }.isPassed)
    }

    @Test func tooFewQueriesDecideNothing() {
        let base = [Int](repeating: 2, count: 40)
        #expect(!Self.decision(base: base, tuned: [Int](repeating: 1, count: 40)).isPassed)
    }

    @Test func theWorkflowIsLegal() throws {
        let machine = try FineTuningWorkflow.machine()
        let handlers = Set(FineTuningRun.handlers(FineTuningServices(modelPath: { $0 })).keys)
        #expect(Set(machine.resources) == handlers)
    }
}
