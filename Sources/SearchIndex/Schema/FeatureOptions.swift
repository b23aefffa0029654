public import SparseIndex

/// How the features of a field are kept.
public struct FeatureOptions: Sendable, Hashable {
    /// How an approximate index is built where a segment has enough documents; `nil`: never, search is exact.
    public var seismic: SeismicOptions?
    /// Segments with fewer documents have no approximate index (`approximate_threshold`).
    public var approximateThreshold: Int

    /// Features, with an approximate index or without.
    public init(seismic: SeismicOptions? = nil, approximateThreshold: Int = SeismicOptions.defaultThreshold) {
        self.seismic = seismic
        self.approximateThreshold = approximateThreshold
    }
}
