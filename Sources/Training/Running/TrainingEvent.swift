/// What a run tells while it goes on.
public enum TrainingEvent: Sendable {
    /// Model and data are loaded; the first step comes next.
    case began(TrainingOverview)
    /// A step of the optimiser was taken.
    case step(StepRecord)
    /// An evaluation advances: how many texts are encoded of how many.
    case evaluating(completed: Int, of: Int)
    /// The model was evaluated.
    case evaluated(EvaluationRecord)
    /// A checkpoint was written to this folder.
    case saved(checkpoint: String)
    /// Something that the user should know and that ends nothing.
    case warning(String)
    /// The run is over; nothing follows.
    case ended(TrainingResult)
}

/// What is going to happen.
public struct TrainingOverview: Sendable, Hashable {
    /// Examples of the training data.
    public var examples: Int
    /// What an example is: `pairs`, `triplets`, `labelled pairs`, `scored lists`.
    public var exampleKind: String
    /// The loss.
    public var loss: String
    /// Weights that are trained.
    public var parameterCount: Int
    /// The step that comes next: 0, or that of the checkpoint that is resumed.
    public var firstStep: Int
    /// Steps in all.
    public var stepCount: Int
    /// Steps of an epoch.
    public var stepsPerEpoch: Int
    /// Compute threads.
    public var threads: Int
    /// The digest of the training data, hexadecimal.
    public var dataHash: String
    /// The digest of the settings that decide the result, hexadecimal.
    public var configurationHash: String
}

/// One step of the optimiser.
public struct StepRecord: Sendable, Hashable {
    /// The step, from 0.
    public var step: Int
    /// Passes over the data so far, this step included.
    public var epoch: Double
    /// The mean loss of the step's batches.
    public var loss: Double
    /// The rate that the step was taken with.
    public var learningRate: Double
    /// The global L2 norm of the gradients before they were clipped.
    public var gradientNorm: Double
    /// Tokens of the step.
    public var tokens: Int
    /// Examples of the step.
    public var examples: Int
    /// Seconds of the step.
    public var seconds: Double
    /// The peak of the process' resident memory so far, in bytes.
    public var peakMemory: Int
    /// Seconds until the last step, at the pace of the last steps; evaluations not counted.
    public var remainingSeconds: Double
    /// Sparse: the mean numbers of active entries of queries and documents of the batch; nil for other tasks.
    public var activeEntries: [Double]?

    /// Tokens a second.
    public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
    /// Examples a second.
    public var examplesPerSecond: Double { seconds > 0 ? Double(examples) / seconds : 0 }
}

/// The figures of one evaluation.
public struct EvaluationRecord: Sendable, Hashable {
    /// Steps that were taken before.
    public var step: Int
    /// Passes over the data so far.
    public var epoch: Double
    /// Figures by name: `ndcg@10`, `mrr@10`, `recall@100`; sparse also `query_active`, `document_active`, `flops`.
    public var metrics: [String: Double]
    /// Queries that were evaluated.
    public var queries: Int
    /// Seconds that it took.
    public var seconds: Double
    /// Whether it is the best so far among those behind a step.
    public var isBest: Bool
}

/// What came of a run.
public struct TrainingResult: Sendable, Hashable {
    /// Why a run ended.
    public enum Ending: String, Sendable, Hashable {
        /// All steps were taken.
        case complete
        /// The evaluation did not improve any more.
        case earlyStop = "early_stop"
        /// It was asked to; the last checkpoint resumes it.
        case stopped
    }

    /// Why it ended.
    public var ending: Ending
    /// Steps that were taken, those before a resumption included.
    public var steps: Int
    /// Steps that were planned.
    public var plannedSteps: Int
    /// Passes over the data.
    public var epochs: Double
    /// The loss of the last step.
    public var loss: Double
    /// The figures before the first step; nil if that was not evaluated.
    public var baseline: EvaluationRecord?
    /// The best evaluation behind a step; nil without evaluations.
    public var best: EvaluationRecord?
    /// The folder of the model; nil if the run was stopped before its end.
    public var model: String?
    /// The last checkpoint.
    public var checkpoint: String?
    /// Seconds of training, evaluations included, since the run was begun or resumed.
    public var seconds: Double
    /// Examples that were trained on, repeated ones counted again.
    public var examples: Int
    /// Tokens that were trained on.
    public var tokens: Int
    /// The peak of the process' resident memory, in bytes.
    public var peakMemory: Int
    /// Examples of the training data.
    public var dataSize: Int
    /// The digest of the training data, hexadecimal.
    public var dataHash: String
}
