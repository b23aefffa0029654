import ArgumentParser
import JSON
import Training

extension Option where Value == GivenSetting? {
    /// The flag of a setting of a training run, called and explained as the table of these settings says.
    init(training name: String) {
        guard let definition = TrainingSetting.named(name) else { preconditionFailure("no setting \(name)") }
        self.init(
            name: .customLong(String(definition.flag.dropFirst(2))),
            help: ArgumentHelp("\(definition.meaning) [\(definition.defaultText)]", valueName: definition.placeholder),
            completion: definition.completion,
            transform: { GivenSetting(setting: name, text: $0) })
    }
}

extension TrainingSetting {
    /// The default as people read it.
    var defaultText: String {
        let value = value(in: TrainingConfiguration())
        switch value {
        case .null: return "unset"
        case .string(""): return "must be given"
        case .string(let text): return text
        default: return value.serialized()
        }
    }

    /// What stands for the value in help.
    fileprivate var placeholder: String {
        switch form {
        case .text: "text"
        case .path: "path"
        case .choice(let words): words.joined(separator: "|")
        case .integer: "count"
        case .real: "number"
        case .flag: "true|false"
        case .paths: "text,…"
        case .parameters: "name=value …"
        }
    }

    fileprivate var completion: CompletionKind {
        switch form {
        case .path, .paths: .file()
        case .flag: .list(["true", "false"])
        case .choice(let words): .list(words)
        default: .default
        }
    }
}

/// Flags of the model and the run's folder.
struct TrainingModelFlags: ParsableArguments {
    @Option(training: "model") var model: GivenSetting?
    @Option(training: "labels") var labels: GivenSetting?
    @Option(training: "sparse_activation") var sparseActivation: GivenSetting?
    @Option(training: "output") var output: GivenSetting?

    var given: [GivenSetting] {
        [model, labels, sparseActivation, output].compactMap { $0 }
    }
}

/// Flags of the data.
struct TrainingDataFlags: ParsableArguments {
    @Option(training: "train") var train: GivenSetting?
    @Option(training: "train_split") var trainSplit: GivenSetting?
    @Option(training: "pair_order") var pairOrder: GivenSetting?
    @Option(training: "positives") var positives: GivenSetting?
    @Option(training: "negatives") var negatives: GivenSetting?
    @Option(training: "max_examples") var maxExamples: GivenSetting?
    @Option(training: "query_length") var queryLength: GivenSetting?
    @Option(training: "document_length") var documentLength: GivenSetting?
    @Option(training: "query_prompt") var queryPrompt: GivenSetting?
    @Option(training: "document_prompt") var documentPrompt: GivenSetting?

    var given: [GivenSetting] {
        [
            train, trainSplit, pairOrder, positives, negatives, maxExamples, queryLength, documentLength, queryPrompt,
            documentPrompt,
        ].compactMap { $0 }
    }
}

/// Flags of batches.
struct TrainingBatchFlags: ParsableArguments {
    @Option(training: "batch_size") var batchSize: GivenSetting?
    @Option(training: "accumulation") var accumulation: GivenSetting?
    @Option(training: "order") var order: GivenSetting?
    @Option(training: "no_duplicates") var noDuplicates: GivenSetting?
    @Option(training: "bucket_by_length") var bucketByLength: GivenSetting?
    @Option(training: "drop_last") var dropLast: GivenSetting?

    var given: [GivenSetting] {
        [batchSize, accumulation, order, noDuplicates, bucketByLength, dropLast].compactMap { $0 }
    }
}

/// Flags of the loss.
struct TrainingLossFlags: ParsableArguments {
    @Option(training: "loss") var loss: GivenSetting?
    @Option(training: "loss_parameters") var lossParameters: GivenSetting?
    @Option(training: "teacher") var teacher: GivenSetting?
    @Option(training: "inference_free") var inferenceFree: GivenSetting?
    @Option(training: "idf") var idf: GivenSetting?
    @Option(training: "trainable_idf") var trainableIDF: GivenSetting?
    @Option(training: "idf_learning_rate") var idfLearningRate: GivenSetting?

    var given: [GivenSetting] {
        [loss, lossParameters, teacher, inferenceFree, idf, trainableIDF, idfLearningRate].compactMap { $0 }
    }
}

/// Flags of the optimiser.
struct OptimizerFlags: ParsableArguments {
    @Option(training: "epochs") var epochs: GivenSetting?
    @Option(training: "max_steps") var maxSteps: GivenSetting?
    @Option(training: "learning_rate") var learningRate: GivenSetting?
    @Option(training: "schedule") var schedule: GivenSetting?
    @Option(training: "warmup_steps") var warmupSteps: GivenSetting?
    @Option(training: "warmup_ratio") var warmupRatio: GivenSetting?
    @Option(training: "weight_decay") var weightDecay: GivenSetting?
    @Option(training: "adam_beta1") var adamBeta1: GivenSetting?
    @Option(training: "adam_beta2") var adamBeta2: GivenSetting?
    @Option(training: "adam_epsilon") var adamEpsilon: GivenSetting?
    @Option(training: "max_grad_norm") var maxGradNorm: GivenSetting?
    @Option(training: "dropout") var dropout: GivenSetting?
    @Option(training: "seed") var seed: GivenSetting?
    @Option(training: "precision") var precision: GivenSetting?
    @Option(training: "recompute_activations") var recomputeActivations: GivenSetting?
    @Option(training: "threads") var threads: GivenSetting?

    var given: [GivenSetting] {
        [
            epochs, maxSteps, learningRate, schedule, warmupSteps, warmupRatio, weightDecay, adamBeta1, adamBeta2,
            adamEpsilon, maxGradNorm, dropout, seed, precision, recomputeActivations, threads,
        ].compactMap { $0 }
    }
}

/// Flags of evaluations, checkpoints and the log.
struct TrainingEvaluationFlags: ParsableArguments {
    @Option(training: "evaluation") var evaluation: GivenSetting?
    @Option(training: "evaluation_split") var evaluationSplit: GivenSetting?
    @Option(training: "evaluation_candidates") var evaluationCandidates: GivenSetting?
    @Option(training: "evaluation_depth") var evaluationDepth: GivenSetting?
    @Option(training: "evaluation_queries") var evaluationQueries: GivenSetting?
    @Option(training: "evaluate_every") var evaluateEvery: GivenSetting?
    @Option(training: "evaluate_first") var evaluateFirst: GivenSetting?
    @Option(training: "best_metric") var bestMetric: GivenSetting?
    @Option(training: "patience") var patience: GivenSetting?
    @Option(training: "improvement_threshold") var improvementThreshold: GivenSetting?
    @Option(training: "save_every") var saveEvery: GivenSetting?
    @Option(training: "keep_checkpoints") var keepCheckpoints: GivenSetting?
    @Option(training: "log_every") var logEvery: GivenSetting?

    var given: [GivenSetting] {
        [
            evaluation, evaluationSplit, evaluationCandidates, evaluationDepth, evaluationQueries, evaluateEvery,
            evaluateFirst, bestMetric, patience, improvementThreshold, saveEvery, keepCheckpoints, logEvery,
        ].compactMap { $0 }
    }
}
