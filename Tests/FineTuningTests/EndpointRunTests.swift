import Connectors
import FineTuning
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing
import Workflows

/// Runs whose queries a language model writes at once, and what it may do in between.
@Suite("Runs with a language model behind an endpoint")
struct EndpointRunTests {
    private static let key = "sk-very-secret-1"

    private func prepare(_ folder: TemporaryFolder, _ more: String = "") throws {
        try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
        let queries =
            "queries: {source: endpoint, endpoint: 'https://llm.example.org/v1', model: m, key_env: LLM_KEY, concurrency: 1, timeout_seconds: 1\(more)}"
        try folder.write(PipelineFixture.parameters(folder, queries + "\nmining: {depth: 8}"), to: "p.yaml")
    }

    /// What the model is asked about.
    private static func question(_ body: JSONValue) -> String {
        body["messages"]?.array?.last?["content"]?.string ?? ""
    }

    @Test func whatPassesIsAskedAgainAndTheRestIsCounted() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder, ", body: {max_tokens: null, max_completion_tokens: 64}")
            let model = ScriptedModel { number, body in
                let answer = PipelineInProcess.answer(to: Self.question(body))
                switch number {
                case 0: return ScriptedModel.refusal(429, "slow down", retryAfter: "0.01")
                case 1:
                    // Silence, until the attempt is given up.
                    try? await Task.sleep(for: .seconds(600))
                    return ScriptedModel.refusal(500)
                case 2: return ConnectorAnswer(status: 200, body: Array("<html>a proxy</html>".utf8))
                default: break
                }
                switch answer.number {
                case 3: return ScriptedModel.completion("I am sorry.")
                case 4: return ScriptedModel.refusal(422, "filtered")
                case 5: return ScriptedModel.completion(answer.text.prefix { $0 != "}" } + "}, {\"ty", reason: "length")
                case 6: return ScriptedModel.completion("", reason: "content_filter")
                default: return ScriptedModel.completion(answer.text)
                }
            }
            let outcome = try await PipelineInProcess.outcome(folder, model.services(key: Self.key))
            guard case .succeeded(let output) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(output["evaluation"]?["gate"]?["deploys"] == true)
            let body = try JSONValue(parsing: try #require(model.calls.first).body)
            #expect(body["max_completion_tokens"] == 64 && body["max_tokens"] == nil && body["model"] == "m")
            let answers = try PipelineInProcess.value(folder, "training-data/generation.json")["answers"]
            #expect(answers?["asked"] == 60 && answers?["readable"] == 57 && answers?["unreadable"] == 1)
            #expect(answers?["cut"] == 1)
            // A status is no answer that was paid for: it is not kept, and would be asked again.
            #expect(answers?["failed"] == ["content_filtered": 1] && answers?["missing"] == 1)
            let joined = try PipelineInProcess.misjoined(folder)
            #expect(joined.count > 50 && joined.wrong == [])
            // The key went to the service, and nowhere else.
            #expect(model.calls.allSatisfy { $0.headers.contains { $0.value == "Bearer \(Self.key)" } })
            #expect(try files(folder).allSatisfy { !$0.contains(Self.key) })
        }
    }

    /// The texts of all files of the run.
    private func files(_ folder: TemporaryFolder) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: folder.path + "/run")?.compactMap { $0 as? String } ?? []
        return names.compactMap { name in
            FileManager.default.contents(atPath: folder.path + "/run/" + name).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    @Test func anOutageIsWaitedForAndNothingIsAskedTwice() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder)
            let asked = Mutex<[Int: Int]>([:])
            let isDown = Mutex(false)
            let model = ScriptedModel { number, body in
                let answer = PipelineInProcess.answer(to: Self.question(body))
                if number == 30 { isDown.withLock { $0 = true } }
                // Six attempts at each of twenty questions: then the portion is given up, and tried again.
                if number == 30 + 6 * 20 { isDown.withLock { $0 = false } }
                if isDown.withLock(\.self) { return ScriptedModel.refusal(503, "down", retryAfter: "0") }
                asked.withLock { $0[answer.number, default: 0] += 1 }
                return ScriptedModel.completion(answer.text)
            }
            let outcome = try await PipelineInProcess.outcome(
                folder, model.services(key: Self.key), clock: HurriedClock())
            guard case .succeeded = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(asked.withLock { $0.count == 60 && $0.values.allSatisfy { $0 == 1 } })
            let history = try ExecutionHistory(folder: folder.path + "/run")
            #expect(history.events.contains { $0.error == "Endpoint.Busy" })
            let answers = try PipelineInProcess.value(folder, "training-data/generation.json")["answers"]
            #expect(answers?["readable"] == 60)
        }
    }

    @Test func aWrongKeyEndsTheRunWhichGoesOnWithARightOne() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder)
            let model = ScriptedModel { _, body in
                ScriptedModel.completion(PipelineInProcess.answer(to: Self.question(body)).text)
            }
            let missing = try await PipelineInProcess.outcome(folder, model.services())
            guard case .failed("FineTuning.Queries", let cause) = missing else { return #expect(Bool(false)) }
            #expect(cause.contains("'LLM_KEY' is not set") && model.calls.isEmpty)
            let strict = ScriptedModel { _, _ in ScriptedModel.refusal(401, "wrong key \(Self.key)") }
            let refused = try await PipelineInProcess.outcome(folder, strict.services(key: Self.key), redriving: true)
            guard case .failed("FineTuning.Queries", let words) = refused else { return #expect(Bool(false)) }
            #expect(words.contains("401") && !words.contains(Self.key) && strict.calls.count == 1)
            let outcome = try await PipelineInProcess.outcome(folder, model.services(key: Self.key), redriving: true)
            guard case .succeeded = outcome else { return #expect(Bool(false), "\(outcome)") }
        }
    }
}
