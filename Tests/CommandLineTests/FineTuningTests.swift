import Foundation
import JSON
import TestSupport
import Testing

/// The pipeline as users run it: what it shows and keeps, how it is stopped, and how it goes on.
@Suite struct FineTuningTests {
    /// A folder with documents and a file of parameters for a run of seconds.
    private final class Workplace {
        let path =
            FileManager.default.temporaryDirectory.path(percentEncoded: false) + "needletail-runs-\(UUID().uuidString)"
        var runs: String { path + "/runs" }

        init(steps: Int = 6, documents: Int = 80) throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let words = [
                "tea", "leaf", "drink", "hot", "mug", "vessel", "board", "game", "play", "text", "query", "paper",
                "shell", "mail",
            ]
            var generator = SeededGenerator(seed: 3)
            let corpus = (0..<documents).map { number in
                let text = (0..<20).map { _ in words[Int(generator.next() % UInt64(words.count))] }.joined(
                    separator: " ")
                return #"{"id":"d\#(number)","title":"\#(words[number % words.count]) n\#(number)","text":"\#(text)."}"#
            }
            try write(corpus.joined(separator: "\n") + "\n", to: "corpus.jsonl")
            try write(
                """
                corpus_path: corpus.jsonl
                model_name: tiny
                base_model_id: \(Fixture.path("encoders/models/bert-dense"))
                threads: 1
                evaluation: {share: 0.2, dev_queries: 6, dev_documents: 30}
                gate: {minimum_queries: 5, override: true}
                training: {max_steps: \(steps), batch_size: 4, learning_rate: 0.001, save_every: 20, evaluate_every: 100000}
                """, to: "pipeline.yaml")
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
        }

        func needletail(_ arguments: String...) throws -> Program.Result {
            try Program.run(arguments, in: path)
        }

        /// The name of the only run.
        func run() throws -> String {
            let names = try FileManager.default.contentsOfDirectory(atPath: runs)
            #expect(names.count == 1)
            return try #require(names.first)
        }

        /// Begins a run in the background, does something once it trains, and waits for its end.
        func whileTraining(_ line: String) throws -> Program.Result {
            try Program.shell(
                """
                "$NEEDLETAIL" finetune --config pipeline.yaml & pid=$!
                until ls runs/*/training/checkpoint-20 >/dev/null 2>&1 || ! kill -0 $pid 2>/dev/null; do sleep 0.02; done
                run=$(basename runs/*)
                \(line)
                wait $pid
                """, in: path)
        }
    }

    @Test func aRunIsShownKeptAndFoundAgain() throws {
        let place = try Workplace()
        let result = try place.needletail("finetune", "--config", "pipeline.yaml")
        #expect(result.status == 0, "\(result.errors)")
        let name = try place.run()
        #expect(name.wholeMatch(of: /tiny-\d{8}T\d{6}Z/) != nil)
        for phase in [
            "ValidateCorpus", "GenerateQueries", "SplitEvaluation", "MineNegatives", "StartTraining", "EvaluateModel",
            "PackageModel",
        ] {
            #expect(result.errors.contains("✓ \(phase) "), "\(phase): \(result.errors)")
        }
        for text in [
            "held-out quer", "ndcg@10", "Deployed all the same", "model-artifacts/model\n", "tiny.zip\n", name,
        ] {
            #expect(result.output.contains(text), "\(text): \(result.output)")
        }

        let list = try place.needletail("runs", "list")
        #expect(list.status == 0 && list.lines.count == 2, "\(list.errors)")
        #expect(list.lines[1].hasPrefix("\(name)  succeeded"))
        let rows = try place.needletail("runs", "list", "--json").lines.map { try JSONValue(parsing: String($0)) }
        #expect(rows.map { $0["status"]?.string } == ["succeeded"])
        #expect(rows[0]["output"]?["evaluation"]?["gate"]?["deploys"]?.bool == true)

        let shown = try place.needletail("runs", "show", name)
        #expect(shown.status == 0 && shown.output.contains("StartTraining"), "\(shown.errors)")
        #expect(shown.output.hasSuffix(result.output))
        // A run that has ended shows its end again; a path names it as well.
        let again = try place.needletail("runs", "resume", "runs/" + name)
        #expect(again.status == 0 && again.output == result.output, "\(again.errors)")
        #expect(!again.errors.contains("✓"))
        let cancelled = try place.needletail("runs", "cancel", name)
        #expect(cancelled.status == 0 && cancelled.output.contains("does not run: it is succeeded"))
    }

    @Test func eventsArePrintedAsLines() throws {
        let place = try Workplace()
        let result = try place.needletail(
            "finetune", "--config", "pipeline.yaml", "--json", "--set", "training.max_steps=3")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let events = try result.lines.map { try JSONValue(parsing: String($0)) }
        #expect(events.first?["type"]?.string == "RunOpened")
        #expect(events.first?["run"]?.string == (try place.run()))
        #expect(events.dropFirst().first?["type"]?.string == "ExecutionStarted")
        #expect(events.last?["type"]?.string == "ExecutionSucceeded")
        let kept = try String(contentsOfFile: place.runs + "/" + place.run() + "/history.jsonl", encoding: .utf8)
        let recorded = result.lines.filter { !$0.contains("\"TaskProgress\"") }.dropFirst()
        #expect(kept.split(separator: "\n").map(String.init) == recorded.map(String.init))
        let progress = events.filter { $0["type"]?.string == "TaskProgress" && $0["name"]?.string == "StartTraining" }
        #expect(progress.contains { $0["unit"]?.string == "steps" && $0["total"]?.int == 3 })
    }

    @Test(arguments: ["kill -TERM $pid", "kill -INT $pid", #""$NEEDLETAIL" runs cancel "$run""#])
    func aStoppedRunSavesAndGoesOn(line: String) throws {
        let place = try Workplace(steps: 3000)
        let stopped = try place.whileTraining(line)
        #expect(stopped.status == 0, "\(stopped.errors)")
        let name = try place.run()
        #expect(
            stopped.errors.contains("needletail: stopped. To go on: needletail runs resume \(name)\n"),
            "\(stopped.errors)")
        if line.contains("cancel") {
            #expect(stopped.output.contains("stopped. To go on: needletail runs resume \(name)"))
        }
        #expect(try place.needletail("runs", "show", name).output.contains("stopped. To go on"))
        #expect(try place.needletail("runs", "list").lines[1].hasPrefix("\(name)  stopped"))
        // What a stop leaves is no failure of the task.
        let history = try String(contentsOfFile: place.runs + "/\(name)/history.jsonl", encoding: .utf8)
        #expect(!history.contains("TaskFailed"))
        let resumed = try place.needletail("runs", "resume", name)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("done before: ValidateCorpus, GenerateQueries"), "\(resumed.errors)")
        #expect(!resumed.errors.contains("✓ GenerateQueries"))
        #expect(resumed.errors.contains("✓ StartTraining"))
    }

    @Test func aKilledRunGoesOnAndARunningOneIsLeftAlone() throws {
        let place = try Workplace(steps: 3000)
        let killed = try place.whileTraining(
            """
            "$NEEDLETAIL" runs resume "$run"; echo "second: $?"
            "$NEEDLETAIL" runs list | tail -n 1
            kill -KILL $pid
            """)
        #expect(killed.status == 137)
        #expect(killed.output.contains("second: 69\n"), "\(killed.output)")
        #expect(killed.errors.contains("runs this execution"))
        #expect(killed.output.contains("  running  "))
        let resumed = try place.needletail("runs", "resume", place.run())
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test func aRunThatFailsSaysWhyAndGoesOnWhenThatIsMended() throws {
        let place = try Workplace()
        let good = try String(contentsOfFile: place.path + "/corpus.jsonl", encoding: .utf8)
        try place.write(String(good.prefix(40)) + "\n", to: "corpus.jsonl")
        let failed = try place.needletail("finetune", "--config", "pipeline.yaml")
        #expect(failed.status == 65, "\(failed.errors)")
        #expect(failed.errors.contains("✗ ValidateCorpus ") && !failed.errors.contains("✓"), "\(failed.errors)")
        let name = try place.run()
        #expect(failed.errors.contains("needletail runs resume \(name)"), "\(failed.errors)")
        let shown = try place.needletail("runs", "show", name)
        #expect(shown.output.contains("failed: ") && shown.output.contains("When that is mended:"))
        // Another run whose history is damaged hides no run.
        let damaged = place.runs + "/damaged-20260301T120000Z"
        try FileManager.default.copyItem(atPath: place.runs + "/" + name, toPath: damaged)
        let history = try String(contentsOfFile: damaged + "/history.jsonl", encoding: .utf8)
        try ("x" + history).write(toFile: damaged + "/history.jsonl", atomically: true, encoding: .utf8)
        let list = try place.needletail("runs", "list")
        #expect(list.status == 0, "\(list.errors)")
        #expect(list.output.contains("damaged-20260301T120000Z  damaged") && list.output.contains("\(name)  "))
        #expect(try place.needletail("runs", "show", damaged).status == 65)
        // Names that go on behind the time, as a server's do, stand among the others.
        let early = "books-20250301T120000Z-ab12"
        try FileManager.default.copyItem(atPath: place.runs + "/" + name, toPath: place.runs + "/" + early)
        let names = try place.needletail("runs", "list").lines.dropFirst().map { $0.prefix { $0 != " " } }
        #expect(names.map(String.init) == [early, "damaged-20260301T120000Z", name])
        // A server's runs are the server's.
        try FileManager.default.createDirectory(atPath: place.path + "/data", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: place.runs, toPath: place.path + "/data/finetuning")
        try place.write("", to: "data/cluster.sqlite")
        let served = try place.needletail("runs", "resume", early, "--runs", "data/finetuning")
        #expect(served.status == 69 && served.errors.contains("_resume"), "\(served.errors)")

        try place.write(good, to: "corpus.jsonl")
        let resumed = try place.needletail("runs", "resume", name)
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test func parametersAreCheckedBeforeAnythingBegins() throws {
        let place = try Workplace()
        try place.write("corpus_path: corpus.jsonl\nmodel_nam: x\ngate: {margin: high}\n", to: "bad.yaml")
        let bad = try place.needletail("finetune", "--config", "bad.yaml")
        #expect(bad.status == 78)
        #expect(
            bad.errors.contains("line 2") && bad.errors.contains("'model_nam'") && bad.errors.contains("'gate.margin'"))
        for (arguments, status) in [
            (["--config", "absent.yaml"], 66), (["--corpus", "absent.jsonl", "--model", "x"], 66),
            (["--config", "pipeline.yaml", "--set", "gate.nothing=1"], 64),
            (["--config", "pipeline.yaml", "--set", "gate"], 64),
            (["--config", "pipeline.yaml", "--model", "./absent"], 66), ([], 64),
            (["--index", "a", "--corpus", "b"], 64),
            (["--config", "pipeline.yaml", "--type", "none"], 64), (["--corpus", "corpus.jsonl"], 64),
        ] as [([String], Int32)] {
            let result = try Program.run(["finetune"] + arguments, in: place.path)
            #expect(result.status == status, "\(arguments): \(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: place.runs))
        let hostile = try place.needletail("finetune", "--config", "no\u{1B}[2Jfile.yaml")
        #expect(hostile.status == 66 && hostile.errors.contains("no\u{FFFD}[2Jfile.yaml"), "\(hostile.errors)")
        let missing = try place.needletail("runs", "show", "nothing")
        #expect(missing.status == 66 && missing.errors.contains("there is no run 'nothing' in 'runs'"))
        #expect(try place.needletail("runs", "list").output == "no runs in runs\n")

        let checked = try place.needletail(
            "finetune", "--config", "pipeline.yaml", "--check", "--set", "gate.margin=0.02")
        #expect(checked.status == 0, "\(checked.errors)")
        let parameters = try JSONValue(parsing: checked.output)
        #expect(parameters["gate"]?["margin"]?.double == 0.02)
        #expect(parameters["model_name"]?.string == "tiny")
        // Without a name, that of the file is taken, whatever else is set.
        let named = try place.needletail(
            "finetune", "--corpus", "corpus.jsonl", "--model", Fixture.path("encoders/models/bert-dense"), "--check",
            "--set", "gate.minimum_queries=5")
        #expect(named.status == 0, "\(named.errors)")
        #expect(try JSONValue(parsing: named.output)["model_name"]?.string == "corpus-tuned")
        #expect(!FileManager.default.fileExists(atPath: place.runs))
        let workflow = try JSONValue(parsing: place.needletail("finetune", "--print-workflow").output)
        #expect(workflow["States"]?[workflow["StartAt"]?.string ?? ""] != nil)
        let listed = try place.needletail("finetune", "--list-parameters").output
        #expect(listed.contains("\ngate.margin ") && listed.contains("\nmax_documents "))
    }
}
