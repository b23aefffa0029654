/// Okapi BM25 as Lucene 9 computes it: float32, one-byte lengths, no factor `k1 + 1`.
public struct BM25: Sendable, Hashable {
    /// How quickly a term's frequency saturates.
    public var k1: Float
    /// How much the length counts.
    public var b: Float

    /// Lucene's defaults: k1 1.2, b 0.75.
    public init(k1: Float = 1.2, b: Float = 0.75) {
        self.k1 = k1
        self.b = b
    }

    /// `ln(1 + (N - n + 0.5) / (n + 0.5))`: N documents have the field, n the term.
    public static func idf(documentFrequency: Int, documentCount: Int) -> Float {
        let n = Double(documentFrequency), all = Double(documentCount)
        return Float(naturalLogarithm(1 + (all - n + 0.5) / (n + 0.5)))
    }

    /// The mean length of a field.
    public static func averageLength(_ statistics: FieldStatistics) -> Float {
        guard statistics.documentCount > 0 else { return 1 }
        return Float(Double(statistics.sumTotalTermFrequency) / Double(statistics.documentCount))
    }

    /// The scoring of one term (or of a phrase: `idf` is then the sum of those of its terms).
    public func weight(idf: Float, boost: Float = 1, statistics: FieldStatistics) -> TermWeight {
        let average = Self.averageLength(statistics)
        var table = [Float](repeating: 0, count: 256)
        for byte in 0..<256 {
            let length = Float(FieldLength.decode(UInt8(byte)))
            table[byte] = 1 / (k1 * ((1 - b) + b * length / average))
        }
        return TermWeight(.saturating(weight: boost * idf, normInverse: table))
    }

    /// The scoring of a term in a snapshot.
    public func weight(
        _ term: TermStatistics, boost: Float = 1, statistics: FieldStatistics
    ) -> TermWeight {
        weight(
            idf: Self.idf(documentFrequency: term.documentFrequency, documentCount: statistics.documentCount),
            boost: boost, statistics: statistics)
    }
}
