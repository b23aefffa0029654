import Relevance

/// What is measured on held-out queries.
package enum HeldOutMetric: CaseIterable, Sendable {
    case nDCG
    case reciprocalRank
    case recall

    /// The name in files and parameters, as the trainer's log has it.
    var name: String {
        switch self {
        case .nDCG: "ndcg@10"
        case .reciprocalRank: "mrr@10"
        case .recall: "recall@100"
        }
    }

    /// The figure.
    var metric: Metric {
        switch self {
        case .nDCG: .nDCG(cutoff: 10)
        case .reciprocalRank: .reciprocalRank(cutoff: 10)
        case .recall: .recall(cutoff: 100)
        }
    }

    init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
        self = found
    }
}
