import JSON
import Querying

/// How a hit came to its score: what `explain` of `rerank` shows as `_rerank`.
struct RerankExplanation {
    private var members: JSONObject

    /// - Parameters:
    ///   - score: the model's raw score; nil if the hit was not scored.
    ///   - previous: the score of the stage before.
    ///   - rank: the place in the stage before, from 1.
    init(model: String, score: Float?, previous: Float?, rank: Int) {
        members = [
            "model_id": .string(model), "raw_score": score.map { ScoreText.json($0) } ?? .null,
            "previous_score": previous.map { ScoreText.json($0) } ?? .null,
            "previous_rank": .number(JSONNumber(rank)),
        ]
    }

    /// Adds what was scored: the text, or the best of its chunks with the scores of all.
    mutating func add(_ scores: [Float], of chunks: [String], isChunked: Bool) {
        var best = 0
        for place in scores.indices where scores[place] > scores[best] { best = place }
        members["passage"] = .string(chunks[best])
        guard isChunked else { return }
        members["chunk"] = .number(JSONNumber(best))
        members["chunk_scores"] = .array(scores.map { ScoreText.json($0) })
    }

    var json: JSONValue { .object(members) }
}
