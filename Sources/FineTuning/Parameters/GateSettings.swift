/// What a model must reach to be deployed.
public struct GateSettings: ParameterSection {
    /// What is held against the margin.
    public enum Evidence: String, Sendable, Hashable, CaseIterable {
        /// The lower end of the 95 % interval of the difference: better for sure, not by luck.
        case lowerBound = "lower_bound"
        /// The difference itself.
        case mean
    }

    /// A system to be better than.
    public enum Rival: String, Sendable, Hashable, CaseIterable {
        /// The model before its training.
        case base
        /// Search by words.
        case bm25
    }

    /// The figure that decides.
    public var metric = "ndcg@10"
    /// By how much the tuned model must be better.
    public var margin = 0.0
    /// What is held against the margin.
    public var evidence = GateSettings.Evidence.lowerBound
    /// What it must be better than; empty: the base model, or search by words where the base model cannot be measured.
    public var rivals: [Rival] = []
    /// Queries without which nothing is decided.
    public var minimumQueries = 200
    /// Deploys whatever the figures say; the run says so.
    public var isOverridden = false

    /// The defaults.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .text("metric", \.metric, "The figure that decides: ndcg@10, mrr@10 or recall@100."),
            .real("margin", \.margin, in: -1...1, "By how much the tuned model must be better."),
            .choice(
                "evidence", \.evidence,
                "What must exceed the margin: the lower end of the difference's 95 % interval, or the difference itself."
            ),
            .choices(
                "against", \.rivals,
                "What it must be better than; unset: base, or bm25 where the base cannot be measured."),
            .integer(
                "minimum_queries", \.minimumQueries, in: 1...1_000_000, "Queries without which nothing is decided."),
            .flag("override", \.isOverridden, "Deploys whatever the figures say; the run records it."),
        ]
    }
}
