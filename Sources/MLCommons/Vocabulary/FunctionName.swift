/// What a model or an algorithm of ML Commons does.
public enum FunctionName: String, Sendable, Hashable, CaseIterable {
    /// Embeds texts into dense vectors.
    case textEmbedding = "TEXT_EMBEDDING"
    /// Scores pairs of texts.
    case textSimilarity = "TEXT_SIMILARITY"
    /// Expands texts into weights of tokens.
    case sparseEncoding = "SPARSE_ENCODING"
    /// Weighs the tokens of queries for an inference-free sparse model.
    case sparseTokenize = "SPARSE_TOKENIZE"
    /// Finds answers in texts.
    case questionAnswering = "QUESTION_ANSWERING"
    /// A model that another server has.
    case remote = "REMOTE"
    // What OpenSearch knows and this server has not.
    case imageEmbedding = "IMAGE_EMBEDDING"
    case linearRegression = "LINEAR_REGRESSION"
    case logisticRegression = "LOGISTIC_REGRESSION"
    case kMeans = "KMEANS"
    case libSVM = "AD_LIBSVM"
    case sample = "SAMPLE_ALGO"
    case localSample = "LOCAL_SAMPLE_CALCULATOR"
    case fitRCF = "FIT_RCF"
    case batchRCF = "BATCH_RCF"
    case rcfSummarize = "RCF_SUMMARIZE"
    case anomalyLocalization = "ANOMALY_LOCALIZATION"
    case metricsCorrelation = "METRICS_CORRELATION"
    case agent = "AGENT"
    case connector = "CONNECTOR"

    /// Reads a name in whatever case.
    init(reading text: String) throws(MLError) {
        guard let name = FunctionName(rawValue: text.uppercased()) else {
            throw .illegalArgument("Wrong function name")
        }
        self = name
    }

    /// Whether models of the function run here.
    var isServed: Bool {
        switch self {
        case .textEmbedding, .textSimilarity, .sparseEncoding, .sparseTokenize: true
        default: false
        }
    }

    /// Whether answers are weights of tokens.
    var isSparse: Bool { self == .sparseEncoding || self == .sparseTokenize }
}

/// How the files of a model are packed.
public enum ModelFormat: String, Sendable, Hashable, CaseIterable {
    /// A traced PyTorch module.
    case torchScript = "TORCH_SCRIPT"
    /// An ONNX graph.
    case onnx = "ONNX"

    /// Reads a name in whatever case.
    init(reading text: String) throws(MLError) {
        guard let format = ModelFormat(rawValue: text.uppercased()) else {
            throw .illegalArgument("Wrong model format")
        }
        self = format
    }

    /// How the names of files of the format end.
    var fileExtension: String { self == .onnx ? ".onnx" : ".pt" }
}
