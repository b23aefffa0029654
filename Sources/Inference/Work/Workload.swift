import Encoders

/// What a request asks of its model: how its texts become sequences, and what becomes of the results.
///
/// All but ``answer(_:_:)`` is called on compute threads.
protocol Workload: Sendable {
    associatedtype Answer: Sendable

    /// The model.
    var model: LoadedModel { get }
    /// The number of texts.
    var count: Int { get }
    /// What is computed for each sequence; nil if there is nothing to compute.
    var computation: Computation? { get }

    /// Bytes that are read for a text.
    func byteCount(of text: Int) -> Int
    /// Tokens that a text makes at most, as far as can be told from its length.
    func tokenBound(of text: Int) -> Int
    /// Unicode scalars of a text.
    func characterCount(of text: Int) -> Int
    /// Adds all that tells a text apart from others of the same request.
    func hash(_ text: Int, into hasher: inout InputHasher)
    /// Whether keys are needed even if there is only one text.
    var usesKeys: Bool { get }
    /// Makes sequences of a text, or finds its result without the network.
    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText
    /// The answer; outcomes in the order of the texts.
    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> Answer
}

extension Workload {
    var usesKeys: Bool { false }
}

/// What the network is asked for a sequence.
enum Computation: Sendable, Hashable {
    case logits
    case vector(DenseEncoder.VectorShape)
    case tokenVectors
    case sparse(maximumActive: Int?)

    /// Sequences of one kind can share a tile.
    var kind: Int {
        switch self {
        case .logits: 0
        case .vector: 1
        case .tokenVectors: 2
        case .sparse: 3
        }
    }

    /// Entries of a sparse vector at most; nil for all, and for other kinds.
    var maximumActive: Int? { if case .sparse(let limit) = self { limit } else { nil } }
}

/// What the network says about a sequence.
enum SequenceResult: Sendable {
    case logits([Float])
    case vector([Float])
    case tokenVectors(TokenEmbeddings)
    case sparse(SparseVector)
}

/// A result that needed no network.
enum KnownResult: Sendable {
    case score(ScoreCache.Entry)
    case sparse(SparseVector)
    case tokens([TextToken])
    case text(String)
}

/// A text that is ready for the network, or needs none.
enum PreparedText: Sendable {
    /// One sequence, or one for each window. `isCut`: a part of the text is in none.
    case sequences([TokenSequence], isCut: Bool)
    case known(KnownResult)
    /// The same input as an earlier text of the request.
    case duplicate(of: Int)
}

/// What became of a text.
struct TextOutcome: Sendable {
    /// One for each sequence.
    var results: [SequenceResult] = []
    /// A result that needed no network.
    var known: KnownResult?
    /// Tokens of its sequences.
    var tokenCount = 0
    /// Whether a part of the text was not read.
    var isTruncated = false
    /// The key, if keys were made; nil for duplicates.
    var key: InputKey?
}
