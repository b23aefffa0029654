/// The parameters of OpenSearch's `neural_sparse_two_phase_processor`.
///
/// The first phase searches all documents with the features that ``pruning`` keeps; the second adds the scores of the others to the best
/// ``window(size:)`` documents and sorts them anew.
public struct TwoPhaseParameters: Sendable, Equatable {
    /// `prune_type` and `prune_ratio`.
    public var pruning: TokenPruning
    /// `expansion_rate`: the window, as a multiple of the hits that are asked for; at least 1.
    public var expansionRate: Float
    /// `max_window_size`: the largest window; at least 50.
    public var maxWindowSize: Int

    /// Why parameters cannot be used.
    public enum Fault: Error, Sendable, Equatable {
        /// `expansion_rate` is below 1.
        case expansionRate(Float)
        /// `max_window_size` is below 50.
        case maxWindowSize(Int)
        /// The window would be larger than `max_window_size`.
        case window(Int, most: Int)
    }

    /// OpenSearch's defaults.
    public init() {
        pruning = .maxRatio(0.4)
        expansionRate = 5
        maxWindowSize = 10_000
    }

    /// - Throws: ``Fault``.
    public init(pruning: TokenPruning, expansionRate: Float, maxWindowSize: Int) throws(Fault) {
        guard expansionRate >= 1, expansionRate.isFinite else { throw .expansionRate(expansionRate) }
        guard maxWindowSize >= 50 else { throw .maxWindowSize(maxWindowSize) }
        self.pruning = pruning
        self.expansionRate = expansionRate
        self.maxWindowSize = maxWindowSize
    }

    /// How many documents the second phase scores when `size` hits are asked for.
    ///
    /// Multiplied in single precision and cut, as OpenSearch does.
    ///
    /// - Throws: ``Fault/window(_:most:)``.
    public func window(size: Int) throws(Fault) -> Int {
        let window = Int(min(Float(size) * expansionRate, 2_147_483_648))
        guard window <= maxWindowSize else { throw .window(window, most: maxWindowSize) }
        return window
    }
}
