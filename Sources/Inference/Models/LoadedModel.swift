import Encoders
import ModelFiles
import Tensors

/// A model that answers: its network, its cache and its series.
final class LoadedModel: Sendable {
    enum Encoder: Sendable {
        case cross(CrossEncoder)
        case dense(DenseEncoder)
        case sparse(SparseEncoder)
    }

    let declaration: ModelDeclaration
    let encoder: Encoder
    let facts: ModelFacts
    let cache: ScoreCache?
    let metrics: ModelMetrics
    /// What a token costs, next to other models.
    let costPerToken: Double

    var name: String { declaration.name }

    init(_ declaration: ModelDeclaration, encoder: Encoder, facts: ModelFacts, metrics: ModelMetrics) {
        self.declaration = declaration
        self.encoder = encoder
        self.facts = facts
        self.metrics = metrics
        switch encoder {
        case .cross(let cross):
            cache = ScoreCache(bytes: declaration.cacheBytes, labels: cross.labels.count)
            costPerToken = cross.multiplicationsPerToken
        case .dense(let dense):
            cache = nil
            costPerToken = dense.multiplicationsPerToken
        case .sparse(let sparse):
            cache = nil
            costPerToken = sparse.multiplicationsPerToken
        }
    }

    /// Takes sequences of one kind of computation through the network, on the calling thread and the team's.
    func compute(
        _ sequences: ArraySlice<TokenSequence>, _ computations: [Computation], on worker: Worker,
        with team: (any Team)?
    ) throws(EncoderError) -> [SequenceResult] {
        switch (encoder, computations.first) {
        case (.cross(let cross), .logits):
            return try cross.logits(ofTile: sequences, on: worker, with: team).map { .logits($0) }
        case (.dense(let dense), .vector):
            let shapes = computations.compactMap { if case .vector(let shape) = $0 { shape } else { nil } }
            return try dense.vectors(ofTile: sequences, shapes, on: worker, with: team).map { .vector($0) }
        case (.dense(let dense), .tokenVectors):
            return try dense.tokenVectors(ofTile: sequences, on: worker, with: team).map { .tokenVectors($0) }
        case (.sparse(let sparse), .sparse):
            let limits = computations.map(\.maximumActive)
            return try sparse.vectors(ofTile: sequences, limits, on: worker, with: team).map { .sparse($0) }
        default:
            preconditionFailure("a request was made for another kind of model")
        }
    }

    /// What reads texts for the model, whatever its kind: as documents if it knows any.
    func tokenizerForTexts() throws(EncoderError) -> InputTokenizer {
        switch encoder {
        case .cross(let cross): cross.inputTokenizer
        case .dense(let dense): dense.inputTokenizer
        case .sparse(let sparse):
            try sparse.inputTokenizer(
                declaration.task == .sparseQuery || sparse.summary.layerCount == 0 ? .query : .document)
        }
    }

    /// The prompts that the model's files state.
    var prompts: [String: String] { if case .dense(let dense) = encoder { dense.prompts } else { [:] } }
}
