extension TrainingSetting {
    /// All settings, in the order of a documented file.
    public static let all: [TrainingSetting] = files + data + batches + losses + optimiser + evaluation

    private static let files: [TrainingSetting] = [
        path("model", \.model, "The folder of the model to begin with."),
        integer(
            "labels", \.labels, in: 1...1_000,
            "Cross-encoders: outputs of a new head, one for each class; unset is 1, or what the model has."),
        choice(
            "sparse_activation", \.sparseActivation,
            "Sparse: the function on each logit, log(1 + relu) or log(1 + log(1 + relu)); unset is what the folder says."
        ),
        path("output", \.output, "The folder of the run: checkpoints, log and, at the end, the model.", decides: false),
    ]

    private static let data: [TrainingSetting] = [
        path(
            "train", \.trainingData, "A file of examples (.jsonl, .tsv, .csv, each maybe with .gz) or a BEIR folder.",
            decides: false),
        text("train_split", \.trainingSplit, "The judgements of a BEIR folder to train on.", decides: false),
        path(
            "pair_order", \.pairOrder,
            "A file of 'query id<TAB>document id' lines: exactly these pairs, in this order.",
            decides: false),
        choice("positives", \.positives, "Which of a query's positive documents are trained on."),
        integer(
            "negatives", \.negatives, in: 0...1_000,
            "Negatives of an example that are trained on; unset takes as many as every example has."),
        integer(
            "max_examples", \.maximumExamples, in: 1...1_000_000_000, "Examples to read at most, from the beginning."),
        integer(
            "query_length", \.queryLength, in: 4...65_536,
            "Tokens of a query at most, for cross-encoders of a pair; unset is the model's limit."),
        integer(
            "document_length", \.documentLength, in: 4...65_536,
            "Tokens of a document at most; unset is the model's limit."),
        text("query_prompt", \.queryPrompt, "What is put before each query; unset takes the model's own."),
        text("document_prompt", \.documentPrompt, "What is put before each document; unset takes the model's own."),
    ]

    private static let batches: [TrainingSetting] = [
        integer("batch_size", \.batchSize, in: 1...1_048_576, "Examples whose loss is computed together."),
        integer("accumulation", \.accumulation, in: 1...65_536, "Batches whose gradients are added before a step."),
        choice("order", \.order, "The order of examples."),
        flag(
            "no_duplicates", \.avoidsDuplicates,
            "Whether no two examples of a batch may share a text or a document's id; unset decides by the loss."),
        flag("bucket_by_length", \.bucketsByLength, "Whether batches are made of examples of like length."),
        flag("drop_last", \.dropsLastBatch, "Whether a last batch that is not full is left out."),
    ]

    private static let losses: [TrainingSetting] = [
        text("loss", \.loss, "The loss; unset takes the usual one for the task and the data."),
        parameters(
            "loss_parameters", \.lossParameters,
            "Parameters of the loss; those that are left out have their usual values."
        ),
        paths(
            "teacher", \.teachers,
            "Model folders, files of scores or bm25, with weights as in PATH:2, that a loss learns from; unset takes the data's. Of gist, the guide."
        ),
        flag(
            "inference_free", \.inferenceFreeQueries,
            "Sparse: queries are the weights of their tokens and need no network; unset as its folder says."),
        path(
            "idf", \.queryTokenWeights,
            "Sparse: weights of query tokens, as idf.json; unset takes the model's, else those of the training data."),
        flag(
            "trainable_idf", \.trainsQueryTokenWeights, "Sparse: whether the weights of query tokens are trained, too."
        ),
        real(
            "idf_learning_rate", \.queryTokenRate, in: 0...10,
            "Sparse: the highest learning rate of the weights of query tokens; unset is learning_rate."),
    ]

    private static let optimiser: [TrainingSetting] = [
        real("epochs", \.epochs, in: 1e-6...10_000, "Passes over the data."),
        integer("max_steps", \.maximumSteps, in: 1...1_000_000_000, "Optimiser steps; instead of epochs."),
        real("learning_rate", \.learningRate, in: 0...10, "The highest learning rate."),
        choice("schedule", \.schedule, "The course of the learning rate behind its warm-up."),
        integer(
            "warmup_steps", \.warmupSteps, in: 0...1_000_000_000,
            "Steps over which the learning rate grows from 0; instead of warmup_ratio."),
        real(
            "warmup_ratio", \.warmupRatio, in: 0...1,
            "The share of the steps over which the learning rate grows from 0."
        ),
        real(
            "weight_decay", \.weightDecay, in: 0...1,
            "Decoupled weight decay of matrices and tables; unset is 0 for dense encoders, 0.01 for the others."),
        real("adam_beta1", \.beta1, in: 0...0.999999, "The decay rate of the first moments."),
        real("adam_beta2", \.beta2, in: 0...0.999999999, "The decay rate of the second moments."),
        real("adam_epsilon", \.epsilon, in: 1e-30...1, "What is added to the root of the second moments."),
        real(
            "max_grad_norm", \.maximumGradientNorm, in: 0...1e9,
            "Gradients are scaled down to this global norm; 0 leaves them alone."),
        real("dropout", \.dropout, in: 0...0.99, "The share of values that is dropped; unset is the model's own."),
        integer("seed", \.seed, in: 0...Int.max, "The seed of the order, of dropout and of new heads."),
        choice("precision", \.precision, "The arithmetic of matrix products."),
        flag(
            "recompute_activations", \.recomputesActivations,
            "Whether layers are computed again on the way back: slower, less memory.", decides: false),
        integer(
            "threads", \.threads, in: 1...1_024, "Compute threads; unset is one for each core.", decides: false),
    ]

    private static let evaluation: [TrainingSetting] = [
        path("evaluation", \.evaluationData, "A BEIR folder to evaluate on."),
        text("evaluation_split", \.evaluationSplit, "The judgements of that folder to evaluate with."),
        path(
            "evaluation_candidates", \.evaluationCandidates,
            "A TREC run with candidates that a cross-encoder reorders; unset takes the best by BM25."),
        integer(
            "evaluation_depth", \.evaluationDepth, in: 1...10_000,
            "Candidates of a query that a cross-encoder reorders."
        ),
        integer(
            "evaluation_queries", \.evaluationQueries, in: 1...1_000_000_000,
            "Queries to evaluate with at most, the first by id."),
        integer(
            "evaluate_every", \.evaluateEvery, in: 1...1_000_000_000,
            "Steps between two evaluations; unset is a tenth of all."),
        flag(
            "evaluate_first", \.evaluatesFirst, "Whether the model is evaluated before the first step, too.",
            decides: false),
        text("best_metric", \.bestMetric, "The figure that decides which checkpoint is the best."),
        integer(
            "patience", \.patience, in: 1...1_000_000,
            "Evaluations without improvement after which the run ends; unset never ends it early."),
        real(
            "improvement_threshold", \.improvementThreshold, in: 0...1,
            "What counts as an improvement must exceed the best by more than this."),
        integer(
            "save_every", \.saveEvery, in: 1...1_000_000_000,
            "Steps between two checkpoints; unset saves when it evaluates, else ten times.", decides: false),
        integer(
            "keep_checkpoints", \.keptCheckpoints, in: 1...100_000, "Checkpoints that are kept beside the best one.",
            decides: false),
        integer(
            "log_every", \.logEvery, in: 1...1_000_000,
            "Steps between two lines of the log; unset is a 5,000th of all.", decides: false),
    ]
}
