import JSON
import ModelFiles

/// The configuration files of the transformer and of the pipeline as a whole.
struct ConfigurationFiles {
    let plan: FolderPlan
    /// Whether the masked-language head has a decoder of its own.
    let hasOwnDecoder: Bool

    init(_ plan: FolderPlan, hasOwnDecoder: Bool) {
        self.plan = plan
        self.hasOwnDecoder = hasOwnDecoder
    }

    /// `config.json`, in the order of the source's fields.
    func transformer() throws(ExportError) -> [UInt8] {
        var config = plan.source.config.object ?? [:]
        config["architectures"] = [.string(plan.shape.family.className(for: plan.task))]
        // Whatever the source was stored as: transformers loads weights as this says.
        if config["torch_dtype"] != nil { config["torch_dtype"] = "float32" }
        if config["dtype"] != nil { config["dtype"] = "float32" }
        if plan.task == .sparse, hasOwnDecoder { config["tie_word_embeddings"] = false }
        config["sbert_ce_default_activation_function"] = nil
        if plan.task == .crossEncoder {
            let labels = plan.labels.enumerated()
            config["num_labels"] = nil
            config["id2label"] = .object(JSONObject(labels.map { (String($0.offset), .string($0.element)) }))
            config["label2id"] = .object(
                JSONObject(labels.map { ($0.element, .number(JSONNumber($0.offset))) }))
            // Where versions 4 and 5 have it; version 6 reads it if nothing newer is there.
            config["sentence_transformers"] = [
                "activation_fn": .string(try activation()),
                "version": config["sentence_transformers"]?["version"] ?? "4.1.0",
            ]
        } else {
            config["sentence_transformers"] = nil
        }
        return IndentedJSON.bytes(.object(config), indent: 2) + [UInt8(ascii: "\n")]
    }

    /// What a cross-encoder applies to its logits.
    private func activation() throws(ExportError) -> String {
        let source = plan.source
        let implied: ModelActivation = plan.labels.count == 1 ? .sigmoid : .identity
        // The source's default belongs to the source's number of labels.
        let kept =
            source.task == .crossEncoder && source.labels.count == plan.labels.count ? source.activation : implied
        let activation = plan.settings.activation ?? kept
        guard let path = activation.torchPath else {
            throw ExportError(
                .badSetting, path: plan.path, subject: "activation",
                reason: "\(activation.name) is code that would have to be run",
                advice: "Use identity, sigmoid, tanh, relu, gelu, silu or softmax")
        }
        return path
    }

    /// `sentence_bert_config.json`.
    func length() -> [UInt8] {
        IndentedJSON.bytes(
            [
                "max_seq_length": plan.maxSequenceLength.map { .number(JSONNumber($0)) } ?? .null,
                "do_lower_case": .bool(plan.source.lowercasesInput),
            ], indent: 4)
    }

    /// `config_sentence_transformers.json`.
    func pipeline() -> [UInt8] {
        let prompts = plan.settings.prompts ?? plan.source.prompts
        let defaultName =
            plan.settings.prompts == nil
            ? plan.settings.defaultPromptName ?? plan.source.defaultPromptName : plan.settings.defaultPromptName
        // The oldest versions that read all of the folder.
        var object: JSONObject = [
            "__version__": ["sentence_transformers": plan.task == .dense ? "3.0.0" : "5.0.0"],
            "model_type": .string(modelType),
            "prompts": .object(JSONObject(prompts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "default_prompt_name": defaultName.map { .string($0) } ?? .null,
        ]
        switch plan.task {
        case .crossEncoder: object["activation_fn"] = (try? activation()).map { .string($0) } ?? .null
        case .sparse:
            let kept = plan.source.task == .sparse ? plan.source.similarity : nil
            object["similarity_fn_name"] = .string(plan.settings.similarity ?? kept ?? "dot")
        case .dense, .sparseQuery:
            let kept = plan.source.task == .dense ? plan.source.similarity : nil
            object["similarity_fn_name"] = .string(plan.settings.similarity ?? kept ?? "cosine")
        }
        return IndentedJSON.bytes(.object(object), indent: 2)
    }

    private var modelType: String {
        switch plan.task {
        case .crossEncoder: "CrossEncoder"
        case .sparse: "SparseEncoder"
        case .dense, .sparseQuery: "SentenceTransformer"
        }
    }
}

extension ModelActivation {
    /// The class of PyTorch, with the module path that sentence-transformers writes; nil for other code.
    var torchPath: String? {
        switch self {
        case .identity: "torch.nn.modules.linear.Identity"
        case .sigmoid: "torch.nn.modules.activation.Sigmoid"
        case .tanh: "torch.nn.modules.activation.Tanh"
        case .relu: "torch.nn.modules.activation.ReLU"
        case .gelu: "torch.nn.modules.activation.GELU"
        case .silu: "torch.nn.modules.activation.SiLU"
        case .softmax: "torch.nn.modules.activation.Softmax"
        case .other: nil
        }
    }
}
