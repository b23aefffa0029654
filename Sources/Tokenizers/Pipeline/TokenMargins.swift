/// How many white space characters (or their byte-level stand-in) each token of a vocabulary begins and ends with.
struct TokenMargins: Sendable {
    private let model: any SubwordModel
    private var margins: [(leading: UInt8, trailing: UInt8)] = []

    /// Measures all tokens of a model whose ids lie close together; those far beyond are measured when they are asked for.
    init(_ model: any SubwordModel) {
        self.model = model
        margins = (0..<min(Int(model.largestID) + 1, model.vocabularySize * 4 + 1024)).map { id in
            Self.measure(Int32(truncatingIfNeeded: id), of: model)
        }
    }

    /// The margins of a token of the model.
    subscript(id: Int32) -> (leading: Int, trailing: Int) {
        let isKnown = id >= 0 && Int(id) < margins.count
        let (leading, trailing) = isKnown ? margins[Int(id)] : Self.measure(id, of: model)
        return (Int(leading), Int(trailing))
    }

    private static func measure(_ id: Int32, of model: any SubwordModel) -> (leading: UInt8, trailing: UInt8) {
        model.token(of: id).map { measure($0.unicodeScalars) } ?? (0, 0)
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
