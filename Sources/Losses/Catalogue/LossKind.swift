/// A loss by name: what it is for, what data it wants, which parameters it has; and how to make it.
///
/// The same short name may stand for losses of several kinds of models (`margin-mse`), never for two of one kind.
public struct LossKind: Sendable {
    /// The kinds of models.
    public enum Model: String, Sendable, Hashable, CaseIterable {
        /// One vector a text.
        case dense
        /// One weight for each word of the vocabulary.
        case sparse
        /// Logits for a query and a document together.
        case crossEncoder = "cross-encoder"
    }

    /// The short name in configurations: `mnrl`.
    public let name: String
    /// The class of sentence-transformers that it equals: `MultipleNegativesRankingLoss`.
    public let upstreamName: String
    /// The kinds of models that it trains.
    public let models: Set<Model>
    /// What it does, in one sentence without its full stop.
    public let summary: String
    /// Its parameters, in the order in which help lists them.
    public let parameters: [LossParameter]
    /// Makes the loss of settings whose rest the caller then refuses.
    let build: @Sendable (inout LossSettings) throws(LossError) -> any Loss

    /// The loss with the given parameters; those that are not given have their standard value.
    ///
    /// - Throws: `LossError` for unknown parameters and impossible values.
    public func make(_ given: [String: LossSetting] = [:]) throws(LossError) -> any Loss {
        var settings = LossSettings(given, for: self)
        let loss = try build(&settings)
        try settings.finish()
        return loss
    }

    /// All losses.
    public static let all: [LossKind] = embeddingKinds + wrappingKinds + logitKinds

    /// The loss with a short name or the name of sentence-transformers' class, for one kind of model.
    ///
    /// - Throws: `LossError` with the names that there are.
    public static func named(_ name: String, for model: Model) throws(LossError) -> LossKind {
        let candidates = all.filter { $0.models.contains(model) }
        if let kind = candidates.first(where: { $0.name == name || $0.upstreamName == name }) { return kind }
        let others = all.filter { $0.name == name || $0.upstreamName == name }.flatMap(\.models)
        let place =
            others.isEmpty
            ? "" : "; it trains \(Set(others).map(\.rawValue).sorted().joined(separator: " and ")) models"
        throw LossError(
            .unknownLoss, loss: name, reason: "there is no such loss for \(model.rawValue) models\(place)",
            advice: "Take one of: \(candidates.map(\.name).joined(separator: ", "))")
    }
}
