import JSON
import TestSupport
import Testing

/// What `bench` answers; how long things take is for Benchmarks/.
@Suite struct BenchTests {
    private static func answer(_ arguments: [String], input: String) throws -> JSONValue {
        let result = try Program.run(["bench"] + arguments, input: input)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONValue(parsing: result.output)
    }

    private static func expectTimes(of answer: JSONValue, runs: ClosedRange<Int>) throws {
        let median = try #require(answer["median_ms"]?.double)
        let minimum = try #require(answer["min_ms"]?.double)
        #expect(minimum > 0 && minimum <= median)
        #expect(try #require(answer["tokenize_ms"]?.double) > 0)
        #expect(runs.contains(try #require(answer["runs"]?.int)))
    }

    @Test func rerankAnswersItsContract() throws {
        let pairs =
            "{\"query\":\"chess\",\"text\":\"a program that plays chess\"}\n{\"query\":\"chess\",\"text\":\"a web server\"}\n"
        let answer = try Self.answer(
            [
                "rerank", "--model", "Models/starter-cross-encoder", "--pairs", "-", "--precision", "fp32",
                "--threads", "2", "--max-length", "64", "--json",
            ], input: pairs)
        try Self.expectTimes(of: answer, runs: 7...Int.max)
        // [CLS] chess [SEP] a program that plays chess [SEP], and [CLS] chess [SEP] a web server [SEP].
        #expect(answer["tokens"]?.int == 9 + 7)
        #expect(answer["texts"]?.int == 2)
        #expect(answer["precision"]?.string == "fp32")
        #expect(answer["threads"]?.int == 2)
    }

    /// Strings and objects, titles before their texts, cut at the longest length that is asked for.
    @Test(arguments: [("embed", "bert-dense"), ("sparse", "bert-splade")])
    func textsAreReadAndCounted(command: String, model: String) throws {
        let folder = Fixture.path("encoders/models/\(model)")
        let arguments = [command, "--model", folder, "--texts", "-", "--threads", "1", "--json"]
        func tokens(_ lines: String, _ more: [String] = []) throws -> Int? {
            let answer = try Self.answer(arguments + ["--runs", "2", "--seconds", "0"] + more, input: lines)
            try Self.expectTimes(of: answer, runs: 2...2)
            #expect(answer["texts"]?.int == lines.split(separator: "\n").count)
            #expect(answer["threads"]?.int == 1)
            return answer["tokens"]?.int
        }
        let parts = [try #require(try tokens("\"a\"\n")), try #require(try tokens("\"a fast editor\"\n"))]
        #expect(parts[0] < parts[1])
        #expect(
            try tokens("\"a\"\n{\"_id\":\"7\",\"title\":\"a\",\"text\":\"fast editor\"}\n{\"text\":\"a\"}\n")
                == 2 * parts[0] + parts[1])
        #expect(try tokens("\"a fast editor and more\"\n", ["--max-length", "4"]) == 4)
    }

    @Test func withoutJSONThereIsATable() throws {
        let result = try Program.run(
            [
                "bench", "rerank", "--pairs", "-", "--runs", "1", "--seconds", "0", "--threads", "1", "--precision",
                "fp32",
            ],
            input: "{\"query\":\"chess\",\"text\":\"a web server\"}\n")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines.count >= 2)
        #expect(result.lines.first?.contains("median ms") == true)
        #expect(result.lines.last?.split(separator: " ").prefix(4) == ["1", "7", "1", "fp32"])
    }
}
