import NegativeMining
import Tensors
import TestSupport
import Testing
import TextAnalysis

@Suite("Candidates that cannot be negatives")
struct GuardTests {
    private static let words = "the quick brown fox jumps over the lazy dog near the old river bank at dusk today"

    private func mine(
        _ documents: [MiningTask.Document], _ query: MiningTask.Query,
        _ change: (inout MiningOptions) -> Void = { _ in }
    ) throws -> (negatives: [Int], report: MiningReport) {
        let task = try MiningTask(documents: documents, queries: [query])
        let source = FunctionSource(documents: documents.map(\.text)) { _, document in
            // Earlier documents score more.
            -Float(documents.firstIndex { $0.text == document } ?? 0)
        }
        let options = MiningOptions.with {
            $0.negatives = 20
            change(&$0)
        }
        let mined = try NegativeMiner(task, sources: [source], options: options, pool: WorkerPool(threads: 1)).mine()
        return (mined.queries[0].negatives.map(\.document), mined.report)
    }

    private func documents(_ texts: String...) -> [MiningTask.Document] {
        texts.enumerated().map { MiningTask.Document(id: "d\($0)", text: $1) }
    }

    @Test("Relevant documents, whether they are trained on or not")
    func relevant() throws {
        let all = documents("positive", "relevant as well", "negative", "positive too")
        let query = MiningTask.Query(id: "q", text: "query", positives: [3, 0], otherRelevant: [1])
        let (negatives, report) = try mine(all, query)
        #expect(negatives == [2])
        #expect(report.dropped == [.relevant: 3])
        let ranking = try mine(all, query) { $0.includesPositives = true }
        #expect(ranking.negatives == [0, 1, 2, 3])
    }

    @Test("The query itself, by id or by text")
    func query() throws {
        let all = [
            MiningTask.Document(id: "q", text: "same id"), MiningTask.Document(id: "x", text: "query"),
            MiningTask.Document(id: "p", text: "positive"), MiningTask.Document(id: "n", text: "negative"),
        ]
        let (negatives, report) = try mine(all, MiningTask.Query(id: "q", text: "query", positives: [2]))
        #expect(negatives == [3])
        #expect(report.dropped == [.relevant: 1, .query: 2])
        // Without ids nothing has the same.
        let plain = all.map { MiningTask.Document(text: $0.text) }
        #expect(try mine(plain, MiningTask.Query(text: "query", positives: [2])).negatives == [0, 3])
    }

    @Test("The same text as a positive or as another candidate")
    func sameText() throws {
        let all = documents("twice", "positive", "positive", "twice", "once")
        let (negatives, report) = try mine(all, MiningTask.Query(text: "query", positives: [1]))
        #expect(negatives == [0, 4])
        #expect(report.dropped == [.relevant: 1, .sameText: 2])
    }

    @Test("Nearly the same text as a positive")
    func nearDuplicates() throws {
        let all = documents(
            Self.words, Self.words.uppercased() + "!", Self.words + " again",
            "entirely another text about something else",
            Self.words.replacing("fox", with: "cat"))
        let query = MiningTask.Query(text: "query", positives: [0])
        let (negatives, report) = try mine(all, query)
        #expect(negatives == [3, 4])
        #expect(report.dropped == [.relevant: 1, .nearDuplicate: 2])
        let examples = try #require(report.examples[.nearDuplicate])
        // 13 runs of 17 words; one more word is one more run.
        #expect(examples.map(\.similarity) == [1, 13.0 / 14])
        #expect(examples[1].documentID == "d2")
        #expect(try mine(all, query) { $0.nearDuplicateSimilarity = nil }.negatives == [1, 2, 3, 4])
        #expect(try mine(all, query) { $0.nearDuplicateSimilarity = 0.95 }.negatives == [2, 3, 4])
        // Five of 13 runs hold the third to seventh... the word that was changed, which is the fourth: 4 of 13 runs.
        #expect(try mine(all, query) { $0.nearDuplicateSimilarity = 9.0 / 17 }.negatives == [3])
        #expect(try mine(all, query) { $0.nearDuplicateSimilarity = 9.01 / 17 }.negatives == [3, 4])
    }

    @Test("Copies of other relevant documents, and what is relevant to a query of the same text")
    func otherRelevant() throws {
        let all = documents("positive", Self.words, Self.words, Self.words + " again", "negative", "of the other")
        let query = MiningTask.Query(text: "query", positives: [0], otherRelevant: [1])
        let (negatives, report) = try mine(all, query)
        #expect(negatives == [4, 5])
        #expect(report.dropped == [.relevant: 2, .sameText: 1, .nearDuplicate: 1])
        let task = try MiningTask(
            documents: all,
            queries: [
                query, .init(id: "b", text: "query", positives: [5]), .init(id: "c", text: "another", positives: [5]),
            ])
        #expect(task.queries.map(\.positives) == [[0], [5], [5]])
        #expect(task.queries.map(\.otherRelevant) == [[1, 5], [0, 1], []])
    }

    @Test("Shingles of short texts and of texts without words")
    func shingles() throws {
        let analyzer = try #require(AnalysisRegistry.builtIn.analyzer(named: "standard"))
        func similarity(_ a: String, _ b: String) throws -> Double {
            try Shingles(a, analyzer).similarity(Shingles(b, analyzer))
        }
        #expect(try similarity("three short words", "Three short words.") == 1)
        #expect(try similarity("three short words", "three short word") == 0)
        #expect(try similarity("short three words", "three short words") == 0)
        #expect(try similarity("", "") == 0)
        #expect(try similarity("a b c d e", "a b c d e f") == 0.5)
        #expect(try similarity("a b c d e a b c d e", "a b c d e") == 1.0 / 5)
    }
}
