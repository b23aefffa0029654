/// Scores passages for a query by a cross-encoder: what `rerank` by `ml_opensearch` asks for.
///
/// A search asks once for all of its passages, so that an implementation may compute them as one batch.
public protocol PassageScoring: Sendable {
    /// The raw scores of passages, as the model gives them (logits, for most models), in the order of the passages.
    ///
    /// Cancelling the calling task drops what has not been computed.
    ///
    /// - Parameters:
    ///   - passages: at least one; they may be empty.
    ///   - query: the text that they are scored for.
    ///   - model: the id that the pipeline names.
    /// - Throws: ``SearchError``: ``SearchError/unknownModel(_:)`` for an id that is not known, or what keeps the model from scoring.
    func scores(of passages: [String], for query: String, model: String) async throws -> [Float]
}
