/// The parts of an approximate index in a file.
///
/// A short number of a feature is its number, cut to 16 bits: with more than 65,536 features some share one, and candidates may come too
/// many, never a wrong score. A vector is at a multiple of 64 bytes: document (32 bits), count (32), short numbers (16 each), weights (8
/// each); those that round to 0 are left out. A summary is at a multiple of 4 bytes: short numbers, weights. A member of a cluster is
/// its document (upper 32 bits) and the place of its vector.
enum SeismicFormat {
    static let vectorUnit = 64
    static let vectorHeader = 8
    static let summaryUnit = 4

    struct Record: BitwiseCopyable {
        var quantizationCeiling: Float
        var postings: UInt32
        var clusterCount: UInt32
        var reserved: UInt32 = 0
    }

    struct Cluster: BitwiseCopyable {
        var summary: UInt32
        /// 0: the only cluster of its list, which is always read.
        var summaryCount: UInt32
        var memberStart: UInt32
        var memberCount: UInt32
    }

    /// The weight of a feature that 255 stands for: the ceiling, or the feature's highest weight where that is above it.
    static func scale(ceiling: Float, highest: FeatureWeight) -> Float {
        // Damaged bits may be no number.
        highest.value.isFinite ? max(ceiling, highest.value) : .greatestFiniteMagnitude
    }

    /// What a weight becomes.
    @inline(__always)
    static func quantized(_ weight: FeatureWeight, scale: Float) -> UInt8 {
        let steps = (weight.value / scale * 255).rounded()
        return steps < 255 ? UInt8(max(0, steps)) : 255
    }
}
