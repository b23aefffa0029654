import Foundation
import JSON
import TestSupport
import Testing

/// The forms of what is printed.
@Suite struct OutputTests {
    private static let splade = Fixture.path("encoders/models/bert-splade")

    @Test func aSparseVectorIsAJSONObjectOfWeightsHeaviestFirst() throws {
        let result = try Program.run(["encode-sparse", "--model", Self.splade, "--top", "5", "a fast editor", "music"])
        #expect(result.status == 0, "\(result.errors)")
        try #require(result.lines.count == 2)
        for line in result.lines {
            let entries = try #require(try JSONValue(parsing: String(line))["tokens"]?.object)
            let weights = entries.compactMap(\.value.double)
            #expect(weights.count == 5)
            #expect(weights == weights.sorted(by: >))
            #expect(weights.allSatisfy { $0 > 0 })
        }
    }

    @Test func aSparseVectorIsAListOfBarsInATable() throws {
        let arguments = ["encode-sparse", "--model", Self.splade, "--top", "3", "a fast editor"]
        let table = try Program.run(arguments + ["--format", "table"])
        #expect(table.status == 0, "\(table.errors)")
        let entries = try #require(try JSONValue(parsing: try Program.run(arguments).output)["tokens"]?.object)
        #expect(table.lines.first == "a fast editor")
        for (line, entry) in zip(table.lines.dropFirst(), entries) {
            #expect(line.hasPrefix(entry.key + " "))
            #expect(line.contains("█"))
        }
        #expect(table.lines.count == 5)
        #expect(table.lines.last?.wholeMatch(of: /3 entries, [0-9]+ tokens read/) != nil)
    }

    @Test(arguments: [
        ["rerank", "-q", "chess", "--format", "table"], ["tokenize", "--format", "table"],
        ["models", "list", "--format", "table"], ["models", "inspect", "starter-cross-encoder", "--quick"],
        ["encode-sparse", "--model", splade, "--format", "table"], ["rerank", "--best"],
    ])
    func aPipeGetsNoEscapeCodes(arguments: [String]) throws {
        let result = try Program.run(arguments, input: "a chess engine\n", environment: ["TERM": "xterm-256color"])
        #expect(!(result.output + result.errors).isEmpty)
        #expect(!result.output.contains("\u{1B}"))
        #expect(!result.errors.contains("\u{1B}"))
    }

    /// `script` of util-linux runs a command on a terminal of its own.
    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test(.enabled(if: hasScript, "needs script, of util-linux or bsdutils"))
    func aTerminalGetsColourUnlessNoColorIsSet() throws {
        let line = #"script -qec '"$NEEDLETAIL" models list' /dev/null </dev/null"#
        let coloured = try Program.shell(line, environment: ["TERM": "xterm"])
        let plain = try Program.shell(line, environment: ["TERM": "xterm", "NO_COLOR": "1"])
        #expect(coloured.output.contains("\u{1B}[1mstarter-cross-encoder"))
        #expect(plain.output.contains("starter-cross-encoder"))
        #expect(!plain.output.contains("\u{1B}"))
    }
}
