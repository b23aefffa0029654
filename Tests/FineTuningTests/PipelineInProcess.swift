import Connectors
import FineTuning
import Foundation
import JSON
import Synchronization
import TestSupport
import Workflows

/// Runs of the pipeline in the process of the test, which plays what is far away.
enum PipelineInProcess {
    /// Begins the run `run` of a folder with the parameters of `p.yaml`, or goes on with it.
    static func outcome(
        _ folder: TemporaryFolder, _ services: FineTuningServices = FineTuningServices(modelPath: { $0 }),
        redriving: Bool = false, clock: any WorkflowClock = SystemClock(),
        onEvent: @escaping @Sendable (ExecutionUpdate) -> Void = { _ in }
    ) async throws -> ExecutionOutcome {
        let path = folder.path + "/run"
        let run: FineTuningRun
        if FileManager.default.fileExists(atPath: path + "/input.json") {
            run = try FineTuningRun(path: path)
        } else {
            let text = [UInt8](try Data(contentsOf: URL(filePath: folder.path + "/p.yaml")))
            run = try FineTuningRun.make(try FineTuningParameters(yaml: text, path: "p.yaml"), in: path)
        }
        return try await run.execution(services, clock: clock, onEvent: onEvent)
            .run(input: run.input, redriving: redriving)
    }

    /// A document of the run.
    static func value(_ folder: TemporaryFolder, _ name: String) throws -> JSONValue {
        try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: folder.path + "/run/" + name))))
    }

    /// The names of the states that were entered, in order.
    static func states(_ folder: TemporaryFolder) throws -> [String] {
        try ExecutionHistory(folder: folder.path + "/run").visits.map(\.name)
    }

    /// What a language model answers about a document, whose title has its number: `n7`.
    static func answer(to question: String) -> (number: Int, text: String) {
        let number = question.firstMatch(of: /\sn([0-9]+)/).flatMap { Int($0.1) } ?? -1
        let body = question.split(separator: "\n").last { $0.contains(". ") } ?? ""
        let words = body.split { !$0.isLetter }
        let some = words.count > 20 ? [words[1], words[10], words[19]] : []
        let text =
            "{\"queries\": [{\"type\": \"factoid\", \"query\": \"who has \(some.joined(separator: " and ")) number n\(number)\"}, "
            + "{\"type\": \"conceptual\", \"query\": \"why n\(number) is about \(some.last ?? "") at all\"}]}"
        return (number, text)
    }

    /// What is wrong with the queries of a run: those whose number is not that of their document.
    static func misjoined(_ folder: TemporaryFolder) throws -> (count: Int, wrong: [String]) {
        let queries = try PipelineFixture.lines(folder.path + "/run/training-data/queries.jsonl")
        let wrong = queries.compactMap { line -> String? in
            let query = line["query"]?.string ?? ""
            let number = line["doc_id"]?.string?.dropFirst() ?? ""
            return query.split(separator: " ").contains("n\(number)") ? nil : query
        }
        return (queries.count, wrong)
    }
}

/// A clock whose waits are over at once.
struct HurriedClock: WorkflowClock {
    var now: Timestamp { SystemClock().now }
    func sleep(until moment: Timestamp) async throws { try Task.checkCancellation() }
}

/// A language model that a test makes up: it sees each request and gives what the test says.
final class ScriptedModel: ConnectorTransport {
    typealias Reply = @Sendable (_ number: Int, _ body: JSONValue) async -> ConnectorAnswer

    private let reply: Reply
    private let received = Mutex<[ConnectorCall]>([])

    init(_ reply: @escaping Reply) { self.reply = reply }

    var calls: [ConnectorCall] { received.withLock(\.self) }

    func send(
        _ call: ConnectorCall, _ config: ConnectorClientConfig
    ) async throws(ConnectorTransportError) -> ConnectorAnswer {
        let number = received.withLock { calls in
            calls.append(call)
            return calls.count - 1
        }
        return await reply(number, (try? JSONValue(parsing: call.body)) ?? .null)
    }

    /// A chat completion.
    static func completion(_ text: String, reason: String = "stop") -> ConnectorAnswer {
        let message: JSONValue = ["role": "assistant", "content": .string(text)]
        let body: JSONValue = ["choices": [["index": 0, "message": message, "finish_reason": .string(reason)]]]
        return ConnectorAnswer(status: 200, body: body.serializedBytes())
    }

    /// A refusal.
    static func refusal(_ status: Int, _ message: String = "no", retryAfter: String? = nil) -> ConnectorAnswer {
        let body: JSONValue = ["error": ["message": .string(message), "type": "t", "code": nil]]
        return ConnectorAnswer(status: status, retryAfter: retryAfter, body: body.serializedBytes())
    }

    /// Services that reach it.
    func services(key: String? = nil) -> FineTuningServices {
        FineTuningServices(modelPath: { $0 }, transport: self, environment: { $0 == "LLM_KEY" ? key : nil })
    }
}
