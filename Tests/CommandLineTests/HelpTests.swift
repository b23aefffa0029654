import Foundation
import TestSupport
import Testing

/// What the program says about itself.
@Suite struct HelpTests {
    @Test(arguments: [
        "", "rerank", "embed", "encode-sparse", "tokenize", "eval", "tune", "tune hybrid", "train", "train dense",
        "train sparse", "train cross-encoder", "train report", "mine", "distill", "generate", "generate queries",
        "finetune", "runs", "runs list", "runs show", "runs resume", "runs cancel", "runs report", "models",
        "models list",
        "models pull",
        "models inspect", "models quantize", "index", "index load", "index rebuild", "index stats", "index export",
        "search",
        "bench", "bench rerank", "bench embed", "bench sparse", "serve", "users", "users list",
        "users reset-password", "doctor",
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
        "rerank", "embed", "encode-sparse", "tokenize", "eval", "tune hybrid", "train dense", "train sparse",
        "train cross-encoder", "train report", "mine", "distill", "generate queries",
        "finetune", "runs list", "runs show", "runs resume", "runs cancel", "runs report", "models list", "models pull",
        "models inspect",
        "models quantize", "index load", "index rebuild", "index stats", "index export", "search",
        "bench rerank", "bench embed", "bench sparse", "serve", "users list", "users reset-password",
        "doctor",
    ])
    func everyCommandShowsExamples(command: String) throws {
        let result = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.output.contains("Example"))
        #expect(result.output.contains("  needletail \(command)") || result.output.contains("needletail \(command)"))
    }

    /// What a command shows as an example, in its help or in the README, must be what it takes: in a folder without any of
    /// the files, it may fail for want of them (66), but not for its arguments (64).
    @Test func theArgumentsOfAllExamplesAreUnderstood() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletail-examples-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var examples: [String] = []
        for command in [
            "rerank", "embed", "encode-sparse", "tokenize", "eval", "tune hybrid", "train dense", "train sparse",
            "train cross-encoder", "train report", "mine", "distill", "generate queries",
            "finetune", "runs list", "runs show", "runs resume", "runs cancel", "runs report", "models list",
            "models pull",
            "models inspect",
            "models quantize", "index load", "index rebuild", "index stats", "index export", "search",
            "bench rerank", "bench embed", "bench sparse", "serve", "users list", "users reset-password",
            "doctor",
        ] {
            let help = try Program.run(
                command.split(separator: " ").map(String.init) + ["--help"], environment: ["COLUMNS": "400"])
            let shown = help.lines.filter { $0.hasPrefix("  ") && $0.contains("needletail \(command)") }
            #expect(!shown.isEmpty, "\(command) shows no example")
            examples += shown.map(String.init)
        }
        let readme = String(
            decoding: try Data(contentsOf: URL(filePath: Fixture.repositoryRoot + "/README.md")), as: UTF8.self)
        let ofReadme = readme.split(separator: "\n").filter { $0.hasPrefix("    .build/release/needletail ") }
        #expect(ofReadme.count >= 5)
        examples += ofReadme.map { String($0).replacing(".build/release/needletail", with: "needletail") }
        for example in examples {
            // Files that the shell itself would open are not there.
            var line = example.replacing(#/ [<>] [^ ]+/#, with: "")
            // A server would not end by itself.
            if line.contains("needletail serve") { line += " --check" }
            let functions = #"needletail() { "$NEEDLETAIL" "$@"; }; my-search() { :; }; "#
            // Nor is there a network, and no cache.
            let result = try Program.shell(
                functions + line, environment: ["HF_HUB_OFFLINE": "1"], in: folder.path(percentEncoded: false))
            // The doctor reports what is missing, and goes on.
            let allowed: [Int32] = line.contains("needletail doctor") ? [0, 1] : [0, 66]
            #expect(allowed.contains(result.status), "\(line): \(result.status), \(result.errors)")
            #expect(!result.errors.contains("Usage:"), "\(line): \(result.errors)")
        }
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
        for command in [
            "rerank", "embed", "encode-sparse", "tokenize", "eval", "tune", "train", "mine", "distill", "finetune",
            "runs", "models",
            "bench",
            "inspect",
            "pull", "quantize",
            "serve", "index", "search", "users", "doctor",
        ] {
            #expect(result.output.contains(command), "\(command)")
        }
    }

    @Test func optionsThatTakeFilesCompleteFiles() throws {
        let script = try Program.run(["--generate-completion-script", "zsh"]).output
        for option in ["model", "texts", "file", "pairs", "run", "compare", "output"] {
            let lines = script.split(separator: "\n").filter {
                $0.contains("--\(option)[") || $0.contains("{--\(option),-")
            }
            #expect(!lines.isEmpty, "--\(option)")
            for line in lines { #expect(line.contains("_files"), "\(line)") }
        }
        for place in ["':file:_files'", "':folder:_files -/'", "':model:_files'"] {
            #expect(script.contains(place), "\(place)")
        }
    }

    @Test func theBashCompletionIsValidBash() throws {
        let result = try Program.shell(#""$NEEDLETAIL" --generate-completion-script bash | bash -n"#)
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }
}
