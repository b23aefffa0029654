/// How many white space characters (or their byte-level stand-in) each token of a vocabulary begins and ends with.
struct TokenMargins: Sendable {
    private var margins: [(leading: UInt8, trailing: UInt8)] = []

    /// Measures all tokens of a model.
    init(_ model: any SubwordModel) {
        margins = (0..<model.vocabularySize).map { id in
            model.token(of: Int32(truncatingIfNeeded: id)).map { Self.measure($0.unicodeScalars) } ?? (0, 0)
        }
    }

    /// The margins of a token of the model.
    subscript(id: Int32) -> (leading: Int, trailing: Int) {
        guard id >= 0 && Int(id) < margins.count else { return (0, 0) }
        return (Int(margins[Int(id)].leading), Int(margins[Int(id)].trailing))
    }

    /// The margins of a stretch of text.
    static func measure(_ scalars: some BidirectionalCollection<Unicode.Scalar>) -> (leading: UInt8, trailing: UInt8) {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value == 0x120 || ScalarProperties.of(scalar.value).contains(.whitespace)
        }
        return (
            UInt8(clamping: scalars.prefix(while: isSpace).count),
            UInt8(clamping: scalars.reversed().prefix(while: isSpace).count)
        )
    }
}
