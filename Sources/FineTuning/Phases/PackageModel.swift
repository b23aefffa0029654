import JSON
import ModelExport
import ModelFiles
import Workflows

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Puts together what is deployed: the folder of the model with a card that has the figures, and the archives for ML Commons.
struct PackageModel: Phase {
    static let name = "ModelPackager"

    static func record(_ folder: RunFolder) -> String { folder.artifacts + "/package.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let folder = context.folder
        let parameters = context.parameters
        let model = folder.artifacts + "/model"
        context.report(TaskProgress("copy the model", done: 0, total: 2, unit: "steps"))
        try copyModel(to: model, context)
        try context.checkStopping()
        context.report(TaskProgress("write archives", done: 1, total: 2, unit: "steps"))
        let packages: [OpenSearchPackage]
        do {
            var writer = OpenSearchPackageWriter(model: try ModelFolder(path: model), name: parameters.modelName)
            writer.version = parameters.deploy.version
            writer.description = parameters.deploy.description
            packages = try writer.write(to: folder.artifacts + "/opensearch", replacing: true)
        } catch {
            throw FineTuningError(error, .model)
        }
        return [
            "model_path": .string(model), "card": .string(model + "/README.md"),
            "archives": .array(
                packages.map { package in
                    [
                        "path": .string(package.path), "function_name": .string(package.function),
                        "sha256": .string(package.digest), "bytes": .number(JSONNumber(package.byteCount)),
                        "registration": .string(package.registrationPath),
                    ]
                }),
        ]
    }

    /// The trained model's folder with a longer card, under its name when it is complete.
    private func copyModel(to path: String, _ context: PhaseContext) throws(FineTuningError) {
        let files = FileManager.default
        try RunFiles.makeFolder(context.folder.artifacts)
        let staging = path + ".part"
        do {
            for old in [staging, path] where files.fileExists(atPath: old) { try files.removeItem(atPath: old) }
            try files.copyItem(atPath: context.folder.training + "/model", toPath: staging)
            let card = staging + "/README.md"
            let text = RunFiles.bytes(card)
            try RunFiles.write(text + Array(try evaluation(context).utf8), to: card)
            try files.moveItem(atPath: staging, toPath: path)
        } catch let error as FineTuningError {
            throw error
        } catch {
            throw FineTuningError(
                .folder, path: path, "the model cannot be copied: \(error)",
                advice: "Check the space on the disk, and resume the run")
        }
    }

    /// What the card says of the evaluation on held-out queries.
    private func evaluation(_ context: PhaseContext) throws(FineTuningError) -> String {
        guard let results = try RunFiles.value(context.folder.evaluation) else { return "" }
        let names = HeldOutMetric.allCases.map(\.name)
        var text = """

            ## Evaluation on held-out documents

            \(results["queries"]?.int ?? 0) queries, whose documents took no part in the training, over all \
            \(results["documents"]?.int ?? 0) documents of the corpus.

            | system | \(names.joined(separator: " | ")) |
            |---|\(names.map { _ in "---" }.joined(separator: "|"))|

            """
        for system in results["systems"]?.array ?? [] {
            let figures = names.map { name in system["metrics"]?[name]?.double.map(Self.fixed) ?? "-" }
            text += "| \(system["title"]?.string ?? "") | \(figures.joined(separator: " | ")) |\n"
        }
        let settings = context.parameters.queries
        if let depth = settings.roundTrip, context.parameters.evaluation.folder == nil, settings.source != .file {
            text +=
                "\nQueries were kept only if a search (\(settings.roundTripSearch.map(\.rawValue).joined(separator: ", "))) "
                + "found their document among the first \(depth): that search looks better here than it is.\n"
        }
        text += "\nThe gate: \(results["gate"]?["decision"]?.string ?? "not asked").\n"
        if results["gate"]?["overridden"]?.bool == true {
            text += "\nIt was packaged all the same, because the run was told to.\n"
        }
        return text
    }

    private static func fixed(_ value: Double) -> String {
        let text = "\(Int((value * 10_000).rounded()) + 100_000)".dropFirst()
        return "\(text.first == "1" ? "1" : "0").\(text.suffix(4))"
    }
}
