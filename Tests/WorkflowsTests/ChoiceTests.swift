import JSON
import Testing
import Workflows

/// The comparison operators of `Choice` states.
struct ChoiceTests {
    private static let input = """
        {"text": "abc", "same": "abc", "later": "abd", "upper": "ABC", "number": 5, "float": 5.0, "more": 7.5, "yes": true, "no": false,
         "at": "2026-03-01T12:00:00Z", "sameAt": "2026-03-01T13:00:00+01:00", "laterAt": "2026-03-01T12:00:00.001Z", "nothing": null,
         "list": [1], "log": "log-2026.txt", "star": "a*b", "big": 9007199254740993}
        """

    /// Which way a rule goes: `true`, `false`, or the name of an error.
    private func choose(_ rule: String) async throws -> String {
        let outcome = try await run(
            """
            {"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{\(rule), "Next": "Yes"}], "Default": "No"},
             "Yes": {"Type": "Pass", "Result": "true", "End": true}, "No": {"Type": "Pass", "Result": "false", "End": true}}}
            """, json(Self.input))
        switch outcome {
        case .succeeded(let output): return output.string ?? ""
        case .failed(let error, _): return error
        default: throw Unexpected(outcome: outcome)
        }
    }

    /// Variable, operator, operand of the operator, operand of its Path, and what is expected.
    static let comparisons: [(String, String, String, String, Bool)] = {
        var rows: [(String, String, String, String, Bool)] = []
        // What smaller, equal and greater operands make of each order.
        let orders: [(String, [Bool])] = [
            ("Equals", [false, true, false]), ("LessThan", [false, false, true]),
            ("GreaterThan", [true, false, false]),
            ("LessThanEquals", [false, true, true]), ("GreaterThanEquals", [true, true, false]),
        ]
        let families: [(String, [(String, String, String)])] = [
            ("String", [("later", "\"abc\"", "text"), ("text", "\"abc\"", "same"), ("text", "\"abd\"", "later")]),
            ("Numeric", [("more", "5", "number"), ("number", "5.0", "float"), ("number", "7.5", "more")]),
            (
                "Timestamp",
                [
                    ("laterAt", "\"2026-03-01T12:00:00Z\"", "at"), ("at", "\"2026-03-01T13:00:00+01:00\"", "sameAt"),
                    ("at", "\"2026-03-01T12:00:00.001Z\"", "laterAt"),
                ]
            ),
        ]
        for (family, cases) in families {
            for (order, expected) in orders {
                for (row, expected) in zip(cases, expected) {
                    rows.append((row.0, family + order, row.1, row.2, expected))
                }
                // A value of another type is never equal, less or greater.
                rows.append(("yes", family + order, cases[0].1, cases[0].2, false))
                rows.append(("list", family + order, cases[0].1, cases[0].2, false))
            }
        }
        rows.append(("yes", "BooleanEquals", "true", "yes", true))
        rows.append(("yes", "BooleanEquals", "false", "no", false))
        rows.append(("text", "BooleanEquals", "true", "yes", false))
        return rows
    }()

    @Test("Operators compare with values and with paths", arguments: comparisons)
    func comparing(variable: String, name: String, operand: String, path: String, expected: Bool) async throws {
        #expect(try await choose(#""Variable": "$.\#(variable)", "\#(name)": \#(operand)"#) == "\(expected)")
        #expect(try await choose(#""Variable": "$.\#(variable)", "\#(name)Path": "$.\#(path)""#) == "\(expected)")
    }

    @Test(
        "Tests of types, patterns and presence",
        arguments: [
            ("text", "IsString", true), ("number", "IsString", false), ("number", "IsNumeric", true),
            ("float", "IsNumeric", true),
            ("text", "IsNumeric", false), ("yes", "IsBoolean", true), ("nothing", "IsBoolean", false),
            ("nothing", "IsNull", true),
            ("no", "IsNull", false), ("at", "IsTimestamp", true), ("text", "IsTimestamp", false),
            ("number", "IsTimestamp", false),
            ("text", "IsPresent", true), ("nothing", "IsPresent", true), ("absent", "IsPresent", false),
        ])
    func natures(variable: String, name: String, expected: Bool) async throws {
        #expect(try await choose(#""Variable": "$.\#(variable)", "\#(name)": true"#) == "\(expected)")
        #expect(try await choose(#""Variable": "$.\#(variable)", "\#(name)": false"#) == "\(!expected)")
    }

    @Test(
        "Patterns have stars and escapes",
        arguments: [
            ("log", "log-*.txt", true), ("log", "*", true), ("log", "log*2*t", true), ("log", "log-*.csv", false),
            ("log", "log", false),
            ("text", "abc", true), ("text", "abc*", true), ("text", "*abc*", true), ("text", "ab*bc", false),
            ("text", "a*b*c", true),
            ("star", #"a\\*b"#, true), ("text", #"a\\*c"#, false), ("upper", "abc", false), ("number", "*", false),
            ("text", "", false),
        ])
    func patterns(variable: String, pattern: String, expected: Bool) async throws {
        #expect(try await choose(#""Variable": "$.\#(variable)", "StringMatches": "\#(pattern)""#) == "\(expected)")
    }

    @Test(
        "And, Or and Not combine rules",
        arguments: [
            (
                #""And": [{"Variable": "$.text", "IsString": true}, {"Variable": "$.number", "IsNumeric": true}]"#,
                "true"
            ),
            (
                #""And": [{"Variable": "$.text", "IsString": true}, {"Variable": "$.number", "IsString": true}]"#,
                "false"
            ),
            (#""Or": [{"Variable": "$.text", "IsNull": true}, {"Variable": "$.number", "IsNumeric": true}]"#, "true"),
            (#""Or": [{"Variable": "$.text", "IsNull": true}, {"Variable": "$.number", "IsNull": true}]"#, "false"),
            (#""Not": {"Variable": "$.text", "StringEquals": "x"}"#, "true"),
            (
                #""Not": {"Or": [{"Variable": "$.yes", "BooleanEquals": true}, {"Variable": "$.absent", "IsNull": true}]}"#,
                "false"
            ),
            // The specification's example: present first, then compared.
            (
                #""And": [{"Variable": "$.absent", "IsPresent": true}, {"Variable": "$.absent", "NumericEquals": 1}]"#,
                "false"
            ),
            (#""Variable": "$.absent", "NumericEquals": 1"#, "States.Runtime"),
            (#""Variable": "$.number", "NumericEqualsPath": "$.absent""#, "States.Runtime"),
            (#""Variable": "$$.State.Name", "StringEquals": "C""#, "true"),
            (#""Variable": "$.big", "NumericEquals": 9007199254740992"#, "false"),
        ])
    func combining(rule: String, expected: String) async throws {
        #expect(try await choose(rule) == expected)
    }

    @Test("Without a rule that holds and without Default, no choice matches")
    func none() async throws {
        let outcome = try await run(
            """
            {"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": "S"}]},
             "S": {"Type": "Succeed"}}}
            """, ["a": 2])
        #expect(
            outcome == .failed(error: "States.NoChoiceMatched", cause: "no rule of 'C' holds, and there is no Default"))
    }

    @Test("The first rule that holds decides, and the output is the input after OutputPath")
    func order() async throws {
        let outcome = try await run(
            """
            {"StartAt": "C", "States": {"C": {"Type": "Choice", "InputPath": "$.in", "OutputPath": "$.b", "Choices": [
              {"Variable": "$.a", "NumericEquals": 2, "Next": "First"}, {"Variable": "$.a", "NumericLessThan": 9, "Next": "Second"},
              {"Variable": "$.a", "IsNumeric": true, "Next": "Third"}]},
             "First": {"Type": "Fail"}, "Second": {"Type": "Succeed"}, "Third": {"Type": "Fail"}}}
            """, ["in": ["a": 3, "b": ["c": 4]]])
        #expect(outcome == .succeeded(output: ["c": 4]))
    }
}
