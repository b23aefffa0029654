/// How an approximate index is built, by the names of OpenSearch's `sparse_vector` method `seismic`.
public struct SeismicOptions: Sendable, Hashable {
    /// `n_postings`: how many documents a feature's list keeps, those with its highest weights; `nil`: 0.0005 of the documents, at
    /// least 160.
    public var postings: Int?
    /// `cluster_ratio`: clusters of a list, as a share of its documents.
    public var clusterRatio: Float
    /// `summary_prune_ratio`: the share of the sum of its weights that a cluster's summary keeps.
    public var summaryPruneRatio: Float
    /// `quantization_ceiling_ingest`: the weight that 255 stands for, in features without higher ones.
    ///
    /// The candidates of an approximate search are chosen by weights of 8 bits, which are off by at most 1/510 of the ceiling or, where
    /// a feature has higher weights, of the highest. Nothing is cut off at the ceiling, unlike in OpenSearch: weights
    /// of the best hits are the highest ones. The scores of hits are computed from the stored weights and do not have this error.
    public var quantizationCeiling: Float
    /// Chooses the centres of clusters.
    public var seed: UInt64
    /// How many threads build.
    ///
    /// The result does not depend on it.
    public var threads: Int

    /// OpenSearch's defaults.
    public init(
        postings: Int? = nil, clusterRatio: Float = 0.1, summaryPruneRatio: Float = 0.4, quantizationCeiling: Float = 3,
        seed: UInt64 = 0, threads: Int = 1
    ) {
        self.postings = postings
        self.clusterRatio = clusterRatio
        self.summaryPruneRatio = summaryPruneRatio
        self.quantizationCeiling = quantizationCeiling
        self.seed = seed
        self.threads = threads
    }

    /// `approximate_threshold`: segments with fewer documents have no approximate index, unless a mapping says otherwise.
    public static let defaultThreshold = 1_000_000

    /// How many documents a list keeps in a segment of so many.
    public func postings(documents: Int) -> Int { postings ?? max(160, Int(0.0005 * Double(documents))) }
}

/// How an approximate search goes, by the names of `neural_sparse`'s `method_parameters`.
public struct SeismicSearchOptions: Sendable, Equatable {
    /// `top_n`: how many features of the query have their lists read, those with the highest weights; all count in scores.
    public var features: Int
    /// `heap_factor`: a cluster is passed over when its summary's score is below the k-th best score over this.
    ///
    /// Higher finds more.
    public var heapFactor: Float

    /// OpenSearch's defaults.
    public init(features: Int = 10, heapFactor: Float = 1) {
        self.features = features
        self.heapFactor = heapFactor
    }
}
