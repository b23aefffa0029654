import JSON
import Synchronization
import Testing
import Workflows

/// Executions that failed or were given up, and go on where that was.
struct RedriveTests {
    /// Fails under a name until it is allowed to succeed.
    private final class Switch: Sendable {
        let calls = Calls()
        let broken = Mutex<Set<String>>([])

        func handler(_ name: String) -> Work {
            Work { input, context in
                let key = "\(name)\(input["item"].map { " \($0)" } ?? "")"
                self.calls.add(key)
                if self.broken.withLock({ $0.contains(key) }) {
                    throw TaskFault(error: "Broken", cause: "\(key) \(context.attempt)")
                }
                return .string(key)
            }
        }
    }

    private static let document = """
        {"StartAt": "First", "States": {
          "First": {"Type": "Task", "Resource": "${First}", "ResultPath": "$.first", "Next": "Each"},
          "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": {"item.$": "$$.Map.Item.Value"}, "MaxConcurrency": 1,
            "ResultPath": "$.each", "Next": "Last", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Report"}],
            "ItemProcessor": {"StartAt": "One", "States": {
              "One": {"Type": "Task", "Resource": "${One}", "End": true}}}},
          "Last": {"Type": "Task", "Resource": "${Last}", "ResultPath": "$.last",
            "Retry": [{"ErrorEquals": ["Broken"], "MaxAttempts": 1}], "End": true},
          "Report": {"Type": "Task", "Resource": "${Report}", "ResultPath": null, "Next": "Failed"},
          "Failed": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"}}}
        """

    private func execution(_ folder: String, _ work: Switch) throws -> Execution {
        try Execution(
            machine: StateMachine(definition: Self.document), folder: folder,
            handlers: [
                "First": work.handler("First"), "One": work.handler("One"), "Last": work.handler("Last"),
                "Report": Work { _, _ in
                    work.calls.add("Report")
                    return .null
                },
            ], clock: FakeClock())
    }

    private let input: JSONValue = ["items": ["a", "b", "c"]]

    @Test("A task that failed is tried again with its retries, and what was done stays done")
    func task() async throws {
        try await withFolder { folder in
            let work = Switch()
            work.broken.withLock { $0 = ["Last"] }
            let failure = ExecutionOutcome.failed(error: "Broken", cause: "Last 1")
            #expect(try await execution(folder, work).run(input: input) == failure)
            // Without being asked to go on, it stays as it is.
            #expect(try await execution(folder, work).run(input: input) == failure)
            #expect(work.calls["Last"] == 2)
            #expect(try await execution(folder, work).run(input: input, redriving: true) == failure)
            #expect(work.calls["Last"] == 4)
            work.broken.withLock { $0 = [] }
            let outcome = try await execution(folder, work).run(input: input, redriving: true)
            guard case .succeeded(let output) = outcome else { throw Unexpected(outcome: outcome) }
            #expect(output["last"] == "Last")
            #expect(work.calls.all == ["First": 1, "One \"a\"": 1, "One \"b\"": 1, "One \"c\"": 1, "Last": 5])
            let history = try ExecutionHistory(folder: folder)
            #expect(history.status == .succeeded)
            #expect(history.events.filter { $0.kind == .executionRedriven }.count == 2)
        }
    }

    @Test(
        "Behind a caught error and a Fail state, the state whose error was caught is run again; finished iterations are not"
    )
    func caught() async throws {
        try await withFolder { folder in
            let work = Switch()
            work.broken.withLock { $0 = ["One \"b\""] }
            #expect(
                try await execution(folder, work).run(input: input)
                    == .failed(error: "Broken", cause: "One \"b\" 0"))
            #expect(work.calls["Report"] == 1)
            work.broken.withLock { $0 = [] }
            let outcome = try await execution(folder, work).run(input: input, redriving: true)
            guard case .succeeded(let output) = outcome else { throw Unexpected(outcome: outcome) }
            #expect(output["each"]?.serialized() == #"["One \"a\"","One \"b\"","One \"c\""]"#)
            #expect(
                work.calls.all == ["First": 1, "One \"a\"": 1, "One \"b\"": 2, "One \"c\"": 1, "Last": 1, "Report": 1])
        }
    }

    @Test("All iterations and branches that failed are done again", arguments: [true, false])
    func severalFailures(isMap: Bool) async throws {
        try await withFolder { folder in
            let task = #"{"Type": "Task", "Resource": "${One}", "End": true}"#
            let inner =
                isMap
                ? #""Type": "Map", "ItemProcessor": {"StartAt": "T", "States": {"T": \#(task)}}"#
                : #""Type": "Parallel", "Branches": [{"StartAt": "T", "States": {"T": \#(task)}}, {"StartAt": "U", "States": {"U": \#(task)}}]"#
            let machine = try StateMachine(definition: #"{"StartAt": "S", "States": {"S": {\#(inner), "End": true}}}"#)
            let calls = Calls()
            let isBroken = Mutex(true)
            let work = Work { item, _ in
                calls.add("begun")
                while calls["begun"] < 2 { await Task.yield() }
                if isBroken.withLock({ $0 }) { throw TaskFault(error: "Broken", cause: "") }
                return item
            }
            let input: JSONValue = [1, 2]
            let first = try await Execution(machine: machine, folder: folder, handlers: ["One": work]).run(input: input)
            #expect(first == .failed(error: "Broken", cause: ""))
            isBroken.withLock { $0 = false }
            let again = try await Execution(machine: machine, folder: folder, handlers: ["One": work])
                .run(input: input, redriving: true)
            #expect(again == .succeeded(output: isMap ? [1, 2] : [[1, 2], [1, 2]]))
        }
    }

    @Test("An execution that was given up says so, and goes on when it is redriven")
    func aborting() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: #"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "End": true}}}"#)
            let box = Mutex<Execution?>(nil)
            let first = try Execution(
                machine: machine, folder: folder,
                handlers: [
                    "Work": Work { _, _ in
                        box.withLock { $0 }?.abort(cause: "changed my mind")
                        throw CancellationError()
                    }
                ])
            box.withLock { $0 = first }
            #expect(try await first.run(input: [:]) == .aborted(cause: "changed my mind"))
            #expect(try ExecutionHistory(folder: folder).status == .aborted)
            let again = try Execution(machine: machine, folder: folder, handlers: ["Work": Work { _, _ in 1 }])
            #expect(try await again.run(input: [:]) == .aborted(cause: "changed my mind"))
            #expect(try await again.run(input: [:], redriving: true) == .succeeded(output: 1))
        }
    }

    @Test("The stays in states tell what was tried, where and for how long")
    func visits() async throws {
        try await withFolder { folder in
            let work = Switch()
            work.broken.withLock { $0 = ["Last"] }
            _ = try await execution(folder, work).run(input: input)
            let history = try ExecutionHistory(folder: folder)
            #expect(history.status == .failed)
            #expect(history.outcome == .failed(error: "Broken", cause: "Last 1"))
            #expect(history.input == input)
            let visits = history.visits
            #expect(visits.map(\.name) == ["First", "Each", "One", "One", "One", "Last"])
            #expect(visits.map(\.parent) == [nil, nil, 1, 1, 1, nil])
            #expect(visits.map(\.attempts) == [1, 1, 1, 1, 1, 2])
            #expect(visits.map { $0.ended != nil } == [true, true, true, true, true, false])
            #expect(visits[1].iterations == 3)
            #expect(visits[5].fault == TaskFault(error: "Broken", cause: "Last 1"))
        }
    }
}
