import JSON
import ModelFiles

/// What a registration says about a model: `ml-commons_model_config.json`.
struct OpenSearchDescription {
    /// `TEXT_EMBEDDING`, `SPARSE_ENCODING`, `SPARSE_TOKENIZE` or `TEXT_SIMILARITY`.
    let function: String
    private(set) var object: JSONObject

    private init(function: String, format: String, text: String, _ writer: OpenSearchPackageWriter, suffix: String = "")
    {
        self.function = function
        object = [
            "name": .string(writer.name + suffix), "version": .string(writer.version),
            "description": .string(writer.description ?? text), "model_format": .string(format),
            "function_name": .string(function), "model_task_type": .string(function),
        ]
    }

    /// An encoder in an ONNX graph.
    init(encoder writer: OpenSearchPackageWriter, _ shape: TransformerShape) throws(ExportError) {
        let model = writer.model
        var all = model.config.object ?? [:]
        var settings: JSONObject = ["model_type": .string(shape.modelType)]
        switch model.task {
        case .dense:
            let (pooling, normalizes) = try Self.pooling(of: model)
            self.init(
                function: "TEXT_EMBEDDING", format: "ONNX",
                text: "A dense encoder: texts become vectors of \(shape.hiddenSize) numbers.", writer)
            settings["embedding_dimension"] = .number(JSONNumber(shape.hiddenSize))
            settings["framework_type"] = "sentence_transformers"
            settings["pooling_mode"] = .string(pooling)
            settings["normalize_result"] = .bool(normalizes)
            if let length = model.maxSequenceLength { settings["model_max_length"] = .number(JSONNumber(length)) }
            for (key, names) in [("query_prefix", ["query"]), ("passage_prefix", ["document", "passage"])] {
                let text = names.compactMap { model.prompts[$0] }.first { !$0.isEmpty }
                if let text { settings[key] = .string(text) }
            }
        case .sparse:
            self.init(
                function: "SPARSE_ENCODING", format: "ONNX",
                text: "A sparse encoder: texts become weights of vocabulary tokens.", writer)
            settings["embedding_dimension"] = .number(JSONNumber(shape.vocabularySize))
            settings["framework_type"] = "huggingface_transformers"
            // ML Commons does not look at it; who lifts the weights out of the graph does.
            let pooling = Self.spladePooling(of: model)
            all["splade_pooling"] = [
                "pooling_strategy": .string(pooling.strategy.rawValue),
                "activation_function": .string(pooling.activation.rawValue),
            ]
        default:
            self.init(
                function: "TEXT_SIMILARITY", format: "ONNX",
                text: "A cross-encoder: pairs of a query and a text become scores, as raw logits.", writer)
            settings["embedding_dimension"] = 1
            settings["framework_type"] = "huggingface_transformers"
        }
        settings["all_config"] = .string(JSONValue.object(all).serialized())
        object["model_config"] = .object(settings)
    }

    /// The tokenizer and token weights of an inference-free encoder's queries.
    init(tokenizer writer: OpenSearchPackageWriter) {
        // There is no graph; published tokenizers have this format.
        self.init(
            function: "SPARSE_TOKENIZE", format: "TORCH_SCRIPT",
            text: "The queries of an inference-free sparse encoder: each token has a stored weight.", writer,
            suffix: "-tokenizer")
    }

    /// The fields for an archive.
    func registration(digest: String, byteCount: Int, url: String?) -> JSONObject {
        var object = object
        object["model_content_size_in_bytes"] = .number(JSONNumber(byteCount))
        object["model_content_hash_value"] = .string(digest)
        if let url { object["url"] = .string(url) }
        return object
    }

    // MARK: Behind the transformer

    /// What ML Commons does with the vectors of tokens.
    ///
    /// Source: `ONNXSentenceTransformerTextEmbeddingTranslator` in ml-commons.
    private static func pooling(of model: ModelFolder) throws(ExportError) -> (name: String, normalizes: Bool) {
        func fault(_ subject: String, _ reason: String) -> ExportError {
            ExportError(
                .unsupported, path: model.path, subject: subject, reason: reason,
                advice: "Serve the folder with Needletail, which ML Commons can call as a remote model")
        }
        var name: String?
        var normalizes = false
        for module in model.modules {
            switch module.kind {
            case .transformer, .dropout: continue
            case .pooling(let pooling):
                guard pooling.modes.count == 1, let mode = pooling.modes.first, let known = names[mode] else {
                    throw fault(
                        "pooling modes",
                        "ML Commons does not pool by \(pooling.modes.map(\.rawValue).joined(separator: " + "))"
                    )
                }
                name = known
            case .normalize: normalizes = true
            default:
                throw fault(
                    "module \(module.folder)",
                    "ML Commons runs nothing but pooling and normalisation behind an ONNX graph")
            }
        }
        guard let name else { throw fault("modules", "the model does not pool its tokens") }
        if let prompt = model.defaultPromptName, model.prompts[prompt]?.isEmpty == false {
            throw ExportError(
                .unsupported, path: model.path, subject: "default_prompt_name",
                reason: "ML Commons puts no prompt before every text",
                advice: "Write the model without a default prompt, and put it before the texts yourself")
        }
        return (name, normalizes)
    }

    private static let names: [ModelModule.PoolingMode: String] = [
        .mean: "MEAN", .cls: "CLS", .max: "MAX", .meanSqrtLength: "MEAN_SQRT_LEN", .weightedMean: "WEIGHTED_MEAN",
    ]

    /// How a sparse encoder pools.
    static func spladePooling(of model: ModelFolder) -> ModelModule.SpladePooling {
        for module in model.modules {
            if case .spladePooling(let pooling) = module.kind { return pooling }
        }
        return ModelModule.SpladePooling()
    }
}
