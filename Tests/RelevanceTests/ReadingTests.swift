import Relevance
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct ReadingTests {
    /// A folder that lives as long as the test.
    private final class Scratch {
        let path: String

        init() throws {
            path = temporaryFolder() + "needletail-relevance-\(UInt64.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(atPath: path + "/qrels", withIntermediateDirectories: true)
        }

        func write(_ text: String, to name: String) throws -> String {
            try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
            return path + "/" + name
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func bothFormsOfJudgementsAreRead() throws {
        let scratch = try Scratch()
        let beir = try Judgements(
            path: scratch.write("query-id\tcorpus-id\tscore\r\nq 1\td 1\t2\r\nq2\td\t0\r\n", to: "a"))
        #expect(beir.grades == ["q 1": ["d 1": 2], "q2": ["d": 0]])
        let trec = try Judgements(path: scratch.write("q1 0 d1 2\n\nq2\t0\td\t-1", to: "b"))
        #expect(trec.grades == ["q1": ["d1": 2], "q2": ["d": -1]])
        #expect(try Judgements(path: scratch.write(beir.tabSeparated(), to: "c")) == beir)
    }

    @Test(arguments: [
        ("q1 0 d1 1\nq1 0 d1 2\n", 2, "document 'd1' is judged twice for query 'q1'"),
        ("q1 0 d1\n", 1, "got 3 fields"),
        ("q1 0 d1 1\nq1 0 d2 good\n", 2, "the grade 'good' is not a whole number"),
        ("q1 0 d1 99999999999999999999\n", 1, "is not a whole number"),
        ("only\n", 1, "got 1 fields"),
    ])
    func brokenJudgementsNameLineAndReason(text: String, line: Int, reason: String) throws {
        let scratch = try Scratch()
        let path = try scratch.write(text, to: "judgements")
        let error = #expect(throws: RelevanceError.self) { try Judgements(path: path) }
        #expect(error?.line == line)
        #expect(error?.path == path)
        #expect(error?.description.contains(reason) == true)
    }

    @Test func aRunSurvivesWritingAndReading() throws {
        let scratch = try Scratch()
        let run = RankedRun(
            name: "x",
            results: [
                "q2": [ScoredDocument("b", score: 0.1), ScoredDocument("a", score: 1e-300)],
                "q1": [ScoredDocument("c", score: -7.25)],
            ])
        let text = run.trecText()
        #expect(text == "q1 Q0 c 1 -7.25 x\nq2 Q0 b 1 0.1 x\nq2 Q0 a 2 1e-300 x\n")
        #expect(try RankedRun(path: scratch.write(text, to: "run")) == run)
    }

    @Test(arguments: [
        ("q Q0 d 1 2.5\n", 1, "got 5 fields"),
        ("q Q0 d 1 high x\n", 1, "the score 'high' is not a finite number"),
        ("q Q0 d 1 nan x\n", 1, "the score 'nan' is not a finite number"),
        ("q Q0 d 1 2 x\np Q0 d 1 1 x\nq Q0 d 2 1 x\n", 3, "document 'd' is ranked twice for query 'q'"),
    ])
    func brokenRunsNameLineAndReason(text: String, line: Int, reason: String) throws {
        let scratch = try Scratch()
        let path = try scratch.write(text, to: "run")
        let error = try #require(throws: RelevanceError.self) { try RankedRun(path: path) }
        #expect(error.line == line)
        #expect(error.description.contains(reason))
    }

    @Test(arguments: [
        ("{\"_id\":\"d\"}\n", "line 1: the field 'text' is missing"),
        ("\n{\"_id\":\"d\",\"text\":7}\n", "line 2: the field 'text' is not a string"),
        ("{\"_id\":\"d\",\"text\":\"\"}\n{\"_id\":\"d\",\"text\":\"\"}\n", "line 2: document 'd' appears twice"),
        ("{\"_id\":\"d\",\n", "line 1: column"),
    ])
    func brokenDocumentsNameLineAndReason(corpus: String, reason: String) throws {
        let scratch = try Scratch()
        _ = try scratch.write(corpus, to: "corpus.jsonl")
        let error = try #require(throws: RelevanceError.self) { try RetrievalDataset(folder: scratch.path) }
        #expect(error.description.contains(reason))
    }

    @Test func otherSplitsAreReadBesideTheOneAskedFor() throws {
        let scratch = try Scratch()
        _ = try scratch.write("{\"_id\":\"d\",\"text\":\"\"}\n", to: "corpus.jsonl")
        _ = try scratch.write("{\"_id\":\"q\",\"text\":\"\"}\n{\"_id\":\"p\",\"text\":\"\"}\n", to: "queries.jsonl")
        for (split, query) in [("test", "q"), ("dev", "p"), ("train", "other")] {
            _ = try scratch.write("\(query)\td\t1\n", to: "qrels/\(split).tsv")
        }
        let dataset = try RetrievalDataset(folder: scratch.path)
        #expect(dataset.judgements == Judgements(["q": ["d": 1]]))
        #expect(try dataset.judgements(ofSplit: "dev") == Judgements(["p": ["d": 1]]))
        let error = try #require(throws: RelevanceError.self) { try dataset.judgements(ofSplit: "train") }
        #expect(error.description.contains("query 'other' is judged but not in queries.jsonl"))
    }

    @Test func missingFilesAreNamed() throws {
        let error = try #require(throws: RelevanceError.self) { try RetrievalDataset(folder: "/nonexistent") }
        #expect(error.code == .unreadable)
        #expect(error.description.hasPrefix("/nonexistent/corpus.jsonl: cannot be opened: No such file"))
        #expect(throws: RelevanceError.self) { try Judgements(path: "/") }
    }

    @Test func gzipIsReadInSeveralMembersAndCutsAreNoticed() throws {
        let path = Fixture.path("relevance/lines.gz")
        var reader = try LineReader(path: path)
        var lines: [Int] = []
        while let line = try reader.next() { lines.append(line.count) }
        // make_lines.py: 200,000 x's, an empty line, then 70,000 numbered lines in a second member.
        #expect(lines.count == 70_002)
        #expect(lines[0] == 200_000 && lines[1] == 0 && lines[2] == 1 && lines[70_001] == 5)

        let scratch = try Scratch()
        let whole = try Fixture.bytes("relevance/lines.gz")
        for cut in [3, 40, whole.count / 2, whole.count - 1] {
            try Data(whole.prefix(cut)).write(to: URL(filePath: scratch.path + "/cut.gz"))
            let error = #expect(throws: RelevanceError.self) {
                var reader = try LineReader(path: scratch.path + "/cut.gz")
                while try reader.next() != nil {}
            }
            #expect(error?.reason == "the gzip stream ends early")
        }
        var damaged = whole
        damaged[whole.count / 2] ^= 0x55
        try Data(damaged).write(to: URL(filePath: scratch.path + "/damaged.gz"))
        #expect(throws: RelevanceError.self) {
            var reader = try LineReader(path: scratch.path + "/damaged.gz")
            while try reader.next() != nil {}
        }
    }

    @Test func linesEndAsOnAnySystemAndALimitHolds() throws {
        let scratch = try Scratch()
        var reader = try LineReader(path: scratch.write("a\r\n\nb\rc\nlast", to: "text"))
        var lines: [String] = []
        while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(lines == ["a", "", "b\rc", "last"])
        #expect(reader.lineNumber == 4)

        var short = try LineReader(
            path: scratch.write(String(repeating: "x", count: 300_000), to: "long"), lineLimit: 1000)
        let error = #expect(throws: RelevanceError.self) { while try short.next() != nil {} }
        #expect(error?.line == 1)
    }
}

/// The folder for temporary files.
private func temporaryFolder() -> String {
    FileManager.default.temporaryDirectory.path(percentEncoded: false)
}
