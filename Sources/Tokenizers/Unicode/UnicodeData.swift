/// The Unicode data of this target, unpacked from ``UnicodeTables`` when first used (a few milliseconds).
enum UnicodeData {
    /// The classes of every scalar.
    static let properties = ScalarTable<ScalarProperties>(
        runs: runs(in: UnicodeTables.properties).map {
            ($0.first, $0.count, ScalarProperties(rawValue: UInt16($0.value)))
        }, other: [])

    /// Canonical combining classes.
    static let combiningClass = ScalarTable<UInt8>(
        runs: runs(in: UnicodeTables.combiningClasses).map { ($0.first, $0.count, UInt8($0.value)) }, other: 0)

    /// Full canonical decompositions, without Hangul syllables.
    static let canonical = ScalarMapping(packed: [UnicodeTables.canonicalDecompositions])

    /// Full compatibility decompositions, without Hangul syllables; where there is none, the canonical one.
    static let compatible = ScalarMapping(
        packed: [UnicodeTables.canonicalDecompositions, UnicodeTables.compatibilityDecompositions])

    /// Lower-case mappings without context.
    static let lowercase = ScalarMapping(packed: [UnicodeTables.lowercase])

    /// Primary composites, by first scalar << 32 | second scalar.
    static let compositions: [UInt64: UInt32] = {
        let numbers = Self.numbers(in: UnicodeTables.compositions)
        var table: [UInt64: UInt32] = [:]
        table.reserveCapacity(numbers.count / 3)
        for index in stride(from: 0, to: numbers.count - 2, by: 3) {
            table[UInt64(numbers[index]) << 32 | UInt64(numbers[index + 1])] = UInt32(numbers[index + 2])
        }
        return table
    }()

    /// The hexadecimal numbers of a packed table.
    static func numbers(in table: StaticString) -> [Int] {
        table.withUTF8Buffer { text in
            var numbers: [Int] = []
            numbers.reserveCapacity(text.count / 3)
            var value = 0
            var digits = 0
            for byte in text {
                switch byte {
                case 0x30...0x39: (value, digits) = (value << 4 | Int(byte - 0x30), digits + 1)
                case 0x61...0x66: (value, digits) = (value << 4 | Int(byte - 0x57), digits + 1)
                default:
                    if digits > 0 { numbers.append(value) }
                    (value, digits) = (0, 0)
                }
            }
            if digits > 0 { numbers.append(value) }
            return numbers
        }
    }

    private static func runs(in table: StaticString) -> [(first: Int, count: Int, value: Int)] {
        let numbers = Self.numbers(in: table)
        var first = 0
        return stride(from: 0, to: numbers.count - 2, by: 3).map { index in
            first += numbers[index]
            return (first, numbers[index + 1], numbers[index + 2])
        }
    }
}
