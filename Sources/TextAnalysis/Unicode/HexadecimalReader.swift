/// Reads the hexadecimal numbers of a generated table.
struct HexadecimalReader {
    private let text: StaticString
    private var position = 0

    init(_ text: StaticString) { self.text = text }

    /// The next number; `nil` at the end.
    mutating func next() -> Int? {
        let start = text.utf8Start
        while position < text.utf8CodeUnitCount, start[position] == UInt8(ascii: " ") { position += 1 }
        guard position < text.utf8CodeUnitCount else { return nil }
        var value = 0
        while position < text.utf8CodeUnitCount, start[position] != UInt8(ascii: " ") {
            let digit = Int(start[position])
            value = value << 4 | (digit <= 0x39 ? digit - 0x30 : digit - 0x57)
            position += 1
        }
        return value
    }

    /// Everything that is left.
    mutating func rest() -> [Int] {
        var all: [Int] = []
        while let value = next() { all.append(value) }
        return all
    }
}
