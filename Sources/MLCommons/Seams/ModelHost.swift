/// Where models run: the inference engine, or what a test makes up.
///
/// Models are told apart by their ids. All calls may come at the same time, from any thread.
public protocol ModelHost: Sendable {
    /// Loads a model; one of the same id gives way when the new one is ready.
    func load(_ model: HostedModel) async throws(ModelHostError)

    /// Forgets a model; what is being computed with it is still answered. Nothing if there is none.
    func unload(_ id: String)

    /// Embeds texts.
    ///
    /// - Parameter includesTokens: whether the vectors of all tokens are asked for, too.
    func embed(_ texts: [String], model id: String, includesTokens: Bool) async throws(ModelHostError)
        -> [TextEmbedding]

    /// Expands texts into weights of tokens, special tokens left out, zero weights left out.
    ///
    /// - Parameter asQueries: whether the texts are queries rather than documents.
    func encodeSparse(_ texts: [String], model id: String, asQueries: Bool) async throws(ModelHostError)
        -> [[TokenWeight]]

    /// Scores texts for a query: raw logits, one for each text.
    func score(_ texts: [String], for query: String, model id: String) async throws(ModelHostError) -> [Float]
}

/// What is to be loaded.
public struct HostedModel: Sendable, Hashable {
    /// The model's id.
    public var id: String
    /// What it does.
    public var function: FunctionName
    /// The zip or folder.
    public var path: String
    /// Tokens of a text at most; nil means as the files say.
    public var maximumLength: Int?

    /// A model.
    public init(id: String, function: FunctionName, path: String, maximumLength: Int? = nil) {
        self.id = id
        self.function = function
        self.path = path
        self.maximumLength = maximumLength
    }
}

/// A text as a dense encoder sees it.
public struct TextEmbedding: Sendable, Hashable {
    /// The ids of its tokens, special tokens included; empty if they were not asked for.
    public var tokenIDs: [Int32]
    /// The vectors of its tokens, one after the other; empty if they were not asked for.
    public var tokenVectors: [Float]
    /// The text's vector.
    public var vector: [Float]

    /// An embedding.
    public init(tokenIDs: [Int32] = [], tokenVectors: [Float] = [], vector: [Float]) {
        self.tokenIDs = tokenIDs
        self.tokenVectors = tokenVectors
        self.vector = vector
    }
}

/// A token with its weight.
public struct TokenWeight: Sendable, Hashable {
    /// The token as the vocabulary writes it.
    public var token: String
    /// Its id.
    public var id: Int32
    /// Its weight, above 0.
    public var weight: Float

    /// A token.
    public init(token: String, id: Int32, weight: Float) {
        self.token = token
        self.id = id
        self.weight = weight
    }
}

/// Why a model does not load or answer.
public struct ModelHostError: Error, Sendable, Hashable {
    /// The HTTP status that the reason deserves: 400 for input, 429 for too much of it, 500 for what the model cannot help.
    public let status: Int
    /// What happened and what to do.
    public let reason: String

    /// An error.
    public init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
