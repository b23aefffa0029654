import Foundation
import JSON
import TestSupport
import Testing

/// Commands that run a model, against PyTorch and transformers (`Tests/Fixtures/command-line/make_expected.py`).
@Suite struct ModelCommandTests {
    private static let miniLM = Fixture.repositoryRoot + "/.cache/models/all-MiniLM-L6-v2"
    private static let hasMiniLM = FileManager.default.fileExists(atPath: miniLM + "/model.safetensors")

    private static func fixture(_ name: String) throws -> [JSONValue] {
        let text = String(decoding: try Fixture.bytes("command-line/\(name).jsonl"), as: UTF8.self)
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    private static func numbers(_ value: JSONValue?) -> [Double] {
        (value?.array ?? []).compactMap(\.double)
    }

    private static func parsed(_ line: Substring) -> JSONValue {
        (try? JSONValue(parsing: String(line))) ?? .null
    }

    @Test(arguments: [["--threads", "1"], ["--threads", "2"]])
    func rerankScoresAsPyTorchDoesAndSorts(threads: [String]) throws {
        let result = try Program.run(
            ["rerank", Fixture.path("command-line/requests.jsonl"), "--raw-scores", "--precision", "fp32"] + threads)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.isEmpty)
        let expected = try Self.fixture("rerank.expected")
        let requests = try Self.fixture("requests")
        try #require(result.lines.count == expected.count)
        for ((line, expected), request) in zip(zip(result.lines, expected), requests) {
            let answer = try JSONValue(parsing: String(line))
            let logits = Self.numbers(expected["logits"])
            let results = try #require(answer["results"]?.array)
            #expect(results.count == logits.count)
            #expect(answer["query"] == request["query"])
            #expect(answer["tokens"]?.int == expected["tokens"]?.int)
            let scores = results.compactMap { $0["score"]?.double }
            #expect(scores == scores.sorted(by: >))
            for item in results {
                let index = try #require(item["index"]?.int)
                let score = try #require(item["score"]?.double)
                #expect(abs(score - logits[index]) < 1e-3, "\(score) instead of \(logits[index])")
                #expect(item["id"] == request["documents"]?[index]?["id"])
            }
        }
    }

    @Test func pairsOfOneQueryAreOneRequest() throws {
        let pairs = """
            {"query":"chess","text":"a web server","id":7}
            {"query":"chess","text":"a program that plays chess"}
            {"query":"server","text":"a web server"}
            """
        let result = try Program.run(["rerank", "--top", "1"], input: pairs)
        #expect(result.status == 0, "\(result.errors)")
        let answers = try result.lines.map { try JSONValue(parsing: String($0)) }
        #expect(answers.map { $0["query"]?.string } == ["chess", "server"])
        #expect(answers.first?["results"]?.array?.count == 1)
        #expect(answers.first?["results"]?[0]?["index"]?.int == 1)
    }

    @Test func aQueryWithLinesGivesATable() throws {
        let texts = "a web server\nGNU chess\n\nan \u{1B}[31mimage editor\n"
        let result = try Program.run(["rerank", "-q", "play chess", "--format", "table"], input: texts)
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.output.contains("\u{1B}"))
        #expect(result.lines.first == "play chess")
        #expect(result.lines[1].contains("rank  was"))
        #expect(result.lines[2].contains("GNU chess"))
        #expect(result.lines.last?.hasPrefix("3 texts, ") == true)
    }

    @Test func sigmoidKeepsTheOrderAndStaysBetweenZeroAndOne() throws {
        let arguments = ["rerank", Fixture.path("command-line/requests.jsonl"), "--no-text"]
        let raw = try Program.run(arguments + ["--raw-scores"])
        let sigmoid = try Program.run(arguments + ["--activation", "sigmoid"])
        for (raw, sigmoid) in zip(raw.lines, sigmoid.lines) {
            let raw = try #require(Self.parsed(raw)["results"]?.array)
            let sigmoid = try #require(Self.parsed(sigmoid)["results"]?.array)
            #expect(raw.map { $0["index"]?.int } == sigmoid.map { $0["index"]?.int })
            for (raw, sigmoid) in zip(raw, sigmoid) {
                let logit = try #require(raw["score"]?.double)
                #expect(abs((sigmoid["score"]?.double ?? .nan) - 1 / (1 + exp(-logit))) < 1e-5)
                #expect(sigmoid["text"] == nil)
            }
        }
    }

    @Test func emptyListsAreAnswered() throws {
        let result = try Program.run(["rerank"], input: "{\"query\":\"x\",\"texts\":[]}\n")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("{\"query\":\"x\",\"results\":[],\"tokens\":0,"))
        let nothing = try Program.run(["rerank"], input: "")
        #expect(nothing.status == 0)
        #expect(nothing.output.isEmpty)
    }

    @Test(.enabled(if: hasMiniLM, "scripts/fetch-test-models fetches the model"))
    func embedGivesSentenceTransformersVectors() throws {
        let result = try Program.run([
            "embed", "--model", Self.miniLM, "--jsonl", "--file", Fixture.path("command-line/texts.jsonl"),
            "--precision", "fp32",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let expected = try Self.fixture("embed.expected")
        try #require(result.lines.count == expected.count)
        for (line, expected) in zip(result.lines, expected) {
            let vector = Self.numbers(Self.parsed(line)["embedding"])
            let reference = Self.numbers(expected)
            try #require(vector.count == 384 && reference.count == 384)
            let worst = zip(vector, reference).map { abs($0 - $1) }.max() ?? .nan
            #expect(worst < 1e-4)
        }
    }

    @Test(.enabled(if: hasMiniLM, "scripts/fetch-test-models fetches the model"))
    func embedWritesBytesThatNumPyReads() throws {
        let line =
            #""$NEEDLETAIL" embed --model "$MODEL" --dimensions 8 --format FORMAT one two three | od -An -v -tx1 | tr -d ' \n'"#
        let raw = try Program.shell(line.replacing("FORMAT", with: "raw"), environment: ["MODEL": Self.miniLM])
        let npy = try Program.shell(line.replacing("FORMAT", with: "npy"), environment: ["MODEL": Self.miniLM])
        #expect(raw.output.count == 3 * 8 * 4 * 2)
        #expect(npy.output.hasPrefix("934e554d50590100"))
        #expect(npy.output.hasSuffix("0a" + raw.output))
        #expect((npy.output.count - raw.output.count) % 128 == 0)
    }

    @Test(.enabled(if: hasMiniLM, "scripts/fetch-test-models fetches the model"))
    func tokenizeGivesHuggingFaceTokens() throws {
        let result = try Program.run([
            "tokenize", "--model", Self.miniLM, "--jsonl", "--file", Fixture.path("command-line/texts.jsonl"),
        ])
        #expect(result.status == 0, "\(result.errors)")
        let expected = try Self.fixture("tokenize.expected")
        try #require(result.lines.count == expected.count)
        for (line, expected) in zip(result.lines, expected) {
            let answer = try JSONValue(parsing: String(line))
            for key in ["ids", "tokens", "offsets"] { #expect(answer[key] == expected[key], "\(key)") }
        }
    }

    @Test func tokenizeDecodesIds() throws {
        let result = try Program.run(["tokenize", "--decode"], input: "101 7592 2088 102\n[7592, 2088]\n")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "hello world\nhello world\n")
        let broken = try Program.run(["tokenize", "--decode", "12 x"])
        #expect(broken.status == 65)
        #expect(broken.errors.contains("text 1: 'x' is not a token id"))
    }

    @Test func aModelOfAnotherKindIsRefused() throws {
        let result = try Program.run(["encode-sparse", "--model", ModelCommandTests.starter, "text"])
        #expect(result.status == 65)
        #expect(result.errors.hasPrefix("needletail: "))
    }

    private static let starter = Fixture.repositoryRoot + "/Models/starter-cross-encoder"
}
