import JSON
import Testing
import Workflows

/// How data goes through a state: the examples of the specification and of Step Functions' guide to input and output.
struct DataFlowTests {
    private let echo = Work { input, _ in input }

    @Test("InputPath and Parameters make the task's input")
    func parameters() async throws {
        let made = try await output(
            ofState: """
                "Type": "Task", "Resource": "${Echo}", "InputPath": "$.product", "Parameters": {"comment": "Selecting what I care about.",
                  "MyDetails": {"size.$": "$.details.size", "exists.$": "$.availability", "StaticValue": "foo"},
                  "list": [{"tags.$": "$.details.tags"}, 7], "state.$": "$$.State.Name"}
                """,
            json(
                #"{"comment": "x", "product": {"details": {"color": "blue", "size": "small", "tags": [1, 2]}, "availability": "in stock"}}"#
            ),
            handlers: ["Echo": echo])
        #expect(
            made.serialized()
                == #"{"comment":"Selecting what I care about.","MyDetails":{"size":"small","exists":"in stock","StaticValue":"foo"},"list":[{"tags":[1,2]},7],"state":"Only"}"#
        )
    }

    @Test(
        "ResultPath puts the result into the input",
        arguments: [
            (#""$.result""#, #"{"comment":"c","data":{"val1":23,"val2":17},"extra":"foo","result":"Hello"}"#),
            (#""$.data""#, #"{"comment":"c","data":"Hello","extra":"foo"}"#),
            (#""$.data.val1""#, #"{"comment":"c","data":{"val1":"Hello","val2":17},"extra":"foo"}"#),
            (
                #""$.a.b['c d']""#,
                #"{"comment":"c","data":{"val1":23,"val2":17},"extra":"foo","a":{"b":{"c d":"Hello"}}}"#
            ),
            (#""$""#, #""Hello""#), ("null", #"{"comment":"c","data":{"val1":23,"val2":17},"extra":"foo"}"#),
        ])
    func resultPath(path: String, expected: String) async throws {
        let made = try await output(
            ofState: #""Type": "Task", "Resource": "${Hello}", "InputPath": "$.data", "ResultPath": \#(path)"#,
            json(#"{"comment": "c", "data": {"val1": 23, "val2": 17}, "extra": "foo"}"#),
            handlers: ["Hello": Work { _, _ in "Hello" }])
        #expect(made.serialized() == expected)
    }

    @Test("The first example of the specification about ResultPath and Pass")
    func passResult() async throws {
        let made = try await output(
            ofState:
                #""Type": "Pass", "Result": {"x-datum": 0.381018, "y-datum": 622.2269926397355}, "ResultPath": "$.coords""#,
            json(#"{"georefOf": "Home"}"#))
        #expect(made.serialized() == #"{"georefOf":"Home","coords":{"x-datum":0.381018,"y-datum":622.2269926397355}}"#)
    }

    @Test("ResultSelector takes parts of the result, then ResultPath and OutputPath")
    func resultSelector() async throws {
        let made = try await output(
            ofState: """
                "Type": "Task", "Resource": "${Cluster}", "ResultPath": "$.emr", "OutputPath": "$.emr",
                "ResultSelector": {"ClusterId.$": "$.output.ClusterId", "ResourceType.$": "$.resourceType", "StaticValue": "foo"}
                """,
            ["otherDataFromInput": [:]],
            handlers: [
                "Cluster": Work { _, _ in
                    ["resourceType": "elasticmapreduce", "output": ["ClusterId": "AKIAIOSFODNN7EXAMPLE", "more": 1]]
                }
            ])
        #expect(
            made.serialized()
                == #"{"ClusterId":"AKIAIOSFODNN7EXAMPLE","ResourceType":"elasticmapreduce","StaticValue":"foo"}"#)
    }

    @Test(
        "null as InputPath or OutputPath is an empty object",
        arguments: [
            (#""Type": "Pass", "InputPath": null"#, "{}"), (#""Type": "Pass", "OutputPath": null"#, "{}"),
            (#""Type": "Task", "Resource": "${Echo}", "InputPath": null, "ResultPath": "$.r""#, #"{"a":1,"r":{}}"#),
            (#""Type": "Pass", "InputPath": "$$.Execution.Name""#, #""run-1""#),
            (#""Type": "Pass", "OutputPath": "$$.Execution.Input.a""#, "1"),
            (#""Type": "Pass", "Parameters": 7"#, "7"),
            (#""Type": "Pass", "Result": {"a.$": "$.b"}"#, #"{"a.$":"$.b"}"#),
        ])
    func edges(fields: String, expected: String) async throws {
        #expect(try await output(ofState: fields, ["a": 1], handlers: ["Echo": echo]).serialized() == expected)
    }

    @Test("The context object tells of execution, state and retry")
    func context() async throws {
        let made = try await output(
            ofState: #""Type": "Pass", "Parameters": {"all.$": "$$"}"#, ["a": 1])
        #expect(
            made["all"]?.serialized()
                == #"{"Execution":{"Id":"run-1","Name":"run-1","Input":{"a":1},"StartTime":"2026-03-01T12:00:00.000Z","RedriveCount":0},"StateMachine":{"Id":"run-1","Name":"run-1"},"State":{"EnteredTime":"2026-03-01T12:00:00.000Z","Name":"Only","RetryCount":0}}"#
        )
    }

    @Test(
        "Data that a state cannot be given fails the execution",
        arguments: [
            (#""Type": "Pass", "InputPath": "$.absent""#, "States.Runtime"),
            (#""Type": "Pass", "OutputPath": "$.absent""#, "States.Runtime"),
            (#""Type": "Pass", "ResultPath": "$.list[3]""#, "States.ResultPathMatchFailure"),
            (#""Type": "Pass", "ResultPath": "$[0]""#, "States.ResultPathMatchFailure"),
            (#""Type": "Pass", "Parameters": {"a.$": "$.absent"}"#, "States.ParameterPathFailure"),
            (#""Type": "Wait", "SecondsPath": "$.list""#, "States.Runtime"),
            (#""Type": "Wait", "TimestampPath": "$.a""#, "States.Runtime"),
            (#""Type": "Task", "Resource": "${Echo}", "TimeoutSecondsPath": "$.zero""#, "States.Runtime"),
            (
                #""Type": "Map", "ItemsPath": "$.a", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}"#,
                "States.Runtime"
            ),
            (#""Type": "Task", "Resource": "${Large}""#, "States.DataLimitExceeded"),
            (
                #""Type": "Pass", "Parameters": {"a.$": "States.Array($.large, $.large, $.large)"}"#,
                "States.DataLimitExceeded"
            ),
        ])
    func failing(fields: String, expected: String) async throws {
        let large = JSONValue.string(String(repeating: "x", count: 100_000))
        let outcome = try await run(
            #"{"StartAt": "A", "States": {"A": {\#(fields), "End": true}}}"#,
            ["a": 1, "list": [1, 2], "zero": 0, "large": large],
            handlers: [
                "Echo": echo,
                "Large": Work { _, _ in .string(String(repeating: "x", count: StateMachine.maximumPayload)) },
            ])
        guard case .failed(let error, let cause) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(error == expected)
        #expect(!cause.isEmpty)
    }

    @Test("Map gives each item what ItemSelector says, and keeps the order whatever ends first")
    func mapping() async throws {
        let document = """
            {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.shipped", "MaxConcurrency": 3, "ResultPath": "$.done",
              "ItemSelector": {"parcel.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index", "courier.$": "$.courier"},
              "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "V", "States": {
                "V": {"Type": "Task", "Resource": "${Validate}", "End": true}}}, "End": true}}}
            """
        let outcome = try await run(
            document,
            json(
                #"{"courier": "UQS", "shipped": [{"prod": "R31"}, {"prod": "S39"}, {"prod": "R30"}, {"prod": "R40"}]}"#),
            handlers: [
                "Validate": Work { input, _ in
                    // Earlier items take longer.
                    try await Task.sleep(for: .milliseconds(20 - 5 * (input["index"]?.int ?? 0)))
                    return .string("\(input["courier"]?.string ?? "")-\(input["parcel"]?["prod"]?.string ?? "")")
                }
            ])
        guard case .succeeded(let made) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(made["done"]?.serialized() == #"["UQS-R31","UQS-S39","UQS-R30","UQS-R40"]"#)
    }

    @Test("No more iterations run at once than MaxConcurrency, which a path may give")
    func concurrency() async throws {
        let running = Calls()
        let document = """
            {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrencyPath": "$.most",
              "Iterator": {"StartAt": "V", "States": {"V": {"Type": "Task", "Resource": "${Work}", "End": true}}}, "End": true}}}
            """
        let outcome = try await run(
            document, json(#"{"items": [1, 2, 3, 4, 5, 6, 7], "most": 2}"#),
            handlers: [
                "Work": Work { input, _ in
                    let now = running.add("begun") - running["ended"]
                    try await Task.sleep(for: .milliseconds(2))
                    running.add("ended")
                    return .number(JSONNumber(now))
                }
            ])
        guard case .succeeded(let made) = outcome else { throw Unexpected(outcome: outcome) }
        #expect(made.array?.count == 7)
        #expect(made.array?.allSatisfy { ($0.int ?? 9) <= 2 } == true)
        #expect(try await run(document, ["items": [], "most": 0], handlers: ["Work": echo]) == .succeeded(output: []))
    }

    @Test("The specification's example of Parallel: each branch has a copy of the input")
    func parallel() async throws {
        let document = """
            {"StartAt": "FunWithMath", "States": {"FunWithMath": {"Type": "Parallel", "End": true, "Branches": [
              {"StartAt": "Add", "States": {"Add": {"Type": "Task", "Resource": "${Add}", "End": true}}},
              {"StartAt": "Subtract", "States": {"Subtract": {"Type": "Task", "Resource": "${Subtract}", "End": true}}}]}}}
            """
        let outcome = try await run(
            document, [3, 2],
            handlers: [
                "Add": Work { input, _ in .number(JSONNumber((input[0]?.int ?? 0) + (input[1]?.int ?? 0))) },
                "Subtract": Work { input, _ in .number(JSONNumber((input[0]?.int ?? 0) - (input[1]?.int ?? 0))) },
            ])
        #expect(outcome == .succeeded(output: [5, 1]))
    }

    @Test(
        "Fail names its error and cause, from values, paths and functions",
        arguments: [
            (#""Error": "ErrorA", "Cause": "Kaiju attack""#, "ErrorA", "Kaiju attack"), (#""Comment": "x""#, "", ""),
            (#""ErrorPath": "$.e", "CausePath": "States.Format('{} at {}', $.c, $$.State.Name)""#, "Made", "why at F"),
            (#""ErrorPath": "$.n", "Cause": "x""#, "States.Runtime", "ErrorPath of 'F' gives a number, not a string"),
        ])
    func fail(fields: String, error: String, cause: String) async throws {
        let outcome = try await run(
            #"{"StartAt": "F", "States": {"F": {"Type": "Fail", \#(fields)}}}"#, ["e": "Made", "c": "why", "n": 1])
        #expect(outcome == .failed(error: error, cause: cause))
    }
}
