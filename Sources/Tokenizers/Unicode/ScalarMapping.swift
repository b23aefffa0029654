/// A map from single scalars to one or more scalars.
struct ScalarMapping: @unchecked Sendable {
    // 0 = unmapped, else the place in `pool`, where the count comes first.
    private let table: ScalarTable<Int32>
    // Written in `init` only, never freed: mappings live as long as the process.
    private let pool: UnsafeMutablePointer<UInt32>

    /// Unpacks tables of `UnicodeTables`; a later table overrides an earlier one.
    init(packed: [StaticString]) {
        var scalars: [UInt32] = [0]
        var places: [Int: Int32] = [:]
        for table in packed {
            let numbers = UnicodeData.numbers(in: table)
            var index = 0
            var scalar = 0
            while index + 1 < numbers.count {
                scalar += numbers[index]
                let count = numbers[index + 1]
                places[scalar] = Int32(scalars.count)
                scalars.append(UInt32(count))
                for value in numbers[(index + 2)..<(index + 2 + count)] { scalars.append(UInt32(value)) }
                index += 2 + count
            }
        }
        table = ScalarTable(runs: places.keys.sorted().map { ($0, 1, places[$0] ?? 0) }, other: 0)
        pool = .allocate(capacity: scalars.count)
        pool.initialize(from: scalars, count: scalars.count)
    }

    /// What `scalar` maps to; nil if it maps to itself.
    @inline(__always)
    subscript(scalar: UInt32) -> UnsafeBufferPointer<UInt32>? {
        let place = Int(table[scalar])
        if place == 0 { return nil }
        return UnsafeBufferPointer(start: pool + place + 1, count: Int(pool[place]))
    }
}
