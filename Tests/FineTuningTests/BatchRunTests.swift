import Foundation
import JSON
import TestSupport
import Testing
import Workflows

/// Runs whose queries a batch writes elsewhere: the test is the other side.
@Suite("Runs with a batch of a language model")
struct BatchRunTests {
    /// The questions of a run, as the service finds them: id and what it is asked.
    private func questions(_ folder: TemporaryFolder) throws -> [(id: String, text: String)] {
        try PipelineFixture.lines(folder.path + "/run/bedrock-input/batch_input.jsonl").map { line in
            let messages = line["modelInput"]?["messages"] ?? line["body"]?["messages"]
            let last = messages?.array?.last?["content"]
            return (
                line["recordId"]?.string ?? line["custom_id"]?.string ?? "",
                last?.string ?? last?[0]?["text"]?.string ?? ""
            )
        }
    }

    /// A line of the answers.
    private func line(_ source: String, _ question: (id: String, text: String), failing: Bool) -> String {
        let answer = PipelineInProcess.answer(to: question.text)
        let value: JSONValue
        switch (source, failing) {
        case ("bedrock-batch", false):
            value = [
                "modelInput": [:],
                "modelOutput": [
                    "content": [["type": "text", "text": .string(answer.text)]], "stop_reason": "end_turn",
                ], "recordId": .string(question.id),
            ]
        case ("bedrock-batch", true):
            value = [
                "modelInput": [:], "recordId": .string(question.id),
                "error": ["errorCode": 400, "errorMessage": "bad request"],
            ]
        case (_, false):
            value = [
                "id": "r", "custom_id": .string(question.id), "error": nil,
                "response": [
                    "status_code": 200,
                    "body": [
                        "choices": [
                            [
                                "message": ["role": "assistant", "content": .string(answer.text)],
                                "finish_reason": "stop",
                            ]
                        ]
                    ],
                ],
            ]
        case (_, true):
            value = [
                "id": "r", "custom_id": .string(question.id), "error": nil,
                "response": ["status_code": 400, "body": ["error": ["message": "bad request", "code": nil]]],
            ]
        }
        return value.serialized()
    }

    /// Waits until a state of the run is entered.
    private func wait(_ folder: TemporaryFolder, for state: String) async throws {
        while true {
            if let history = try? ExecutionHistory(folder: folder.path + "/run") {
                if history.visits.contains(where: { $0.name == state }) { return }
                if let outcome = history.outcome { throw EarlyEnd(outcome: outcome) }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private struct EarlyEnd: Error { let outcome: ExecutionOutcome }

    private func prepare(_ folder: TemporaryFolder, _ source: String) throws {
        try folder.write(PipelineFixture.corpus(60), to: "corpus.jsonl")
        let model = source == "bedrock-batch" ? "anthropic.claude-3-haiku" : "gpt-x"
        let queries =
            "queries: {source: \(source), model: \(model), poll_seconds: 1, max_tokens: 99, temperature: null, body: {top_k: 5}}"
        try folder.write(PipelineFixture.parameters(folder, queries + "\nmining: {depth: 8}"), to: "p.yaml")
    }

    @Test(
        "A batch is prepared, waited for, and joined by its records' ids", arguments: ["bedrock-batch", "openai-batch"])
    func batch(source: String) async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder, source)
            async let ended = PipelineInProcess.outcome(folder)
            try await wait(folder, for: "CheckBedrockBatchJob")
            #expect(FileManager.default.fileExists(atPath: folder.path + "/run/bedrock-input/run-batch.sh"))
            let questions = try questions(folder)
            #expect(questions.count == 60)
            let first = try PipelineFixture.lines(folder.path + "/run/bedrock-input/batch_input.jsonl")[0]
            let body = try #require(first["modelInput"] ?? first["body"])
            #expect(body["max_tokens"] == 99 && body["top_k"] == 5 && body["temperature"] == nil)
            // Out of order, in two files, three failed, and an answer to a question that nobody asked.
            let lines = questions.enumerated().map { line(source, $1, failing: $0 % 20 == 7) }.reversed() as [String]
            let unknown = line(source, ("ZZZZZZZZZZZ", questions[0].text), failing: false)
            try folder.write(
                (lines[30...] + [unknown]).joined(separator: "\n") + "\n", to: "run/bedrock-output/job/b.jsonl.out")
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(try PipelineInProcess.states(folder).last == "CheckBedrockBatchJob", "a part is not enough")
            try folder.write(lines[..<30].joined(separator: "\n") + "\n", to: "run/bedrock-output/job/a.jsonl.out")
            let outcome = try await ended
            guard case .succeeded(let output) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(output["evaluation"]?["gate"]?["deploys"] == true)
            let answers = try PipelineInProcess.value(folder, "training-data/generation.json")["answers"]
            #expect(answers?["asked"] == 60 && answers?["readable"] == 57 && answers?["unknown"] == 1)
            #expect(answers?["failed"] == ["400": 3] && answers?["missing"] == 0)
            let joined = try PipelineInProcess.misjoined(folder)
            #expect(joined.count > 50 && joined.wrong == [])
        }
    }

    @Test func aBatchThatFailedIsRepeated() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder, "bedrock-batch")
            async let ended = PipelineInProcess.outcome(folder)
            try await wait(folder, for: "CheckBedrockBatchJob")
            try folder.write("no capacity\n", to: "run/bedrock-output/failed")
            #expect(try await ended == .failed(error: "FineTuning.Batch", cause: "no capacity"))
            // As the script does it that is run again.
            try FileManager.default.removeItem(atPath: folder.path + "/run/bedrock-output/failed")
            let lines = try questions(folder).map { line("bedrock-batch", $0, failing: false) }
            try folder.write(lines.joined(separator: "\n"), to: "run/bedrock-output/job/a.jsonl.out")
            let outcome = try await PipelineInProcess.outcome(folder, redriving: true)
            guard case .succeeded = outcome else { return #expect(Bool(false), "\(outcome)") }
        }
    }
}
