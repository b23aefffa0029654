/// What becomes of single scalars, for filters that replace characters by one or several others.
struct FoldingTable: Sendable {
    // 0 for what stays as it is, else the place of the replacement in `pieces` plus one.
    private let index: ScalarTable<UInt16>
    private let pieces: [[UInt8]]

    /// Lucene's `ASCIIFoldingFilter`.
    static let ascii = FoldingTable(AnalysisTables.asciiFolding)
    /// Lucene's `CJKWidthFilter`, single characters.
    static let cjkWidth = FoldingTable(AnalysisTables.cjkWidth)

    private init(_ text: StaticString) {
        var reader = HexadecimalReader(text)
        var runs: [(first: Int, count: Int, value: UInt16)] = []
        var pieces: [[UInt8]] = []
        var known: [[UInt8]: UInt16] = [:]
        var scalar = 0
        while let gap = reader.next(), let count = reader.next() {
            scalar += gap
            var piece: [UInt8] = []
            for _ in 0..<count {
                guard let value = reader.next(), let part = Unicode.Scalar(UInt32(truncatingIfNeeded: value)) else {
                    break
                }
                piece += Array(String(Character(part)).utf8)
            }
            var number = known[piece] ?? 0
            if number == 0 {
                pieces.append(piece)
                number = UInt16(pieces.count)
                known[piece] = number
            }
            runs.append((scalar, 1, number))
        }
        index = ScalarTable(runs: runs, other: 0)
        self.pieces = pieces
    }

    /// The UTF-8 that replaces the scalar; `nil` if it stays.
    @inline(__always)
    subscript(scalar: UInt32) -> [UInt8]? {
        let number = index[scalar]
        return number == 0 ? nil : pieces[Int(number) - 1]
    }
}
