import JSON
import Testing

/// Texts that every reader must take or refuse, after RFC 8259.
struct AcceptanceTests {
    static let accepted: [String] = [
        "null", "true", "false", "0", "-0", "1", "-1", "123456789012345678901234567890", "1.5", "1e5", "1E+5", "1e-05",
        "0e1",
        "0.1e1", "-0.0", "1e-400", "\"\"", "\"a\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"",
        "\"\\uD834\\uDd1e\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\uD800\\u0041\"", "\"\u{7F}\"", "\"\u{2028}\u{10FFFF}\"", "[]", "[ ]", "[1]",
        "[1,2 , 3]", "[[],[[]]]", "{}",
        "{ }", "{\"a\":1}", "{\"a\":{\"b\":[]},\"a\":null}", "{\"\":0}", " \t\r\n[1]\n", "\u{FEFF}[1]",
    ]

    static let refused: [String] = [
        "", " ", "\u{FEFF}", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "00", "1.",
        ".5", "-.5", "1e", "1e+",
        "1.e1", "0x10", "1_000", "1 2", "1,", "--1", "1.2.3", "1e1.5", "１", "\"", "\"\\", "\"\\\"", "\"\\x\"",
        "\"\\u\"", "\"\\u12\"",
        "\"\\u123g\"", "\"\\u-123\"", "\"\n\"", "\"\t\"", "\"\u{1F}\"", "\"\u{0}\"", "'a'", "\"a\" \"b\"", "[", "]",
        "[1", "[1,", "[1,]", "[,1]", "[,]",
        "[1 2]", "[1:2]", "[1,,2]", "[}", "[1}", "{", "}", "{]", "{,}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{\"a\" 1}",
        "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "{\"a\"::1}", "{null:1}", "[1]]", "{}{}", "//c\n1",
        "/**/1", "[1] // c", "#1",
        "\u{0C}1", "\u{A0}1", "1\u{0}", "1e400", "-1e400",
    ]

    @Test func takesWhatTheGrammarAllows() {
        for text in Self.accepted {
            #expect(throws: Never.self, "\(text.debugDescription)") { _ = try JSONValue(parsing: text) }
        }
    }

    @Test func refusesWhatTheGrammarForbids() {
        for text in Self.refused {
            #expect(throws: JSONError.self, "\(text.debugDescription)") { _ = try JSONValue(parsing: text) }
        }
    }

    @Test func skippingChecksTheSameGrammar() {
        // Numbers that are out of range have a valid text, so that only reading them fails.
        for text in Self.refused where !text.contains("400") {
            #expect(throws: JSONError.self, "\(text.debugDescription)") {
                try JSONReader.read(Array(text.utf8)) { (reader) throws(JSONError) in
                    try reader.skipValue()
                    try reader.finish()
                }
            }
        }
    }
}
