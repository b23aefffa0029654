/// Which features of a sparse vector are kept, by OpenSearch's `prune_type`.
public enum TokenPruning: Sendable, Equatable {
    /// `max_ratio`: weights of at least a share of the highest.
    case maxRatio(Float)
    /// `alpha_mass`: from the highest down, as long as their sum is at most a share of the sum of all.
    case alphaMass(Float)
    /// `top_k`: the highest.
    case topK(Int)
    /// `abs_value`: weights of at least a value.
    case absoluteValue(Float)

    /// The rule of a `prune_type` with its `prune_ratio`.
    ///
    /// - Throws: ``Fault`` for a type that is not known, or a ratio that its type does not have.
    public init(type: String, ratio: Float) throws(Fault) {
        switch type {
        case "max_ratio":
            guard ratio >= 0, ratio < 1 else { throw .ratio(type: type, expected: "[0, 1)") }
            self = .maxRatio(ratio)
        case "alpha_mass":
            guard ratio >= 0, ratio < 1 else { throw .ratio(type: type, expected: "[0, 1)") }
            self = .alphaMass(ratio)
        case "top_k":
            guard ratio > 0, ratio <= 16_777_216, ratio == ratio.rounded() else {
                throw .ratio(type: type, expected: "positive integer")
            }
            self = .topK(Int(ratio))
        case "abs_value":
            guard ratio >= 0, ratio.isFinite else { throw .ratio(type: type, expected: "non-negative") }
            self = .absoluteValue(ratio)
        default: throw .type(type)
        }
    }

    /// Why a rule cannot be made.
    public enum Fault: Error, Sendable, Equatable {
        /// There is no such `prune_type`.
        case type(String)
        /// The `prune_ratio` is not what the type has.
        case ratio(type: String, expected: String)
    }

    /// Splits features into those that are kept and the others, each in their order.
    ///
    /// In float32, as OpenSearch computes. Of equal weights the earlier one is taken first.
    public func split(_ features: [WeightedFeature]) -> (kept: [WeightedFeature], pruned: [WeightedFeature]) {
        switch self {
        case .maxRatio(let ratio):
            let least = (features.map(\.weight).max() ?? 0) * ratio
            return divide(features) { _, feature in feature.weight >= least }
        case .absoluteValue(let least): return divide(features) { _, feature in feature.weight >= least }
        case .topK(let count):
            let kept = Set(byWeight(features).prefix(count))
            return divide(features) { place, _ in kept.contains(place) }
        case .alphaMass(let share):
            let all = Float(features.reduce(0.0) { $0 + Double($1.weight) })
            var sum: Float = 0, kept: Set<Int> = []
            for place in byWeight(features) {
                sum += features[place].weight
                guard sum <= share * all else { break }
                kept.insert(place)
            }
            return divide(features) { place, _ in kept.contains(place) }
        }
    }

    private func byWeight(_ features: [WeightedFeature]) -> [Int] {
        features.indices.sorted { (features[$0].weight, $1) > (features[$1].weight, $0) }
    }

    private func divide(
        _ features: [WeightedFeature], _ isKept: (Int, WeightedFeature) -> Bool
    ) -> (kept: [WeightedFeature], pruned: [WeightedFeature]) {
        var kept: [WeightedFeature] = [], pruned: [WeightedFeature] = []
        for (place, feature) in features.enumerated() {
            if isKept(place, feature) { kept.append(feature) } else { pruned.append(feature) }
        }
        return (kept, pruned)
    }
}
