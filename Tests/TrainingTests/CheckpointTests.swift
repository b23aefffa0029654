import Foundation
import JSON
import TestSupport
import Testing
import TrainableEncoders
import Training

@Suite struct CheckpointTests {
    private func stopped(_ folder: TemporaryFolder) throws -> TrainingConfiguration {
        try folder.write(TrainingFixture.pairs(16), to: "data.jsonl")
        var configuration = TrainingFixture.configuration(folder)
        configuration.saveEvery = 2
        configuration.maximumSteps = 10
        try TrainingFixture.run(configuration, stoppingBehind: 4)
        return configuration
    }

    @Test func theLastOnesAreKeptAndNothingElse() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: configuration.output).sorted()
            #expect(names == ["checkpoint-2", "checkpoint-4", "log.jsonl"])
            let state = try JSONValue(
                parsing: [UInt8](
                    Data(contentsOf: URL(filePath: configuration.output + "/checkpoint-4/trainer_state.json"))))
            #expect(state["global_step"]?.int == 4)
            #expect(state["max_steps"]?.int == 10)
            #expect(state["epoch"]?.double == 1)
            #expect(state["log_history"]?.array?.count == 4)
            #expect(state["train_batch_size"]?.int == 4)
        }
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            let file = OpenedFile(configuration.output + "/checkpoint-4/optimizer.safetensors")
            file.write(0x55, at: file.size - 3)
            let fault = TrainingFixture.fault {
                try TrainingFixture.run(configuration, .checkpoint(configuration.output + "/checkpoint-4"))
            }
            #expect(fault?.code == .checkpoint)
            #expect(fault?.path?.hasSuffix("optimizer.safetensors") == true)
            let resumed = try TrainingFixture.run(configuration, .last, stoppingBehind: 5)
            guard case .began(let overview) = resumed.events.first else {
                Issue.record("no beginning")
                return
            }
            #expect(overview.firstStep == 2)
            #expect(
                resumed.events.contains {
                    if case .warning(let text) = $0 { text.contains("damaged") } else { false }
                })
        }
    }

    @Test func cutFilesAreDamageAndNeverACrash() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            for step in [2, 4] {
                for name in ["trainer_state.json", "model.safetensors", "optimizer.safetensors"] {
                    let path = configuration.output + "/checkpoint-\(step)/" + name
                    let bytes = try Data(contentsOf: URL(filePath: path))
                    for size in [0, 7, bytes.count / 2, bytes.count - 1] {
                        OpenedFile(path).cut(to: size)
                        let fault = TrainingFixture.fault {
                            try TrainingFixture.run(
                                configuration, .checkpoint(configuration.output + "/checkpoint-\(step)"))
                        }
                        #expect(fault?.code == .checkpoint)
                        try bytes.write(to: URL(filePath: path))
                    }
                }
            }
        }
    }

    @Test func otherDataAndSettingsAreRefusedByName() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            var other = configuration
            other.learningRate = 2e-3
            other.seed = 7
            other.threads = 2
            let settings = TrainingFixture.fault { try TrainingFixture.run(other, .last) }
            #expect(settings?.code == .checkpoint)
            #expect(settings?.reason.contains("learning_rate was 0.001 and is 0.002; seed was 42 and is 7") == true)
            #expect(settings?.reason.contains("threads") == false)
            try folder.write(TrainingFixture.pairs(16, seed: 2), to: "data.jsonl")
            let data = TrainingFixture.fault { try TrainingFixture.run(configuration, .last) }
            #expect(data?.code == .checkpoint)
            #expect(data?.reason.contains("other data") == true)
            #expect(TrainingFixture.fault { try TrainingFixture.run(configuration) }?.code == .checkpoint)
        }
    }

    @Test func whatAKilledRunLeftIsRemovedAndItsLogIsGoneOnWith() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            try folder.write("half", to: "run/checkpoint-6.123.4abc.part/model.safetensors")
            try folder.write("half", to: "run/model.123.4abc.part/model.safetensors")
            try folder.write("{}", to: "run/model.124.4abc.old/config.json")
            try folder.write("mine", to: "run/notes.old/text")
            let log = configuration.output + "/log.jsonl"
            let handle = try FileHandle(forWritingTo: URL(filePath: log))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("{\"event\": \"st".utf8))
            try handle.close()
            let resumed = try TrainingFixture.run(configuration, .last)
            #expect(resumed.result.steps == 10)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: configuration.output).sorted()
                    == ["checkpoint-10", "checkpoint-8", "log.jsonl", "model", "notes.old"])
            let read = try RunLog(lines: [UInt8](Data(contentsOf: URL(filePath: log))), path: log)
            #expect(read.steps.map(\.step) == Array(0..<10))
            #expect(read.resumptions == 1)
            #expect(read.result?.ending == .complete)
        }
    }

    @Test func anEarlierCheckpointIsGoneOnWithAndLaterOnesAreMadeAnew() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            let resumed = try TrainingFixture.run(
                configuration, .checkpoint(configuration.output + "/checkpoint-2"), stoppingBehind: 3)
            #expect(resumed.result.checkpoint == configuration.output + "/checkpoint-3")
            #expect(CheckpointFolder(configuration.output).steps() == [2, 3])
            var other = configuration
            other.output = folder.path + "/other"
            let fault = TrainingFixture.fault {
                try TrainingFixture.run(other, .checkpoint(configuration.output + "/checkpoint-3"))
            }
            #expect(fault?.reason.contains("not one of the output folder") == true)
        }
    }

    @Test func aCheckpointThatWasMovedAsideIsPutBack() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            let path = configuration.output + "/checkpoint-4"
            try FileManager.default.moveItem(atPath: path, toPath: configuration.output + "/checkpoint-4.123.4abc.old")
            try FileManager.default.copyItem(
                atPath: configuration.output + "/checkpoint-2",
                toPath: configuration.output + "/checkpoint-2.123.4abc.old")
            try CheckpointFolder(configuration.output).sweep()
            #expect(CheckpointFolder(configuration.output).steps() == [2, 4])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: configuration.output).sorted()
                    == ["checkpoint-2", "checkpoint-4", "log.jsonl"])
        }
    }

    @Test func aModelThatCannotBeWrittenIsFoundBeforeTheFirstStep() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(16), to: "data.jsonl")
            let configuration = TrainingFixture.configuration(folder)
            for (name, reason) in [("run/model", "this is a file"), ("run/model/text", "the folder holds no model")] {
                try folder.write("mine", to: name)
                let fault = TrainingFixture.fault { _ = try Trainer(configuration) }
                #expect(fault?.code == .cannotWrite)
                #expect(fault?.reason.contains(reason) == true)
                #expect(fault?.path == configuration.output + "/model")
                try FileManager.default.removeItem(atPath: configuration.output)
            }
        }
    }

    @Test func aStopDuringTheEvaluationIsMadeGoodOnResumption() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(16), to: "data.jsonl")
            try TrainingFixture.writeCollection(folder)
            func configuration(_ output: String) -> TrainingConfiguration {
                var configuration = TrainingFixture.configuration(folder, output: output)
                configuration.evaluationData = folder.path + "/beir"
                configuration.evaluateEvery = 3
                return configuration
            }
            let whole = try TrainingFixture.run(configuration("whole"))
            let stop = StopSignal()
            var steps = 0
            let result = try Trainer(configuration("parts"), stop: stop).run { event in
                if case .step = event { steps += 1 }
                if case .evaluating = event, steps == 3 { stop.request() }
            }
            #expect(result.ending == .stopped)
            #expect(result.best == nil)
            let resumed = try TrainingFixture.run(configuration("parts"), .last)
            #expect(resumed.weights == whole.weights)
            #expect(resumed.result.best?.metrics == whole.result.best?.metrics)
            #expect(resumed.result.best?.step == whole.result.best?.step)
        }
    }

    @Test func twoRunsCannotWriteToOneFolder() throws {
        try TemporaryFolder.with { folder in
            let configuration = try stopped(folder)
            var inner: TrainingError?
            _ = try Trainer(configuration).run(.last) { event in
                guard case .step(let record) = event, record.step == 5 else { return }
                inner = TrainingFixture.fault { try TrainingFixture.run(configuration, .last) }
            }
            #expect(inner?.reason == "another run writes here")
        }
    }

    // MARK: As a process

    private func write(_ folder: TemporaryFolder) throws -> String {
        try folder.write(TrainingFixture.pairs(16), to: "data.jsonl")
        try folder.write(
            """
            model: \(TrainingFixture.model("bert-dense"))
            train: \(folder.path)/data.jsonl
            output: \(folder.path)/run
            batch_size: 4
            max_steps: 12
            warmup_steps: 1
            learning_rate: 1e-3
            threads: 2
            save_every: 3
            """, to: "train.yaml")
        return folder.path + "/train.yaml"
    }

    @Test func aKilledRunGoesOnAtItsLastCheckpointWithTheSameBits() throws {
        try TemporaryFolder.with { folder in
            let file = try write(folder)
            let killed = try StoreDriver([file, "fresh"], program: "TrainingDriver")
            while let line = killed.readLine(), line != "step 7" {}
            killed.kill()
            let resumed = try StoreDriver([file, "last"], program: "TrainingDriver")
            let first = resumed.readLine()
            #expect(first == "step 6" || first == "step 9")
            var last = ""
            while let line = resumed.readLine() { last = line }
            #expect(last.hasPrefix("ended"))
            var configuration = try TrainingConfiguration(
                yaml: [UInt8](Data(contentsOf: URL(filePath: file))), path: file, task: .dense)
            configuration.output = folder.path + "/whole"
            configuration.threads = 1
            let whole = try TrainingFixture.run(configuration)
            #expect(try TrainingFixture.weights(folder.path + "/run/checkpoint-12") == whole.weights)
        }
    }

    @Test func aFullDiskKeepsTheLastCheckpointAndLeavesNoRemains() throws {
        try TemporaryFolder.with { folder in
            let file = try write(folder)
            let first = try StoreDriver([file, "fresh"], program: "TrainingDriver")
            while let line = first.readLine(), !line.hasPrefix("saved") {}
            first.kill()
            let steps = { try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run").sorted() }
            let before = try steps()
            #expect(before.contains("checkpoint-3"))
            let model = OpenedFile(folder.path + "/run/checkpoint-3/model.safetensors")
            // The weights have room, their moments have not.
            let full = try StoreDriver([file, "last", String(model.size + 4096)], program: "TrainingDriver")
            var last = ""
            while let line = full.readLine() { last = line }
            #expect(last.hasPrefix("error cannotWrite"))
            #expect(last.contains("is kept"))
            #expect(last.contains("Free space on the disk"))
            #expect(try steps().filter { $0.hasSuffix(".part") }.isEmpty)
            let resumed = try StoreDriver([file, "last"], program: "TrainingDriver")
            while let line = resumed.readLine() { last = line }
            #expect(last.hasPrefix("ended"))
        }
    }
}
