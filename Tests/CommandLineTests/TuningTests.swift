import Foundation
import JSON
import TestSupport
import Testing

/// Systems compared with each other, and the best way to join what they find.
@Suite struct TuningTests {
    private static let dense = Fixture.path("encoders/models/bert-dense")

    @Test func systemsAreComparedInAnIndexForTheTimeBeing() throws {
        try TemporaryFolder.with { folder in
            let collection = try JudgedCollection()
            let arguments = [
                "eval", collection.path, "--embed", "vector=\(Self.dense)", "--runs", folder.path + "/runs",
            ]
            let result = try Program.run(arguments + ["--json"])
            #expect(result.status == 0, "\(result.errors)")
            let systems = try #require(try JSONValue(parsing: result.output)["systems"]?.array)
            #expect(systems.map { $0["name"]?.string } == ["bm25", "vector", "hybrid-rrf", "hybrid"])
            #expect(systems[0]["difference"] == nil)
            #expect(systems[1]["difference"]?["nDCG@10"]?["p"]?.double != nil)
            #expect(systems[1]["metrics"]?["R@100"]?.double == 1, "every document has a vector")

            // The run is the order of the cosines.
            let texts = ["hot drink", "Tea A drink of leaves.\u{1B}[31m", "お茶", "Holds tea."]
            let vectors = try Program.run(["embed", "--model", Self.dense] + texts).lines.map {
                try #require(try JSONValue(parsing: String($0))["embedding"]?.array).map { $0.double ?? 0 }
            }
            func cosine(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
            let expected = zip(["tea", "茶", "mug"], vectors.dropFirst()).map { ($0, cosine(vectors[0], $1)) }
                .sorted { $0.1 > $1.1 }
            let run = try String(contentsOfFile: folder.path + "/runs/vector.run", encoding: .utf8)
                .split(separator: "\n").filter { $0.hasPrefix("q1 ") }.map { $0.split(separator: " ") }
            #expect(run.map { String($0[2]) } == expected.map(\.0))
            for (line, pair) in zip(run, expected) {
                #expect(abs((Double(line[4]) ?? 0) - (1 + pair.1) / 2) < 1e-5)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/runs").sorted()
            #expect(names == ["bm25.run", "hybrid-rrf.run", "hybrid.run", "vector.run"])
        }
    }

    @Test func eachSystemIsReranked() throws {
        try TemporaryFolder.with { folder in
            let collection = try JudgedCollection()
            let model = Fixture.path("encoders/models/bert-cross")
            let result = try Program.run([
                "eval", collection.path, "--embed", "vector=\(Self.dense)", "--model", model, "--rerank-each",
                "--depth", "2",
                "--runs", folder.path, "--json",
            ])
            #expect(result.status == 0, "\(result.errors)")
            let systems = try #require(try JSONValue(parsing: result.output)["systems"]?.array)
            let plain = ["bm25", "vector", "hybrid-rrf", "hybrid"]
            #expect(systems.map { $0["name"]?.string } == plain + plain.map { $0 + "-reranked" })
            let times = systems.map { $0["milliseconds_per_query"]?.double ?? -1 }
            for place in plain.indices where place > 0 { #expect(times[place] > 0 && times[place + 4] > times[place]) }

            // Each is what reranking its run alone gives.
            for name in plain {
                let alone = try Program.run([
                    "eval", collection.path, "--run", "\(folder.path)/\(name).run", "--model", model, "--depth", "2",
                    "--output", folder.path + "/alone.run",
                ])
                #expect(alone.status == 0, "\(alone.errors)")
                let orders = try ["alone", name + "-reranked"].map { file in
                    try String(contentsOfFile: "\(folder.path)/\(file).run", encoding: .utf8).split(separator: "\n")
                        .map { $0.split(separator: " ").prefix(4).joined(separator: " ") }
                }
                #expect(orders[0] == orders[1])
            }
        }
    }

    @Test func rerankingEachNeedsAModel() throws {
        let result = try Program.run(["eval", "Examples/packages", "--embed", "vector=m", "--rerank-each"])
        #expect(result.status == 64)
        #expect(result.errors.contains("--rerank-each needs --model"))
    }

    @Test(arguments: [["--show", "1"], ["--no-rerank"], ["--run", "x.run"], ["--output", "x.run"]])
    func comparedSystemsHaveNoOtherOrder(options: [String]) throws {
        let result = try Program.run(["eval", "Examples/packages", "--embed", "vector=m"] + options)
        #expect(result.status == 64)
        #expect(result.errors.contains("--embed and --sparse compare systems"))
    }

    @Test func runsAreJoinedInTheBestWay() throws {
        try TemporaryFolder.with { folder in
            let collection = try JudgedCollection()
            let arguments = [
                "tune", "hybrid", collection.path, "--run", collection.path + "/bm25.run", "--run",
                collection.path + "/better.run", "--split", "test", "--test-split", "dev", "--output",
                folder.path + "/hybrid.json",
            ]
            let result = try Program.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
            try Snapshot.expect(result.output, equals: "tune-hybrid")
            let pipeline = try JSONValue(
                parsing: String(contentsOfFile: folder.path + "/hybrid.json", encoding: .utf8))
            let weights = pipeline["phase_results_processors"]?.array?.first?["normalization-processor"]?[
                "combination"]?[
                    "parameters"]?["weights"]?.array
            #expect(weights?.map(\.double) == [0.5, 0.5], "of equals, the more even weights")

            let value = try JSONValue(parsing: try Program.run(arguments + ["--json"]).output)
            let alone = value["parts"]?.array?.compactMap { $0["test"]?.double } ?? []
            #expect(zip(alone, [0.815465, 1]).allSatisfy { abs($0 - $1) < 1e-6 } && alone.count == 2)
            #expect(value["defaults"]?.array?.count == 2)
            #expect(value["best"]?.array?.first?["test"]?.double == 1)
            #expect(value["pipeline"] == pipeline)
        }
    }

    @Test func theTunedFigureIsThatOfASearchThroughThePipeline() throws {
        try TemporaryFolder.with { folder in
            let collection = try JudgedCollection()
            let fields = ["--embed", "vector=\(Self.dense)"]
            let pipeline = folder.path + "/hybrid.json"
            let tuned = try Program.run(
                [
                    "tune", "hybrid", collection.path, "--split", "test", "--test-split", "none", "--output", pipeline,
                    "--json",
                ]
                    + fields)
            #expect(tuned.status == 0, "\(tuned.errors)")
            let best = try #require(try JSONValue(parsing: tuned.output)["best"]?.array?.first?["test"]?.double)
            let measured = try Program.run(["eval", collection.path, "--pipeline", pipeline, "--json"] + fields)
            #expect(measured.status == 0, "\(measured.errors)")
            let systems = try #require(try JSONValue(parsing: measured.output)["systems"]?.array)
            #expect(systems.last?["name"]?.string == "hybrid")
            #expect(abs((systems.last?["metrics"]?["nDCG@10"]?.double ?? 0) - best) < 1e-9)
        }
    }

    @Test(arguments: [
        [], ["--run", "a.run"], ["--run", "a.run", "--run", "b.run", "--index", "i"], ["--embed", "v=m", "--no-words"],
        ["--embed", "v=m", "--split", "test"], ["--embed", "v=m", "--metric", "speed"],
        ["--embed", "v=m", "--pagination-depth", "0"],
    ])
    func optionsThatMeanNothingAreRefused(options: [String]) throws {
        try #expect(Program.run(["tune", "hybrid", "Examples/packages"] + options).status == 64)
    }
}
