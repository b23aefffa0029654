import Teachers
import TestSupport
import Testing

@Suite("Stored scores")
struct StoredScoresTests {
    private func read(_ text: String, queries: [String: String] = [:], documents: [String: String] = [:]) throws
        -> StoredScores
    {
        try TemporaryFolder.with { try StoredScores(path: $0.file(text), queries: queries, documents: documents) }
    }

    @Test("Lines with texts, in both forms")
    func texts() throws {
        let scores = try read(
            """
            {"query": "q", "docs": ["d", "e\\n\\u00e9"], "scores": [1.5, -2]}

            {"query": "r", "pos": ["d"], "neg": ["f", "g"], "pos_scores": [3], "neg_scores": [0.25, 0], "prompt": "x"}

            """)
        #expect(scores.count == 5)
        let labels = try read(#"{"query": "q", "docs": ["d", "e"], "labels": [1, 0]}"#)
        #expect(try labels.scores([("q", "e"), ("q", "d")]) == [0, 1])
        #expect(
            try scores.scores([("r", "f"), ("q", "d"), ("q", "e\né"), ("r", "d"), ("r", "g")]) == [0.25, 1.5, -2, 3, 0])
    }

    @Test(
        "Lines with ids, as JSON and as columns",
        arguments: [
            "{\"query_id\": \"1\", \"doc_id\": \"x\", \"score\": 0.5}\n{\"query_id\": \"2\", \"doc_id\": \"y\", \"score\": -1}",
            "query-id\tdoc-id\tscore\n1\tx\t0.5\n2\ty\t-1\n", "1\tx\t0.5\r\n2\ty\t-1e0",
        ])
    func ids(_ text: String) throws {
        let scores = try read(text, queries: ["1": "one", "2": "two"], documents: ["x": "ex", "y": "why"])
        #expect(scores.count == 2)
        #expect(try scores.scores([("two", "why"), ("one", "ex")]) == [-1, 0.5])
    }

    @Test("A pair without a score is an error that names it")
    func missing() throws {
        let scores = try read(#"{"query": "the query", "docs": ["d"], "scores": [1]}"#)
        for pair in [("the query", "another document"), ("another query", "d")] {
            let error = teacherError { _ = try scores.scores([("the query", "d"), pair]) }
            #expect(error?.code == .missingScore)
            #expect(error?.description.contains(pair.0) == true)
            #expect(error?.description.contains(pair.1) == true)
        }
    }

    @Test("The same score twice is no fault, another one is")
    func duplicates() throws {
        let line = #"{"query": "q", "docs": ["d"], "scores": [1]}"#
        #expect(try read(line + "\n" + line).count == 1)
        let error = teacherError { _ = try read(line + "\n" + #"{"query": "q", "docs": ["d"], "scores": [2]}"#) }
        #expect(error?.line == 2)
        #expect(error?.reason.contains("two scores") == true)
    }

    @Test(
        "Faults name the line",
        arguments: [
            (1, "{\"query\": \"q\", \"docs\": [\"d\"], \"scores\": [1, 2]}", "2 numbers for 1 texts"),
            (1, "{\"query\": \"q\", \"docs\": \"d\"}", "'scores' is missing"),
            (1, "{\"docs\": [\"d\"], \"scores\": [1]}", "'query' is missing"),
            (1, "{\"query\": \"q\", \"docs\": [\"d\"], \"scores\": [\"1\"]}", "not a finite number"),
            (1, "{\"query\": \"q\", \"docs\": [\"d\"], \"scores\": [1e300]}", "not a finite number"),
            (2, "1\tx\t1\n1\tx\tnan", "not a finite number"), (2, "1\tx\t1\n1\tx", "got 2 columns"),
            (2, "1\tx\t1\n1\tz\t3", "no document 'z'"),
            (1, "{\"query_id\": \"7\", \"doc_id\": \"x\", \"score\": 1}", "no query '7'"),
            (1, "{\"query\": \"q\", \"pos\": [\"d\"], \"pos_scores\": [1]}", "'neg' is missing"),
            (1, "[1]x", "got 1 columns"),
            (1, "{\"query\": }", "column 11"),
        ])
    func faults(_ line: Int, _ text: String, _ reason: String) {
        let error = teacherError { _ = try read(text, queries: ["1": "one"], documents: ["x": "ex"]) }
        #expect(error?.code == .malformedLine)
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "no error")")
    }

    @Test("A file without scores, and no file")
    func empty() {
        #expect(teacherError { _ = try read("\n\n") }?.reason == "the file has no scores")
        #expect(teacherError { _ = try StoredScores(path: "/nowhere/at/all") }?.code == .unreadable)
    }
}
