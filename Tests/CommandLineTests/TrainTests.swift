import Foundation
import JSON
import TestSupport
import Testing
import Training

/// Training as users run it: what it shows and writes, and how it ends.
@Suite struct TrainTests {
    @Test func aRunWritesModelReportAndLog() throws {
        let collection = try TrainingCollection()
        let arguments =
            collection.arguments(steps: 6, saveEvery: 3) + ["--evaluation", collection.path, "--evaluate-every", "3"]
        let result = try Program.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        for row in [
            "24 queries", "BM25 ", "before ", "trained (step ", "difference", "6 steps in ", "run/model\n",
            "run/report.html\n",
        ] {
            #expect(result.output.contains(row), "\(row)")
        }
        #expect(result.errors.contains("24 pairs, mnrl: 6 steps, 6 an epoch"), "\(result.errors)")
        #expect(result.errors.matches(of: /\n +[036] +\d\.\d\d +\d/).count == 3, "\(result.errors)")
        for name in [
            "model/config.json", "model/README.md", "model/tokenizer.json", "log.jsonl",
            "checkpoint-6/optimizer.safetensors",
        ] {
            #expect(collection.exists("run/" + name), "\(name)")
        }
        let page = try String(contentsOfFile: collection.output + "/report.html", encoding: .utf8)
        #expect(page.contains("6 of 6 steps, complete") && page.contains("<td>BM25</td>"))
        let embedded = try Program.run(["embed", "--model", collection.output + "/model", "tea"])
        #expect(embedded.status == 0, "\(embedded.errors)")

        let written = try Program.run([
            "train", "report", collection.output, "--output", collection.path + "/again.html",
        ])
        #expect(written.status == 0, "\(written.errors)")
        #expect(try String(contentsOfFile: collection.path + "/again.html", encoding: .utf8) == page)
    }

    @Test func eventsArePrintedAsLines() throws {
        let collection = try TrainingCollection()
        let result = try Program.run(collection.arguments(steps: 3, saveEvery: 3) + ["--json"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let events = try result.lines.map { try JSONValue(parsing: String($0)) }
        #expect(events.map { $0["event"]?.string } == ["began", "step", "step", "step", "saved", "ended", "written"])
        #expect(events[0]["settings"]?["learning_rate"]?.double == 1e-3)
        #expect(events[6]["model"]?.string == collection.output + "/model")
        let log = try String(contentsOfFile: collection.output + "/log.jsonl", encoding: .utf8)
        #expect(log.split(separator: "\n").map(String.init) == result.lines.dropLast().map(String.init))
    }

    /// The file says it, flags win, and what the file does not say is as usual.
    @Test func flagsWinOverTheFile() throws {
        let collection = try TrainingCollection()
        try collection.write("learning_rate: 0.5\nbatch_size: 3\nschedule: constant\n", to: "train.yaml")
        let result = try Program.run(
            collection.arguments(steps: 1, saveEvery: 1) + ["--config", collection.path + "/train.yaml", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let settings = try JSONValue(parsing: String(result.lines[0]))["settings"]
        #expect(settings?["learning_rate"]?.double == 1e-3)
        #expect(settings?["batch_size"]?.int == 4)
        #expect(settings?["schedule"]?.string == "constant")
        #expect(settings?["epochs"]?.double == 3)
    }

    @Test(arguments: ["dense", "sparse", "cross-encoder"]) func everySettingHasAFlag(kind: String) throws {
        let help = try Program.run(["train", kind, "--help"], environment: ["COLUMNS": "400"]).output
        for setting in TrainingSetting.all {
            #expect(help.contains("  \(setting.flag) <"), "\(setting.name)")
        }
    }

    // MARK: Stops

    /// Sends a signal when a checkpoint is there, and says what the process ended with.
    private func interrupted(_ collection: TrainingCollection, _ signal: String, _ arguments: [String]) throws
        -> Program.Result
    {
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        return try Program.shell(
            """
            "$NEEDLETAIL" \(words) & pid=$!
            until [ -e '\(collection.output)/checkpoint-20' ] || ! kill -0 $pid 2>/dev/null; do sleep 0.02; done
            kill -\(signal) $pid 2>/dev/null
            wait $pid
            """)
    }

    @Test func aTerminationSavesAndTheRunGoesOnToTheSameBytes() throws {
        let collection = try TrainingCollection()
        let arguments = collection.arguments(steps: 3000, saveEvery: 20)
        let stopped = try interrupted(collection, "TERM", arguments)
        #expect(stopped.status == 0, "\(stopped.errors)")
        #expect(stopped.errors.contains("needletail: stopping:"))
        #expect(
            stopped.errors.contains(
                /stopped after step \d+ of 3000; the checkpoint is .*\/checkpoint-\d+\. The same command with --resume/)
        )
        #expect(!collection.exists("run/model"))

        let again = try Program.run(arguments)
        #expect(
            again.status != 0 && again.errors.contains("--resume") || again.errors.contains("resume"), "\(again.errors)"
        )
        let resumed = try Program.run(arguments + ["--resume"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        let whole = collection.path + "/whole"
        let straight = try Program.run(collection.arguments(steps: 3000, saveEvery: 1500, output: whole))
        #expect(straight.status == 0, "\(straight.errors)")
        #expect(try collection.weights() == collection.weights(whole))
    }

    @Test func aKilledRunGoesOnToTheSameBytes() throws {
        let collection = try TrainingCollection()
        let arguments = collection.arguments(steps: 1500, saveEvery: 20)
        let killed = try interrupted(collection, "KILL", arguments)
        #expect(killed.status == 137, "\(killed.errors)")
        // The same on two threads.
        let resumed = try Program.run(arguments + ["--resume", "--threads", "2"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("goes on after step "))
        let whole = collection.path + "/whole"
        let straight = try Program.run(collection.arguments(steps: 1500, saveEvery: 1500, output: whole))
        #expect(straight.status == 0, "\(straight.errors)")
        #expect(try collection.weights() == collection.weights(whole))
    }

    @Test func aFullDiskKeepsTheLastCheckpoint() throws {
        let collection = try TrainingCollection()
        let arguments = collection.arguments(steps: 8, saveEvery: 2) + ["--keep-checkpoints", "9"]
        #expect(try Program.run(arguments).status == 0)
        let weights = try collection.weights()
        try FileManager.default.removeItem(atPath: collection.output + "/checkpoint-6")
        try FileManager.default.removeItem(atPath: collection.output + "/checkpoint-8")
        let words = (arguments + ["--resume"]).map { "'\($0)'" }.joined(separator: " ")
        let full = try Program.shell("trap '' XFSZ; ulimit -f 200; \"$NEEDLETAIL\" \(words)")
        #expect(full.status == 74, "\(full.errors)")
        #expect(full.errors.contains("checkpoint-6"), "\(full.errors)")
        #expect(!collection.exists("run/checkpoint-6") && collection.exists("run/checkpoint-4"))
        #expect(try Program.run(arguments + ["--resume"]).status == 0)
        #expect(try collection.weights() == weights)
    }

    // MARK: What cannot be

    @Test func aLineOfDataThatCannotBeUsedIsNamed() throws {
        let collection = try TrainingCollection()
        try collection.write(
            "{\"query\":\"a\",\"positive\":\"b\"}\n{\"query\":\"a\"}\n", to: "pairs.jsonl")
        let result = try Program.run(
            collection.arguments(steps: 1, saveEvery: 1) + ["--train", collection.path + "/pairs.jsonl"])
        #expect(result.status == 65)
        #expect(result.errors.contains("pairs.jsonl, line 2: "), "\(result.errors)")
        #expect(!collection.exists("run"))
    }

    @Test func aLineOfTheConfigurationThatCannotBeUsedIsNamed() throws {
        let collection = try TrainingCollection()
        for (text, fault) in [
            (
                "model: m\nlearning_rat: 3\n",
                "line 2: there is no setting 'learning_rat'. Did you mean 'learning_rate'?"
            ),
            ("batch_size: 0\n", "line 1, 'batch_size': the value 0 is not a whole number from 1"),
            ("a: [\n", "line "),
        ] {
            try collection.write(text, to: "train.yaml")
            let result = try Program.run(["train", "sparse", "--config", collection.path + "/train.yaml"])
            #expect(result.status == 78, "\(result.errors)")
            #expect(result.errors.contains("train.yaml, ") && result.errors.contains(fault), "\(result.errors)")
        }
    }

    @Test(arguments: [
        (["--batch-size", "none"], "'batch_size': the value"), (["--loss", "nonsense"], "Take one of: "),
        ([], "'train': it is not set"), (["--best-metric", "speed"], "'best_metric'"),
    ]) func wrongFlagsAreUsageErrors(flags: [String], message: String) throws {
        let collection = try TrainingCollection()
        let data = flags.isEmpty ? [] : ["--train", collection.path]
        let result = try Program.run(
            ["train", "dense", "--model", Fixture.path("encoders/models/bert-dense"), "--output", collection.output]
                + data + flags)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test func otherDataAreRefusedOnResumption() throws {
        let collection = try TrainingCollection()
        #expect(try Program.run(collection.arguments(steps: 2, saveEvery: 1)).status == 0)
        try collection.write(
            "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t1\nq3\td4\t1\nq4\td3\t1\n", to: "qrels/train.tsv")
        let result = try Program.run(collection.arguments(steps: 2, saveEvery: 1) + ["--resume"])
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.contains("data"), "\(result.errors)")
    }

    @Test func whatIsNotThereIsMissing() throws {
        let collection = try TrainingCollection()
        for arguments in [
            ["train", "dense", "--config", "/nonexistent/train.yaml"], ["train", "report", "/nonexistent"],
            collection.arguments(steps: 1, saveEvery: 1) + ["--train", "/nonexistent/pairs.jsonl"],
            collection.arguments(steps: 1, saveEvery: 1) + ["--model", "./nonexistent"],
        ] {
            let result = try Program.run(arguments)
            #expect(result.status == 66, "\(arguments.suffix(2)): \(result.errors)")
        }
    }
}
