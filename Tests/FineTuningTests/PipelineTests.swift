import FineTuning
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

@Suite("A whole run of the pipeline")
struct PipelineTests {
    @Test func fromACorpusToAPackage() throws {
        try TemporaryFolder.with { folder in
            try folder.write(PipelineFixture.corpus(80), to: "corpus.jsonl")
            try folder.write(PipelineFixture.parameters(folder), to: "p.yaml")
            let lines = try PipelineFixture.run(folder, "run")
            let end = try #require(lines.last)
            #expect(end.hasPrefix("succeeded"), "\(end.prefix(500))")
            let run = folder.path + "/run"
            let found = try PipelineFixture.results(run)
            #expect(found.count == 10, "\(found.keys.sorted())")
            try checkSeparation(run)
            let results = try JSONValue(
                parsing: [UInt8](Data(contentsOf: URL(filePath: run + "/evaluation/results.json"))))
            #expect(
                results["systems"]?.array?.compactMap { $0["system"]?.string } == [
                    "bm25", "base", "tuned", "rrf(bm25,base)", "min-max(bm25,base)", "rrf(bm25,tuned)",
                    "min-max(bm25,tuned)",
                ])
            #expect(results["gate"]?["deploys"]?.bool == true)
            let card = try String(contentsOf: URL(filePath: run + "/model-artifacts/model/README.md"), encoding: .utf8)
            #expect(card.contains("## Evaluation on held-out documents"))
            // Once more: nothing is left to do.
            let again = try PipelineFixture.run(folder, "run")
            #expect(again == [end])
        }
    }

    /// No text of a held-out document, and none of its queries, is among what was trained on.
    private func checkSeparation(_ run: String) throws {
        let documents = try PipelineFixture.lines(run + "/raw-corpus/documents.jsonl")
        let reserved = Set(
            try PipelineFixture.lines(run + "/training-data/reserved.jsonl").compactMap { $0["doc_id"]?.string })
        #expect(reserved.count > 10)
        let texts = Set(
            documents.filter { reserved.contains($0["id"]?.string ?? "") }.compactMap { $0["text"]?.string })
        var trained: [String] = []
        for line in try PipelineFixture.lines(run + "/training-data/negatives.jsonl") {
            for id in line["doc_ids"]?.array ?? [] { #expect(!reserved.contains(id.string ?? "")) }
            trained += [line["positive"]?.string, line["negative_1"]?.string].compactMap { $0 }
        }
        #expect(!trained.isEmpty)
        #expect(!trained.contains { text in texts.contains { text.hasSuffix($0) } })
    }

    @Test(
        "A run that is killed in a phase ends with the same files",
        arguments: [
            "ValidateCorpus", "GenerateQueries", "SplitEvaluation", "MineNegatives", "ScoreWithTeacher",
            "StartTraining",
            "EvaluateModel", "PackageModel",
        ])
    func killed(state: String) throws {
        try TemporaryFolder.with { folder in
            try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
            let teacher = Fixture.path("encoders/models/bert-cross")
            try folder.write(
                PipelineFixture.parameters(folder, "distillation: {teachers: ['\(teacher)']}"), to: "p.yaml")
            let whole = try PipelineFixture.run(folder, "whole")
            #expect(whole.last?.hasPrefix("succeeded") == true, "\(whole.last?.prefix(500) ?? "")")
            // Killed as soon as it is there, behind its first report, and behind a later one.
            for reports in [0, 1, 5] {
                let name = "killed\(reports)"
                let driver = try StoreDriver(
                    [folder.path + "/" + name, folder.path + "/p.yaml"], program: "FineTuningDriver")
                var left = reports
                while let line = driver.readLine() {
                    if line == "entered \(state)", left == 0 { break }
                    if line == "exited \(state)" { break }
                    if line.hasPrefix("progress \(state) ") {
                        left -= 1
                        if left <= 0 { break }
                    }
                }
                driver.kill()
                let resumed = try PipelineFixture.run(folder, name)
                #expect(resumed.last?.hasPrefix("succeeded") == true, "\(resumed.last?.prefix(500) ?? "")")
                #expect(
                    try PipelineFixture.results(folder.path + "/" + name)
                        == PipelineFixture.results(folder.path + "/whole"))
            }
        }
    }

    @Test func aModelThatIsNotBetterIsNotPackaged() throws {
        try TemporaryFolder.with { folder in
            try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
            let text = PipelineFixture.parameters(folder).replacing("override: true", with: "margin: 1")
            try folder.write(text, to: "p.yaml")
            let lines = try PipelineFixture.run(folder, "run")
            #expect(lines.contains("entered NotDeployed"), "\(lines.last?.prefix(500) ?? "")")
            #expect(lines.last?.hasPrefix("succeeded") == true)
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/run/model-artifacts"))
        }
    }

    @Test func givenQueriesAndJudgementsWithoutNegatives() throws {
        try TemporaryFolder.with { folder in
            try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
            let queries = (0..<60).map { "{\"query\": \"reader of number \($0)\", \"doc_id\": \"d\($0)\"}" }
            try folder.write(queries.joined(separator: "\n"), to: "queries.jsonl")
            let judged = (40..<52).map { "{\"_id\": \"j\($0)\", \"text\": \"archive number \($0)\"}" }
            try folder.write(judged.joined(separator: "\n"), to: "judged/queries.jsonl")
            let grades = (40..<52).map { "j\($0)\td\($0)\t1" }
            try folder.write(
                "query-id\tcorpus-id\tscore\n" + grades.joined(separator: "\n"), to: "judged/qrels/test.tsv")
            let more = "queries: {source: file, path: '\(folder.path)/queries.jsonl'}\nmining: {negatives: 0}"
            let text = PipelineFixture.parameters(folder, more).replacing(
                "evaluation: {", with: "evaluation: {folder: '\(folder.path)/judged', ")
            try folder.write(text, to: "p.yaml")
            let lines = try PipelineFixture.run(folder, "run")
            #expect(lines.last?.hasPrefix("succeeded") == true, "\(lines.last?.prefix(500) ?? "")")
            #expect(!lines.contains("entered MineNegatives"))
            let reserved = try PipelineFixture.lines(folder.path + "/run/training-data/reserved.jsonl")
            let heldOut = Set(reserved.filter { $0["part"]?.string == "held_out" }.compactMap { $0["doc_id"]?.string })
            #expect(heldOut.isSuperset(of: (40..<52).map { "d\($0)" }))
            for line in try PipelineFixture.lines(folder.path + "/run/training-data/training_data.jsonl") {
                #expect(!heldOut.contains(line["doc_id"]?.string ?? ""))
            }
        }
    }

    @Test(
        "Dense, sparse and cross-encoders, with and without a head of their own",
        arguments: [
            ("sparse", "bert-splade", 7), ("sparse", "bert-plain", 7), ("cross-encoder", "bert-cross", 7),
            ("cross-encoder", "bert-plain", 4),
        ])
    func otherModels(type: String, base: String, systems: Int) throws {
        try TemporaryFolder.with { folder in
            try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
            try folder.write(
                PipelineFixture.parameters(folder, "model_type: \(type)", base: base), to: "p.yaml")
            let lines = try PipelineFixture.run(folder, "run")
            #expect(lines.last?.hasPrefix("succeeded") == true, "\(lines.last?.prefix(800) ?? "")")
            let results = try JSONValue(
                parsing: [UInt8](Data(contentsOf: URL(filePath: folder.path + "/run/evaluation/results.json"))))
            #expect(results["systems"]?.array?.count == systems)
        }
    }
}
