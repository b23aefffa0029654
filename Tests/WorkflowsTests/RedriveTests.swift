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

    @Test(
        "Where a Choice led to the Fail state, the last work is done again, and not what a Catch has dealt with before it"
    )
    func chosen() async throws {
        try await withFolder { folder in
            func task(_ name: String) -> String { "\"\(name)\": {\"Type\": \"Task\", \"Resource\": \"${\(name)}\"" }
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "A", "States": {
                      \(task("A")), "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Fallback"}], "Next": "B"},
                      \(task("Fallback")), "Next": "B"},
                      \(task("B")), "Next": "Chosen"},
                      "Chosen": {"Type": "Choice", "Default": "Failed", "Choices": [
                        {"Variable": "$.is", "StringEquals": "good", "Next": "Done"}]},
                      "Done": {"Type": "Succeed"}, "Failed": {"Type": "Fail", "Error": "Bad"}}}
                    """)
            let calls = Calls()
            let answer = Mutex("bad")
            let handlers: [String: Work] = [
                "A": Work { _, _ in
                    calls.add("A")
                    throw TaskFault(error: "Broken", cause: "")
                },
                "Fallback": Work { _, _ in
                    calls.add("Fallback")
                    return [:]
                },
                "B": Work { _, _ in
                    calls.add("B")
                    return ["is": .string(answer.withLock { $0 })]
                },
            ]
            func run(redriving: Bool = true) async throws -> ExecutionOutcome {
                try await Execution(machine: machine, folder: folder, handlers: handlers, clock: FakeClock())
                    .run(input: [:], redriving: redriving)
            }
            #expect(try await run(redriving: false) == .failed(error: "Bad", cause: ""))
            #expect(try await run() == .failed(error: "Bad", cause: ""))
            #expect(calls.all == ["A": 1, "Fallback": 1, "B": 2])
            answer.withLock { $0 = "good" }
            let last = try await run()
            guard case .succeeded = last else { throw Unexpected(outcome: last) }
            #expect(calls.all == ["A": 1, "Fallback": 1, "B": 3])
        }
    }

    @Test("A Map whose result led to a Fail state is done again as a whole")
    func chosenBehindMap() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "Each", "States": {
                      "Each": {"Type": "Map", "Next": "Chosen", "ItemProcessor": {"StartAt": "C", "States": {
                        "C": {"Type": "Task", "Resource": "${C}", "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "D"}]},
                        "D": {"Type": "Pass", "Result": 0, "End": true}}}},
                      "Chosen": {"Type": "Choice", "Default": "Failed", "Choices": [
                        {"Variable": "$[1]", "NumericGreaterThan": 0, "Next": "Done"}]},
                      "Done": {"Type": "Succeed"}, "Failed": {"Type": "Fail", "Error": "Bad"}}}
                    """)
            let calls = Calls()
            let isBroken = Mutex(true)
            let work = Work { item, _ in
                calls.add("C")
                if isBroken.withLock({ $0 }) { throw TaskFault(error: "Broken", cause: "") }
                return item
            }
            let first = try await Execution(machine: machine, folder: folder, handlers: ["C": work]).run(input: [1, 2])
            #expect(first == .failed(error: "Bad", cause: ""))
            isBroken.withLock { $0 = false }
            let again = try await Execution(machine: machine, folder: folder, handlers: ["C": work])
                .run(input: [1, 2], redriving: true)
            #expect(again == .succeeded(output: [1, 2]) && calls["C"] == 4)
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
