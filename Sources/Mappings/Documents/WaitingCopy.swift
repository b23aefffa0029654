import JSON

/// A value of a nested object that `copy_to` sends to a document around it: kept until that document is read.
struct WaitingCopy {
    private enum Form { case string, number, bool }

    let field: MappedField
    private let text: String
    private let form: Form

    init(_ scalar: Scalar, to field: MappedField) {
        self.field = field
        text = scalar.text
        switch scalar {
        case .string: form = .string
        case .number: form = .number
        case .bool: form = .bool
        }
    }

    func withScalar(_ body: (Scalar) throws -> Void) throws {
        if form == .bool { return try body(.bool(text == "true")) }
        var text = text
        try text.withUTF8 { bytes in
            if form == .string { return try body(.string(bytes)) }
            var reader = JSONReader(UnsafeRawBufferPointer(bytes))
            try body(.number(try reader.readNumberText()))
        }
    }
}
