import Foundation
import JSON
import TestSupport
import Testing

/// Hard negatives, and what a teacher says about them.
@Suite struct MiningTests {
    @Test func negativesAreMinedAndReported() throws {
        let collection = try TrainingCollection()
        let mined = collection.path + "/mined.jsonl"
        let arguments = ["mine", collection.path, "--negatives", "2", "--relative-margin", "none", "--output", mined]
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        for text in [
            "24 queries with 24 positives, 24 documents; judged by bm25", "known to be relevant",
            "mined.jsonl: 24 lines",
        ] {
            #expect(result.output.contains(text), "\(text)")
        }
        let rows = try String(contentsOfFile: mined, encoding: .utf8).split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        #expect(rows.count == 24)
        for row in rows {
            #expect(row["neg"]?.array?.count == 2 && row["pos"]?.array?.count == 1)
            #expect(row["neg"]?.array?.contains(row["pos"]?[0] ?? .null) == false)
            #expect(row["pos_scores"] == nil, "a training would learn them")
        }
        let report = try JSONValue(parsing: try Program.run(arguments + ["--json"]).output)
        #expect(report["lines"]?.int == 24 && report["output"]?.string == mined)

        // What was mined is what can be trained on.
        let trained = try Program.run(
            collection.arguments(steps: 2, saveEvery: 2) + ["--train", mined, "--json"])
        #expect(trained.status == 0, "\(trained.errors)")
        let began = try JSONValue(parsing: String(trained.lines[0]))
        #expect(began["examples"]?.int == 24 && began["loss"]?.string == "mnrl")
    }

    @Test func pairsAreMadeOfDocuments() throws {
        let collection = try TrainingCollection()
        let pairs = collection.path + "/pairs.jsonl"
        let arguments = [
            "generate", "queries", "Examples/packages", "--split", "test", "--documents", "40", "--output", pairs,
        ]
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("title: "))
        let text = try String(contentsOfFile: pairs, encoding: .utf8)
        let rows = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(rows.count > 20)
        #expect(rows.allSatisfy { $0["query"]?.string != nil && $0["positive"]?.string != nil })
        #expect(result.output.hasSuffix("pairs.jsonl: \(rows.count) pairs\n"))
        #expect(try Program.run(arguments).status == 0)
        #expect(try String(contentsOfFile: pairs, encoding: .utf8) == text)
        let trained = try Program.run(
            collection.arguments(steps: 1, saveEvery: 1) + ["--train", pairs, "--json"])
        #expect(trained.status == 0, "\(trained.errors)")
    }

    @Test func aTeacherScoresAndGoesOnWhereItWasStopped() throws {
        let collection = try TrainingCollection()
        let lines = (0..<5).map { #"{"query":"tea \#($0)","docs":["hot drink","board game \#($0)"]}"# + "\n" }
        try collection.write(lines.joined(), to: "lists.jsonl")
        let output = collection.path + "/scored.jsonl"
        let arguments = [
            "distill", collection.path + "/lists.jsonl", "--teacher", Fixture.path("encoders/models/bert-cross"),
            "--output", output, "--json", "--threads", "1",
        ]
        let first = try Program.run(arguments)
        #expect(first.status == 0, "\(first.errors)")
        let all = try String(contentsOfFile: output, encoding: .utf8)
        #expect(all.split(separator: "\n").count == 5)
        // Torn in the middle of the third line, as a crash leaves it.
        let kept = all.split(separator: "\n").prefix(2).map { $0 + "\n" }.joined() + "{\"query\":\"te"
        try collection.write(kept, to: "scored.jsonl")
        let second = try Program.run(arguments)
        #expect(try JSONValue(parsing: second.output)["resumed"]?.int == 2)
        #expect(try String(contentsOfFile: output, encoding: .utf8) == all)

        let other = try Program.run(
            arguments.dropLast(3) + ["--teacher", Fixture.path("encoders/models/bert-dense")])
        #expect(other.status == 65, "\(other.errors)")
        #expect(other.errors.contains("scored.jsonl, line 1"))
    }

    @Test func wordsAreATeacher() throws {
        let collection = try TrainingCollection()
        let lines = (0..<8).map {
            #"{"query":"tea mug \#($0)","pos":["hot tea \#($0)"],"neg":["board game \#($0)"]}"# + "\n"
        }
        try collection.write(lines.joined(), to: "tuples.jsonl")
        let tuples = collection.path + "/tuples.jsonl"
        func scores(_ teachers: [String], _ output: String) throws -> [[Double]] {
            let output = collection.path + "/" + output
            let result = try Program.run(["distill", tuples, "--output", output, "--threads", "1"] + teachers)
            #expect(result.status == 0, "\(result.errors)")
            return try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map {
                (try JSONValue(parsing: String($0))["scores"]?.array ?? []).compactMap(\.double)
            }
        }
        let words = try scores(["--teacher", "bm25"], "words.jsonl")
        // Each shares its number, one of them a word besides.
        #expect(words.count == 8 && words.allSatisfy { $0.count == 2 && $0[0] > $0[1] && $0[1] > 0 })
        let rare = try scores(["--teacher", "bm25", "--corpus", collection.path], "rare.jsonl")
        #expect(rare.allSatisfy { $0.count == 2 } && rare != words)
        let both = try scores(
            ["--teacher", "bm25:0.5", "--teacher", Fixture.path("encoders/models/bert-cross")], "both.jsonl")
        #expect(both.allSatisfy { $0.allSatisfy { (0...30).contains($0) } })

        let trained = try Program.run(
            collection.arguments(steps: 2, saveEvery: 2) + ["--train", tuples, "--teacher", "bm25", "--json"])
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(try JSONValue(parsing: String(trained.lines[0]))["loss"]?.string == "margin-mse")
        let mined = try Program.run([
            "mine", collection.path, "--teacher", "bm25", "--relative-margin", "none", "--output",
            collection.path + "/mined.jsonl",
        ])
        #expect(
            mined.status == 0 && mined.output.contains("judged by bm25 (standard, 24 documents)"), "\(mined.errors)")
    }

    @Test func whatWasScoredCanBeLearnt() throws {
        let collection = try TrainingCollection()
        let lines = (0..<8).map {
            #"{"query":"tea \#($0)","docs":["hot drink \#($0)","board game"],"scores":[\#($0).5,-1]}"# + "\n"
        }
        try collection.write(lines.joined(), to: "scored.jsonl")
        let result = try Program.run(
            collection.arguments(steps: 2, saveEvery: 2) + ["--train", collection.path + "/scored.jsonl", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try JSONValue(parsing: String(result.lines[0]))["loss"]?.string == "kl")
    }

    @Test(arguments: [
        ["mine", "x.jsonl", "--output", "y", "--no-words"], ["mine", "x.jsonl", "--output", "y", "--negatives", "0"],
        ["mine", "x.jsonl", "--output", "y", "--relative-margin", "much"],
        ["mine", "x.jsonl", "--output", "y", "--form", "xml"],
        ["mine", "Examples/packages", "--output", "y", "--corpus", "c.jsonl"],
        ["mine", "README.md", "--output", "y", "--pairs", "p.tsv"], ["distill", "x.jsonl", "--output", "y"],
        ["distill", "x.jsonl", "--output", "y", "--teacher", "m:-1"],
        ["distill", "x.jsonl", "--output", "y", "--teacher", "m", "--scale", "0"],
        ["generate", "queries", "Examples/packages", "--output", "y", "--round-trip", "1.5"],
        ["generate", "queries", "Examples/packages", "--output", "y", "--no-titles", "--draws", "0"],
    ]) func optionsThatMeanNothingAreRefused(arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 64, "\(result.errors)")
    }

    @Test func brokenLinesAreNamed() throws {
        let collection = try TrainingCollection()
        try collection.write("{\"query\":\"a\",\"positive\":\"b\"}\n{\"query\":7}\n", to: "pairs.jsonl")
        for arguments in [
            ["mine", collection.path + "/pairs.jsonl", "--output", collection.path + "/out.jsonl"],
            [
                "distill", collection.path + "/pairs.jsonl", "--output", collection.path + "/out.jsonl", "--teacher",
                Fixture.path("encoders/models/bert-cross"),
            ],
        ] {
            let result = try Program.run(arguments)
            #expect(result.status == 65)
            #expect(result.errors.contains("pairs.jsonl, line 2: "), "\(result.errors)")
        }
    }
}
