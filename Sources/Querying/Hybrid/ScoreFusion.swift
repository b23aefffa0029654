/// How a hybrid query's results become one list: what a search pipeline's phase results processor says.
public struct ScoreFusion: Sendable, Hashable {
    /// The way.
    public enum Technique: Sendable, Hashable {
        /// Scores are normalised and combined (`normalization-processor`).
        case normalized(ScoreNormalization, ScoreCombination)
        /// The sum of `1 / (constant + rank)`, ranks from 1 (`score-ranker-processor`, technique `rrf`).
        case reciprocalRank(constant: Int)
        /// The best raw score: what a hybrid query gets without a pipeline.
        case bestScore
    }

    /// The way.
    public var technique: Technique
    /// A weight for each query; empty: all 1.
    public var weights: [Float]

    /// Makes a fusion.
    public init(_ technique: Technique, weights: [Float] = []) {
        self.technique = technique
        self.weights = weights
    }

    /// Without a pipeline.
    public static let none = ScoreFusion(.bestScore)

    /// The values that scores become before they are combined, in the order of the scores.
    ///
    /// - Parameters:
    ///   - scores: Descending: the scores of one query's hits over all indices.
    ///   - query: The place of the query.
    public func parts(_ scores: [Float], query: Int) -> [Float] {
        switch technique {
        case .normalized(let normalization, _): normalization.normalized(scores, query: query)
        case .reciprocalRank(let constant): scores.indices.map { Self.reciprocal(constant + $0 + 1) }
        case .bestScore: scores
        }
    }

    /// The score of a document.
    ///
    /// - Parameter parts: One for each query; `nil` where the query did not find the document.
    public func combined(_ parts: [Float?]) -> Float {
        switch technique {
        case .normalized(_, let combination): combination.combined(parts, weights: weights)
        case .reciprocalRank:
            parts.enumerated().reduce(Float(0)) { sum, part in
                sum + (part.element ?? 0) * (part.offset < weights.count ? weights[part.offset] : 1)
            }
        case .bestScore: parts.lazy.compactMap(\.self).max() ?? 0
        }
    }

    /// Checks that the numbers of weights and bounds are that of the queries.
    ///
    /// - Throws: ``SearchError``.
    func check(queries: Int) throws {
        if !weights.isEmpty, weights.count != queries {
            throw SearchError.illegalArgument(
                "number of weights [\(weights.count)] must match number of sub-queries [\(queries)] in hybrid query")
        }
        guard case .normalized(.minMax(let lower, let upper), _) = technique else { return }
        for (name, bounds) in [("lower", lower), ("upper", upper)] where !bounds.isEmpty && bounds.count != queries {
            throw SearchError.illegalArgument(
                "expected \(name) bounds array to contain \(queries) elements matching the number of sub-queries, but found a mismatch"
            )
        }
    }

    /// What the first step is called in explanations.
    var partName: String {
        switch technique {
        case .normalized(let normalization, _): "\(normalization.name) normalization of:"
        case .reciprocalRank(let constant): "rrf, rank_constant [\(constant)] normalization of:"
        case .bestScore: "score of the query"
        }
    }

    /// What the second step is called in explanations.
    var combinationName: String {
        let weighted = weights.isEmpty ? "" : ", weights \(weights)"
        return switch technique {
        case .normalized(_, let combination): "\(combination.rawValue)\(weighted) combination of:"
        case .reciprocalRank: "rrf\(weighted) combination of:"
        case .bestScore: "best score of:"
        }
    }

    /// Ten decimals, as OpenSearch rounds it.
    private static func reciprocal(_ value: Int) -> Float {
        Float((1e10 / Double(value)).rounded(.toNearestOrAwayFromZero) / 1e10)
    }
}
