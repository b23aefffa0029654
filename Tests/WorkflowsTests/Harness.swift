import JSON
import Synchronization
import Workflows

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A clock that is where it was told to be; whoever sleeps moves it.
final class FakeClock: WorkflowClock {
    private let state: Mutex<(now: Int64, sleeps: [Double])>

    init(at text: String = "2026-03-01T12:00:00Z") {
        state = Mutex((Timestamp(text)?.milliseconds ?? 0, []))
    }

    var now: Timestamp { state.withLock { Timestamp(milliseconds: $0.now) } }

    /// How long each sleep was, in seconds.
    var sleeps: [Double] { state.withLock { $0.sleeps } }

    func advance(seconds: Double) { state.withLock { $0.now += Int64(seconds * 1000) } }

    func sleep(until moment: Timestamp) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(Double(moment.milliseconds - state.now) / 1000)
            state.now = max(state.now, moment.milliseconds)
        }
    }
}

/// A handler made of a closure.
struct Work: TaskHandler {
    let body: @Sendable (JSONValue, TaskContext) async throws -> JSONValue

    init(_ body: @escaping @Sendable (JSONValue, TaskContext) async throws -> JSONValue) { self.body = body }

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue { try await body(input, context) }
}

/// Counts calls.
final class Calls: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Counts one and gives the new count.
    @discardableResult
    func add(_ name: String) -> Int {
        counts.withLock { counts in
            counts[name, default: 0] += 1
            return counts[name] ?? 0
        }
    }

    subscript(name: String) -> Int { counts.withLock { $0[name] ?? 0 } }

    var all: [String: Int] { counts.withLock { $0 } }
}

/// A folder that exists for the time of a test, in memory where the machine has such.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let memory = FileManager.default.isWritableFile(atPath: "/dev/shm")
    let root = memory ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    let path = "\(root)/needletail-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Runs a document once in a folder of its own.
func run(
    _ document: String, _ input: JSONValue = [:], handlers: [String: any TaskHandler] = [:],
    clock: any WorkflowClock = FakeClock()
) async throws -> ExecutionOutcome {
    try await withFolder { folder in
        let machine = try StateMachine(definition: document)
        return try await Execution(machine: machine, folder: folder + "/run-1", handlers: handlers, clock: clock)
            .run(input: input)
    }
}

/// The output of a single state, whose fields are given.
func output(ofState fields: String, _ input: JSONValue, handlers: [String: any TaskHandler] = [:]) async throws
    -> JSONValue
{
    let outcome = try await run(
        #"{"StartAt": "Only", "States": {"Only": {\#(fields), "End": true}}}"#, input, handlers: handlers)
    guard case .succeeded(let output) = outcome else { throw Unexpected(outcome: outcome) }
    return output
}

/// An outcome that a test did not ask for.
struct Unexpected: Error, CustomStringConvertible {
    let outcome: ExecutionOutcome
    var description: String { "\(outcome)" }
}

/// JSON of a text.
func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }
