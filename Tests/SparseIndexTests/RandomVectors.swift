import SparseIndex
import TestSupport

/// Documents with random features, and what a plain evaluation finds in them.
struct RandomVectors {
    var documents: [[WeightedFeature]]
    /// A document's number among those that are indexed; the others have no features.
    var features: Int

    /// - Parameters:
    ///   - features: how many different ones there may be; the frequent ones come first.
    ///   - width: how many a document has, at most.
    ///   - levels: weights are drawn from so many, so that scores are often equal.
    init(documents count: Int, features: Int, width: Int, levels: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.features = features
        documents = (0..<count).map { _ in
            guard width > 0, Int.random(in: 0..<10, using: &random) > 0 else { return [] }
            var chosen: [Int: Float] = [:]
            for _ in 0..<Int.random(in: 1...width, using: &random) {
                chosen[Self.skewed(features, &random)] = Float(1 + Int.random(in: 0..<levels, using: &random)) * 0.037
            }
            return chosen.sorted { $0.key < $1.key }.map { WeightedFeature(Self.key($0.key), $0.value) }
        }
    }

    static func key(_ number: Int) -> FeatureKey { FeatureKey(token: "t\(number)") }

    private static func skewed(_ count: Int, _ random: inout SeededGenerator) -> Int {
        let x = Double.random(in: 0..<1, using: &random)
        return min(count - 1, Int(Double(count) * x * x * x))
    }

    func query(_ width: Int, levels: Int, _ random: inout SeededGenerator) -> [WeightedFeature] {
        var chosen: [Int: Float] = [:]
        for _ in 0..<width {
            chosen[Self.skewed(features + 2, &random)] = Float(1 + Int.random(in: 0..<levels, using: &random)) * 0.11
        }
        return chosen.sorted { $0.key < $1.key }.map { WeightedFeature(Self.key($0.key), $0.value) }
    }

    func write(to path: String, seismic: SeismicOptions? = nil) throws {
        let writer = SparseFieldWriter()
        for (number, features) in documents.enumerated() where !features.isEmpty {
            writer.begin(document: number)
            for feature in features { try writer.add(feature.key, feature.weight) }
        }
        try writer.write(to: path, documentCount: documents.count, seismic: seismic)
    }

    /// All matches, the best first: products in float32, sums in float64, rounded.
    func matches(_ query: [WeightedFeature], boost: Float = 1, accepted: [UInt64]? = nil) throws -> [SparseHit] {
        var weights: [FeatureKey: Float] = [:]
        for feature in query { weights[feature.key] = feature.weight * boost }
        var hits: [SparseHit] = []
        for (number, features) in documents.enumerated() {
            if let accepted, accepted[number >> 6] >> UInt64(number & 63) & 1 == 0 { continue }
            var sum = 0.0, has = false
            for feature in features {
                guard let weight = weights[feature.key] else { continue }
                sum += Double(weight * (try FeatureWeight(feature.weight).value))
                has = true
            }
            if has { hits.append(SparseHit(document: number, score: Float(sum))) }
        }
        return hits.sorted { ($0.score, $1.document) > ($1.score, $0.document) }
    }

    func randomBits(_ share: Double, _ random: inout SeededGenerator) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: (documents.count + 63) / 64)
        for number in documents.indices where Double.random(in: 0..<1, using: &random) < share {
            words[number >> 6] |= 1 << UInt64(number & 63)
        }
        return words
    }
}
