import ModelFiles

/// How transformers calls the classes and weights of an architecture.
///
/// Source: `transformers/models/{bert,distilbert,roberta,xlm_roberta,mpnet}/modeling_*.py`.
enum TransformerFamily {
    case bert, distilBert, roberta, xlmRoberta, mpnet

    init?(modelType: String) {
        switch modelType {
        case "bert": self = .bert
        case "distilbert": self = .distilBert
        case "roberta": self = .roberta
        case "xlm-roberta": self = .xlmRoberta
        case "mpnet": self = .mpnet
        default: return nil
        }
    }

    /// What the encoder is called inside a model with a head.
    var base: String {
        switch self {
        case .bert: "bert"
        case .distilBert: "distilbert"
        case .roberta, .xlmRoberta: "roberta"
        case .mpnet: "mpnet"
        }
    }

    /// The class of a model for a task.
    func className(for task: ModelTask) -> String {
        let name =
            switch self {
            case .bert: "Bert"
            case .distilBert: "DistilBert"
            case .roberta: "Roberta"
            case .xlmRoberta: "XLMRoberta"
            case .mpnet: "MPNet"
            }
        switch task {
        case .crossEncoder: return name + "ForSequenceClassification"
        case .sparse: return name + "ForMaskedLM"
        case .dense, .sparseQuery: return name + "Model"
        }
    }

    /// Where positions begin: behind the id of the padding token, or at zero.
    var positionsFollowPadding: Bool {
        switch self {
        case .roberta, .xlmRoberta, .mpnet: true
        case .bert, .distilBert: false
        }
    }

    /// The id of the padding token, as the network sees it.
    func paddingID(stated: Int?) -> Int {
        switch self {
        case .roberta, .xlmRoberta: stated ?? 1
        // Fixed in its embeddings, whatever the configuration says.
        case .mpnet: 1
        case .bert, .distilBert: stated ?? 0
        }
    }

    /// The first part of the names of heads.
    static let headRoots: Set<Substring> = [
        "cls", "classifier", "pre_classifier", "vocab_transform", "vocab_layer_norm", "vocab_projector", "lm_head",
        "qa_outputs", "score",
    ]

    /// The names that tokenizers' outputs have as the network's inputs.
    var inputNames: [String] {
        self == .bert ? ["input_ids", "token_type_ids", "attention_mask"] : ["input_ids", "attention_mask"]
    }
}
