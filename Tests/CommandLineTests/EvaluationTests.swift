import Foundation
import JSON
import TestSupport
import Testing

/// `eval` on small collections, without a model.
@Suite struct EvaluationTests {
    @Test func twoRunsAreComparedInATableAndSideBySide() throws {
        let collection = try JudgedCollection()
        let result = try Program.run([
            "eval", collection.path, "--compare", collection.path + "/better.run", "--show", "2",
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.output.contains("\u{1B}"), "no escape code of a document may reach a terminal")
        try Snapshot.expect(result.output, equals: "eval-compare")
    }

    @Test func figuresComeAsJSON() throws {
        let collection = try JudgedCollection()
        let result = try Program.run([
            "eval", collection.path, "--compare", collection.path + "/better.run", "--format", "jsonl", "--metrics",
            "MRR@10,P@1",
            "--output", collection.path + "/copy.run",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let value = try JSONValue(parsing: result.output)
        #expect(value["queries"]?.int == 2)
        #expect(value["metrics"]?["MRR@10"]?["before"]?.double == 0.75)
        #expect(value["metrics"]?["MRR@10"]?["after"]?.double == 1)
        #expect(value["metrics"]?["P@1"]?["better"]?.int == 1)
        let copy = try String(contentsOfFile: collection.path + "/copy.run", encoding: .utf8)
        #expect(copy.hasPrefix("q1 Q0 tea 1 2.0 better\n"))
    }

    @Test func oneRunIsMeasuredAsItIs() throws {
        let collection = try JudgedCollection()
        let arguments = ["eval", collection.path, "--no-rerank", "--metrics", "MAP,Rprec,Bpref,Judged@2,Success@1"]
        let table = try Program.run(arguments)
        #expect(table.status == 0, "\(table.errors)")
        try Snapshot.expect(table.output, equals: "eval-one-run")
        let value = try JSONValue(parsing: try Program.run(arguments + ["--json"]).output)
        #expect(value["metrics"]?["MAP"]?.double == 0.75)
        #expect(value["metrics"]?["Judged@2"]?.double == 0.5)
        let judged = try JSONValue(parsing: try Program.run(arguments + ["--json", "--judged-only"]).output)
        #expect(judged["metrics"]?["MAP"]?.double == 1)
        let level = try JSONValue(parsing: try Program.run(arguments + ["--json", "--level", "2"]).output)
        #expect(level["metrics"]?["MAP"]?.double == 0)
    }

    @Test(arguments: [["--compare", "x.run"], ["--show", "1"], ["--output", "x.run"]])
    func oneRunHasNothingToCompareWith(arguments: [String]) throws {
        let result = try Program.run(["eval", "Examples/packages", "--no-rerank"] + arguments)
        #expect(result.status == 64)
        #expect(result.errors.contains("--no-rerank measures one run"))
    }

    @Test func aRunOfAnotherCollectionIsRefused() throws {
        let collection = try JudgedCollection()
        try Data("q1 Q0 nowhere 1 2 x\n".utf8).write(to: URL(filePath: collection.path + "/bm25.run"))
        let result = try Program.run(["eval", collection.path])
        #expect(result.status == 65)
        #expect(
            result.errors.contains("the run names document 'nowhere' for query 'q1', which is not in the collection"))
    }
}
