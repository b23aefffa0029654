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
        #expect(result.lines.first?.contains("packages") == true)
    }

    @Test func inspectingTellsWhatTheStarterModelIs() throws {
        // By path, so that what is cut to the terminal's width does not depend on where the checkout lies.
        let result = try Program.run(["models", "inspect", "Models/starter-cross-encoder"])
        #expect(result.status == 0, "\(result.errors)")
        try Snapshot.expect(result.output, equals: "inspect-starter")
    }

    @Test func inspectingAnswersInJSONWithTensors() throws {
        let result = try Program.run(["models", "inspect", "starter-cross-encoder", "--json", "--tensors"])
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
