/// Where everything of a run is: the layout of the bucket that a run on AWS has, in a folder.
public struct RunFolder: Sendable, Hashable {
    /// The folder.
    public let path: String

    /// A folder, which need not be there.
    public init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The parameters, as the state machine was started with them.
    public var input: String { path + "/input.json" }
    /// The workflow, as it was when the run was begun.
    public var stateMachine: String { path + "/state-machine.json" }
    /// What happened, event by event.
    public var history: String { path + "/history.jsonl" }
    /// The models that the run began with: `{"NAME": {"path", "digest"}}`.
    public var models: String { path + "/models.json" }
    /// The page about the run.
    public var report: String { path + "/report.html" }

    /// The documents: `{"id", "text"}`, maybe with `title`.
    public var documents: String { path + "/raw-corpus/documents.jsonl" }
    /// The folder of what a language model is asked.
    public var batchInput: String { path + "/bedrock-input" }
    /// The folder of what it answers.
    public var batchOutput: String { path + "/bedrock-output" }
    /// All queries that were kept: `{"query_id", "query", "document", "doc_id", "type"}`.
    public var queries: String { path + "/training-data/queries.jsonl" }
    /// What became of each query that was made: `{"doc_id", "type", "query", "kept", "reason"}`.
    public var queryRecord: String { path + "/training-data/query-record.jsonl" }
    /// How many queries were made and dropped, and why.
    public var generation: String { path + "/training-data/generation.json" }
    /// The documents that are not trained on: `{"doc_id", "part"}`.
    public var reserved: String { path + "/training-data/reserved.jsonl" }
    /// The pairs to train with: `{"query", "document", "doc_id", "type"}`.
    public var trainingData: String { path + "/training-data/training_data.jsonl" }
    /// The same pairs with negatives: `{"query", "positive", "negative_1", ...}`.
    public var negatives: String { path + "/training-data/negatives.jsonl" }
    /// What became of the candidates.
    public var mining: String { path + "/training-data/mining.json" }
    /// The documents of each query with a teacher's scores: `{"query", "docs", "scores"}`.
    public var scores: String { path + "/training-data/scores.jsonl" }
    /// The collection that chooses the best checkpoint, in BEIR's layout.
    public var dev: String { path + "/training-data/dev" }
    /// The training: log, checkpoints and, at its end, the model.
    public var training: String { path + "/training" }
    /// The collection that judges, in BEIR's layout.
    public var collection: String { path + "/evaluation/collection" }
    /// The results of each system, as TREC has them.
    public var runs: String { path + "/evaluation/runs" }
    /// The table of systems, the comparisons and the gate's decision.
    public var evaluation: String { path + "/evaluation/results.json" }
    /// What each system did with each query.
    public var perQuery: String { path + "/evaluation/queries.jsonl" }
    /// The model that is deployed, its archives and its card.
    public var artifacts: String { path + "/model-artifacts" }
}
