public import Inference
public import Querying

/// Scores passages with the cross-encoders of an engine, which pipelines call by their names there.
///
/// All passages of a search are one request of the engine, or as few as its limits let be.
public struct EnginePassageScoring: PassageScoring {
    private let engine: InferenceEngine

    /// Scores with an engine's models.
    public init(_ engine: InferenceEngine) {
        self.engine = engine
    }

    /// The first raw output of the model for each passage.
    ///
    /// - Throws: ``SearchError``.
    public func scores(of passages: [String], for query: String, model: String) async throws -> [Float] {
        var scores: [Float] = []
        scores.reserveCapacity(passages.count)
        var rest = passages[...]
        while !rest.isEmpty {
            let texts = Array(rest.prefix(engine.settings.maximumTexts))
            rest = rest.dropFirst(texts.count)
            do throws(InferenceError) {
                let result = try await engine.score(ScoreRequest(model: model, query: query, texts: texts))
                scores += result.scores.map(\.logit)
            } catch {
                throw SearchError(error, model: model)
            }
        }
        return scores
    }
}
