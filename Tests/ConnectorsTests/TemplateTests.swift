import Connectors
import JSON
import Testing

/// Places for parameters, and paths into answers.
@Suite struct TemplateTests {
    private func json(_ template: String, _ values: [String: String], plain: Set<String> = []) throws -> String {
        String(
            decoding: try ConnectorTemplate(prefix: "parameters", values: values, plain: plain).json(template),
            as: UTF8.self)
    }

    @Test func valuesAreEscapedInsideOfStringsOnly() throws {
        let text = "a \"quoted\" \\ line\nwith\ttab \u{1} and { ü 🚀"
        let filled = try json(
            #"{"a": "<${parameters.t}>", "n": ${parameters.n}, "l": ${parameters.l}}"#,
            [
                "t": text, "n": "0.5", "l": #"["x", "y\"z"]"#,
            ])
        #expect(
            try JSONValue(parsing: filled) == ["a": .string("<\(text)>"), "n": 0.5, "l": ["x", "y\"z"]])
        // JSON inside of a string is text.
        #expect(
            try JSONValue(parsing: try json(#"{"a": "${parameters.l}"}"#, ["l": #"["x"]"#])) == ["a": #"["x"]"#])
        // A quote that is escaped in the template does not end its string.
        #expect(
            try JSONValue(parsing: try json(#"{"a": "\"${parameters.t}\\"}"#, ["t": "\""])) == ["a": #"""\"#])
        #expect(try json(#"{"a": "${parameters.t}"}"#, ["t": #"\n"#], plain: ["t"]) == #"{"a": "\n"}"#)
    }

    @Test func placesInsideOfValuesAreFilled() throws {
        let values = ["a": "1${parameters.b}", "b": "2\"${parameters.c:-none}", "l": #"["${parameters.b}"]"#]
        #expect(try JSONValue(parsing: try json(#"["${parameters.a}"]"#, values)) == [#"12"none"#])
        #expect(try JSONValue(parsing: try json("${parameters.l}", values)) == [#"2"none"#])
        #expect(
            try ConnectorTemplate(prefix: "parameters", values: ["h": "${parameters.e}/v1", "e": "x.org"])
                .text("https://${parameters.h}/p?${parameters.q:-a=1}") == "https://x.org/v1/p?a=1")
    }

    @Test func whatIsMissingStays() throws {
        #expect(
            try json(#"["${parameters.x}", ${parameters.y:-3}, "${credential.k}"]"#, [:])
                == #"["${parameters.x}", 3, "${credential.k}"]"#)
        #expect(
            try json(#"{"d": "${parameters.d:-null}", "e": "${parameters.e:-null}"}"#, ["e": "x"])
                == #"{"d": null, "e": "x"}"#)
        let template = ConnectorTemplate(prefix: "parameters", values: [:])
        #expect(
            template.places(in: "a${parameters.x} ${parameters.y.z} ${other.q} ${parameters.open".utf8) == ["x", "y.z"])
    }

    @Test func templatesAreBounded() {
        // A value made of itself, and values that double themselves.
        #expect(throws: ConnectorError.self) { try json("\"${parameters.a}\"", ["a": "${parameters.a}"]) }
        let many = String(repeating: "${parameters.b}", count: 60_000)
        #expect(throws: ConnectorError.self) {
            try json("\"${parameters.a}\"", ["a": many, "b": "${parameters.c}", "c": ""])
        }
        let long = String(repeating: "x", count: 1 << 20)
        #expect(throws: ConnectorError.self) {
            try json("\"" + String(repeating: "${parameters.a}", count: 40) + "\"", ["a": long])
        }
    }

    @Test func paths() throws {
        let document = try JSONValue(
            parsing: #"{"data": [{"e": [1, 2]}, {"e": [3]}, {"f": 1}], "a b": {"c.d": "x"}, "o": {"p": 1, "q": 2}}"#)
        for (path, value) in [
            ("$", document), ("$.data[*].e", [[1, 2], [3]]), ("$.data[0].e[1]", 2), ("$.data[-1].f", 1),
            ("$['a b']['c.d']", "x"), ("$.o.*", [1, 2]), ("$.data[*].nothing", []),
        ] as [(String, JSONValue)] {
            #expect(try JSONPath(path).value(in: document) == value, "\(path)")
        }
        #expect(try JSONPath("$.nothing.at").value(in: document) == nil)
        #expect(try JSONPath("$.data[9]").value(in: document) == nil)
        for bad in ["", "data", "$.", "$..e", "$[", "$[x]", "$.a[?(@.b)]", "$ "] {
            #expect(throws: ConnectorError.self, "\(bad)") { try JSONPath(bad) }
        }
    }
}
