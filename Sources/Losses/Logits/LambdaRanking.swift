#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Tensors

/// Pairs of a query's documents in the wrong order cost as much as the order matters to nDCG.
///
/// With a query's documents sorted by logit, G the gains `(2^label - 1) / ideal DCG` and D the discounts `log2(1 + rank)`:
/// the mean over pairs with label i above label j of `-weight * log sigmoid(sigma (s_i - s_j))`, in the framework of Wang et al. 2018
/// (https://doi.org/10.1145/3269206.3271784). Equal to sentence-transformers' `LambdaLoss`; without weights, to its `RankNetLoss`
/// (Burges et al. 2005). The mean is over the pairs of all queries together. Documents of one logit stand in their order in the data, where
/// PyTorch's sort promises none. Complexity: O(n^2) for n documents of a query.
public struct LambdaRanking: LogitLoss {
    /// What a pair of documents weighs.
    public enum Weighting: String, Sendable, Hashable, CaseIterable {
        /// 1: RankNet.
        case none
        /// G_i / D_i, for all pairs whatever their labels.
        case ndcgLoss1 = "ndcg-loss1"
        /// |1 / D(|i - j|) - 1 / D(|i - j| + 1)| |G_i - G_j|.
        case ndcgLoss2 = "ndcg-loss2"
        /// |1 / D_i - 1 / D_j| |G_i - G_j|.
        case lambdaRank = "lambda-rank"
        /// `mu` times `ndcgLoss2`, plus `lambdaRank`.
        case ndcgLoss2PP = "ndcg-loss2pp"
    }

    /// The short name.
    public let name: String
    /// What a pair of documents weighs.
    public var weighting: Weighting
    /// The weight of `ndcgLoss2` in `ndcgLoss2PP`.
    public var mu: Double
    /// Pairs count with at least one document among the first `cutoff`; nil for all.
    public var cutoff: Int?
    /// What differences of logits are multiplied by.
    public var sigma: Double
    /// The least ideal DCG.
    public var epsilon: Double
    /// Whether logarithms are binary.
    public var isBinary: Bool
    /// What is applied to logits.
    public var activation: LogitActivation

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(
        weighting: Weighting = .ndcgLoss2PP, mu: Double = 10, cutoff: Int? = nil, sigma: Double = 1,
        epsilon: Double = 1e-10, isBinary: Bool = true, activation: LogitActivation = .identity
    ) {
        name = weighting == .none ? "ranknet" : "lambda"
        self.weighting = weighting
        self.mu = mu
        self.cutoff = cutoff
        self.sigma = sigma
        self.epsilon = epsilon
        self.isBinary = isBinary
        self.activation = activation
    }

    /// Queries and any number of documents, with a label each.
    public var input: LossInput { .labelledList }

    /// The loss of a batch; see `LogitLoss`.
    public func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue {
        let logits = ActivatedLogits(batch.logits, activation)
        var derivatives = [Double](repeating: 0, count: logits.values.count)
        var total = 0.0
        var pairs = 0
        for (index, group) in batch.groups.enumerated() {
            let order = group.sorted { (logits.values[$0], $1) > (logits.values[$1], $0) }
            let labels = order.map { Double(batch.labels(of: index)[$0 - group.lowerBound]) }
            let gains = Gains(labels: labels, cutoff: cutoff, epsilon: epsilon)
            let kept = cutoff ?? order.count
            for i in order.indices {
                for j in order.indices {
                    guard i < kept || j < kept, weighting == .ndcgLoss1 || labels[i] > labels[j] else { continue }
                    pairs += 1
                    let weight = gains.weight(i, j, weighting, mu: mu)
                    // As wide as PyTorch's clamp lets differences be.
                    let difference = logits.values[order[i]] - logits.values[order[j]]
                    let limited = min(max(difference, -1e8), 1e8)
                    total -= weight * LogSumExp.logSigmoid(sigma * limited)
                    guard difference == limited else { continue }
                    let slope = weight * sigma * LogSumExp.sigmoid(-sigma * limited)
                    derivatives[order[i]] -= slope
                    derivatives[order[j]] += slope
                }
            }
        }
        let share = 1 / (Double(max(pairs, 1)) * (isBinary ? log(2) : 1))
        logits.writeGradient(derivatives.map { $0 * share }, to: gradient)
        return LossValue(total * share)
    }
}

/// Gains and discounts of documents in the order of their scores.
private struct Gains {
    private let gains: [Double]

    init(labels: [Double], cutoff: Int?, epsilon: Double) {
        func gain(_ label: Double) -> Double { exp2(max(label, 0)) - 1 }
        let best = labels.sorted(by: >).prefix(cutoff ?? labels.count)
        let ideal = best.enumerated().reduce(0) { $0 + gain($1.element) / Self.discount($1.offset) }
        gains = labels.map { gain($0) / max(ideal, epsilon) }
    }

    /// The discount of a place, counted from 0.
    private static func discount(_ place: Int) -> Double { log2(Double(place + 2)) }

    func weight(_ i: Int, _ j: Int, _ weighting: LambdaRanking.Weighting, mu: Double) -> Double {
        var near: Double {
            let distance = abs(i - j)
            return distance == 0 ? 0 : abs(1 / Self.discount(distance - 1) - 1 / Self.discount(distance))
        }
        var far: Double { abs(1 / Self.discount(i) - 1 / Self.discount(j)) }
        let difference = abs(gains[i] - gains[j])
        return switch weighting {
        case .none: 1
        case .ndcgLoss1: gains[i] / Self.discount(i)
        case .ndcgLoss2: near * difference
        case .lambdaRank: far * difference
        case .ndcgLoss2PP: mu * (near * difference) + far * difference
        }
    }
}
