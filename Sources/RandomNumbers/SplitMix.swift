/// SplitMix64: random numbers that follow from a seed alone, and with a key from both, whatever was drawn for other keys.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct SplitMix: RandomNumberGenerator {
    @usableFromInline var state: UInt64

    /// The plain stream of a seed, as published.
    @inlinable package init(seed: UInt64) { state = seed }

    /// The stream of a key.
    @inlinable package init(seed: UInt64, key: UInt64) {
        state = seed
        state = next() ^ key
        state = next()
    }

    /// The stream of a text.
    @inlinable package init(seed: UInt64, text: String) {
        self.init(seed: seed, key: Self.key(of: text.utf8))
    }

    /// The key of a text's bytes: their 64-bit FNV-1a hash.
    @inlinable package static func key(of bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The next 64 bits.
    @inlinable package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number below another, each with the same chance.
    @inlinable package mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number from 0 up to 1, without 1.
    @inlinable package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Some different numbers below another, each set with the same chance; all of them if there are not enough.
    ///
    /// Robert Floyd's algorithm: as many draws as numbers.
    package mutating func sample(_ count: Int, below bound: Int) -> Set<Int> {
        var picked: Set<Int> = []
        for last in max(0, bound - count)..<bound {
            let pick = below(last + 1)
            picked.insert(picked.contains(pick) ? last : pick)
        }
        return picked
    }
}
