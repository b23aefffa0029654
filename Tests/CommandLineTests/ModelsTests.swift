import Foundation
import JSON
import TestSupport
import Testing

/// Finding models.
@Suite struct ModelsTests {
    @Test func theStarterModelIsListedFromAnywhere() throws {
        for folder in ["/", Fixture.repositoryRoot] {
            let result = try Program.run(["models", "list"], in: folder)
            #expect(result.status == 0)
            #expect(result.output.contains("starter-cross-encoder"), "from \(folder)")
        }
    }

    @Test func foldersOfTheEnvironmentComeFirst() throws {
        let result = try Program.run(
            ["models", "list"], environment: ["NEEDLETAIL_MODELS": "/nonexistent:\(Fixture.repositoryRoot)/Examples"])
        #expect(result.status == 0)
        #expect(result.lines.first?.contains("fine-tuning") == true)
    }

    @Test func inspectingTellsWhatTheStarterModelIs() throws {
        // By path, so that what is cut to the width in COLUMNS does not depend on where the checkout lies.
        let result = try Program.run(["models", "inspect", "Models/starter-cross-encoder"])
        #expect(result.status == 0, "\(result.errors)")
        // What auto takes depends on the CPU.
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains { $0.hasPrefix("auto, here ") })
        try Snapshot.expect(
            lines.filter { !$0.hasPrefix("auto, here ") }.joined(separator: "\n"), equals: "inspect-starter")
    }

    @Test func aPipeHasNoWidth() throws {
        let arguments = ["models", "inspect", "Tests/Fixtures/encoders/models/bert-splade", "--tensors"]
        let narrow = try Program.run(arguments, environment: ["COLUMNS": "40"])
        let piped = try Program.run(arguments, environment: ["COLUMNS": ""])
        #expect(narrow.output.contains("…"))
        #expect(!piped.output.contains("…"))
        #expect(piped.output.contains("Tests/Fixtures/encoders/models/bert-splade/model.safetensors (safetensors)"))
    }

    @Test func ofTwoModelsWithOneNameTheFirstIsListed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletail-models-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "starter-cross-encoder"), withIntermediateDirectories: true)
        let result = try Program.run(
            ["models", "list", "--format", "table"],
            environment: ["NEEDLETAIL_MODELS": folder.path(percentEncoded: false), "COLUMNS": ""])
        let named = result.lines.filter { $0.hasPrefix("starter-cross-encoder ") }
        #expect(named.count == 1)
        #expect(named.first?.contains(folder.lastPathComponent) == true)
        #expect(named.first?.contains("unreadable") == true)
    }

    @Test func tasksAreListedInTheWordsOfInspect() throws {
        let list = try Program.run(["models", "list", "--format", "table"])
        #expect(list.lines.contains { $0.wholeMatch(of: /starter-cross-encoder +cross-encoder +bert .*/) != nil })
        let inspected = try Program.run(["models", "inspect", "starter-cross-encoder", "--quick"])
        #expect(inspected.output.contains("cross-encoder: scores pairs"))
    }

    @Test func inspectingAnswersInJSONWithTensors() throws {
        let result = try Program.run(["models", "inspect", "starter-cross-encoder", "--json", "--tensors"])
        let same = try Program.run(["models", "inspect", "starter-cross-encoder", "--format", "jsonl", "--tensors"])
        #expect(same.output == result.output)
        let value = try JSONValue(parsing: result.output)
        #expect(value["task"]?.string == "crossEncoder")
        #expect(value["usable"]?.bool == true)
        #expect(value["weights"]?["parameters"]?.int == 22_713_601)
        #expect(value["tensors"]?.array?.count == value["weights"]?["tensors"]?.int)
    }

    @Test func aFolderWithoutWeightsIsReportedAndEndsWithAStatus() throws {
        let result = try Program.run(["models", "inspect", "Examples/packages"])
        #expect(result.status == 65)
        #expect(result.output.contains("error: "))
        let nothing = try Program.run(["models", "inspect", "./nonexistent"])
        #expect(nothing.status == 66)
    }
}
