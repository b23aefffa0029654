/// A system whose results on held-out queries are measured.
package enum HeldOutSystem: String, Sendable, CaseIterable {
    case bm25
    /// The model before its training.
    case base
    /// The model after it.
    case tuned
    case baseRRF = "rrf(bm25,base)"
    case baseMinMax = "min-max(bm25,base)"
    case tunedRRF = "rrf(bm25,tuned)"
    case tunedMinMax = "min-max(bm25,tuned)"

    /// For people.
    var title: String {
        switch self {
        case .bm25: "BM25"
        case .base: "base model"
        case .tuned: "tuned model"
        case .baseRRF: "hybrid, base, RRF"
        case .baseMinMax: "hybrid, base, min-max"
        case .tunedRRF: "hybrid, tuned, RRF"
        case .tunedMinMax: "hybrid, tuned, min-max"
        }
    }

    /// What its difference is taken from: the same system before the training, and search by words for what has none.
    var rivals: [HeldOutSystem] {
        switch self {
        case .bm25, .base, .baseRRF, .baseMinMax: []
        case .tuned: [.base, .bm25]
        case .tunedRRF: [.baseRRF, .bm25]
        case .tunedMinMax: [.baseMinMax, .bm25]
        }
    }
}
