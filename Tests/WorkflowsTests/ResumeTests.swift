import JSON
import Synchronization
import Testing
import Workflows

import Foundation
#if canImport(Glibc)
    import Glibc
#endif

/// Executions that are cut off at any point, and go on.
struct ResumeTests {
    /// A polled job, a Map with a retry inside, branches, an error that is caught, and a random value.
    private static let document = """
        {"Comment": "All that can be interrupted", "StartAt": "Prepare", "States": {
          "Prepare": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "items": [10, 20, 30], "polls": 0}, "Next": "Poll"},
          "Poll": {"Type": "Task", "Resource": "${Poll}", "ResultPath": "$.polls", "Next": "Ready"},
          "Ready": {"Type": "Choice", "Choices": [{"Variable": "$.polls", "NumericGreaterThanEquals": 2, "Next": "Each"}],
            "Default": "Pause"},
          "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Poll"},
          "Each": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1, "ResultPath": "$.each", "Next": "Both",
            "ItemSelector": {"value.$": "$$.Map.Item.Value", "tag.$": "States.UUID()"},
            "ItemProcessor": {"StartAt": "One", "States": {
              "One": {"Type": "Task", "Resource": "${One}", "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2}], "Next": "Two"},
              "Two": {"Type": "Task", "Resource": "${Two}", "End": true}}}},
          "Both": {"Type": "Parallel", "ResultPath": "$.both", "Next": "Risky", "Branches": [
            {"StartAt": "Left", "States": {"Left": {"Type": "Task", "Resource": "${Left}", "End": true}}},
            {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "Result": "right", "End": true}}}]},
          "Risky": {"Type": "Task", "Resource": "${Risky}", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "Done"}],
            "End": true},
          "Done": {"Type": "Succeed", "OutputPath": "$"}}}
        """

    /// Handlers whose results depend on nothing but input and attempt, and which count their calls by what they are asked.
    private static func handlers(_ calls: Calls) -> [String: any TaskHandler] {
        [
            "Poll": Work { input, _ in
                calls.add("Poll \(input["polls"]?.int ?? 0)")
                return .number(JSONNumber((input["polls"]?.int ?? 0) + 1))
            },
            "One": Work { input, context in
                calls.add("One \(input["value"]?.int ?? 0) \(context.attempt)")
                if input["value"] == 20, context.attempt < 2 { throw TaskFault(error: "Busy", cause: "later") }
                return input["value"] ?? .null
            },
            "Two": Work { input, _ in
                calls.add("Two \(input)")
                return .number(JSONNumber((input.int ?? 0) * 2))
            },
            "Left": Work { _, _ in
                calls.add("Left")
                return "left"
            },
            "Risky": Work { _, _ in
                calls.add("Risky")
                throw TaskFault(error: "Broken", cause: "as always")
            },
        ]
    }

    private static func check(_ outcome: ExecutionOutcome) throws {
        guard case .succeeded(.object(var output)) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(output["id"]?.string?.count == 36)
        output["id"] = nil
        #expect(
            JSONValue.object(output).serialized()
                == #"{"items":[10,20,30],"polls":2,"each":[20,40,60],"both":["left","right"],"caught":{"Error":"Broken","Cause":"as always"}}"#
        )
    }

    /// The calls whose end a history tells, by the names that the handlers above count.
    private static func completed(_ events: [HistoryEvent]) -> Set<String> {
        var names: Set<String> = []
        var attempts: [String: Int] = [:]
        for event in events where event.kind == .taskSucceeded || event.kind == .taskFailed {
            let scheduled = events[events[event.previousEventId - 1].previousEventId - 1]
            let input = scheduled.details["parameters"] ?? .null
            switch event.details["resource"]?.string {
            case "${Poll}": names.insert("Poll \(input["polls"]?.int ?? 0)")
            case "${One}":
                let value = "\(input["value"]?.int ?? 0)"
                names.insert("One \(value) \(attempts[value, default: 0])")
                attempts[value, default: 0] += 1
            case "${Two}": names.insert("Two \(input)")
            case "${Left}": names.insert("Left")
            default: names.insert("Risky")
            }
        }
        return names
    }

    @Test(
        "Killed at any byte of its history, an execution comes to the same end and does nothing twice that is kept as done"
    )
    func everyPrefix() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(definition: Self.document)
            let whole = folder + "/whole"
            let first = Calls()
            try Self.check(
                try await Execution(machine: machine, folder: whole, handlers: Self.handlers(first), clock: FakeClock())
                    .run(input: [:]))
            let bytes = try Data(contentsOf: URL(filePath: whole + "/history.jsonl"))
            let all = Set(first.all.keys)
            #expect(first.all.values.allSatisfy { $0 == 1 })
            #expect(all.count == 12)

            var ends = [0]
            for (index, byte) in bytes.enumerated() where byte == 0x0A { ends.append(index + 1) }
            // Between two ends of lines, the bytes of a torn line make no difference but to the reader; some of them are tried.
            for (line, end) in ends.enumerated() {
                let next = line + 1 < ends.count ? ends[line + 1] : end
                for cut in Set([end, (end + next) / 2]) {
                    let path = folder + "/cut"
                    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                    try bytes.prefix(cut).write(to: URL(filePath: path + "/history.jsonl"))
                    let kept = line == 0 ? [] : Self.completed(try ExecutionHistory(folder: path).events)
                    let calls = Calls()
                    let clock = FakeClock(at: "2026-03-01T18:00:00Z")
                    let outcome = try await Execution(
                        machine: machine, folder: path, handlers: Self.handlers(calls), clock: clock
                    ).run(input: [:])
                    try Self.check(outcome)
                    let isOnce = calls.all.values.allSatisfy { $0 == 1 }
                    #expect(isOnce, "cut at \(cut)")
                    let isRest = Set(calls.all.keys) == all.subtracting(kept)
                    #expect(isRest, "cut at \(cut)")
                    #expect(try ExecutionHistory(folder: path).status == .succeeded)
                    try FileManager.default.removeItem(atPath: path)
                }
            }
        }
    }

    @Test("The reader keeps exactly the whole lines, whatever byte the file ends at")
    func everyByte() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition:
                    #"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "S"}, "S": {"Type": "Succeed"}}}"#)
            _ = try await Execution(machine: machine, folder: folder, handlers: [:], clock: FakeClock()).run(input: [
                "ä": "\n"
            ])
            let path = folder + "/history.jsonl"
            let bytes = try Data(contentsOf: URL(filePath: path))
            var lines = 0
            for cut in 1..<bytes.count {
                if bytes[cut - 1] == 0x0A { lines += 1 }
                try bytes.prefix(cut).write(to: URL(filePath: path))
                if lines == 0 {
                    #expect(throws: WorkflowError.self) { try ExecutionHistory(folder: folder) }
                } else {
                    #expect(try ExecutionHistory(folder: folder).events.count == lines, "cut at \(cut)")
                }
            }
        }
    }

    @Test("A Wait waits for what is left, and so does a retry")
    func remainingTime() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "Next": "T"},
                      "T": {"Type": "Task", "Resource": "${Work}", "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 50}], "End": true}}}
                    """)
            /// A clock whose sleeps are cut off.
            struct Cut: WorkflowClock {
                let clock: FakeClock
                var now: Timestamp { clock.now }
                func sleep(until moment: Timestamp) async throws { throw CancellationError() }
            }
            let clock = FakeClock()
            let work = Work { _, context in
                if context.attempt == 0 { throw TaskFault(error: "E", cause: "") }
                return .number(JSONNumber(context.attempt))
            }
            let cut = try Execution(
                machine: machine, folder: folder, handlers: ["Work": work], clock: Cut(clock: clock))
            await #expect(throws: CancellationError.self) { try await cut.run(input: [:]) }
            #expect(try ExecutionHistory(folder: folder).status == .stopped)
            clock.advance(seconds: 70)
            /// A clock that sleeps once.
            final class Once: WorkflowClock {
                let clock: FakeClock
                init(_ clock: FakeClock) { self.clock = clock }
                var now: Timestamp { clock.now }
                func sleep(until moment: Timestamp) async throws {
                    guard clock.sleeps.isEmpty else { throw CancellationError() }
                    try await clock.sleep(until: moment)
                }
            }
            let once = try Execution(machine: machine, folder: folder, handlers: ["Work": work], clock: Once(clock))
            await #expect(throws: CancellationError.self) { try await once.run(input: [:]) }
            #expect(clock.sleeps == [30])
            clock.advance(seconds: 20)
            let last = try Execution(machine: machine, folder: folder, handlers: ["Work": work], clock: clock)
            #expect(try await last.run(input: [:]) == .succeeded(output: 1))
            #expect(clock.sleeps == [30, 30])
        }
    }

    @Test("A stopped execution leaves no failure behind and is resumed with the attempt that was cut off")
    func stopping() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${A}", "Next": "B"},
                      "B": {"Type": "Task", "Resource": "${B}", "Retry": [{"ErrorEquals": ["States.ALL"]}],
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A2"}], "End": true}, "A2": {"Type": "Fail"}}}
                    """)
            let calls = Calls()
            let box = Mutex<Execution?>(nil)
            func handlers(stopping: Bool) -> [String: any TaskHandler] {
                [
                    "A": Work { _, _ in
                        calls.add("A")
                        return [:]
                    },
                    "B": Work { _, context in
                        calls.add("B")
                        guard stopping else { return .string("attempt \(context.attempt)") }
                        box.withLock { $0 }?.stop()
                        #expect(context.isStopping())
                        #expect(Task.isCancelled)
                        throw TaskFault(error: "Interrupted", cause: "the connection was cut")
                    },
                ]
            }
            let first = try Execution(machine: machine, folder: folder, handlers: handlers(stopping: true))
            box.withLock { $0 = first }
            await #expect(throws: CancellationError.self) { try await first.run(input: [:]) }
            #expect(try ExecutionHistory(folder: folder).events.last?.kind == .taskStarted)

            let second = try Execution(machine: machine, folder: folder, handlers: handlers(stopping: true))
            box.withLock { $0 = nil }
            let task = Task { try await second.run(input: [:]) }
            box.withLock { $0 = second }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }

            let last = try Execution(machine: machine, folder: folder, handlers: handlers(stopping: false))
            #expect(try await last.run(input: [:]) == .succeeded(output: "attempt 0"))
            #expect(calls["A"] == 1)
            // What has ended is not run again.
            #expect(try await last.run(input: [:]) == .succeeded(output: "attempt 0"))
            #expect(calls["B"] <= 3)
        }
    }

    @Test(
        "A handler on a thread of its own learns that its call was cancelled, by the task or by a time limit",
        arguments: [true, false])
    func ownThread(isLimited: Bool) async throws {
        try await withFolder { folder in
            let limit = isLimited ? #""TimeoutSeconds": 1, "# : ""
            let machine = try StateMachine(
                definition:
                    #"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", \#(limit)"End": true}}}"#
            )
            let calls = Calls()
            let spin = Work { _, context in
                try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<JSONValue, any Error>) in
                    Thread {
                        calls.add("begun")
                        while !context.isStopping() { usleep(1000) }
                        continuation.resume(throwing: CancellationError())
                    }.start()
                }
            }
            let execution = try Execution(
                machine: machine, folder: folder, handlers: ["Work": spin], clock: SystemClock())
            let task = Task { try await execution.run(input: [:]) }
            if isLimited {
                guard case .failed(let error, _) = try await task.value else { throw CancellationError() }
                #expect(error == "States.Timeout")
            } else {
                while calls["begun"] == 0 { try await Task.sleep(for: .milliseconds(1)) }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }
    }

    @Test("Of several failed iterations, the one that ended the state is the one of every resumption")
    func severalFailures() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "Next": "S",
                      "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "After"}],
                      "ItemProcessor": {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Fail}", "End": true}}}},
                     "After": {"Type": "Task", "Resource": "${After}", "ResultPath": "$.after", "Next": "S"}, "S": {"Type": "Succeed"}}}
                    """)
            let input: JSONValue = ["items": [1, 2, 3, 4]]
            let calls = Calls()
            let fail = Work { item, _ in
                // All fail, and none before all have begun.
                calls.add("begun")
                while calls["begun"] < 4 { await Task.yield() }
                throw TaskFault(error: "Broken", cause: "\(item)")
            }
            let after = Work { _, _ in
                calls.add("after")
                return "done"
            }
            let first = try await Execution(machine: machine, folder: folder, handlers: ["Fail": fail, "After": after])
                .run(input: input)
            let path = folder + "/history.jsonl"
            let whole = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n")
            for cut in 0..<50 {
                // Without what ended the execution, and in turns without the last state as well.
                let kept = whole.dropLast(1 + cut % 3).joined(separator: "\n") + "\n"
                try kept.write(to: URL(filePath: path), atomically: true, encoding: .utf8)
                let again = try await Execution(
                    machine: machine, folder: folder, handlers: ["Fail": fail, "After": after]
                )
                .run(input: input)
                #expect(again == first)
                let events = try ExecutionHistory(folder: folder).events
                #expect(events.filter { $0.kind == .mapStateFailed }.count == 1)
            }
            #expect(calls["after"] == 1)
        }
    }

    @Test("One process runs an execution at a time, and others see who")
    func locking() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: #"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "End": true}}}"#)
            let outcome = try await Execution(
                machine: machine, folder: folder,
                handlers: [
                    "Work": Work { _, _ in
                        let history = try ExecutionHistory(folder: folder)
                        #expect(history.status == .running)
                        #expect(history.holder == ProcessInfo.processInfo.processIdentifier)
                        let other = try Execution(
                            machine: machine, folder: folder, handlers: ["Work": Work { _, _ in 1 }])
                        let error = await #expect(throws: WorkflowError.self) { try await other.run(input: [:]) }
                        #expect(error?.code == .locked)
                        #expect(
                            error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
                        return "done"
                    }
                ]
            ).run(input: [:])
            #expect(outcome == .succeeded(output: "done"))
            #expect(try ExecutionHistory(folder: folder).holder == nil)
        }
    }

    @Test("Another definition, another input, a damaged history and a missing handler are refused by name")
    func refusing() async throws {
        try await withFolder { folder in
            func machine(_ wait: Int) throws -> StateMachine {
                try StateMachine(
                    definition:
                        #"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": \#(wait), "End": true}}}"#)
            }
            _ = try await Execution(machine: machine(1), folder: folder, handlers: [:], clock: FakeClock()).run(input: [
                "a": 1
            ])
            func code(_ wait: Int, _ input: JSONValue) async throws -> WorkflowError.Code? {
                let execution = try Execution(machine: machine(wait), folder: folder, handlers: [:], clock: FakeClock())
                return await #expect(throws: WorkflowError.self) { try await execution.run(input: input) }?.code
            }
            #expect(try await code(2, ["a": 1]) == .otherExecution)
            #expect(try await code(1, ["a": 2]) == .otherExecution)
            let path = folder + "/history.jsonl"
            let good = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            for (bad, place) in [
                (good.replacing("WaitStateEntered", with: "WaitStateLost"), ":2"),
                (good.replacing("\"id\":3", with: "\"id\":4"), ":3"),
                (good + "{}\n", ":\(good.split(separator: "\n").count + 1)"), ("\n" + good, ":1"),
                (good.replacing("\"previousEventId\":1", with: "\"previousEventId\":7"), ":2"),
                ("x" + good, ":1"), (String(repeating: "x", count: 1 << 20), ":1"),
            ] {
                try bad.write(to: URL(filePath: path), atomically: true, encoding: .utf8)
                let error = #expect(throws: WorkflowError.self) { try ExecutionHistory(folder: folder) }
                #expect(error?.code == .invalidHistory)
                #expect(error?.faults.first?.place == path + place)
                if bad.contains("WaitStateLost") { #expect(error?.description.contains("version") == true) }
            }
            let tasks = try StateMachine(
                definition:
                    #"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Absent}", "End": true}}}"#)
            let error = #expect(throws: WorkflowError.self) {
                try Execution(machine: tasks, folder: folder, handlers: [:])
            }
            #expect(error?.code == .missingHandler)
            let large = try Execution(machine: machine(1), folder: folder + "/large", handlers: [:])
            let tooLarge = await #expect(throws: WorkflowError.self) {
                try await large.run(input: .string(String(repeating: "x", count: StateMachine.maximumPayload)))
            }
            #expect(tooLarge?.code == .inputTooLarge)
        }
    }

    @Test("An endless loop ends at the limit of the history")
    func endless() async throws {
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "C"},
                      "C": {"Type": "Choice", "Choices": [{"Variable": "$.stop", "IsPresent": true, "Next": "E"}], "Default": "A"},
                      "E": {"Type": "Succeed"}}}
                    """)
            let execution = try Execution(machine: machine, folder: folder, handlers: [:])
            let error = await #expect(throws: WorkflowError.self) { try await execution.run(input: [:]) }
            #expect(error?.code == .historyTooLong)
            #expect(try ExecutionHistory(folder: folder).events.count == 25_000)
        }
    }
}
