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
    /// Precision at the rank that is the number of relevant documents. `trec_eval`'s `Rprec`.
    case rPrecision
    /// 1 when a relevant document is within the cut-off, otherwise 0. `trec_eval`'s `success`.
    case success(cutoff: Int)
    /// How often judged relevant documents come before judged others (Buckley & Voorhees 2004); documents that nobody judged
    /// play no part, nor do negative grades. `trec_eval`'s `bpref`.
    case binaryPreference
    /// The share of the first `cutoff` results, or of as many as there are, that were judged at all. Low values say that the other
    /// figures know little about this system. `ir_measures`' `Judged@k`.
    case judged(cutoff: Int)

    /// The name as tables print it and as `init(named:)` reads it: `nDCG@10`, `MRR@10`, `MAP`, `R@100`, `P@5`, `Rprec`,
    /// `Success@5`, `Bpref`, `Judged@10`.
    public var name: String {
        func at(_ cutoff: Int?) -> String { cutoff.map { "@\($0)" } ?? "" }
        return switch self {
        case .nDCG(let cutoff): "nDCG" + at(cutoff)
        case .reciprocalRank(let cutoff): "MRR" + at(cutoff)
        case .averagePrecision(let cutoff): "MAP" + at(cutoff)
        case .recall(let cutoff): "R@\(cutoff)"
        case .precision(let cutoff): "P@\(cutoff)"
        case .rPrecision: "Rprec"
        case .success(let cutoff): "Success@\(cutoff)"
        case .binaryPreference: "Bpref"
        case .judged(let cutoff): "Judged@\(cutoff)"
        }
    }

    /// The names that `init(named:)` knows, for messages.
    public static let knownNames =
        "nDCG, nDCG@k, MRR, MRR@k, MAP, MAP@k, R@k, P@k, Rprec, Success@k, Bpref, Judged@k, with k a whole number above 0"

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
        case ("rprec", nil): self = .rPrecision
        case ("success", let cutoff?): self = .success(cutoff: cutoff)
        case ("bpref", nil): self = .binaryPreference
        case ("judged", let cutoff?): self = .judged(cutoff: cutoff)
        default: return nil
        }
    }

    /// The metric's value for one ranking.
    ///
    /// - Parameters:
    ///   - ranked: grades of the ranked documents, best first; `nil` for those that nobody judged.
    ///   - judged: grades of all judged documents of the query, in any order.
    ///   - level: the lowest grade that counts as relevant (`trec_eval -l`); nDCG takes every grade above 0 as its gain whatever this says.
    /// - Returns: A value from 0 to 1; 0 when nothing is relevant.
    /// - Complexity: O(n + j log j).
    public func value(ranked: [Int?], judged: [Int], relevantFrom level: Int = 1) -> Double {
        func isRelevant(_ grade: Int?) -> Bool { (grade ?? level - 1) >= level }
        func found(_ cutoff: Int) -> Int { ranked.prefix(cutoff).count(where: isRelevant) }
        if case .nDCG(let cutoff) = self {
            let ideal = Self.discountedGain(judged.sorted(by: >), cutoff)
            return ideal > 0 ? Self.discountedGain(ranked.lazy.map { $0 ?? 0 }, cutoff) / ideal : 0
        }
        if case .judged(let cutoff) = self {
            let top = ranked.prefix(cutoff)
            return top.isEmpty ? 0 : Double(top.count { $0 != nil }) / Double(top.count)
        }
        let relevant = judged.count(where: isRelevant)
        guard relevant > 0 else { return 0 }
        switch self {
        case .nDCG, .judged: return 0
        case .reciprocalRank(let cutoff):
            let first = ranked.prefix(cutoff ?? ranked.count).firstIndex(where: isRelevant)
            return first.map { 1 / Double($0 + 1) } ?? 0
        case .averagePrecision(let cutoff):
            var found = 0.0
            var sum = 0.0
            for (index, grade) in ranked.prefix(cutoff ?? ranked.count).enumerated() where isRelevant(grade) {
                found += 1
                sum += found / Double(index + 1)
            }
            return sum / Double(relevant)
        case .recall(let cutoff): return Double(found(cutoff)) / Double(relevant)
        case .precision(let cutoff): return Double(found(cutoff)) / Double(cutoff)
        case .rPrecision: return Double(found(relevant)) / Double(relevant)
        case .success(let cutoff): return found(cutoff) > 0 ? 1 : 0
        case .binaryPreference:
            return Self.binaryPreference(ranked, relevant, others: judged.count { $0 >= 0 && $0 < level }, level)
        }
    }

    private static func binaryPreference(_ ranked: [Int?], _ relevant: Int, others: Int, _ level: Int) -> Double {
        var othersAbove = 0
        var sum = 0.0
        for case let grade? in ranked where grade >= min(0, level) {
            if grade < level {
                othersAbove += 1
            } else {
                sum += othersAbove == 0 ? 1 : 1 - Double(min(othersAbove, relevant)) / Double(min(others, relevant))
            }
        }
        return sum / Double(relevant)
    }

    private static func discountedGain(_ grades: some Sequence<Int>, _ cutoff: Int?) -> Double {
        var sum = 0.0
        for (index, grade) in grades.prefix(cutoff ?? .max).enumerated() where grade > 0 {
            sum += Double(grade) / log2(Double(index + 2))
        }
        return sum
    }
}
