public import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A learned bias on attention scores that depends on head and distance only (T5, MPNet).
///
/// Stored per head as one line over query position - key position, `-(maxLength - 1) ... maxLength - 1`, so that what one key
/// adds to consecutive queries is a contiguous piece of it.
public struct RelativePositionBias: Sendable {
    /// [A][2 * maxLength - 1].
    public let table: FloatBuffer
    /// A, the number of heads.
    public let heads: Int
    /// The longest sequence.
    public let maxLength: Int

    /// How many buckets MPNet's network has, whatever its configuration says.
    package static let mpnetBuckets = 32

    /// Spreads the bucketed embedding of T5 and MPNet over all distances.
    ///
    /// - Parameters:
    ///   - embedding: [buckets][A], row-major (`relative_attention_bias.weight`).
    ///   - maxDistance: where the logarithmic buckets end; 128 in MPNet.
    public init(embedding: [Float], buckets: Int, heads: Int, maxLength: Int, maxDistance: Int = 128) {
        precondition(embedding.count == buckets * heads, "embedding has the wrong size")
        precondition(maxLength > 0 && buckets >= 4, "no room for a bias")
        self.heads = heads
        self.maxLength = maxLength
        table = FloatBuffer(count: heads * (2 * maxLength - 1))
        embedding.withUnsafeBufferPointer { embedding in
            guard let base = embedding.baseAddress else { return }
            fill(from: base, buckets: buckets, maxDistance: maxDistance)
        }
    }

    /// Spreads other values of the embedding over the same memory, which nobody may read meanwhile.
    package func fill(from embedding: UnsafePointer<Float>, buckets: Int, maxDistance: Int = 128) {
        for distance in (1 - maxLength)..<maxLength {
            let bucket = Self.bucket(of: distance, buckets: buckets, maxDistance: maxDistance)
            for head in 0..<heads {
                table.base[head * (2 * maxLength - 1) + maxLength - 1 - distance] = embedding[bucket * heads + head]
            }
        }
    }

    /// The bucket of `key position - query position`; half of the buckets per direction, exact for small distances,
    /// then logarithmic.
    ///
    /// In float32 and in upstream's order of operations, since the edges of buckets depend on rounding.
    ///
    /// Source: `relative_position_bucket` in transformers' `modeling_mpnet.py`.
    package static func bucket(of distance: Int, buckets: Int, maxDistance: Int) -> Int {
        let half = buckets / 2
        let exact = half / 2
        let size = abs(distance)
        let direction = distance > 0 ? half : 0
        if size < exact { return direction + size }
        let scale = Float(log(Double(maxDistance) / Double(exact)))
        let logarithm = logf(Float(size) / Float(exact)) / scale * Float(half - exact)
        return direction + min(exact + Int(logarithm), half - 1)
    }

    /// The value for distance 0 of a head; the value for query position - key position = d lies d behind it.
    package func center(head: Int) -> UnsafePointer<Float> {
        UnsafePointer(table.base + head * (2 * maxLength - 1) + maxLength - 1)
    }
}
