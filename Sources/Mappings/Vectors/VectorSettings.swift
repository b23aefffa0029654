/// What an index's settings say about its vectors and features, with the names and defaults of OpenSearch's plug-ins.
///
/// All are fixed when the index is made, as what the index keeps of a field is.
public struct VectorSettings: Sendable, Hashable {
    /// `index.knn`: whether `knn_vector` fields have a method, and with it a graph.
    public var isVectorIndex = false
    /// `index.sparse`: whether `sparse_vector` fields have an approximate index.
    public var isSparseIndex = false
    /// `index.knn.algo_param.m`: links of a vector, for fields without a method of their own.
    public var m = 16
    /// `index.knn.algo_param.ef_construction`: candidates for these links, for fields without a method of their own.
    public var efConstruction = 100
    /// `index.knn.space_type`: the space of fields that name none; nil if it is not set.
    public var space: String?

    /// OpenSearch's defaults.
    public init() {}
}
