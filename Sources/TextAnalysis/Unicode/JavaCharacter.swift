/// Properties of characters as Java's `Character` has them (the Unicode version of the generated tables).
enum JavaCharacter {
    private static let categories = ScalarTable<UInt8>(AnalysisTables.categories)
    private static let spaces = ScalarTable<UInt8>(AnalysisTables.whitespace)
    private static let lower = caseTable(AnalysisTables.lowercase)
    private static let upper = caseTable(AnalysisTables.uppercase)

    /// Java's numbers of the general categories.
    enum Category {
        static let uppercaseLetter: UInt8 = 1
        static let lowercaseLetter: UInt8 = 2
        static let titlecaseLetter: UInt8 = 3
        static let modifierLetter: UInt8 = 4
        static let otherLetter: UInt8 = 5
        static let nonSpacingMark: UInt8 = 6
        static let enclosingMark: UInt8 = 7
        static let combiningSpacingMark: UInt8 = 8
        static let decimalDigit: UInt8 = 9
        static let letterNumber: UInt8 = 10
        static let otherNumber: UInt8 = 11
    }

    /// `Character.getType`.
    @inline(__always)
    static func category(_ scalar: UInt32) -> UInt8 { categories[scalar] }

    /// `Character.isLetter`.
    @inline(__always)
    static func isLetter(_ scalar: UInt32) -> Bool { 1...5 ~= categories[scalar] }

    /// `Character.isDigit`.
    @inline(__always)
    static func isDigit(_ scalar: UInt32) -> Bool { categories[scalar] == Category.decimalDigit }

    /// `Character.isWhitespace`, which leaves no-break spaces out.
    @inline(__always)
    static func isWhitespace(_ scalar: UInt32) -> Bool { spaces[scalar] != 0 }

    /// Punctuation in the sense of OpenSearch's `token_chars`.
    static func isPunctuation(_ scalar: UInt32) -> Bool {
        switch categories[scalar] {
        case 20, 21, 22, 23, 24, 29, 30: true
        default: false
        }
    }

    /// Symbols in the sense of OpenSearch's `token_chars`.
    static func isSymbol(_ scalar: UInt32) -> Bool { 25...28 ~= categories[scalar] }

    /// The value of a decimal digit; they come in blocks of ten.
    static func digitValue(_ scalar: UInt32) -> UInt32? {
        guard isDigit(scalar) else { return nil }
        if scalar >= 0x1D7CE, scalar <= 0x1D7FF { return (scalar - 0x1D7CE) % 10 }
        var first = scalar
        while first > 0, scalar - first < 9, isDigit(first - 1) { first -= 1 }
        // Two neighbouring blocks: all blocks but the mathematical ones begin at a multiple of 16 or end in 0 or 6.
        return scalar - first <= 9 && !isDigit(first &- 1) ? scalar - first : (scalar & 0xF) % 6
    }

    /// `Character.toLowerCase` of one code point.
    @inline(__always)
    static func lowercase(_ scalar: UInt32) -> UInt32 { UInt32(bitPattern: Int32(bitPattern: scalar) &+ lower[scalar]) }

    /// `Character.toUpperCase` of one code point.
    @inline(__always)
    static func uppercase(_ scalar: UInt32) -> UInt32 { UInt32(bitPattern: Int32(bitPattern: scalar) &+ upper[scalar]) }

    private static func caseTable(_ text: StaticString) -> ScalarTable<Int32> {
        var reader = HexadecimalReader(text)
        var runs: [(first: Int, count: Int, value: Int32)] = []
        var first = 0
        while let gap = reader.next(), let count = reader.next(), let step = reader.next(), let zigzag = reader.next() {
            first += gap
            let difference = Int32(truncatingIfNeeded: zigzag & 1 == 0 ? zigzag / 2 : -(zigzag + 1) / 2)
            if step == 1 {
                runs.append((first, count, difference))
            } else {
                for index in 0..<count { runs.append((first + index * step, 1, difference)) }
            }
        }
        runs.sort { $0.first < $1.first }
        return ScalarTable(runs: runs, other: 0)
    }
}
