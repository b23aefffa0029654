/// What is held out of the training, and how models are compared.
public struct EvaluationSettings: ParameterSection {
    /// The part of the documents whose queries judge the models.
    public var share = 0.1
    /// Queries that judge at most; nil: 2,000, and 300 for cross-encoders, which read each query with each of its candidates.
    public var maximumQueries: Int?
    /// Queries that choose the best checkpoint; 0: the last one is taken; nil: 300, and 100 for cross-encoders.
    public var devQueries: Int?
    /// Documents that the best checkpoint is chosen among.
    public var devDocuments = 4_000
    /// Results of each system that count.
    public var depth = 100
    /// A folder in BEIR's layout with judged queries of users, which judge instead of generated ones.
    public var folder: String?
    /// Its judgements.
    public var split = "test"
    /// The constant of reciprocal rank fusion.
    public var rankConstant = 60

    /// The defaults.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .real("share", \.share, in: 0.001...0.9, "The part of the documents whose queries judge the models."),
            .integer(
                "queries", \.maximumQueries, in: 1...1_000_000,
                "Queries that judge at most; unset is 2,000, and 300 for cross-encoders."),
            .integer(
                "dev_queries", \.devQueries, in: 0...100_000,
                "Queries that choose the best checkpoint, 0 for none; unset is 300, and 100 for cross-encoders."),
            .integer(
                "dev_documents", \.devDocuments, in: 10...10_000_000,
                "Documents among which those queries are searched for during the training."),
            .integer("depth", \.depth, in: 10...10_000, "Results of each system that count."),
            .text("folder", \.folder, "Judged queries in BEIR's layout, which judge instead of generated ones."),
            .text("split", \.split, "The judgements of that folder."),
            .integer("rank_constant", \.rankConstant, in: 1...10_000, "The constant of reciprocal rank fusion."),
        ]
    }
}
