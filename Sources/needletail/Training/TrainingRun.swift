import Encoders
import JSON
import ModelExport
import ModelFiles
import Teachers
import TrainableEncoders
import Training
import TrainingReport

/// A training from the command line: the run itself, what it shows, and what is written beside the model.
struct TrainingRun {
    private let options: TrainingOptions
    private let configuration: TrainingConfiguration

    init(_ options: TrainingOptions, _ task: TrainingTask) throws {
        self.options = options
        configuration = try options.configuration(task)
    }

    func run() throws {
        let stop = StopOnSignals.install("the step at hand is finished and saved")
        let models = EncoderOptions(threads: configuration.threads, precision: .fp32)
        let guide = try guide(models)
        let teacher =
            guide != nil
            ? nil
            : try TeacherEnsemble.teacher(
                configuration.teachers.map { TeacherReference($0) }, kind: nil, models,
                texts: .trainingData(configuration))
        let depth = configuration.evaluationDepth
        let trainer = try Trainer(
            configuration, teacher: teacher, guide: guide,
            candidates: { set in
                try WordSearch.run(
                    queries: zip(set.queryIDs, set.queries).map { (id: $0, text: $1) },
                    documents: zip(set.documentIDs, set.documents).map { (id: $0, text: $1) }, depth: depth)
            }, stop: stop)
        trainer.command = TypedCommand.text
        trainer.program = "needletail \(programVersion)"
        let page = RunPage(folder: configuration.output)
        let output = StandardOutput()
        let progress = TrainingProgress(deciding: configuration.bestMetric, isSilent: options.json)
        var failure: (any Error)?
        let result = try trainer.run(options.resumption) { event in
            progress.show(event)
            do {
                if options.json, let row = event.json(configuration) {
                    try output.write(row.serialized() + "\n")
                    try output.flush()
                }
                if case .evaluated = event { try page.write(systems: []) }
            } catch {
                // The run is worth more than what is told about it; it ends behind this step with a checkpoint.
                failure = failure ?? error
                stop.request()
            }
        }
        if let failure { throw failure }
        try finish(result, page, output)
    }

    /// The model that the loss asks about the texts of a batch, if it asks one.
    private func guide(_ options: EncoderOptions) throws -> DenseEncoder? {
        guard configuration.needsGuide, let place = configuration.teachers.first, configuration.teachers.count == 1
        else { return nil }
        return try DenseEncoder(path: ModelLocator.path(of: place), options: options)
    }

    private func finish(_ result: TrainingResult, _ page: RunPage, _ output: StandardOutput) throws {
        guard result.ending != .stopped else {
            try page.write(systems: [])
            let place = result.checkpoint.map { "; the checkpoint is \($0)" } ?? ""
            StandardError.write(
                "needletail: stopped after step \(result.steps) of \(result.plannedSteps)\(place). The same command with "
                    + "--resume goes on from there.\n")
            return
        }
        let systems = try WordSearch(page.log()).systems()
        try page.write(systems: systems)
        let archives = try writeArchives(result)
        let outcome = TrainingOutcome(
            result, configuration, systems: systems, report: page.path, archives: archives)
        try output.write(options.json ? outcome.line() : outcome.text(for: .output))
        try output.flush()
    }

    /// The model as OpenSearch takes it.
    private func writeArchives(_ result: TrainingResult) throws -> [OpenSearchPackage] {
        guard options.onnx, let model = result.model else { return [] }
        let name = configuration.output.split(separator: "/").last.map(String.init) ?? "model"
        return try OpenSearchPackageWriter(model: ModelFolder(path: model), name: name).write(
            to: configuration.output + "/opensearch", replacing: true)
    }
}
