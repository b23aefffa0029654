public import JSON

/// What a run of the fine-tuning pipeline is asked to do: from where the documents come to what becomes of the model.
///
/// The names of a file are those of the fields of ``FineTuningParameters/fields`` and of the sections; the flat ones (`input_type` to
/// `max_documents`) are the input of the state machine as a run on AWS takes it.
public struct FineTuningParameters: ParameterSection {
    /// Where documents come from.
    public enum InputType: String, Sendable, Hashable, CaseIterable {
        /// An index of an OpenSearch-compatible cluster.
        case opensearch
        /// A file in an S3 bucket.
        case s3
        /// A file of this machine.
        case file
    }

    /// What the model becomes.
    public enum ModelType: String, Sendable, Hashable, CaseIterable {
        /// A dense encoder.
        case dense
        /// A learned sparse encoder.
        case sparse
        /// A cross-encoder.
        case crossEncoder = "cross-encoder"
    }

    // MARK: Documents

    /// Where documents come from.
    public var inputType = InputType.file
    /// The address of the cluster; nil is the node that runs the pipeline.
    public var openSearchEndpoint: String?
    /// The index, alias or pattern.
    public var indexName: String?
    /// The fields whose text is a document's text; empty takes all text fields.
    public var textFields: [String] = []
    /// The field of the title; nil: documents have none.
    public var titleField: String?
    /// Only documents that this query finds.
    public var query: JSONObject?
    /// The file in a bucket.
    public var s3CorpusPath: String?
    /// The file of documents, JSON lines with `id` and `text`, or a folder with `corpus.jsonl`.
    public var corpusPath: String?
    /// Documents at most; of more, so many are drawn.
    public var maximumDocuments = 20_000

    // MARK: Model

    /// What the new model is called.
    public var modelName = ""
    /// What it becomes.
    public var modelType = ModelType.dense
    /// The model to begin with: a folder, or a name that the program finds.
    public var baseModel = ""
    /// The length of the base model's vectors, checked if given.
    public var embeddingDimension: Int?

    // MARK: Everything

    /// The seed of all that is drawn.
    public var seed = 42
    /// Compute threads; nil is one for each core.
    ///
    /// Results do not depend on it.
    public var threads: Int?

    /// How an index is read.
    public var extraction = ExtractionSettings()
    /// Where queries come from.
    public var queries = QuerySettings()
    /// How negatives are found.
    public var mining = MiningSettings()
    /// Which teachers the model learns from.
    public var distillation = DistillationSettings()
    /// The settings of the training that were given, by name; those of ``TrainingSetting/all`` but files.
    public var training = JSONObject()
    /// What is held out, and how models are compared.
    public var evaluation = EvaluationSettings()
    /// What a model must reach to be deployed.
    public var gate = GateSettings()
    /// What becomes of a model that passed.
    public var deploy = DeploySettings()

    /// The defaults, without a corpus and models.
    public init() {}

    /// The flat parameters.
    static var fields: [ParameterField<FineTuningParameters>] {
        [
            .choice("input_type", \.inputType, "Where documents come from."),
            .text("opensearch_endpoint", \.openSearchEndpoint, "The address of the cluster; unset is the node itself."),
            .text("index_name", \.indexName, "The index, alias or pattern that is read."),
            .texts(
                "text_field", \.textFields, "The fields whose text is a document's text; unset takes all text fields."),
            .text("title_field", \.titleField, "The field of the title."),
            .object("query", \.query, "Only documents that this query of the query language finds."),
            .text("s3_corpus_path", \.s3CorpusPath, "A file of documents in a bucket: s3://bucket/key."),
            .text(
                "corpus_path", \.corpusPath,
                "A file of documents (JSON lines with id and text), or a folder with corpus.jsonl."),
            .integer(
                "max_documents", \.maximumDocuments, in: 2...10_000_000,
                "Documents at most; of more, so many are drawn."),
            .text("model_name", \.modelName, "What the new model is called."),
            .choice("model_type", \.modelType, "What the new model becomes."),
            .text("base_model_id", \.baseModel, "The model to begin with: a folder, or a name that is found."),
            .integer(
                "embedding_dimension", \.embeddingDimension, in: 1...65_536,
                "The length of the base model's vectors, to be checked."),
            .integer("seed", \.seed, in: 0...Int.max, "The seed of all that is drawn."),
            .integer("threads", \.threads, in: 1...1_024, "Compute threads; unset is one for each core."),
        ]
    }
}
