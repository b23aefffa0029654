public import JSON

/// One step of a sentence-transformers pipeline, or of the pipeline that a plain folder implies.
public struct ModelModule: Sendable {
    /// What a module does.
    public enum Kind: Sendable, Hashable {
        /// The transformer, with the output that is taken from it.
        case transformer(TransformerOutput)
        /// Token embeddings to one embedding.
        case pooling(Pooling)
        /// A linear layer with an activation.
        case dense(Dense)
        /// Division by the Euclidean norm.
        case normalize
        /// Token logits to one weight for each token of the vocabulary.
        case spladePooling(SpladePooling)
        /// One stored weight for each token that occurs.
        case sparseStaticEmbedding
        /// Layer normalisation of the embedding.
        case layerNorm(dimension: Int?)
        /// Dropout, which does nothing outside of training.
        case dropout
        /// Anything else; see ``ModelModule/className``.
        case unsupported
    }

    /// Which output of the transformer the next module gets.
    public enum TransformerOutput: String, Sendable, Hashable {
        /// The last hidden state of every token.
        case tokenEmbeddings = "feature-extraction"
        /// The logits of the masked language model head for every token.
        case tokenLogits = "fill-mask"
        /// The logits of the classification head.
        case scores = "sequence-classification"
    }

    /// How token embeddings become one embedding.
    public enum PoolingMode: String, Sendable, Hashable, CaseIterable {
        /// The first token.
        case cls
        /// The largest value of each dimension.
        case max
        /// The average over the tokens.
        case mean
        /// The sum divided by the square root of the number of tokens.
        case meanSqrtLength = "mean_sqrt_len_tokens"
        /// The average with weights 1, 2, 3, … by position.
        case weightedMean = "weightedmean"
        /// The last token.
        case lastToken = "lasttoken"
    }

    /// The settings of a Pooling module.
    public struct Pooling: Sendable, Hashable {
        /// The modes, whose results are concatenated in this order.
        public let modes: [PoolingMode]
        /// The size of a token embedding, where the folder says it.
        public let dimension: Int?
        /// Whether the tokens of a prompt take part.
        public let includesPrompt: Bool

        package init(modes: [PoolingMode], dimension: Int?, includesPrompt: Bool) {
            self.modes = modes
            self.dimension = dimension
            self.includesPrompt = includesPrompt
        }
    }

    /// The settings of a Dense module.
    public struct Dense: Sendable, Hashable {
        /// The size of the input.
        public let inputCount: Int
        /// The size of the output.
        public let outputCount: Int
        /// Whether a bias is added.
        public let hasBias: Bool
        /// Applied to the result.
        public let activation: ModelActivation
        /// Whether the input is added to the result, through `residual.weight` if the sizes differ.
        public let hasResidual: Bool
        /// What it works on: `sentence_embedding` unless the folder says otherwise.
        public let inputName: String
        /// What it makes: `sentence_embedding`, or `scores` in a cross-encoder.
        public let outputName: String
    }

    /// The settings of a SpladePooling module.
    public struct SpladePooling: Sendable, Hashable {
        /// How the weights of all tokens of the text become one.
        public enum Strategy: String, Sendable, Hashable {
            /// The largest (SPLADE v2).
            case max
            /// The sum (SPLADE v1).
            case sum
        }
        /// What is applied to a logit x.
        public enum Activation: String, Sendable, Hashable {
            /// log(1 + max(0, x))
            case relu
            /// log(1 + log(1 + max(0, x))), of the OpenSearch v3 models.
            case log1pReLU = "log1p_relu"

            /// What is computed, as ``ModelModule/summary`` writes it.
            public var formula: String {
                switch self {
                case .relu: "log(1 + relu)"
                case .log1pReLU: "log(1 + log(1 + relu))"
                }
            }
        }
        /// How the weights of all tokens of the text become one.
        public let strategy: Strategy
        /// What is applied to a logit.
        public let activation: Activation

        /// Makes settings.
        public init(strategy: Strategy = .max, activation: Activation = .relu) {
            self.strategy = strategy
            self.activation = activation
        }
    }

    /// What it does.
    public let kind: Kind
    /// The class in the folder's own words; empty for a module that the folder only implies.
    public let className: String
    /// Where its files are, relative to the model folder; empty for the folder itself.
    public let folder: String
    /// Its configuration file, `null` if there is none.
    public let config: JSONValue

    package init(kind: Kind, className: String = "", folder: String = "", config: JSONValue = .null) {
        self.kind = kind
        self.className = className
        self.folder = folder
        self.config = config
    }
}
