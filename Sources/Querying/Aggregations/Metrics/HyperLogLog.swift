import Mappings

/// Counts different values: exactly up to a threshold, then with HyperLogLog.
///
/// The estimate is Ertl's (New cardinality estimation algorithms for HyperLogLog sketches, 2017): it needs no tables of corrections and is
/// right from the first value to the last. Registers are chosen as OpenSearch chooses them from `precision_threshold`.
struct HyperLogLog: Sendable {
    private let precision: Int
    private let exactLimit: Int
    private var exact: Set<UInt64> = []
    private var registers: [UInt8] = []

    init(threshold: Int) {
        let entries = (threshold * 4 + 2) / 3
        precision = min(max(Int.bitWidth - (entries * 4).leadingZeroBitCount, 4), 18)
        exactLimit = max(threshold, 0)
    }

    @inline(__always)
    mutating func add(_ hash: UInt64) {
        if registers.isEmpty {
            exact.insert(hash)
            if exact.count > exactLimit { estimateFromNowOn() }
        } else {
            register(hash)
        }
    }

    private mutating func estimateFromNowOn() {
        registers = [UInt8](repeating: 0, count: 1 << precision)
        for hash in exact { register(hash) }
        exact = []
    }

    @inline(__always)
    private mutating func register(_ hash: UInt64) {
        let index = Int(hash >> UInt64(64 - precision))
        let rest = hash << UInt64(precision) | (1 << UInt64(precision - 1))
        let rank = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount + 1)
        if registers[index] < rank { registers[index] = rank }
    }

    mutating func merge(_ other: HyperLogLog) {
        if other.registers.isEmpty {
            for hash in other.exact { add(hash) }
            return
        }
        if registers.isEmpty { estimateFromNowOn() }
        guard other.registers.count == registers.count else { return }
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    var count: Int {
        if registers.isEmpty { return exact.count }
        let q = 64 - precision
        var histogram = [Int](repeating: 0, count: q + 2)
        for register in registers { histogram[min(Int(register), q + 1)] += 1 }
        let m = Double(registers.count)
        var z = m * Self.tau(1 - Double(histogram[q + 1]) / m)
        for rank in stride(from: q, through: 1, by: -1) { z = 0.5 * (z + Double(histogram[rank])) }
        z += m * Self.sigma(Double(histogram[0]) / m)
        // m^2 / (2 ln 2 * z)
        return Int((m * m / (1.386_294_361_119_890_6 * z)).rounded())
    }

    private static func sigma(_ start: Double) -> Double {
        if start == 1 { return .infinity }
        var x = start
        var y = 1.0
        var z = x
        while true {
            x *= x
            let before = z
            z += x * y
            y += y
            if z == before { return z }
        }
    }

    private static func tau(_ start: Double) -> Double {
        if start == 0 || start == 1 { return 0 }
        var x = start
        var y = 1.0
        var z = 1 - x
        while true {
            x = x.squareRoot()
            let before = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
            if z == before { return z / 3 }
        }
    }

    /// A hash of an integer: the finaliser of MurmurHash3, run twice with different additions.
    static func hash(_ value: Int64) -> UInt64 {
        mix(mix(UInt64(bitPattern: value) &+ 0x9E37_79B9_7F4A_7C15) &+ 0xD1B5_4A32_D192_ED03)
    }

    /// A hash of bytes.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return mix(mix(hash ^ UInt64(bytes.count)) &+ 0x9E37_79B9_7F4A_7C15) | 1
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var x = value
        x = (x ^ (x >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        x = (x ^ (x >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return x ^ (x >> 33)
    }
}
