import JSON
import Testing
import Workflows

/// Documents that are no state machines, and what is said about them.
struct DefinitionTests {
    private func faults(_ document: String) throws -> [String] {
        do {
            _ = try StateMachine(definition: document)
            return []
        } catch {
            #expect(error.code == .invalidDefinition)
            return error.faults.map(\.description)
        }
    }

    @Test(
        "A document that is wrong as a whole is refused with the place",
        arguments: [
            ("[]", ["a state machine is an object, not an array"]),
            ("{]", ["line 1, column 2: a member of an object starts with a quoted key, not ']'"]),
            ("{}", ["a state machine needs the field 'StartAt'", "a state machine needs the field 'States'"]),
            (
                #"{"StartAt": "A", "States": {}, "Version": "2.0", "TimeoutSeconds": 0, "QueryLanguage": "JSONata", "Extra": 1}"#,
                [
                    "Version: only version 1.0 is known", "QueryLanguage: only JSONPath is supported, not 'JSONata'",
                    "TimeoutSeconds: a whole number from 1 to 99999999 is expected, not 0",
                    "States: there are no states",
                    "Extra: a state machine has no such field; it has Comment, QueryLanguage, StartAt, States, TimeoutSeconds, Version",
                ]
            ),
            (
                #"{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}"#, ["StartAt: there is no state 'B'"]
            ),
            (
                #"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#,
                ["States.A.Next: there is no state 'B'"]
            ),
            (
                #"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Pass", "Next": "A"}}}"#,
                ["States.B: the state cannot be reached from 'A'"]
            ),
            (
                #"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}"#,
                ["States: no state ends this: one needs \"End\": true, or the type Succeed or Fail"]
            ),
            (#"{"StartAt": "A", "States": {"A": 1}}"#, ["States.A: a state is an object, not a number"]),
            (#"{"StartAt": "A", "States": {"A": {}}}"#, ["States.A: a state needs the field 'Type'"]),
            (
                #"{"StartAt": "A", "States": {"A": {"Type": "Loop"}}}"#,
                [
                    "States.A.Type: \"Loop\" is no type of a state; they are Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map"
                ]
            ),
        ])
    func wholes(document: String, expected: [String]) throws {
        #expect(try faults(document) == expected)
    }

    @Test(
        "A state that is wrong is refused with the field",
        arguments: [
            (#""Type": "Pass""#, "States.A: a Pass state needs the field 'Next' or 'End'"),
            (#""Type": "Pass", "Next": "A", "End": true"#, "States.A.Next: a state with \"End\": true has no 'Next'"),
            (#""Type": "Pass", "End": 1"#, "States.A.End: true or false is expected, not a number"),
            (#""Type": "Pass", "End": true, "Retry": []"#, "States.A.Retry: a Pass state has no such field; it has"),
            (
                #""Type": "Pass", "End": true, "Assign": {}"#,
                "States.A.Assign: 'Assign' is not supported here: variables"
            ),
            (#""Type": "Pass", "End": true, "InputPath": 1"#, "States.A.InputPath: a string is expected, not a number"),
            (#""Type": "Pass", "End": true, "InputPath": "a""#, "States.A.InputPath: a path begins with '$'"),
            (
                #""Type": "Pass", "End": true, "ResultPath": "$.a[*]""#,
                "States.A.ResultPath: a Reference Path is expected"
            ),
            (
                #""Type": "Pass", "End": true, "ResultPath": "$$.a""#,
                "States.A.ResultPath: a Reference Path is expected"
            ),
            (
                #""Type": "Pass", "End": true, "Parameters": {"a": 1, "a.$": "$.b"}"#,
                "States.A.Parameters.a.$: the field 'a' stands here as well"
            ),
            (
                #""Type": "Pass", "End": true, "Parameters": {"b": {"a.$": 1}}"#,
                "States.A.Parameters.b.a.$: a path or an intrinsic function is expected as a string, not a number"
            ),
            (#""Type": "Task", "End": true"#, "States.A: a Task state needs the field 'Resource'"),
            (#""Type": "Task", "Resource": "", "End": true"#, "States.A.Resource: the string is empty"),
            (
                #""Type": "Task", "Resource": "${a-b}", "End": true"#,
                "States.A.Resource: a name of letters and digits is expected between '${' and '}'"
            ),
            (
                #""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true"#,
                "States.A.Resource: waiting for a task token is not supported here"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "TimeoutSeconds": 5, "HeartbeatSeconds": 5"#,
                "States.A.HeartbeatSeconds: the heartbeat (5 s) is shorter than the time limit (5 s)"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t""#,
                "States.A.TimeoutSeconds: only one of 'TimeoutSeconds' and 'TimeoutSecondsPath' may be given"
            ),
            (#""Type": "Choice", "Choices": []"#, "States.A.Choices: the array is empty"),
            (#""Type": "Choice""#, "States.A: a Choice state needs the field 'Choices'"),
            (#""Type": "Choice", "End": true, "Choices": []"#, "States.A.End: a Choice state has no such field"),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "A"}]"#,
                "States.A.Choices[0]: a choice needs an operator such as StringEquals"
            ),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "IsString": true, "Next": "A"}]"#,
                "States.A.Choices[0]: a choice has one operator, not IsNull and IsString"
            ),
            (
                #""Type": "Choice", "Choices": [{"IsNull": true, "Next": "A"}]"#,
                "States.A.Choices[0]: a choice needs the field 'Variable'"
            ),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": "1", "Next": "A"}]"#,
                "States.A.Choices[0].NumericEquals: a number is expected, not \"1\""
            ),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "TimestampLessThan": "today", "Next": "A"}]"#,
                "States.A.Choices[0].TimestampLessThan: a moment such as"
            ),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "BooleanLessThan": true, "Next": "A"}]"#,
                "States.A.Choices[0]: a choice needs an operator"
            ),
            (
                #""Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "IsNull": true, "Next": "A"}], "Next": "A"}]"#,
                "States.A.Choices[0].And[0].Next: a rule has no such field"
            ),
            (
                #""Type": "Choice", "Choices": [{"Not": {"And": []}, "Next": "A"}]"#,
                "States.A.Choices[0].Not.And: the array is empty"
            ),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true}]"#,
                "States.A.Choices[0]: a choice needs the field 'Next'"
            ),
            (
                #""Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "X"}], "Default": "Y""#,
                "States.A.Default: there is no state 'Y'"
            ),
            (
                #""Type": "Wait", "End": true"#,
                "States.A: a Wait state has exactly one of Seconds, SecondsPath, Timestamp, TimestampPath"
            ),
            (#""Type": "Wait", "End": true, "Seconds": 1, "Timestamp": "2026-03-01T00:00:00Z""#, "exactly one of"),
            (#""Type": "Wait", "End": true, "Seconds": -1"#, "States.A.Seconds: a whole number from 0 to 99999999"),
            (#""Type": "Wait", "End": true, "Timestamp": "2026""#, "States.A.Timestamp: '2026' is no moment"),
            (
                #""Type": "Fail", "Error": "E", "ErrorPath": "$.e""#,
                "States.A.Error: only one of 'Error' and 'ErrorPath'"
            ),
            (#""Type": "Fail", "CausePath": "States.Array(1)""#, "States.A.CausePath: States.Array makes no string"),
            (#""Type": "Fail", "Next": "A""#, "States.A.Next: a Fail state has no such field"),
            (#""Type": "Parallel", "End": true"#, "States.A: a Parallel state needs the field 'Branches'"),
            (
                #""Type": "Parallel", "End": true, "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]"#,
                "States.A.Branches[0].States.A: the name 'A' is taken by States.A; names are unique in the whole state machine"
            ),
            (
                #""Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "A"}}}]"#,
                "States.A.Branches[0].States.B.Next: there is no state 'A'"
            ),
            (#""Type": "Map", "End": true"#, "States.A: a Map state needs the field 'ItemProcessor'"),
            (
                #""Type": "Map", "End": true, "ItemReader": {}, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#,
                "States.A.ItemReader: 'ItemReader' is not supported here: distributed maps"
            ),
            (
                #""Type": "Map", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#,
                "States.A.ItemProcessor.ProcessorConfig.Mode: only INLINE is supported, not 'DISTRIBUTED'"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{}]"#,
                "States.A.Retry[0]: a rule of Retry needs the field 'ErrorEquals'"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": []}]"#,
                "States.A.Retry[0].ErrorEquals: an array of names of errors is expected"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": ["States.Al"]}]"#,
                "States.A.Retry[0].ErrorEquals: 'States.Al' is no error of the States Language"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["A"]}]"#,
                "States.A.Retry[0].ErrorEquals: States.ALL stands alone, and in the last rule"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 1.5}]"#,
                "States.A.Retry[0].MaxAttempts: a whole number from 0 to 99999999 is expected, not 1.5"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": ["A"], "BackoffRate": 0.5}]"#,
                "States.A.Retry[0].BackoffRate: a number from 1.0 on is expected, not 0.5"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 9, "MaxDelaySeconds": 9}]"#,
                "States.A.Retry[0].MaxDelaySeconds: it is greater than IntervalSeconds (9)"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Retry": [{"ErrorEquals": ["A"], "JitterStrategy": "HALF"}]"#,
                "States.A.Retry[0].JitterStrategy: FULL or NONE is expected, not 'HALF'"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Catch": [{"ErrorEquals": ["A"], "Next": "B"}]"#,
                "States.A.Catch[0].Next: there is no state 'B'"
            ),
            (
                #""Type": "Task", "Resource": "${R}", "End": true, "Catch": [{"ErrorEquals": ["A"]}]"#,
                "States.A.Catch[0]: a rule of Catch needs the field 'Next'"
            ),
        ])
    func states(fields: String, expected: String) throws {
        let found = try faults(#"{"StartAt": "A", "States": {"A": {\#(fields)}}}"#)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test("A document that is too large or too deep is refused before it is read")
    func bounds() throws {
        let large = #"{"Comment": ""# + String(repeating: "x", count: StateMachine.maximumDocument) + #""}"#
        #expect(try faults(large).first?.contains("at most 1048576") == true)
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(try faults(#"{"Comment": \#(deep)}"#).count == 1)
    }

    @Test("Names, comments and resources of a document can be shown")
    func outline() throws {
        let machine = try StateMachine(
            definition: """
                {"Comment": "Two steps", "StartAt": "First", "States": {
                  "First": {"Type": "Map", "Comment": "All", "Next": "Last",
                    "Iterator": {"StartAt": "Each", "States": {"Each": {"Type": "Task", "Resource": "${One}", "End": true}}}},
                  "Last": {"Type": "Task", "Resource": "arn:aws:lambda:x", "End": true}}}
                """)
        #expect(machine.comment == "Two steps")
        #expect(machine.resources == ["One", "arn:aws:lambda:x"])
        #expect(machine.states.map(\.name) == ["First", "Each", "Last"])
        #expect(machine.states.map(\.parent) == [nil, "First", nil])
        #expect(machine.states.map(\.type) == [.map, .task, .task])
        #expect(machine.states[0].comment == "All")
    }
}
