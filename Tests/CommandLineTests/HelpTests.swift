import Testing

/// What the program says about itself.
@Suite struct HelpTests {
    @Test(arguments: [
        "", "rerank", "embed", "encode-sparse", "tokenize", "eval", "models", "models list", "models inspect", "bench",
        "bench rerank",
    ])
    func helpIsAsRecorded(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let result = try Program.run(words + ["--help"])
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        let name = (["help"] + words).joined(separator: "-")
        try Snapshot.expect(result.output, equals: name)
    }

    @Test(arguments: [
        "rerank", "embed", "encode-sparse", "tokenize", "eval", "models list", "models inspect", "bench rerank",
    ])
    func everyCommandShowsExamples(command: String) throws {
        let result = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.output.contains("Example"))
        #expect(result.output.contains("  needletail \(command)") || result.output.contains("needletail \(command)"))
    }

    @Test func theVersionIsOneLine() throws {
        let result = try Program.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+(-[a-z0-9.]+)?\n/) != nil)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionScriptsNameAllCommands(shell: String) throws {
        let result = try Program.run(["--generate-completion-script", shell])
        #expect(result.status == 0)
        for command in ["rerank", "embed", "encode-sparse", "tokenize", "eval", "models", "bench", "inspect"] {
            #expect(result.output.contains(command), "\(command)")
        }
    }

    @Test func theBashCompletionIsValidBash() throws {
        let result = try Program.shell(#""$NEEDLETAIL" --generate-completion-script bash | bash -n"#)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }
}
