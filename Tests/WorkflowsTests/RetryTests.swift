import JSON
import Synchronization
import Testing
import Workflows

/// Retry, Catch and time limits.
struct RetryTests {
    /// Waits that a rule of Retry makes before a task succeeds or is given up.
    private func waits(_ retry: String, errors: [String]) async throws -> (sleeps: [Double], outcome: ExecutionOutcome)
    {
        let clock = FakeClock()
        let calls = Calls()
        let outcome = try await run(
            #"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "Retry": \#(retry), "End": true}}}"#,
            handlers: [
                "Work": Work { _, context in
                    let call = calls.add("Work")
                    #expect(context.attempt == call - 1)
                    guard call > errors.count else { throw TaskFault(error: errors[call - 1], cause: "call \(call)") }
                    return .number(JSONNumber(call))
                }
            ], clock: clock)
        return (clock.sleeps, outcome)
    }

    @Test(
        "Retries wait as their rule says",
        arguments: [
            // The specification's first example: 3 s, then 4.5 s.
            (
                #"[{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 3, "MaxAttempts": 2, "BackoffRate": 1.5}]"#,
                ["States.Timeout", "States.Timeout"], [3, 4.5], true
            ),
            (#"[{"ErrorEquals": ["E"]}]"#, ["E", "E", "E"], [1, 2, 4], true),
            (#"[{"ErrorEquals": ["E"]}]"#, ["E", "E", "E", "E"], [1, 2, 4], false),
            (
                #"[{"ErrorEquals": ["E"], "IntervalSeconds": 3, "BackoffRate": 2, "MaxAttempts": 4, "MaxDelaySeconds": 5}]"#,
                ["E", "E", "E", "E"], [3, 5, 5, 5], true
            ),
            (#"[{"ErrorEquals": ["E"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]"#, ["E"], [], false),
            // The specification's example of two rules: each has its own count.
            (
                #"[{"ErrorEquals": ["ErrorA", "ErrorB"], "IntervalSeconds": 1, "BackoffRate": 2, "MaxAttempts": 2}, {"ErrorEquals": ["ErrorC"], "IntervalSeconds": 5}]"#,
                ["ErrorA", "ErrorB", "ErrorC", "ErrorC"], [1, 2, 5, 10], true
            ),
            (
                #"[{"ErrorEquals": ["ErrorA", "ErrorB"], "IntervalSeconds": 1, "BackoffRate": 2, "MaxAttempts": 2}, {"ErrorEquals": ["ErrorC"], "IntervalSeconds": 5}]"#,
                ["ErrorA", "ErrorC", "ErrorB", "ErrorA"], [1, 5, 2], false
            ),
            (#"[{"ErrorEquals": ["States.TaskFailed"]}]"#, ["Mine"], [1], true),
            (#"[{"ErrorEquals": ["States.TaskFailed"]}]"#, ["States.Timeout"], [], false),
            (#"[{"ErrorEquals": ["States.ALL"]}]"#, ["States.Timeout"], [1], true),
            (#"[{"ErrorEquals": ["States.ALL"]}]"#, ["States.DataLimitExceeded"], [], false),
            (#"[{"ErrorEquals": ["States.DataLimitExceeded"]}]"#, ["States.DataLimitExceeded"], [1], true),
            (
                #"[{"ErrorEquals": ["E"], "IntervalSeconds": 99999999, "MaxAttempts": 2, "BackoffRate": 1e300}]"#,
                ["E"], [99_999_999], true
            ),
        ])
    func intervals(retry: String, errors: [String], expected: [Double], succeeds: Bool) async throws {
        let (sleeps, outcome) = try await waits(retry, errors: errors)
        #expect(sleeps == expected)
        if succeeds {
            #expect(outcome == .succeeded(output: .number(JSONNumber(errors.count + 1))))
        } else {
            #expect(outcome == .failed(error: errors[expected.count], cause: "call \(expected.count + 1)"))
        }
    }

    @Test("Full jitter waits between nothing and the whole delay")
    func jitter() async throws {
        var seen: Set<Double> = []
        for count in 1...4 {
            let retry = #"[{"ErrorEquals": ["E"], "IntervalSeconds": 64, "JitterStrategy": "FULL", "MaxAttempts": 9}]"#
            let (sleeps, outcome) = try await waits(retry, errors: [String](repeating: "E", count: count))
            #expect(outcome == .succeeded(output: .number(JSONNumber(count + 1))))
            for (index, sleep) in sleeps.enumerated() {
                #expect(sleep >= 0)
                #expect(sleep <= Double(64 << index))
            }
            seen.formUnion(sleeps)
        }
        #expect(seen.count > 3)
    }

    @Test(
        "Catch goes on with the error where ResultPath says",
        arguments: [
            (#"[{"ErrorEquals": ["Mine"], "Next": "Caught"}]"#, #"{"Error":"Mine","Cause":"why"}"#),
            (
                #"[{"ErrorEquals": ["Other"], "Next": "Never"}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error-info", "Next": "Caught"}]"#,
                #"{"a":1,"error-info":{"Error":"Mine","Cause":"why"}}"#
            ),
            (
                #"[{"ErrorEquals": ["States.TaskFailed"], "ResultPath": null, "Next": "Caught"}]"#,
                #"{"a":1}"#
            ),
        ])
    func catching(rules: String, expected: String) async throws {
        let outcome = try await run(
            """
            {"StartAt": "T", "States": {
              "T": {"Type": "Task", "Resource": "${Work}", "OutputPath": "$.never", "Catch": \(rules), "Next": "Never"},
              "Caught": {"Type": "Succeed"}, "Never": {"Type": "Fail", "Error": "Never"}}}
            """, ["a": 1], handlers: ["Work": Work { _, _ in throw TaskFault(error: "Mine", cause: "why") }]
        )
        .serializedOutput
        #expect(outcome == expected)
    }

    @Test("Errors without a name are States.TaskFailed, and errors in branches are caught outside with their name")
    func branches() async throws {
        struct Other: Error, CustomStringConvertible { var description: String { "something else" } }
        for names in [#"["States.TaskFailed"]"#, #"["States.BranchFailed"]"#, #"["States.ALL"]"#] {
            for inner in [
                #""Type": "Parallel", "Branches": [{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "End": true}}}]"#,
                #""Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "End": true}}}"#,
            ] {
                let outcome = try await run(
                    """
                    {"StartAt": "P", "States": {"P": {\(inner), "End": true,
                       "Catch": [{"ErrorEquals": \(names), "ResultPath": "$.e", "Next": "Caught"}]}, "Caught": {"Type": "Succeed"}}}
                    """, ["items": [1, 2]], handlers: ["Work": Work { _, _ in throw Other() }])
                #expect(
                    outcome.serializedOutput
                        == #"{"items":[1,2],"e":{"Error":"States.TaskFailed","Cause":"something else"}}"#)
            }
        }
    }

    @Test("A Map that is retried runs its iterations again")
    func retriedMap() async throws {
        let calls = Calls()
        let clock = FakeClock()
        let outcome = try await run(
            """
            {"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 1, "End": true,
              "Retry": [{"ErrorEquals": ["Mine"], "IntervalSeconds": 7}],
              "ItemProcessor": {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "End": true}}}}}}
            """, [1, 2, 3],
            handlers: [
                "Work": Work { input, _ in
                    let call = calls.add("\(input)")
                    if input == 2, call == 1 { throw TaskFault(error: "Mine", cause: "") }
                    return .number(JSONNumber(call))
                }
            ], clock: clock)
        #expect(outcome == .succeeded(output: [2, 2, 1]))
        #expect(clock.sleeps == [7])
    }

    @Test("A failing branch tells the others to stop, and nothing of them is kept as failed")
    func siblings() async throws {
        let stopped = Calls()
        try await withFolder { folder in
            let machine = try StateMachine(
                definition: """
                    {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
                      {"StartAt": "Fails", "States": {"Fails": {"Type": "Task", "Resource": "${Fails}", "End": true}}},
                      {"StartAt": "Waits", "States": {"Waits": {"Type": "Task", "Resource": "${Waits}", "Next": "After"},
                         "After": {"Type": "Pass", "End": true}}}]}}}
                    """)
            let outcome = try await Execution(
                machine: machine, folder: folder,
                handlers: [
                    "Fails": Work { _, _ in
                        while stopped["begun"] == 0 { try await Task.sleep(for: .milliseconds(1)) }
                        throw TaskFault(error: "Mine", cause: "why")
                    },
                    "Waits": Work { _, context in
                        stopped.add("begun")
                        while !context.isStopping() { try? await Task.sleep(for: .milliseconds(1)) }
                        stopped.add("stopped")
                        throw TaskFault(error: "Interrupted", cause: "")
                    },
                ]
            ).run(input: [:])
            #expect(outcome == .failed(error: "Mine", cause: "why"))
            #expect(stopped["stopped"] == 1)
            let history = try ExecutionHistory(folder: folder)
            #expect(history.events.filter { $0.kind == .taskFailed }.count == 1)
        }
    }

    @Test(
        "Time limits end a task that listens, with the error that Retry and Catch know",
        arguments: [
            (#""TimeoutSeconds": 1"#, "States.Timeout"), (#""TimeoutSecondsPath": "$.one""#, "States.Timeout"),
            (#""TimeoutSeconds": 100, "HeartbeatSeconds": 1"#, "States.HeartbeatTimeout"),
        ])
    func limits(fields: String, expected: String) async throws {
        let outcome = try await run(
            """
            {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", \(fields), "End": true,
              "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]}, "Caught": {"Type": "Succeed"}}}
            """, ["one": 1],
            handlers: [
                "Work": Work { _, context in
                    while !context.isStopping() { try await Task.sleep(for: .milliseconds(1)) }
                    throw CancellationError()
                }
            ])
        guard case .succeeded(let output) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(output["Error"]?.string == expected)
    }

    @Test("Reports are heartbeats")
    func heartbeats() async throws {
        /// A clock that only the task moves.
        struct Moved: WorkflowClock {
            let clock: FakeClock
            var now: Timestamp { clock.now }
            func sleep(until moment: Timestamp) async throws {
                while now < moment { try await Task.sleep(for: .milliseconds(1)) }
            }
        }
        let clock = FakeClock()
        let outcome = try await run(
            #"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "HeartbeatSeconds": 10, "End": true}}}"#,
            handlers: [
                "Work": Work { _, context in
                    for step in 0..<5 {
                        clock.advance(seconds: 9)
                        try await Task.sleep(for: .milliseconds(3))
                        context.report(TaskProgress("working", done: step, total: 5, unit: "steps"))
                    }
                    return "done"
                }
            ], clock: Moved(clock: clock))
        #expect(outcome == .succeeded(output: "done"))
    }

    @Test("The time limit of the state machine ends the execution")
    func machineLimit() async throws {
        let outcome = try await run(
            #"{"TimeoutSeconds": 5, "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${Work}", "End": true}}}"#,
            handlers: [
                "Work": Work { _, context in
                    while !context.isStopping() { try await Task.sleep(for: .milliseconds(1)) }
                    throw CancellationError()
                }
            ])
        #expect(outcome == .timedOut)
    }

    @Test(
        "Wait waits until its moment",
        arguments: [
            (#""Seconds": 10"#, 10.0), (#""SecondsPath": "$.wait""#, 20), (#""Timestamp": "2026-03-01T12:00:30Z""#, 30),
            (#""TimestampPath": "$.at""#, 40), (#""Seconds": 0"#, 0),
            (#""Timestamp": "2020-01-01T00:00:00Z""#, -194_529_600),
        ])
    func waiting(fields: String, expected: Double) async throws {
        let clock = FakeClock()
        let outcome = try await run(
            #"{"StartAt": "W", "States": {"W": {"Type": "Wait", \#(fields), "End": true}}}"#,
            ["wait": 20, "at": "2026-03-01T13:00:40+01:00"], clock: clock)
        #expect(outcome == .succeeded(output: ["wait": 20, "at": "2026-03-01T13:00:40+01:00"]))
        #expect(clock.sleeps == [expected])
    }
}

extension ExecutionOutcome {
    /// The output as JSON text, or a text of whatever else this is.
    var serializedOutput: String {
        if case .succeeded(let output) = self { output.serialized() } else { "\(self)" }
    }
}
