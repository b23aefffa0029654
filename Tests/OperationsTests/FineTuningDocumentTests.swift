import Foundation
import JSON
import Losses
import TestSupport
import Testing
import TrainableEncoders
import Training

/// `docs/fine-tuning.md` and the example configuration say what the code does.
@Suite(.serialized) struct FineTuningDocumentTests {
    private static let document = "docs/fine-tuning.md"

    @Test func everySettingIsInTheDocument() throws {
        try DocumentTable.expect(
            "settings", ["setting", "form", "default", "meaning"],
            TrainingSetting.all.map { setting in
                let value = setting.value(in: TrainingConfiguration())
                let text =
                    value.isNull ? "unset" : value == "" ? "must be given" : "`\(value.string ?? value.serialized())`"
                return ["`\(setting.name)`", setting.expectation, text, setting.meaning]
            }, in: Self.document)
    }

    @Test func everyLossIsInTheDocument() throws {
        try DocumentTable.expect(
            "losses", ["loss", "models", "as in sentence-transformers", "what it does", "parameters"],
            LossKind.all.map { kind in
                let models = LossKind.Model.allCases.filter(kind.models.contains).map(\.rawValue)
                let parameters = kind.parameters.map { parameter in
                    "`\(parameter.name)`" + (parameter.standard.map { " (\($0))" } ?? "")
                }
                return [
                    "`\(kind.name)`", models.joined(separator: ", "), kind.upstreamName, kind.summary,
                    parameters.joined(separator: ", "),
                ]
            }, in: Self.document)
    }

    /// Every configuration that the document or the examples show is understood.
    @Test func shownConfigurationsAreUnderstood() throws {
        let root = Fixture.repositoryRoot
        let text = try String(contentsOfFile: "\(root)/\(Self.document)", encoding: .utf8)
        var shown = text.matches(of: /```yaml\n((?:.|\n)*?)```/).map { String($0.output.1) }
        #expect(shown.count >= 2)
        shown.append(try String(contentsOfFile: "\(root)/Examples/fine-tuning/train.yaml", encoding: .utf8))
        for yaml in shown {
            let configuration = try TrainingConfiguration(yaml: Array(yaml.utf8), path: "shown", task: .dense)
            #expect(configuration != TrainingConfiguration())
        }
    }
}
