import FineTuning
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing
import Workflows

/// What may have changed while a run stood still.
@Suite("Runs that go on later")
struct ResumeTests {
    /// Begins a run and stops it in a state.
    private func begin(_ folder: TemporaryFolder, stopIn state: String) async throws {
        try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
        let path = folder.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            let entered = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                _ = try await PipelineInProcess.outcome(
                    folder,
                    onEvent: { update in
                        if case .recorded(let event) = update, event.kind == .taskStateEntered, event.name == state {
                            entered.continuation.finish()
                        }
                    })
            }
            for await _ in entered.stream {}
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {}
        }
        #expect(try ExecutionHistory(folder: path + "/run").status == .stopped)
    }

    @Test func aRunOfAProgramThatKnewFewerParametersGoesOn() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write(PipelineFixture.parameters(folder), to: "p.yaml")
            try await begin(folder, stopIn: "StartTraining")
            // As it would have been written without this parameter.
            for file in ["input.json", "history.jsonl"] {
                let path = folder.path + "/run/" + file
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let older = text.replacing(/"rank_constant": ?60,?\s*/, with: "").replacing(/,(\s*)\}/) { "\($0.1)}" }
                #expect(older != text)
                try older.write(toFile: path, atomically: true, encoding: .utf8)
            }
            let outcome = try await PipelineInProcess.outcome(folder)
            guard case .succeeded = outcome else { return #expect(Bool(false), "\(outcome)") }
        }
    }

    @Test func aBaseModelThatWasReplacedMeanwhileEndsTheRun() async throws {
        try await TemporaryFolder.with { folder in
            let base = folder.path + "/base"
            try FileManager.default.copyItem(atPath: Fixture.path("encoders/models/bert-dense"), toPath: base)
            try folder.write(
                PipelineFixture.parameters(folder).replacing(
                    Fixture.path("encoders/models/bert-dense"), with: base), to: "p.yaml")
            try await begin(folder, stopIn: "StartTraining")
            // One number of the weights.
            let path = base + "/model.safetensors"
            var weights = [UInt8](try Data(contentsOf: URL(filePath: path)))
            weights[weights.count - 8] ^= 1
            try folder.write(weights, to: "base/model.safetensors")
            let replaced = try await PipelineInProcess.outcome(folder)
            guard case .failed("FineTuning.Model", let cause) = replaced else {
                return #expect(Bool(false), "\(replaced)")
            }
            #expect(cause.contains("'base_model_id'") && cause.contains("not the model any more"))
            weights[weights.count - 8] ^= 1
            try folder.write(weights, to: "base/model.safetensors")
            let outcome = try await PipelineInProcess.outcome(folder, redriving: true)
            guard case .succeeded = outcome else { return #expect(Bool(false), "\(outcome)") }
        }
    }
}
