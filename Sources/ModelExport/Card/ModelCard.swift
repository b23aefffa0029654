/// What the model card of a trained model says about its training.
///
/// The card is `README.md` of the folder: front matter in YAML, which model catalogues read, and a text for people. Everything is
/// optional: what is not known is left out.
public struct ModelCard: Sendable, Hashable {
    /// One metric of one model on one data set.
    public struct Metric: Sendable, Hashable {
        /// The name for people, for example `nDCG@10`.
        public var name: String
        /// The type in the catalogue, for example `ndcg_at_10`.
        public var type: String
        /// The value before training; `nil` if it was not measured.
        public var before: Double?
        /// The value of the trained model.
        public var after: Double

        /// A metric.
        public init(_ name: String, type: String, before: Double? = nil, after: Double) {
            self.name = name
            self.type = type
            self.before = before
            self.after = after
        }
    }

    /// An evaluation on one data set.
    public struct Evaluation: Sendable, Hashable {
        /// The name of the data set and its split, for example `debian dev`.
        public var dataset: String
        /// The number of queries.
        public var queries: Int?
        /// What was measured.
        public var metrics: [Metric]

        /// An evaluation.
        public init(dataset: String, queries: Int? = nil, metrics: [Metric]) {
            self.dataset = dataset
            self.queries = queries
            self.metrics = metrics
        }
    }

    /// Something that the training was told, for example the learning rate.
    public struct Parameter: Sendable, Hashable {
        /// What it is called.
        public var name: String
        /// Its value, as text.
        public var value: String

        /// A parameter.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The title; the name of the model.
    public var name: String
    /// The model that training started from: a name on the hub, or words for people.
    public var baseModel: String?
    /// The loss, as sentence-transformers calls it, for example `MultipleNegativesRankingLoss`.
    public var loss: String?
    /// Parameters of the loss, in order.
    public var lossParameters: [Parameter] = []
    /// The number of training examples.
    public var datasetSize: Int?
    /// What the training examples are, in words.
    public var dataset: String?
    /// The language of the texts, as ISO 639 codes.
    public var languages: [String] = []
    /// The licence, as the hub names it.
    public var license: String?
    /// Everything that the training was told, in order: learning rate, batch size and so on.
    public var hyperparameters: [Parameter] = []
    /// Before and after.
    public var evaluations: [Evaluation] = []
    /// The command that repeats the training.
    public var command: String?
    /// The name and version of the program.
    public var program: String?

    /// A card with nothing but a title.
    public init(name: String) {
        self.name = name
    }
}
