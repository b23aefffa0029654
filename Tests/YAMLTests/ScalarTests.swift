import JSON
import Testing
import YAML

/// Types of plain and quoted scalars (YAML 1.2.2, section 10.3.2).
@Suite struct ScalarTests {
    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("Null", .null), ("nUll", "nUll"), ("true", true),
            ("TRUE", true),
            ("False", false), ("yes", "yes"), ("on", "on"), ("No", "No"), ("0", 0), ("-12", -12), ("+7", 7),
            ("017", 17),
            ("0o17", 15), ("0x1F", 31), ("0x-1", "0x-1"), ("0b11", "0b11"), ("1_000", "1_000"), ("1:30", "1:30"),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("1.5", 1.5), ("1.", 1.0), (".5", 0.5),
            ("-.5e3", -500.0),
            ("1e3", 1000.0), ("1e", "1e"), (".", "."), ("+", "+"), ("e3", "e3"), ("inf", "inf"), ("nan", "nan"),
            ("0x1p3", "0x1p3"), ("30s", "30s"), ("64MiB", "64MiB"), ("1.2.3", "1.2.3"), ("2026-11-21", "2026-11-21"),
            ("'12'", "12"), ("\"12\"", "12"), ("'it''s'", "it's"), ("\"a\\tb\\u00e9\"", "a\tb\u{E9}"),
            ("!!str 12", "12"),
            ("! 12", "12"), ("!!int '12'", 12), ("!!float 3", 3.0), ("!!bool 'true'", true), ("!!null ''", .null),
            ("a: b", ["a": "b"]), ("|\n  one\n  two\n", "one\ntwo\n"), (">-\n  one\n  two\n", "one two"),
        ] as [(String, JSONValue)])
    func aScalarHasTheTypeOfTheCoreSchema(text: String, expected: JSONValue) throws {
        #expect(try YAMLNode(parsing: text).json == expected)
    }

    @Test func integersBeyond64BitsAndInfinitiesAreDoubles() throws {
        #expect(try YAMLNode(parsing: "18446744073709551616").json.double == 18_446_744_073_709_551_616)
        #expect(try YAMLNode(parsing: ".inf").json.double == .infinity)
        #expect(try YAMLNode(parsing: "-.INF").json.double == -.infinity)
        #expect(try YAMLNode(parsing: ".nan").json.double?.isNaN == true)
    }

    @Test(arguments: ["!!int x", "!!bool 1", "!!null x", "!own x", "!!seq x", "!!binary aGk=", "!!str [a]", "!!map []"])
    func tagsThatAreUnknownOrDoNotFitAreRefused(text: String) {
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: text) }
    }
}
