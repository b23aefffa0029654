import JSON
import ModelFiles

/// The files of a model folder to be, worked out before the first of them is written.
struct FolderPlan {
    let source: ModelFolder
    let task: ModelTask
    let settings: ModelFolderSettings
    let card: ModelCard?
    /// The folder to be, for messages.
    let path: String
    let shape: TransformerShape
    let labels: [String]
    /// How many tokens of an input count.
    let maxSequenceLength: Int?
    private(set) var files: [FolderFile] = []

    init(_ writer: ModelFolderWriter, path: String) throws(ExportError) {
        source = writer.source
        task = writer.task
        settings = writer.settings
        card = writer.card
        self.path = path
        guard task != .sparseQuery else {
            throw ExportError(
                .unsupported, path: path, reason: "a \(task.name) has no transformer to be written",
                advice: "Write it together with its document encoder, as a sparse encoder")
        }
        guard source.config.object != nil else {
            throw ExportError(
                .badSource, path: source.path, reason: "there is no configuration of a transformer",
                advice: "Put the config.json of the original model there")
        }
        shape = try TransformerShape(source)
        labels = settings.labels ?? (source.task == .crossEncoder ? source.labels : ["LABEL_0"])
        if let length = settings.maxSequenceLength {
            guard (1...shape.maximumTokens).contains(length) else {
                throw ExportError(
                    .badSetting, path: path, subject: "max_seq_length",
                    reason: "\(length) tokens were asked for, and the transformer has \(shape.maximumTokens) positions",
                    advice: "Give 1 to \(shape.maximumTokens)")
            }
        }
        maxSequenceLength = settings.maxSequenceLength ?? source.maxSequenceLength
        try checkSettings()
    }

    private func checkSettings() throws(ExportError) {
        func fault(_ subject: String, _ reason: String, _ advice: String) -> ExportError {
            ExportError(.badSetting, path: path, subject: subject, reason: reason, advice: advice)
        }
        guard task != .crossEncoder || !labels.isEmpty, Set(labels).count == labels.count else {
            throw fault("labels", "a cross-encoder has at least one label, and no two of one name", "Give other labels")
        }
        if let similarity = settings.similarity {
            guard ["cosine", "dot", "euclidean", "manhattan"].contains(similarity) else {
                throw fault(
                    "similarity", "\(similarity.debugDescription) is unknown",
                    "Use cosine, dot, euclidean or manhattan")
            }
        }
        if let name = settings.defaultPromptName, (settings.prompts ?? source.prompts)[name] == nil {
            throw fault("default_prompt_name", "there is no prompt named \(name)", "Add it to the prompts")
        }
        if let weights = settings.queryTokenWeights {
            guard task == .sparse else {
                throw fault("query token weights", "a \(task.name) has none", "Write a sparse encoder")
            }
            guard weights.count == shape.vocabularySize, weights.allSatisfy(\.isFinite) else {
                throw fault(
                    "query token weights",
                    "\(weights.count) were given, and the vocabulary has \(shape.vocabularySize); all must be finite",
                    "Give one for each token")
            }
        }
    }

    /// Works out all files.
    mutating func add(_ given: [ModelTensor], modules: [String: [ModelTensor]]) throws(ExportError) {
        var pipeline = try ModulePipeline(self)
        let rest = try pipeline.take(given, modules, path: path)
        let archive: WeightArchive
        do throws(ModelFileError) { archive = try source.weights() } catch { throw ExportError(reading: error) }
        let selection = try TensorSelection(
            shape, task: task, labels: labels.count, given: rest, source: archive, path: path)
        let transformerFolder = pipeline.isRouted ? "document_0_MLMTransformer" : ""
        let files = ConfigurationFiles(self, hasOwnDecoder: selection.hasOwnDecoder)
        add("config.json", in: transformerFolder, .bytes(try files.transformer()))
        add("model.safetensors", in: transformerFolder, .weights(selection.tensors))
        let tokenizer = try TokenizerFiles(self)
        for file in tokenizer.files { add(file.name, in: transformerFolder, .bytes(file.bytes)) }
        switch task {
        case .crossEncoder:
            let prompts = settings.prompts ?? source.prompts
            if !prompts.isEmpty { add("config_sentence_transformers.json", .bytes(files.pipeline())) }
        default:
            add("sentence_bert_config.json", in: transformerFolder, .bytes(files.length()))
            add("config_sentence_transformers.json", .bytes(files.pipeline()))
        }
        for file in try pipeline.files(tokenizer: tokenizer) { self.files.append(file) }
        if let card {
            let text = CardText(card, facts: CardFacts(self, pipeline: pipeline)).text
            add("README.md", .bytes(Array(text.utf8)))
        }
    }

    private mutating func add(_ name: String, in folder: String = "", _ contents: FolderFile.Contents) {
        files.append(FolderFile(name: ModelFolderWriter.join(folder, name), contents: contents))
    }
}
