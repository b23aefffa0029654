public import Encoders
import Layers
import Losses
import ModelFiles
public import Relevance
public import Teachers
import Tensors
import TrainableEncoders

/// Trains a model: reads data, takes steps, evaluates, saves, and writes the model at the end.
///
/// The same configuration, data and seed give the same weights to the last bit, on any number of threads, and whether the run was
/// interrupted and resumed or not.
public final class Trainer {
    /// What was asked for.
    public let configuration: TrainingConfiguration
    /// The command line that repeats the run, for the model card.
    public var command: String?
    /// Name and version of the program, for the model card.
    public var program: String?
    let stop: StopSignal
    let folder: ModelFolder
    let data: TrainingData
    let dataHash: String
    let chosen: ChosenLoss
    let examples: PreparedExamples
    let model: TrainableModel
    let optimizer: AdamW
    package let sampler: BatchSampler
    let batches: any BatchComputing
    let teacher: TeacherScores?
    let evaluator: ModelEvaluator?
    let queryTable: QueryTokenWeights?
    let pool: WorkerPool
    let checkpoints: CheckpointFolder
    /// What the user should know of the data.
    let setupWarnings: [String]
    /// The batches of the epoch that was asked for last.
    var drawn: (epoch: Int, batches: [[Int]])?

    /// Sets a run up: reads and checks the data and loads the model.
    ///
    /// - Parameters:
    ///   - teacher: scores the pairs of a loss that learns scores; nil takes those of the data.
    ///   - guide: the model that a loss asks about the texts of a batch, where ``TrainingConfiguration/needsGuide`` says so.
    ///   - candidates: documents that a cross-encoder reorders when it is evaluated, for a folder's split; used where the configuration
    ///     names no file of them.
    ///   - stop: asked behind each step.
    /// - Throws: ``TrainingError`` that names the setting, or file and line.
    public init(
        _ configuration: TrainingConfiguration, teacher: (any Teacher)? = nil, guide: DenseEncoder? = nil,
        candidates: ((EvaluationSet) throws -> RankedRun)? = nil, stop: StopSignal = StopSignal()
    ) throws(TrainingError) {
        try configuration.check()
        self.configuration = configuration
        self.stop = stop
        checkpoints = CheckpointFolder(configuration.output)
        data = try Self.read(configuration)
        dataHash = data.hash()
        do throws(ModelFileError) {
            folder = try ModelFolder(path: configuration.model)
        } catch {
            throw TrainingError(.model, error.reason, advice: error.advice ?? "Check the path", path: error.path)
        }
        chosen = try ChosenLoss(
            configuration, data.kind, hasTeacher: teacher != nil,
            labels: configuration.labels ?? (folder.task == .crossEncoder ? folder.labels.count : 1))
        guard chosen.needsGuide == (guide != nil) else {
            throw TrainingError(
                .badConfiguration,
                guide == nil
                    ? "the loss \(chosen.kind.name) asks another model about the texts, its guide"
                    : "the loss \(chosen.kind.name) asks no other model, and there is a guide",
                advice: guide == nil ? "Name a dense model as 'teacher'" : "Leave it out", setting: "teacher")
        }
        examples = try PreparedExamples(
            data, for: chosen.loss, task: configuration.task, negatives: configuration.negatives,
            hasTeacher: teacher != nil)
        if case .teacher = examples.labels {
            self.teacher = teacher.map(TeacherScores.init)
        } else if let teacher {
            throw TrainingError(
                .badConfiguration,
                "the loss \(chosen.kind.name) learns no scores, and \(teacher.name) is there to give some",
                advice: "Take a loss that learns scores, or no teacher", setting: "teacher")
        } else {
            self.teacher = nil
        }
        let pool = WorkerPool(threads: configuration.threads ?? WorkerPool.defaultThreadCount)
        self.pool = pool
        let table: QueryTokenWeights?
        if try Self.isInferenceFree(configuration, folder) {
            let (data, examples) = (data, examples)
            table = try QueryTokenWeights(
                folder, file: configuration.queryTokenWeights,
                documents: Set(examples.examples.flatMap(\.documents)).map { data.texts[Int($0)] })
        } else {
            table = nil
        }
        do throws(EncoderError) {
            model = try TrainableModel(
                folder: folder, task: configuration.task,
                options: TrainableModelOptions(
                    precision: configuration.precision, recomputesActivations: configuration.recomputesActivations,
                    dropout: configuration.dropout.map { Float($0) }, pool: pool, labels: configuration.labels,
                    spladePooling: configuration.spladePooling(of: folder),
                    queryTokenWeights: configuration.trainsQueryTokenWeights ? table?.weights : nil,
                    seed: UInt64(configuration.seed)))
        } catch {
            throw TrainingError(error)
        }
        let tokenizing = try TextTokenizing(folder, configuration, pool: pool)
        queryTable = table?.trained(in: model.parameters)
        try Self.quietNewHead(of: model, tokenizing, examples, data)
        try Self.check(chosen.loss, examples, data, width: model.width)
        if let loss = chosen.loss as? any EmbeddingLoss {
            batches = EmbeddingBatches(
                model: model, loss: loss, tokenizing: tokenizing, texts: data.texts, queryTable: queryTable,
                guide: guide.map(GuideVectors.init))
        } else if let loss = chosen.loss as? any LogitLoss {
            guard loss.logits.contains(model.width) else {
                throw TrainingError(
                    .model,
                    "the model has \(model.width) labels, the loss \(loss.name) wants \(loss.logits.lowerBound)",
                    advice: "Take a model with so many labels, or another loss", path: folder.path)
            }
            batches = LogitBatches(
                model: model, loss: loss, tokenizing: tokenizing, texts: data.texts, seed: UInt64(configuration.seed))
        } else {
            preconditionFailure("a loss is over vectors or over logits")
        }
        optimizer = AdamW(
            model.parameters, beta1: configuration.beta1, beta2: configuration.beta2, epsilon: configuration.epsilon,
            decay: configuration.weightDecay ?? (configuration.task == .dense ? 0 : 0.01))
        sampler = Self.sampler(configuration, examples, chosen, data)
        setupWarnings = data.warnings + examples.warnings + Self.warnings(of: sampler, ranksBatch: chosen.ranksBatch)
        evaluator = try Self.evaluator(
            configuration, model, folder, tokenizing, pool, queryTable, candidates)
        try checkModel()
    }

    /// Begins a sparse encoder's new head with as many weights of a text as trained ones have.
    private static func quietNewHead(
        of model: TrainableModel, _ tokenizing: TextTokenizing, _ examples: PreparedExamples, _ data: TrainingData
    ) throws(TrainingError) {
        guard model.task == .sparse else { return }
        var texts: [String] = []
        var seen: Set<Int32> = []
        for document in examples.examples.lazy.flatMap(\.documents) where texts.count < 64 {
            if seen.insert(document).inserted { texts.append(data.texts[Int(document)]) }
        }
        let sequences = try tokenizing.documents(texts)
        model.quietNewHead(to: 150, on: TokenBatch(sequences))
    }

    /// Whether queries are the weights of their tokens: as asked, else as the folder says.
    private static func isInferenceFree(
        _ configuration: TrainingConfiguration, _ folder: ModelFolder
    ) throws(TrainingError) -> Bool {
        guard configuration.task == .sparse else { return false }
        let hasTable: Bool
        do throws(ModelFileError) {
            hasTable = try folder.queryTokenWeights() != nil
        } catch {
            throw TrainingError(
                .model, error.reason, advice: error.advice ?? "Restore the file from the original model",
                path: error.path)
        }
        if hasTable, configuration.inferenceFreeQueries == false {
            throw TrainingError(
                .badConfiguration, "the queries of this model are weights of their tokens",
                advice: "Remove it, or take a model without them", setting: "inference_free")
        }
        let isInferenceFree = configuration.inferenceFreeQueries ?? hasTable
        if configuration.trainsQueryTokenWeights, !isInferenceFree {
            throw TrainingError(
                .badConfiguration, "queries go through the network and have no weights of their tokens",
                advice: "Set inference_free, too", setting: "trainable_idf")
        }
        return isInferenceFree
    }

    /// Asks the loss about the model and about the labels of every example, before the first step.
    private static func check(
        _ loss: any Loss, _ examples: PreparedExamples, _ data: TrainingData, width: Int
    ) throws(TrainingError) {
        if let loss = loss as? any EmbeddingLoss {
            do throws(LossError) {
                try loss.check(width: width)
            } catch {
                throw TrainingError(
                    .badConfiguration, error.reason, advice: error.advice, setting: "loss_parameters")
            }
        }
        guard let loss = loss as? any LogitLoss, case .data = examples.labels else { return }
        for example in examples.examples {
            do throws(LossError) {
                try loss.check(labels: example.labels, logits: width)
            } catch {
                throw data.fault(error.reason, example, advice: error.advice)
            }
        }
    }

    private static func read(_ configuration: TrainingConfiguration) throws(TrainingError) -> TrainingData {
        if CheckpointFolder.isFolder(configuration.trainingData) {
            return try TrainingData(
                folder: configuration.trainingData, split: configuration.trainingSplit, order: configuration.pairOrder,
                positives: configuration.positives, limit: configuration.maximumExamples)
        }
        guard configuration.pairOrder == nil else {
            throw TrainingError(
                .badConfiguration, "an order of pairs needs a BEIR folder, and 'train' is a file",
                advice: "Give the folder, or put the file itself into the order", setting: "pair_order")
        }
        guard configuration.trainingSplit == TrainingConfiguration().trainingSplit else {
            throw TrainingError(
                .badConfiguration, "a split is one of a BEIR folder, and 'train' is a file",
                advice: "Give the folder, or remove it", setting: "train_split")
        }
        return try TrainingData(
            file: configuration.trainingData, positives: configuration.positives, limit: configuration.maximumExamples)
    }

    /// What the user should know of the batches.
    private static func warnings(of sampler: BatchSampler, ranksBatch: Bool) -> [String] {
        let batches = sampler.batches(epoch: 0)
        let single = batches.count { $0.count == 1 }
        guard ranksBatch, sampler.batchSize > 1, single > 1 else { return [] }
        return [
            "\(single) of the \(batches.count) batches of an epoch have a single example, which nothing is learned from: a document "
                + "answers many queries; drop_last leaves these batches out"
        ]
    }

    private static func sampler(
        _ configuration: TrainingConfiguration, _ examples: PreparedExamples, _ chosen: ChosenLoss, _ data: TrainingData
    ) -> BatchSampler {
        // Whatever ranks against the batch takes a copy of a positive for a negative.
        let avoids = configuration.avoidsDuplicates ?? (chosen.ranksBatch && configuration.pairOrder == nil)
        return BatchSampler(
            count: examples.examples.count, batchSize: configuration.batchSize, seed: UInt64(configuration.seed),
            isShuffled: configuration.order == .shuffled && configuration.pairOrder == nil,
            dropsIncomplete: configuration.dropsLastBatch,
            lengths: configuration.bucketsByLength
                ? examples.examples.map { example in
                    ([example.query] + example.documents).map { data.texts[Int($0)].utf8.count }.max() ?? 0
                } : nil,
            texts: avoids ? examples.examples.map { [$0.query] + $0.documents + $0.origins.map { -1 - $0 } } : nil)
    }

    private static func evaluator(
        _ configuration: TrainingConfiguration, _ model: TrainableModel, _ folder: ModelFolder,
        _ tokenizing: TextTokenizing, _ pool: WorkerPool, _ queryTable: QueryTokenWeights?,
        _ candidates: ((EvaluationSet) throws -> RankedRun)?
    ) throws(TrainingError) -> ModelEvaluator? {
        guard let path = configuration.evaluationData else { return nil }
        let set = try EvaluationSet(
            folder: path, split: configuration.evaluationSplit, limit: configuration.evaluationQueries)
        var run: RankedRun?
        if configuration.task == .crossEncoder {
            if let file = configuration.evaluationCandidates {
                do throws(RelevanceError) { run = try RankedRun(path: file) } catch { throw TrainingError(error) }
            } else if let candidates {
                do {
                    run = try candidates(set)
                } catch {
                    throw TrainingError(
                        .badData, "candidates cannot be found: \(error)",
                        advice: "Give a run with evaluation_candidates",
                        path: path)
                }
            } else {
                throw TrainingError(
                    .badConfiguration, "a cross-encoder reorders candidates, and there are none",
                    advice: "Give a TREC run with evaluation_candidates", setting: "evaluation")
            }
        }
        return try ModelEvaluator(
            set, model: model, folder: folder, tokenizing: tokenizing, pool: pool, queryTable: queryTable,
            candidates: run, depth: configuration.evaluationDepth)
    }
}
