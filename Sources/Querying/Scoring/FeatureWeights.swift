import IndexFiles
import SearchIndex
import SparseIndex

/// `rank_feature`: a stored number as a score, as Lucene's `FeatureField` computes it.
final class RankFeatureWeight: Weight {
    private let clause: FeatureClause
    private let function: FeatureFunction
    private let boost: Float

    /// - Throws: ``SearchError`` when postings are damaged.
    init(_ clause: FeatureClause, boost: Float, segments: [Segment]) throws {
        self.clause = clause
        self.boost = boost
        switch clause.function {
        case .linear: function = .linear
        case .log(let factor): function = .log(scalingFactor: factor)
        case .sigmoid(let pivot, let exponent): function = .sigmoid(pivot: pivot, exponent: exponent)
        case .saturation(let pivot?): function = .saturation(pivot: pivot)
        case .saturation(nil):
            var count = 0
            var sum: UInt64 = 0
            for segment in segments {
                guard let field = segment.features(clause.number) else { continue }
                let part = try SparseFault.wrapping { () throws(IndexFileError) in
                    try field.statistics(of: clause.key)
                }
                count += part.count
                sum += part.bitSum
            }
            function = .saturation(pivot: FeatureFunction.defaultPivot(bitSum: sum, count: count))
        }
    }

    override func scorer(_ segment: Segment) throws -> Scorer? { try featureScorer(segment) }

    private func featureScorer(_ segment: Segment) throws -> FeatureScorer? {
        guard let field = segment.features(clause.number) else { return nil }
        return try SparseFault.wrapping { () throws(IndexFileError) in try field.cursor(clause.key) }
            .map { FeatureScorer($0, function, boost: boost) }
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let scorer = try featureScorer(segment), scorer.isMatch(at: document) else {
            return .noMatch("no matching term")
        }
        return function.explain(
            scorer.weight, field: clause.field, feature: clause.name, boost: boost, score: scorer.score())
    }
}

/// `neural_sparse`: the sum over shared features of the query's weight times the stored one.
final class FeaturesWeight: Weight {
    private let clause: FeaturesClause
    private let boost: Float
    private let filter: Weight?
    private let faults: ScoringFaults

    init(_ clause: FeaturesClause, boost: Float, filter: Weight?, faults: ScoringFaults) {
        self.clause = clause
        self.boost = boost
        self.filter = filter
        self.faults = faults
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let field = segment.features(clause.field) else { return nil }
        if let approximation = clause.approximation, field.isApproximate {
            return try approximate(field, segment, approximation)
        }
        let scorer = try FeatureSumScorer(field, clause.features, boost: boost, faults: faults)
        if scorer.isEmpty { return nil }
        guard let filter else { return scorer }
        return try filter.scorer(segment).map { ConjunctionScorer([scorer], filters: [$0]) }
    }

    /// The best documents of a segment, found through clusters.
    private func approximate(
        _ field: SparseField, _ segment: Segment, _ approximation: FeaturesClause.Approximation
    ) throws -> Scorer? {
        var accepted = segment.liveDocuments
        if let filter {
            var matching = try filter.matches(in: segment)
            if let live = accepted { matching.formIntersection(live) }
            accepted = matching
        }
        let hits = try SparseFault.wrapping { () throws(IndexFileError) in
            try field.searchApproximately(
                clause.features, boost: boost, k: approximation.k, options: approximation.options,
                accepted: accepted?.words)
        }
        return HitScorer(
            hits.map { ScoredDocument(document: $0.document, score: $0.score) }.sorted { $0.document < $1.document })
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let field = segment.features(clause.field), let score = try score(segment, document) else {
            return .noMatch("no matching term")
        }
        var details: [Explanation] = []
        for (name, feature) in zip(clause.names, clause.features) {
            let cursor = try SparseFault.wrapping { () throws(IndexFileError) in try field.cursor(feature.key) }
            let weight = feature.weight * boost
            guard let scorer = cursor.map({ FeatureScorer($0, .linear, boost: weight) }),
                scorer.isMatch(at: document)
            else { continue }
            details.append(
                FeatureFunction.linear.explain(
                    scorer.weight, field: clause.name, feature: name, boost: weight, score: scorer.score()))
        }
        return Explanation(score, "sum of:", details)
    }
}

/// Damage of a file of features as an error of a search.
enum SparseFault {
    static func wrapping<Result>(_ body: () throws(IndexFileError) -> Result) throws -> Result {
        do { return try body() } catch {
            throw SearchError(type: "corrupt_index_exception", reason: "\(error)", status: 500, phase: .query)
        }
    }
}

extension FeatureFunction {
    /// Lucene's explanation of a score.
    func explain(
        _ weight: SparseIndex.FeatureWeight, field: String, feature: String, boost: Float, score: Float
    ) -> Explanation {
        let stored = Explanation(weight.value, "S, feature value")
        let factor = Explanation(boost, "w, weight of this function")
        func pivot(_ value: Float) -> Explanation {
            Explanation(value, "k, pivot feature value that would give a score contribution equal to w/2")
        }
        func function(_ name: String, _ formula: String, _ details: [Explanation]) -> Explanation {
            Explanation(
                score,
                "\(name) function on the \(field) field for the \(feature) feature, computed as \(formula) from:",
                details)
        }
        switch self {
        case .linear: return function("Linear", "w * S", [factor, stored])
        case .saturation(let k): return function("Saturation", "w * S / (S + k)", [factor, pivot(k), stored])
        case .log(let scaling):
            return function(
                "Log", "w * log(a + S)", [factor, Explanation(scaling, "a, scaling factor"), stored])
        case .sigmoid(let k, let exponent):
            let a = Explanation(
                exponent, "a, exponent, higher values make the function grow slower before k and faster after k")
            return function("Sigmoid", "w * S^a / (S^a + k^a)", [factor, pivot(k), a, stored])
        }
    }
}
