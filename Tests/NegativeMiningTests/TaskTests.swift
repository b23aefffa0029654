import NegativeMining
import Relevance
import TestSupport
import Testing

@Suite("What negatives are looked for")
struct TaskTests {
    private func withDataset<R>(_ qrels: String, _ body: (RetrievalDataset, TemporaryFolder) throws -> R) throws -> R {
        try TemporaryFolder.with { folder in
            try folder.write(
                """
                {"_id": "d2", "title": "Second", "text": "two"}
                {"_id": "d10", "title": "", "text": "ten"}
                {"_id": "d1", "title": "First", "text": "one"}
                """, to: "corpus.jsonl")
            try folder.write(
                "{\"_id\": \"b\", \"text\": \"query b\"}\n{\"_id\": \"a\", \"text\": \"query a\"}", to: "queries.jsonl")
            try folder.write("query-id\tcorpus-id\tscore\n" + qrels, to: "qrels/train.tsv")
            return try body(try RetrievalDataset(folder: folder.path, split: "train"), folder)
        }
    }

    @Test("A BEIR folder: documents, queries and positives in the order of their ids")
    func dataset() throws {
        try withDataset("b\td2\t1\nb\td10\t2\nb\td1\t0\na\td1\t1\n") { dataset, _ in
            let task = try MiningTask(dataset)
            #expect(task.documents.map(\.id) == ["d1", "d10", "d2"])
            #expect(task.documents.map(\.text) == ["First one", "ten", "Second two"])
            #expect(task.queries.map(\.id) == ["a", "b"])
            #expect(task.queries.map(\.text) == ["query a", "query b"])
            #expect(task.queries.map(\.positives) == [[0], [1, 2]])
            let strict = try MiningTask(dataset, relevantFrom: 2)
            #expect(strict.queries.map(\.positives) == [[1]])
        }
    }

    @Test("Given pairs keep their order; other relevant documents are known")
    func pairs() throws {
        try withDataset("b\td2\t1\nb\td10\t2\na\td1\t1\n") { dataset, folder in
            for text in ["b\td10\na\td1\nb\td10\n", "query-id\tcorpus-id\tscore\nb\td10\t1\n\na\td1\t1"] {
                let task = try MiningTask(dataset, pairs: MiningTask.pairs(path: folder.file(text)))
                #expect(task.queries.map(\.id) == ["b", "a"])
                #expect(task.queries.map(\.positives) == [[1], [0]])
                #expect(task.queries.map(\.otherRelevant) == [[2], []])
            }
        }
    }

    @Test("Pairs that name what is not there")
    func missing() throws {
        try withDataset("b\td2\t1\nb\tgone\t1\n") { dataset, folder in
            let errors = [
                miningError { _ = try MiningTask(dataset) },
                miningError { _ = try MiningTask(dataset, pairs: [("b", "nowhere")]) },
                miningError { _ = try MiningTask(dataset, pairs: [("c", "d1")]) },
                miningError { _ = try MiningTask(dataset, pairs: []) },
            ]
            #expect(errors.map { $0?.code } == [.badData, .badData, .badData, .badData])
            #expect(errors[0]?.reason.contains("'b' names the document 'gone'") == true)
            #expect(errors[1]?.reason.contains("'nowhere'") == true)
            #expect(errors[2]?.reason.contains("the query 'c'") == true)
            let path = try folder.file("a\td1\nb\n")
            #expect(throws: RelevanceError.self) { try MiningTask.pairs(path: path) }
        }
    }

    @Test("Plain texts: what is the same is one")
    func texts() throws {
        let task = try MiningTask(
            pairs: [("q", "p"), ("r", "s"), ("q", "t"), ("q", "p")], corpus: ["n", "p", "n"])
        #expect(task.documents.map(\.text) == ["n", "p", "s", "t"])
        #expect(task.queries.map(\.text) == ["q", "r"])
        #expect(task.queries.map(\.positives) == [[1, 3], [2]])
        #expect(miningError { _ = try MiningTask(pairs: [], corpus: ["n"]) }?.code == .badData)
        #expect(
            miningError {
                _ = try MiningTask(documents: [.init(text: "a")], queries: [.init(text: "q", positives: [])])
            } != nil)
        #expect(
            miningError {
                _ = try MiningTask(documents: [.init(text: "a")], queries: [.init(text: "q", positives: [1])])
            } != nil)
    }

    @Test("Files of texts")
    func files() throws {
        try TemporaryFolder.with { folder in
            let pairs = try MiningTask.textPairs(
                path: folder.file(
                    "{\"query\": \"q\", \"pos\": [\"a\", \"b\"], \"neg\": []}\n\n{\"anchor\": \"r\", \"positive\": \"c\"}"
                ))
            #expect(pairs.map { [$0.query, $0.positive] } == [["q", "a"], ["q", "b"], ["r", "c"]])
            let texts = try MiningTask.texts(
                path: folder.file("{\"text\": \"a\"}\n{\"_id\": 1, \"title\": \"t\", \"text\": \"b\"}"))
            #expect(texts == ["a", "t b"])
            for bad in ["{\"query\": \"q\"}", "{\"pos\": [\"a\"]}", "[1]", "x"] {
                let path = try folder.file("{\"query\": \"q\", \"pos\": [\"a\"]}\n" + bad)
                let error = #expect(throws: RelevanceError.self) { try MiningTask.textPairs(path: path) }
                #expect(error?.line == 2)
            }
        }
    }
}

@Suite("Distributions of scores")
struct ScoreSummaryTests {
    @Test("As numpy computes them")
    func values() {
        // numpy.mean, numpy.std(ddof=1), numpy.quantile of these.
        let summary = ScoreSummary([4, 1, 2.5, -3, 7, 0.5])
        #expect(summary.count == 6)
        #expect(summary.mean == 2)
        #expect(abs(summary.deviation - 3.391164991562634) < 1e-12)
        #expect(summary.quartiles == [-3, 0.625, 1.75, 3.625, 7])
        #expect(ScoreSummary([]).quartiles == [0, 0, 0, 0, 0])
        #expect(ScoreSummary([2]).quartiles == [2, 2, 2, 2, 2])
        #expect(ScoreSummary([2]).deviation == 0)
    }
}
