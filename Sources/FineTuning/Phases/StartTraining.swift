import JSON
import ModelFiles
import NegativeMining
import Relevance
import TrainableEncoders
import Training
import Workflows

/// Trains the model, and goes on at the last checkpoint.
struct StartTraining: Phase {
    static let name = "ModelTrainer"

    static func record(_ folder: RunFolder) -> String { folder.training + "/result.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        try context.checkStopping()
        let configuration = try Self.configuration(context)
        let stop = StopSignal()
        let analyzer = context.parameters.mining.analyzer
        let pool = context.pool
        let ended: TrainingResult
        do throws(TrainingError) {
            let trainer = try Trainer(
                configuration,
                candidates: { set in
                    try WordSearch(analyzer: analyzer, pool: pool).run(
                        queries: zip(set.queryIDs, set.queries).map { (id: $0, text: $1) },
                        documents: zip(set.documentIDs, set.documents).map { (id: $0, text: $1) },
                        depth: configuration.evaluationDepth, control: MiningControl())
                }, stop: stop)
            trainer.command = context.services.command
            trainer.program = context.services.program
            var steps: Int?
            let result = try trainer.run(.last) { event in
                if case .began(let overview) = event { steps = overview.stepCount }
                Self.tell(event, of: steps, context)
                if context.isStopping() { stop.request() }
            }
            ended = result
        } catch {
            throw FineTuningError(error, .training, field: "training")
        }
        guard ended.ending != .stopped else { throw CancellationError() }
        return Self.summary(ended, configuration)
    }

    /// The settings of the trainer, with the files that are there.
    static func configuration(_ context: PhaseContext) throws(FineTuningError) -> TrainingConfiguration {
        let folder = context.folder
        let parameters = context.parameters
        var configuration: TrainingConfiguration
        do throws(TrainingError) {
            configuration = try parameters.trainingConfiguration()
        } catch {
            throw FineTuningError(error, .training, field: "training")
        }
        configuration.model = try BaseModel.path(context)
        try Self.fit(&configuration, parameters)
        configuration.output = folder.training
        configuration.trainingData =
            !parameters.distillation.teachers.isEmpty
            ? folder.scores : parameters.mining.negatives > 0 ? folder.negatives : folder.trainingData
        guard RunFiles.exists(folder.dev + "/qrels/dev.tsv") else { return configuration }
        configuration.evaluationData = folder.dev
        configuration.evaluationSplit = "dev"
        if parameters.training["evaluate_every"] == nil {
            // An evaluation reads thousands of documents: five are enough to choose by.
            var examples = 0
            try RunFiles.eachLine(configuration.trainingData) { _, _ in examples += 1 }
            let steps =
                configuration.maximumSteps
                ?? Int(
                    (Double(examples) / Double(configuration.batchSize * configuration.accumulation)
                        * configuration.epochs).rounded(.up))
            configuration.evaluateEvery = max(1, (steps + 4) / 5)
        }
        return configuration
    }

    /// Shortens the usual lengths to what the model can read; those that were asked for stay.
    private static func fit(
        _ configuration: inout TrainingConfiguration, _ parameters: FineTuningParameters
    ) throws(FineTuningError) {
        let folder: ModelFolder
        do {
            folder = try ModelFolder(path: configuration.model)
        } catch {
            throw FineTuningError(error, .model, field: "base_model_id")
        }
        // RoBERTa's positions begin behind its padding token.
        let reserved = ["roberta", "xlm-roberta", "mpnet"].contains(folder.modelType) ? 2 : 0
        let positions = folder.config["max_position_embeddings"]?.int.map { $0 - reserved }
        guard let limit = [folder.maxSequenceLength, positions].compactMap({ $0 }).min() else { return }
        if parameters.training["query_length"] == nil {
            configuration.queryLength = configuration.queryLength.map { min($0, limit) }
        }
        if parameters.training["document_length"] == nil {
            configuration.documentLength = configuration.documentLength.map { min($0, limit) }
        }
    }

    private static func tell(_ event: TrainingEvent, of steps: Int?, _ context: PhaseContext) {
        switch event {
        case .began(let overview):
            context.report(
                TaskProgress(
                    "train: \(overview.loss)", done: overview.firstStep, total: overview.stepCount, unit: "steps"))
        case .step(let record):
            context.report(
                TaskProgress(
                    "train: loss \(rounded(record.loss))", done: record.step + 1, total: steps, unit: "steps"))
        case .evaluating(let completed, let total):
            context.report(TaskProgress("evaluate on dev queries", done: completed, total: total, unit: "texts"))
        case .evaluated(let record):
            let figures = record.metrics["ndcg@10"].map { "nDCG@10 \(rounded($0))" } ?? "evaluated"
            context.report(
                TaskProgress("step \(record.step): \(figures)", done: record.step, total: steps, unit: "steps"))
        case .saved, .warning, .ended: break
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

    /// What of a result is the same whether the run was interrupted or not.
    private static func summary(_ result: TrainingResult, _ configuration: TrainingConfiguration) -> JSONObject {
        func figures(_ record: EvaluationRecord?) -> JSONValue {
            guard let record else { return .null }
            return .object(
                JSONObject(
                    [(key: "step", value: JSONValue.number(JSONNumber(record.step)))]
                        + record.metrics.sorted { $0.key < $1.key }.map {
                            (key: $0.key, value: JSONValue.number(JSONNumber($0.value)))
                        }))
        }
        return [
            "model_path": .string(result.model ?? ""), "steps": .number(JSONNumber(result.steps)),
            "planned_steps": .number(JSONNumber(result.plannedSteps)), "ending": .string(result.ending.rawValue),
            "examples": .number(JSONNumber(result.dataSize)), "before": figures(result.baseline),
            "best": figures(result.best), "log": .string(configuration.output + "/log.jsonl"),
        ]
    }
}
