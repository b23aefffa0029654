public import Losses
public import TrainableEncoders

/// Everything that decides what a training run does.
///
/// A value with all defaults needs a model, training data and an output folder; `check()` says what is missing or does not fit.
/// ``TrainingSetting/all`` names every setting for files and flags. Defaults are for the fine-tuning of a model that retrieves
/// already.
public struct TrainingConfiguration: Sendable, Hashable {
    /// The folder of the model to begin with.
    public var model = ""
    /// What it is trained for.
    public var task = TrainingTask.dense
    /// Cross-encoders: outputs of a new head, one for each class; nil is 1, or what the model has.
    public var labels: Int?
    /// Sparse: the function on each logit; nil is what the folder says.
    public var sparseActivation: SparseActivation?
    /// The folder of the run: `checkpoint-N`, `log.jsonl` and, at the end, `model`.
    public var output = ""

    // MARK: Data

    /// A file of examples (`.jsonl`, `.tsv`, `.csv`, each maybe with `.gz`) or a BEIR folder.
    public var trainingData = ""
    /// The judgements of a BEIR folder to train on.
    public var trainingSplit = "train"
    /// A file of `query id<TAB>document id` lines: exactly these pairs of the BEIR folder, in this order.
    public var pairOrder: String?
    /// Which of a query's positive documents are trained on.
    public var positives = PositiveChoice.all
    /// Negatives of an example that are trained on; nil takes as many as every example has.
    public var negatives: Int?
    /// Examples to read at most, from the beginning; nil reads all.
    public var maximumExamples: Int?
    /// Tokens of a query at most, special ones included; nil is the model's limit.
    ///
    /// For cross-encoders, of a pair.
    public var queryLength: Int?
    /// Tokens of a document at most, special ones included; nil is the model's limit.
    public var documentLength: Int?
    /// What is put before each query; nil takes the model's prompt named `query`, if it has one.
    public var queryPrompt: String?
    /// What is put before each document; nil takes the model's prompt named `document`, `passage` or `corpus`, if it has one.
    public var documentPrompt: String?

    // MARK: Batches

    /// Examples whose loss is computed together: in-batch negatives come from here.
    public var batchSize = 32
    /// Batches whose gradients are added before a step.
    public var accumulation = 1
    /// The order of examples.
    public var order = ExampleOrder.shuffled
    /// Whether no two examples of a batch may share a document or a text; nil decides by the loss (in-batch negatives: yes).
    public var avoidsDuplicates: Bool?
    /// Whether batches are made of examples of like length, within pools of 50 batches.
    public var bucketsByLength = false
    /// Whether a last batch that is not full is left out.
    public var dropsLastBatch = false

    // MARK: Loss

    /// The name of the loss, as `LossKind` knows it; nil takes the usual one for the task and the data.
    public var loss: String?
    /// Parameters of the loss by name; those that are left out have their usual values.
    public var lossParameters: [String: LossSetting] = [:]
    /// Whose scores a loss learns that wants them: model folders, files of scores or `bm25`, several with weights (`PATH:2`) as an
    /// ensemble; none takes those of the data.
    public var teachers: [String] = []
    /// Sparse: queries are the weights of their tokens and need no network; nil as the folder of the model says.
    public var inferenceFreeQueries: Bool?
    /// Sparse: weights of query tokens, as `idf.json`; nil takes the model's own, else inverse frequencies in the training documents.
    public var queryTokenWeights: String?

    /// Sparse: whether the weights of query tokens are trained, too.
    public var trainsQueryTokenWeights = false
    /// Sparse: the highest learning rate of these weights; nil is that of the others.
    public var queryTokenRate: Double?

    // MARK: Optimiser

    /// Passes over the data.
    public var epochs = 3.0
    /// Optimiser steps; instead of `epochs`.
    public var maximumSteps: Int?
    /// The highest learning rate.
    public var learningRate = 2e-5
    /// The course of the learning rate.
    public var schedule = ScheduleChoice.linear
    /// Steps over which the learning rate grows from 0; instead of `warmupRatio`.
    public var warmupSteps: Int?
    /// The share of the steps over which the learning rate grows from 0.
    public var warmupRatio = 0.1
    /// Decoupled weight decay of matrices and tables; nil is 0 for dense encoders, 0.01 for the others.
    public var weightDecay: Double?
    /// The decay rate of the first moments.
    public var beta1 = 0.9
    /// The decay rate of the second moments.
    public var beta2 = 0.999
    /// What is added to the root of the second moments.
    public var epsilon = 1e-8
    /// Gradients are scaled down to this global L2 norm; 0 leaves them alone.
    public var maximumGradientNorm = 1.0
    /// The share of values that is dropped; nil is the model's own.
    public var dropout: Double?
    /// The seed of the order, of dropout and of new heads.
    public var seed = 42
    /// The arithmetic of matrix products; master weights, norms, softmax and losses are float32 in any case.
    public var precision = TrainingPrecision.fp32
    /// Whether layers are computed again on the way back instead of being remembered: slower, less memory.
    public var recomputesActivations = false
    /// Compute threads; nil is one for each core.
    ///
    /// Results do not depend on it.
    public var threads: Int?

    // MARK: Evaluation, checkpoints, log

    /// A BEIR folder to evaluate on; nil evaluates nothing.
    public var evaluationData: String?
    /// The judgements of that folder to evaluate with.
    public var evaluationSplit = "dev"
    /// A TREC run with candidates that a cross-encoder reorders; nil takes the best by BM25.
    public var evaluationCandidates: String?
    /// Candidates of a query that a cross-encoder reorders.
    public var evaluationDepth = 100
    /// Queries to evaluate with at most, the first by id; nil is all.
    public var evaluationQueries: Int?
    /// Steps between two evaluations; nil is a tenth of all.
    public var evaluateEvery: Int?
    /// Whether the model is evaluated before the first step, too.
    public var evaluatesFirst = true
    /// The figure that decides which checkpoint is the best.
    public var bestMetric = "ndcg@10"
    /// Evaluations without improvement after which the run ends; nil never ends it early.
    public var patience: Int? = 3
    /// What counts as an improvement must exceed the best by more than this.
    public var improvementThreshold = 0.0
    /// Steps between two checkpoints; nil saves when it evaluates, else ten times.
    public var saveEvery: Int?
    /// Checkpoints that are kept beside the best one.
    public var keptCheckpoints = 2
    /// Steps between two lines of the log; nil is a 5,000th of all.
    public var logEvery: Int?

    /// The defaults.
    public init() {}

    /// Whether ``loss`` asks another model about the texts of a batch: the one that ``teachers`` names is then its guide.
    public var needsGuide: Bool {
        guard loss != nil else { return false }
        return (try? ChosenLoss(self, .pairs, hasTeacher: false))?.needsGuide ?? false
    }
}
