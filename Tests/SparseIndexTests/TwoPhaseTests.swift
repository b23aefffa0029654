import SparseIndex
import Testing

/// OpenSearch's rules; the cases are those of its own tests of pruning, and what follows from its documentation.
@Suite struct TwoPhaseTests {
    private let four = [("a", 10), ("b", 6), ("c", 3), ("d", 1)].map { WeightedFeature(FeatureKey(token: $0), $1) }
    private let five = [("a", 5), ("b", 3), ("c", 2), ("d", 1)].map { WeightedFeature(FeatureKey(token: $0), $1) }

    private func kept(_ pruning: TokenPruning, _ features: [WeightedFeature]) -> String {
        let (kept, pruned) = pruning.split(features)
        #expect(kept.count + pruned.count == features.count)
        return String(decoding: kept.flatMap(\.key.bytes), as: UTF8.self)
    }

    @Test func rules() {
        #expect(kept(.alphaMass(0.8), four) == "ab")
        #expect(kept(.alphaMass(0.79), four) == "a")
        #expect(kept(.alphaMass(0.4), four) == "")
        #expect(kept(.absoluteValue(3), five) == "ab")
        #expect(kept(.maxRatio(0.7), five) == "a")
        #expect(kept(.maxRatio(0.4), five) == "abc")
        #expect(kept(.maxRatio(0), five) == "abcd")
        #expect(kept(.topK(2), five.reversed()) == "ba")
        #expect(kept(.topK(9), five) == "abcd")
        #expect(kept(.topK(2), []) == "")
    }

    @Test func names() throws {
        #expect(try TokenPruning(type: "max_ratio", ratio: 0.4) == .maxRatio(0.4))
        #expect(try TokenPruning(type: "top_k", ratio: 3) == .topK(3))
        for (type, ratio) in [
            ("max_ratio", Float(1)), ("alpha_mass", -0.1), ("top_k", 1.5), ("abs_value", -1), ("other", 1),
        ] {
            #expect(throws: TokenPruning.Fault.self) { try TokenPruning(type: type, ratio: ratio) }
        }
    }

    @Test func windows() throws {
        #expect(TwoPhaseParameters().pruning == .maxRatio(0.4))
        #expect(try TwoPhaseParameters().window(size: 10) == 50)
        // In single precision: 1.9 is a little less, and the product is rounded up again.
        let odd = try TwoPhaseParameters(pruning: .maxRatio(0.4), expansionRate: 1.9, maxWindowSize: 10_000)
        #expect(try odd.window(size: 10) == 19)
        #expect(throws: TwoPhaseParameters.Fault.expansionRate(0.5)) {
            try TwoPhaseParameters(pruning: .topK(1), expansionRate: 0.5, maxWindowSize: 100)
        }
        for rate in [Float.infinity, -.infinity, .nan] {
            #expect(throws: TwoPhaseParameters.Fault.self) {
                try TwoPhaseParameters(pruning: .topK(1), expansionRate: rate, maxWindowSize: 100)
            }
        }
        #expect(throws: TwoPhaseParameters.Fault.maxWindowSize(49)) {
            try TwoPhaseParameters(pruning: .topK(1), expansionRate: 2, maxWindowSize: 49)
        }
        let small = try TwoPhaseParameters(pruning: .topK(1), expansionRate: 2, maxWindowSize: 100)
        #expect(throws: TwoPhaseParameters.Fault.window(102, most: 100)) { try small.window(size: 51) }
    }
}
