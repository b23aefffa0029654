import ArgumentParser
import JSON
import Relevance
import Teachers
import TrainableEncoders
import Training

/// What all commands that train a model take.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A file of settings (YAML); flags win over it.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        defaultAsFlag: "last",
        help: ArgumentHelp(
            "Go on at the last checkpoint of the output folder, or at this one.", valueName: "checkpoint"),
        completion: .directory)
    var resume: String? = nil

    @Flag(
        help:
            "Write the trained model for OpenSearch, too: OUTPUT/opensearch with ONNX archives and what registers them."
    )
    var onnx = false

    @Flag(help: "Print events as JSON lines, as log.jsonl has them, instead of progress and tables.")
    var json = false

    @OptionGroup(title: "Model") var model: TrainingModelFlags
    @OptionGroup(title: "Data") var data: TrainingDataFlags
    @OptionGroup(title: "Batches") var batches: TrainingBatchFlags
    @OptionGroup(title: "Loss") var loss: TrainingLossFlags
    @OptionGroup(title: "Optimiser") var optimizer: OptimizerFlags
    @OptionGroup(title: "Evaluation, checkpoints, log") var evaluation: TrainingEvaluationFlags

    func validate() throws {
        try refuseEmpty(["--config": config, "--resume": resume])
    }

    /// Where the run begins.
    var resumption: Resumption {
        switch resume {
        case nil: .fresh
        case "last": .last
        case let folder?: .checkpoint(folder)
        }
    }

    /// Everything that was asked for: defaults, then the file, then flags.
    func configuration(_ task: TrainingTask) throws -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        if let config { configuration = try Self.read(config, task) }
        configuration.task = task
        let given =
            model.given + data.given + batches.given + loss.given + optimizer.given + evaluation.given
        for flag in given { try TrainingSetting.named(flag.setting)?.set(text: flag.text, in: &configuration) }
        if !configuration.model.isEmpty { configuration.model = try ModelLocator.path(of: configuration.model) }
        return configuration
    }

    private static func read(_ path: String, _ task: TrainingTask) throws -> TrainingConfiguration {
        var lines = try LineReader(path: path)
        var text: [UInt8] = []
        while let line = try lines.next() {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        return try TrainingConfiguration(yaml: text, path: path, task: task)
    }
}
