import Tensors

/// Random numbers that are a function of a seed and a place.
///
/// Nothing is drawn in turn, so a run that is resumed needs no state of a generator.
struct RandomPlaces: Sendable {
    /// What the numbers are for: other purposes have other numbers.
    enum Purpose: UInt32 {
        case order = 1
        case batchOrder = 2
        case negatives = 3
    }

    private let seed: UInt64
    private let purpose: UInt32

    init(seed: UInt64, _ purpose: Purpose) {
        self.seed = seed
        self.purpose = purpose.rawValue
    }

    /// 64 random bits of a place.
    func bits(_ major: Int, _ minor: Int) -> UInt64 {
        let words = Philox.words(
            key: seed,
            counter: (
                UInt32(truncatingIfNeeded: minor), UInt32(truncatingIfNeeded: minor >> 32),
                UInt32(truncatingIfNeeded: major), purpose
            ))
        return UInt64(words.0) | UInt64(words.1) << 32
    }

    /// The numbers of all places of a major number, in order.
    func sequence(_ major: Int) -> Sequence { Sequence(places: self, major: major) }

    /// Numbers one after the other.
    struct Sequence: RandomNumberGenerator {
        let places: RandomPlaces
        let major: Int
        var minor = 0

        mutating func next() -> UInt64 {
            defer { minor += 1 }
            return places.bits(major, minor)
        }
    }
}
