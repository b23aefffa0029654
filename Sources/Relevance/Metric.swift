#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A figure for the quality of one ranking, as `trec_eval` computes it.
public enum Metric: Sendable, Hashable {
    /// Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002): gain = grade, discount = log2(rank + 1), the ideal
    /// taken over all judged documents. `trec_eval`'s `ndcg` and `ndcg_cut`.
    case nDCG(cutoff: Int?)
    /// One over the rank of the first relevant document, 0 when there is none within the cut-off. Its mean is MRR.
    case reciprocalRank(cutoff: Int?)
    /// Mean of the precisions at each relevant document, over all relevant ones. Its mean is MAP; `map` and `map_cut`.
    case averagePrecision(cutoff: Int?)
    /// The share of the relevant documents that is within the cut-off.
    case recall(cutoff: Int)
    /// The share of the first `cutoff` places that holds relevant documents; empty places count as not relevant.
    case precision(cutoff: Int)

    /// The name as tables print it and as `init(named:)` reads it: `nDCG@10`, `MRR@10`, `MAP`, `R@100`, `P@5`.
    public var name: String {
        func at(_ cutoff: Int?) -> String { cutoff.map { "@\($0)" } ?? "" }
        return switch self {
        case .nDCG(let cutoff): "nDCG" + at(cutoff)
        case .reciprocalRank(let cutoff): "MRR" + at(cutoff)
        case .averagePrecision(let cutoff): "MAP" + at(cutoff)
        case .recall(let cutoff): "R@\(cutoff)"
        case .precision(let cutoff): "P@\(cutoff)"
        }
    }

    /// The metric with a name such as `nDCG@10`, in any case; the names of `ir_measures` (`RR`, `AP`) are known too.
    public init?(named name: String) {
        let parts = name.lowercased().split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        var cutoff: Int?
        if parts.count == 2 {
            guard let value = Int(parts[1]), value > 0 else { return nil }
            cutoff = value
        }
        switch (parts[0], cutoff) {
        case ("ndcg", _): self = .nDCG(cutoff: cutoff)
        case ("mrr", _), ("rr", _): self = .reciprocalRank(cutoff: cutoff)
        case ("map", _), ("ap", _): self = .averagePrecision(cutoff: cutoff)
        case ("r", let cutoff?), ("recall", let cutoff?): self = .recall(cutoff: cutoff)
        case ("p", let cutoff?), ("precision", let cutoff?): self = .precision(cutoff: cutoff)
        default: return nil
        }
    }

    /// The metric's value for one ranking.
    ///
    /// - Parameters:
    ///   - ranked: grades of the ranked documents, best first; 0 for those without judgement.
    ///   - judged: grades of all judged documents of the query, in any order.
    /// - Returns: A value from 0 to 1; 0 when nothing is relevant.
    /// - Complexity: O(n + j log j).
    public func value(ranked: [Int], judged: [Int]) -> Double {
        let relevant = judged.count { $0 > 0 }
        guard relevant > 0 else { return 0 }
        switch self {
        case .nDCG(let cutoff):
            return Self.discountedGain(ranked, cutoff) / Self.discountedGain(judged.sorted(by: >), cutoff)
        case .reciprocalRank(let cutoff):
            let first = Self.top(ranked, cutoff).firstIndex { $0 > 0 }
            return first.map { 1 / Double($0 + 1) } ?? 0
        case .averagePrecision(let cutoff):
            var found = 0.0
            var sum = 0.0
            for (index, grade) in Self.top(ranked, cutoff).enumerated() where grade > 0 {
                found += 1
                sum += found / Double(index + 1)
            }
            return sum / Double(relevant)
        case .recall(let cutoff):
            return Double(Self.top(ranked, cutoff).count { $0 > 0 }) / Double(relevant)
        case .precision(let cutoff):
            return Double(Self.top(ranked, cutoff).count { $0 > 0 }) / Double(cutoff)
        }
    }

    private static func top(_ grades: [Int], _ cutoff: Int?) -> ArraySlice<Int> {
        cutoff.map { grades.prefix($0) } ?? grades[...]
    }

    private static func discountedGain(_ grades: [Int], _ cutoff: Int?) -> Double {
        var sum = 0.0
        for (index, grade) in top(grades, cutoff).enumerated() where grade > 0 {
            sum += Double(grade) / log2(Double(index + 2))
        }
        return sum
    }
}
