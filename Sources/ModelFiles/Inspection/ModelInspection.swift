public import JSON

/// What a model folder, archive or weight file is, and what is missing or suspicious about it: the data behind `models inspect`.
///
/// Inspecting never fails on a bad model: what cannot be read becomes a ``Finding``. Only a path at which there is nothing is an error.
public struct ModelInspection: Sendable {
    /// What lies at the path.
    public enum Container: String, Sendable, Hashable {
        /// A folder with a configuration.
        case folder
        /// A zip with a model in it.
        case archive
        /// A file of tensors, without configuration.
        case weightFile
        /// A file of something else, or a damaged one.
        case file
    }

    /// Something that the user should know.
    public struct Finding: Sendable, Hashable {
        /// How bad it is.
        public enum Severity: String, Sendable, Hashable, Comparable {
            /// The model cannot be used as it is.
            case error
            /// The model can be used, and may not do what is expected.
            case warning
            /// A decision that the folder left open.
            case note

            /// Worse comes first.
            public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
            private var rank: Int {
                switch self {
                case .error: 0
                case .warning: 1
                case .note: 2
                }
            }
        }
        /// How bad it is.
        public let severity: Severity
        /// One or two sentences.
        public let text: String
    }

    /// The sizes of a transformer, as its configuration states them.
    public struct Sizes: Sendable, Hashable {
        /// Transformer layers.
        public var layers: Int?
        /// The width of the hidden states.
        public var hidden: Int?
        /// Attention heads.
        public var heads: Int?
        /// The width between the two linear layers of a feed-forward block.
        public var intermediate: Int?
        /// Tokens that the embedding knows.
        public var vocabulary: Int?
        /// Positions that the embedding knows.
        public var positions: Int?
    }

    /// A weight file, counted.
    public struct Weights: Sendable {
        /// The file, or the index of shards.
        public let path: String
        /// Its format.
        public let format: WeightArchive.Format
        /// All tensors, in the order of the file.
        public let tensors: [StoredTensor]
        /// Numbers stored, without the scales of quantised rows.
        public let parameterCount: Int
        /// Bytes that the tensors take, with the scales.
        public let byteCount: Int
        /// How many numbers are stored in each type, the most frequent first.
        public let elementTypes: [(type: ElementType, parameterCount: Int)]
    }

    /// The tokenizer, as far as its file says at the first level.
    public struct TokenizerSummary: Sendable, Hashable {
        /// The file, relative to the model folder.
        public let file: String
        /// `WordPiece`, `BPE`, `Unigram`, `WordLevel`; empty for vocabulary files without a `tokenizer.json`.
        public let kind: String
        /// Tokens with the added ones, if the file says them.
        public let vocabularySize: Int?
    }

    /// The path that was inspected.
    public let path: String
    /// What lies there.
    public let container: Container
    /// The folder as it was understood; `nil` for a bare weight file and for a folder that cannot be read.
    public let folder: ModelFolder?
    /// The sizes of the transformer.
    public let sizes: Sizes
    /// What runs, in order, one line for each module; of documents, if queries run something else.
    public let modules: [String]
    /// What runs on queries, if it is something else.
    public let queryModules: [String]
    /// The weights of the transformer, `nil` if there are none or they cannot be read.
    public let weights: Weights?
    /// The tokenizer, `nil` if there is none.
    public let tokenizer: TokenizerSummary?
    /// What is missing or suspicious, the worst first.
    public let findings: [Finding]

    /// Whether nothing was found that keeps the model from being used.
    public var isUsable: Bool { !findings.contains { $0.severity == .error } }

    /// Inspects what lies at a path.
    ///
    /// - Parameters:
    ///   - path: A model folder, an archive of OpenSearch, or a weight file.
    ///   - checksValues: Whether every weight is read to find infinities and NaN: about a second for each gigabyte.
    /// - Throws: ``ModelFileError`` if there is nothing at the path.
    public init(path: String, checksValues: Bool = true) throws(ModelFileError) {
        var inspector = ModelInspector(path: path)
        try inspector.inspect(checksValues: checksValues)
        self.path = path
        container = inspector.container
        folder = inspector.folder
        sizes = inspector.sizes
        modules = (inspector.folder?.modules ?? []).map(\.summary)
        let queries = inspector.folder?.queryModules?.map(\.summary) ?? []
        queryModules = queries == modules ? [] : queries
        weights = inspector.weights
        tokenizer = inspector.tokenizer
        findings = inspector.findings.enumerated()
            .sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }.map(\.element)
    }
}

extension ModelModule {
    /// The module in one line.
    public var summary: String {
        switch kind {
        case .transformer(.tokenEmbeddings): "Transformer: token embeddings"
        case .transformer(.tokenLogits): "Transformer: logits of the masked language model head"
        case .transformer(.scores): "Transformer: scores of the classification head"
        case .pooling(let pooling):
            "Pooling: \(pooling.modes.map(\.rawValue).joined(separator: " + "))"
                + (pooling.includesPrompt ? "" : ", without the prompt")
        case .dense(let dense):
            "Dense: \(dense.inputCount) to \(dense.outputCount), \(dense.activation.name)"
                + (dense.hasBias ? "" : ", no bias") + (dense.hasResidual ? ", residual" : "")
        case .normalize: "Normalize"
        case .spladePooling(let pooling):
            "SpladePooling: \(pooling.strategy.rawValue) of \(pooling.activation.formula)"
        case .sparseStaticEmbedding: "SparseStaticEmbedding: one stored weight for each token"
        case .layerNorm(let dimension): "LayerNorm" + (dimension.map { ": \($0)" } ?? "")
        case .dropout: "Dropout: nothing outside of training"
        case .unsupported: "\(className): unknown"
        }
    }
}

extension ModelInspection {
    /// The inspection as a JSON document, without the list of tensors.
    public var json: JSONValue {
        func number(_ value: Int?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        var object = JSONObject()
        object["path"] = .string(path)
        object["container"] = .string(container.rawValue)
        if let folder {
            object["layout"] = .string(folder.layout.rawValue)
            object["task"] = .string(folder.task.rawValue)
            object["model_type"] = .string(folder.modelType)
            object["architectures"] = .array(folder.architectures.map { .string($0) })
            object["modules"] = .array(modules.map { .string($0) })
            if !queryModules.isEmpty { object["query_modules"] = .array(queryModules.map { .string($0) }) }
            object["max_sequence_length"] = number(folder.maxSequenceLength)
            if folder.task == .crossEncoder {
                object["activation"] = .string(folder.activation.name)
                object["labels"] = .array(folder.labels.map { .string($0) })
            }
            object["prompts"] = .object(
                JSONObject(folder.prompts.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
            object["default_prompt_name"] = text(folder.defaultPromptName)
            object["similarity"] = text(folder.similarity)
            object["sizes"] = [
                "layers": number(sizes.layers), "hidden": number(sizes.hidden), "heads": number(sizes.heads),
                "intermediate": number(sizes.intermediate), "vocabulary": number(sizes.vocabulary),
                "positions": number(sizes.positions),
            ]
        }
        if let weights {
            object["weights"] = [
                "path": .string(weights.path), "format": .string(weights.format.rawValue),
                "tensors": number(weights.tensors.count), "parameters": number(weights.parameterCount),
                "bytes": number(weights.byteCount),
                "types": .object(
                    JSONObject(weights.elementTypes.map { (key: $0.type.rawValue, value: number($0.parameterCount)) })),
            ]
        }
        if let tokenizer {
            object["tokenizer"] = [
                "file": .string(tokenizer.file), "kind": .string(tokenizer.kind),
                "vocabulary": number(tokenizer.vocabularySize),
            ]
        }
        object["usable"] = .bool(isUsable)
        object["findings"] = .array(
            findings.map { ["severity": .string($0.severity.rawValue), "text": .string($0.text)] })
        return .object(object)
    }
}
