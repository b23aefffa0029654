#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// On how many levels a row is: by its number alone, so that a graph is the same whenever it is built from the same rows.
enum GraphLevels {
    static let highest = 15

    /// Geometric with the mean that Malkov and Yashunin chose: a share of 1 / m of each level is on the next.
    static func level(of row: Int, m: Int) -> Int {
        var x = UInt64(truncatingIfNeeded: row) &+ 0x9e37_79b9_7f4a_7c15
        x = (x ^ x >> 30) &* 0xbf58_476d_1ce4_e5b9
        x = (x ^ x >> 27) &* 0x94d0_49bb_1331_11eb
        x ^= x >> 31
        let uniform = (Double(x >> 11) + 0.5) * 0x1p-53
        return min(highest, Int(-log(uniform) / log(Double(m))))
    }
}
