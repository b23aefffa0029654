import TestSupport
import Testing

/// Wrong usage and broken input: the status for scripts, the sentence for people.
@Suite struct FailureTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let arguments: [String]
        var input = ""
        let status: Int32

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "unknown-command", arguments: ["rank"], status: 64),
        Case(name: "unknown-option", arguments: ["rerank", "--best", "3"], status: 64),
        Case(name: "top-zero", arguments: ["rerank", "--top", "0"], status: 64),
        Case(name: "threads-zero", arguments: ["rerank", "--threads", "0"], status: 64),
        Case(name: "unknown-precision", arguments: ["rerank", "--precision", "fp8"], status: 64),
        Case(name: "texts-without-query", arguments: ["rerank", "--texts", "x.txt"], status: 64),
        Case(name: "unknown-metric", arguments: ["eval", "Examples/packages", "--metrics", "F1"], status: 64),
        Case(name: "no-metric", arguments: ["eval", "Examples/packages", "--metrics", ""], status: 64),
        Case(name: "softmax", arguments: ["rerank", "--activation", "softmax"], status: 64),
        Case(name: "model-empty", arguments: ["rerank", "--model", ""], status: 64),
        Case(name: "texts-empty", arguments: ["rerank", "-q", "x", "--texts", ""], status: 64),
        Case(name: "max-length-three", arguments: ["rerank", "--max-length", "3"], status: 64),
        Case(name: "tokenize-max-length-three", arguments: ["tokenize", "--max-length", "3", "x"], status: 64),
        Case(name: "json-and-table", arguments: ["models", "inspect", "x", "--json", "--format", "table"], status: 64),
        Case(name: "model-needed", arguments: ["embed", "text"], status: 64),
        Case(name: "no-such-input", arguments: ["rerank", "/nonexistent/in.jsonl"], status: 66),
        Case(name: "input-is-a-folder", arguments: ["rerank", "/etc"], status: 66),
        Case(name: "no-such-texts", arguments: ["rerank", "-q", "x", "--texts", "/nonexistent/in.txt"], status: 66),
        Case(name: "no-such-model-path", arguments: ["rerank", "--model", "./nonexistent"], status: 66),
        Case(name: "no-such-model-name", arguments: ["rerank", "--model", "nonexistent"], status: 66),
        Case(name: "no-such-collection", arguments: ["eval", "/nonexistent"], status: 66),
        Case(name: "id-outside-vocabulary", arguments: ["tokenize", "--decode", "101 30522"], status: 65),
        Case(name: "no-pairs", arguments: ["bench", "rerank", "--pairs", "-"], status: 65),
        Case(
            name: "pairs-not-json", arguments: ["bench", "rerank", "--pairs", "-"],
            input: "{\"query\":\"a\",\"text\":\"b\"}\n{\"query\":\"a\",\n", status: 65),
        Case(
            name: "bench-no-texts", arguments: ["bench", "embed", "--model", "x", "--texts", "-"], input: "\n",
            status: 65),
        Case(
            name: "bench-text-is-a-number", arguments: ["bench", "sparse", "--model", "x", "--texts", "-"],
            input: "\"a\"\n7\n", status: 65),
        Case(
            name: "bench-no-seconds", arguments: ["bench", "rerank", "--pairs", "-", "--seconds=-1"], status: 64),
        Case(
            name: "pairs-without-text", arguments: ["bench", "rerank", "--pairs", "-"], input: "{\"query\":\"a\"}\n",
            status: 65),
    ]

    @Test(arguments: cases)
    func theMessageIsAsRecorded(_ failure: Case) throws {
        let result = try Program.run(failure.arguments, input: failure.input)
        #expect(result.status == failure.status)
        #expect(result.output.isEmpty)
        try Snapshot.expect(result.errors, equals: "failure-" + failure.name)
    }

    /// Line, field and sentence of what is wrong with a request.
    @Test(arguments: [
        ("[1]", "line 1: must be an object with 'query' and 'text', 'texts' or 'documents', not an array."),
        ("\n\n{\"text\":\"b\"}", "line 3: field 'query' is missing."),
        ("{\"query\":7,\"text\":\"b\"}", "line 1: field 'query' must be a string, not a number."),
        ("{\"query\":\"a\"}", "line 1: one of the fields 'text', 'texts' and 'documents' is needed beside 'query'."),
        (
            "{\"query\":\"a\",\"text\":\"b\",\"texts\":[]}",
            "line 1: only one of the fields 'text', 'texts' may be there."
        ),
        ("{\"query\":\"a\",\"text\":null}", "line 1: field 'text' must be a string, not null."),
        ("{\"query\":\"a\",\"texts\":\"b\"}", "line 1: field 'texts' must be an array, not a string."),
        (
            "{\"query\":\"a\",\"texts\":[\"b\",true]}",
            "line 1: field 'texts[1]' must be a string or an object with 'text', not a boolean."
        ),
        ("{\"query\":\"a\",\"documents\":[{\"id\":\"x\"}]}", "line 1: field 'documents[0].text' is missing."),
        (
            "{\"query\":\"a\",\"documents\":[{\"id\":1.5,\"text\":\"x\"}]}",
            "line 1: field 'documents[0].id' must be a string or a whole number, not a number."
        ),
        ("{\"query\":\"a\"", "line 1, column 13: not JSON:"),
    ])
    func aBrokenRequestIsNamedByLineAndField(line: String, message: String) throws {
        let result = try Program.run(["rerank"], input: line + "\n")
        #expect(result.status == 65)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("needletail: standard input, " + message), "\(result.errors)")
        #expect(result.errors.hasSuffix(".\n"))
    }

    @Test func aReaderThatStopsReadingEndsTheProgramQuietly() throws {
        // `models list` would otherwise still have lines to write after `true` has gone.
        let line =
            #"for i in $(seq 20); do "$NEEDLETAIL" --generate-completion-script bash | head -c 1 >/dev/null; done"#
        let result = try Program.shell(line)
        #expect(result.errors.isEmpty)
    }

    @Test func aFullDiskIsTold() throws {
        let result = try Program.shell(#""$NEEDLETAIL" models list > /dev/full"#)
        #expect(result.status == 74)
        #expect(result.errors.contains("standard output cannot be written: No space left on device"))
    }
}
