import JSON
import TestSupport
import Testing

/// What lines of input may hold, and what happens before a broken one.
@Suite struct InputTests {
    @Test func bytesThatAreNotUTF8AreToldOnceWithTheFirstLine() throws {
        let bytes = Array("good\nb".utf8) + [0xFF] + Array("d\nworse ".utf8) + [0xC3] + Array("\n".utf8)
        let result = try Program.run(["tokenize", "--format", "jsonl"], bytes: bytes)
        #expect(result.status == 0)
        #expect(result.lines.count == 3)
        #expect(result.errors.hasPrefix("needletail: note: standard input, line 2: not UTF-8"))
        #expect(result.errors.split(separator: "\n").count == 1)
        let query = try Program.run(["rerank", "-q", "x", "--no-text"], bytes: bytes)
        #expect(query.errors.hasPrefix("needletail: note: standard input, line 2: not UTF-8"))
        let argument = try Program.shell(#""$NEEDLETAIL" tokenize $'caf\xe9'"#)
        #expect(argument.status == 0)
        #expect(argument.errors.hasPrefix("needletail: note: argument 2: not UTF-8"))
    }

    @Test(arguments: [["tokenize"], ["tokenize", "--jsonl"]])
    func aByteOrderMarkIsIgnoredOnce(arguments: [String]) throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = Array((arguments.contains("--jsonl") ? "\"web\"\n" : "web\n").utf8)
        let plain = try Program.run(arguments, bytes: text)
        let marked = try Program.run(arguments, bytes: mark + text)
        #expect(plain.lines.count == 1)
        #expect(marked.output == plain.output)
        #expect(marked.errors.isEmpty)
        #expect(try Program.run(arguments, bytes: mark).output.isEmpty)
    }

    @Test func aCompleteGroupIsAnsweredBeforeABadLineIsReported() throws {
        let pairs = """
            {"query":"chess","text":"a web server"}
            {"query":"chess","text":"a program that plays chess"}
            {"query":"chess"}
            {"query":"server","text":"a web server"}
            """
        let result = try Program.run(["rerank"], input: pairs)
        #expect(result.status == 65)
        #expect(result.lines.count == 1)
        #expect(try JSONValue(parsing: result.output)["results"]?.array?.count == 2)
        #expect(result.errors.contains("line 3"))
        let texts = try Program.run(["tokenize", "--jsonl"], input: "\"a\"\n\"b\"\n7\n")
        #expect(texts.status == 65)
        #expect(texts.lines.count == 2)
    }

    @Test func textsBeforeABrokenLineAreEncoded() throws {
        let model = Fixture.path("encoders/models/bert-splade")
        let result = try Program.run(["encode-sparse", "--model", model, "--jsonl"], input: "\"a\"\n\"b\"\n7\n")
        #expect(result.status == 65)
        #expect(result.lines.count == 2)
        #expect(result.errors.contains("line 3"))
    }

    @Test func numbersAreSaidInTheSingularWhenThereIsOne() throws {
        let result = try Program.run(["rerank", "-q", "chess", "--format", "table"], input: "a chess engine\n")
        #expect(result.lines.last?.hasPrefix("1 text, ") == true)
    }
}
