/// How alike two sequences of numbers order their places: 1 for the same order, -1 for the opposite one.
public enum RankCorrelation {
    /// Spearman's rho: the correlation of ranks, equal values sharing their middle rank.
    ///
    /// 1 where neither sequence orders anything. O(n log n).
    public static func spearman(_ a: [Float], _ b: [Float]) -> Double {
        precondition(a.count == b.count, "sequences of one length")
        let (x, y) = (ranks(a), ranks(b))
        let middle = Double(a.count + 1) / 2
        var (product, squareX, squareY) = (0.0, 0.0, 0.0)
        for (p, q) in zip(x, y) {
            product += (p - middle) * (q - middle)
            squareX += (p - middle) * (p - middle)
            squareY += (q - middle) * (q - middle)
        }
        guard squareX > 0, squareY > 0 else { return squareX == squareY ? 1 : 0 }
        return product / (squareX * squareY).squareRoot()
    }

    /// Kendall's tau-b: pairs in the same order less pairs in the opposite one, with ties counted out.
    ///
    /// 1 where neither sequence orders anything. O(n^2): sequences of more than 2,048 are sampled evenly.
    public static func kendall(_ a: [Float], _ b: [Float]) -> Double {
        precondition(a.count == b.count, "sequences of one length")
        let step = max(1, (a.count + 2047) / 2048)
        let (x, y) = (every(step, of: a), every(step, of: b))
        var (concordant, discordant, tiesX, tiesY) = (0, 0, 0, 0)
        for i in x.indices {
            for j in 0..<i {
                let (dx, dy) = (sign(x[i], x[j]), sign(y[i], y[j]))
                if dx * dy > 0 { concordant += 1 } else if dx * dy < 0 { discordant += 1 }
                if dx == 0 { tiesX += 1 }
                if dy == 0 { tiesY += 1 }
            }
        }
        let pairs = x.count * (x.count - 1) / 2
        guard pairs > tiesX, pairs > tiesY else { return tiesX == tiesY ? 1 : 0 }
        return Double(concordant - discordant) / (Double(pairs - tiesX) * Double(pairs - tiesY)).squareRoot()
    }

    private static func sign(_ a: Float, _ b: Float) -> Int { a > b ? 1 : a < b ? -1 : 0 }

    private static func every(_ step: Int, of values: [Float]) -> [Float] {
        stride(from: 0, to: values.count, by: step).map { values[$0] }
    }

    /// Ranks from 1; equal values share the middle of theirs.
    private static func ranks(_ values: [Float]) -> [Double] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }
}
