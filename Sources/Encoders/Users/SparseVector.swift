/// A learned sparse vector: weights of vocabulary entries, none of them zero.
public struct SparseVector: Sendable, Hashable {
    /// Vocabulary ids, ascending.
    public let tokenIDs: [Int32]
    /// The weight of each id.
    public let weights: [Float]
    /// Tokens of the text, special tokens included.
    public let tokenCount: Int
    /// Whether the text was longer than the model can read.
    public let isTruncated: Bool

    package init(tokenIDs: [Int32], weights: [Float], tokenCount: Int, isTruncated: Bool) {
        self.tokenIDs = tokenIDs
        self.weights = weights
        self.tokenCount = tokenCount
        self.isTruncated = isTruncated
    }

    /// The dot product with another vector.
    ///
    /// Complexity: O(n + m).
    public func dot(_ other: SparseVector) -> Float {
        var (i, j, sum) = (0, 0, Float(0))
        while i < tokenIDs.count, j < other.tokenIDs.count {
            if tokenIDs[i] == other.tokenIDs[j] {
                sum += weights[i] * other.weights[j]
                i += 1
                j += 1
            } else if tokenIDs[i] < other.tokenIDs[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return sum
    }

    /// The `count` heaviest entries, heaviest first; ties by id.
    public func heaviest(_ count: Int) -> [(tokenID: Int32, weight: Float)] {
        let entries = zip(tokenIDs, weights).map { (tokenID: $0, weight: $1) }
        return Array(entries.sorted { ($0.weight, $1.tokenID) > ($1.weight, $0.tokenID) }.prefix(count))
    }
}

/// Which side of a search a text stands on; inference-free models weigh queries without running the network.
public enum SparseRole: String, Sendable, Hashable, CaseIterable {
    /// What the user types.
    case query
    /// What is indexed.
    case document
}
