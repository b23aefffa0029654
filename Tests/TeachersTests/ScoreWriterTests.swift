import JSON
import Synchronization
import Teachers
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Files of scores")
struct ScoreWriterTests {
    private static let teacher = FunctionTeacher { Float($0.utf8.count) - Float($1.utf8.count) / 4 }
    /// Ten requests in all forms.
    private static let input =
        (1...6).map { #"{"query": "q\#($0)", "docs": ["a\#($0)", "bb", "ccc"], "scores": [1, 2, 3]}"# }.joined(
            separator: "\n")
            + """

            {"query_id": "x", "query": "seven", "pos": ["p"], "neg": ["n", "nn"], "pos_ids": ["1"], "neg_ids": ["2", "3"]}

            {"anchor": "eight", "positive": "p", "negative": "n"}
            {"query": "nine", "positive": "p", "negative_1": "n", "negative_2": "nn", "negative_10": "no"}
            {"query_id": "y", "query": "ten", "document": "p", "doc_id": "5", "label": 1}

            """

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @discardableResult
    private func write(
        _ folder: TemporaryFolder, input: String = input, teacher: any Teacher = teacher, portion: Int = 4,
        portions: Int = .max
    ) throws -> ScoreWriter.Progress {
        let left = Atomic(portions)
        let writer = ScoreWriter(
            teacher, portionPairs: portion, isCancelled: { left.subtract(1, ordering: .relaxed).newValue < 0 })
        return try writer.write(ScoringRequestReader(path: folder.file(input, "in")), to: folder.path + "/out")
    }

    @Test("One line for each request, in their order, with ids")
    func lines() throws {
        try TemporaryFolder.with { folder in
            let progress = try write(folder)
            #expect(progress.isComplete)
            #expect(progress.requests == 10)
            #expect(progress.pairs == 27)
            let lines = try text(folder.path + "/out").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            #expect(
                lines.map { $0["query"]?.string } == [
                    "q1", "q2", "q3", "q4", "q5", "q6", "seven", "eight", "nine", "ten",
                ])
            #expect(lines[6]["doc_ids"]?.array?.map(\.string) == ["1", "2", "3"])
            #expect(lines[6]["query_id"]?.string == "x")
            #expect(lines[9]["doc_ids"]?.array?.map(\.string) == ["5"])
            #expect(lines[8]["docs"]?.array?.map(\.string) == ["p", "n", "nn"])
            #expect(lines[1]["scores"]?.array?.map(\.double) == [1.5, 1.5, 1.25])
            #expect(lines.allSatisfy { $0["teacher"]?.string == "function" })
            let stored = try StoredScores(path: folder.path + "/out")
            #expect(stored.count == 27)
            #expect(stored.score(query: "seven", document: "nn") == 4.5)
        }
    }

    @Test("Any sequence of runs makes the same file", arguments: [1, 3, 5, 100])
    func resumed(_ portion: Int) throws {
        let whole = try TemporaryFolder.with { folder in
            try write(folder)
            return try text(folder.path + "/out")
        }
        try TemporaryFolder.with { folder in
            let calls = Atomic(0)
            let counting = FunctionTeacher {
                calls.add(1, ordering: .relaxed)
                return Self.teacher.score($0, $1)
            }
            var generator = SeededGenerator(seed: UInt64(portion))
            while true {
                let progress = try write(folder, teacher: counting, portion: portion, portions: 1)
                if progress.isComplete { break }
                // What a crash leaves: the beginning of a line.
                let kept = try text(folder.path + "/out")
                #expect(whole.hasPrefix(kept) && (kept.isEmpty || kept.hasSuffix("\n")))
                let torn = whole.dropFirst(kept.count).prefix { $0 != "\n" }
                try folder.write(kept + torn.prefix(Int.random(in: 0...torn.count, using: &generator)), to: "out")
            }
            #expect(try text(folder.path + "/out") == whole)
            #expect(calls.load(ordering: .relaxed) == 27)
            // Complete: nothing is computed again.
            let again = try write(folder, teacher: counting)
            #expect(again.isComplete && again.resumedRequests == 10 && again.pairs == 27)
            #expect(calls.load(ordering: .relaxed) == 27)
            #expect(try text(folder.path + "/out") == whole)
        }
    }

    @Test("Scores of an ensemble do not depend on the portions, with a query on several lines")
    func portions() throws {
        let input = """
            {"query": "q", "docs": ["a", "bb", "ccc"]}
            {"query": "other", "docs": ["a", "bb"]}
            {"query": "q", "docs": ["dddddd", "bb"]}
            {"query": "q", "docs": ["a", "dddddd"]}

            """
        let ensemble = try EnsembleTeacher(
            [Self.teacher, FunctionTeacher { query, document in document == "bb" ? 3 : Float(query.utf8.count) }],
            weights: [1, 0.5])
        let files = try [1, 3, 512].map { portion in
            try TemporaryFolder.with { folder in
                try write(folder, input: input, teacher: ensemble, portion: portion)
                return try text(folder.path + "/out")
            }
        }
        #expect(files[1] == files[0])
        #expect(files[2] == files[0])
        // Lines of two documents that differ hold both ends of the scale.
        let line = try #require(files[0].split(separator: "\n").last)
        let last = try JSONValue(parsing: String(line))
        let scores = (last["scores"]?.array ?? []).compactMap(\.double)
        #expect(scores.count == 2 && scores[1] == 0 && abs(scores[0] - 20) < 1e-3)
    }

    @Test("Scores of other requests or of another teacher are kept, and named")
    func others() throws {
        try TemporaryFolder.with { folder in
            try write(folder)
            let before = try text(folder.path + "/out")
            let changed = Self.input.replacing("ccc\"], \"scores\"", with: "cc\"], \"scores\"", maxReplacements: 3)
            let errors = [
                teacherError { try write(folder, teacher: FunctionTeacher("another") { _, _ in 1 }) },
                teacherError { try write(folder, input: changed) },
                teacherError {
                    try write(folder, input: Self.input.split(separator: "\n").dropLast(2).joined(separator: "\n"))
                },
            ]
            #expect(errors.map { $0?.code } == [.mismatch, .mismatch, .mismatch])
            #expect(errors.map { $0?.line } == [1, 1, 9])
            #expect(try text(folder.path + "/out") == before)
        }
    }

    @Test("Faults of the input name its line; what was complete before is kept")
    func faults() throws {
        try TemporaryFolder.with { folder in
            let lines = Self.input.split(separator: "\n")
            let bad = lines.prefix(5).joined(separator: "\n") + "\n{\"query\": \"q\"}\n"
            let error = teacherError { try write(folder, input: bad, portion: 3) }
            #expect(error?.line == 6)
            #expect(error?.reason == "the line has no documents")
            #expect(try text(folder.path + "/out").split(separator: "\n").count == 5)
            #expect(teacherError { try write(folder, input: "\n") }?.code == .mismatch)
            let infinite = FunctionTeacher { _, document in document == "a6" ? .nan : 0 }
            try folder.write("", to: "out")
            let notFinite = teacherError { try write(folder, teacher: infinite, portion: 3) }
            #expect(notFinite?.code == .model)
            #expect(notFinite?.reason.contains("'q6'") == true)
            #expect(try text(folder.path + "/out").split(separator: "\n").count == 5)
            try folder.write("", to: "out")
            #expect(teacherError { try write(folder, input: "\n") }?.reason == "the file has no pairs")
        }
    }

    @Test("A path that cannot be written", arguments: ["/nowhere/out", "/proc/out"])
    func unwritable(_ path: String) throws {
        try TemporaryFolder.with { folder in
            let input = try folder.file(Self.input, "in")
            let error = teacherError {
                _ = try ScoreWriter(Self.teacher).write(ScoringRequestReader(path: input), to: path)
            }
            #expect(error?.code == .cannotWrite)
            #expect(error?.path == path)
        }
    }
}
