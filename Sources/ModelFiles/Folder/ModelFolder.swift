public import JSON

/// A model folder, read and understood: what it is for, which modules it runs, and where its files are.
///
/// Weights and vocabulary are not
/// touched before they are asked for.
///
/// Understood layouts: Hugging Face transformers; sentence-transformers, with the class names and configuration keys of all versions up to
/// 6.2; its cross-encoders; OpenSearch's zips and unpacked zips (`*.pt` or `*.onnx` beside `tokenizer.json`); and a bare tokenizer with
/// `idf.json`. Where a folder leaves something open, the rule of sentence-transformers 6.2 decides, and ``notes`` says so.
public struct ModelFolder: Sendable {
    /// Who wrote the folder.
    public enum Layout: String, Sendable, Hashable {
        /// `config.json`, weights and tokenizer, and no `modules.json`.
        case huggingFace
        /// With `modules.json`.
        case sentenceTransformers
        /// An ML Commons description, maybe in a zip.
        case openSearch
    }

    /// The path that was opened.
    public let path: String
    /// Who wrote the folder.
    public let layout: Layout
    /// What it is for.
    public let task: ModelTask
    /// The configuration of the transformer (`config.json`), `null` for ``ModelTask/sparseQuery``.
    public let config: JSONValue
    /// The architecture: `bert`, `distilbert`, `roberta`, `xlm-roberta`, `mpnet`, …; empty for ``ModelTask/sparseQuery``.
    public let modelType: String
    /// The class names in the configuration, for example `BertForSequenceClassification`.
    public let architectures: [String]
    /// What runs on documents, and on everything if there are no routes.
    public let modules: [ModelModule]
    /// What runs on queries, if the folder has a Router that treats them apart.
    public let queryModules: [ModelModule]?
    /// The folder of the transformer's files, relative to the model folder.
    public let transformerFolder: String
    /// How many tokens of an input count, special tokens included: `max_seq_length`, else the smaller of the tokenizer's limit and
    /// of the positions that the transformer has; `nil` if nothing is known.
    public let maxSequenceLength: Int?
    /// Whether inputs are lower-cased before the tokenizer, whatever that does (`do_lower_case` of sentence-transformers).
    public let lowercasesInput: Bool
    /// What a cross-encoder applies to its logits by default.
    public let activation: ModelActivation
    /// The labels of a classification head, in order; one label means a score.
    public let labels: [String]
    /// Texts that are put before inputs, by name.
    public let prompts: [String: String]
    /// The name of the prompt that is used when none is asked for.
    public let defaultPromptName: String?
    /// How embeddings are compared: `cosine`, `dot`, `euclidean`, `manhattan`; `nil` if the folder does not say.
    public let similarity: String?
    /// The description for OpenSearch, if there is one.
    public let openSearch: OpenSearchModelConfiguration?
    /// What had to be decided without the folder saying it, and what it says that was not followed, as sentences.
    public let notes: [String]

    let source: ModelSource
    /// The name of the weight file that was opened itself, if it was.
    package let weightFile: String?

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - path: The folder; a zip of OpenSearch; or a weight file, whose configuration lies beside it.
    ///   - task: What to use it for, where the folder can serve several tasks; `nil` lets the folder decide.
    /// - Throws: ``ModelFileError`` if there is nothing there, a configuration cannot be read, or it contradicts itself.
    public init(path: String, task: ModelTask? = nil) throws(ModelFileError) {
        let reading = try ModelFolderReading(path: path, task: task)
        self.path = path
        layout = reading.layout
        self.task = reading.task
        config = reading.transformer?.value ?? .null
        modelType = reading.modelType
        architectures = reading.architectures
        modules = reading.modules
        queryModules = reading.queryModules
        transformerFolder = reading.transformerFolder
        maxSequenceLength = reading.maxSequenceLength
        lowercasesInput = reading.lowercasesInput
        activation = reading.activation
        labels = reading.labels
        prompts = reading.prompts
        defaultPromptName = reading.defaultPromptName
        similarity = reading.similarity
        openSearch = reading.openSearch
        notes = reading.notes
        source = reading.source
        weightFile = reading.weightFile
    }
}
