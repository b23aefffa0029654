import JSON

/// Walks over the text of a path or of an intrinsic function.
struct ExpressionScanner {
    /// How deep expressions may be nested.
    static let deepest = 32

    private let scalars: [Unicode.Scalar]
    var position = 0
    var depth = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    var isAtEnd: Bool { position == scalars.count }

    var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    func startsWith(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    mutating func takes(_ text: String) -> Bool {
        guard startsWith(text) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    mutating func takesAfterSpaces(_ text: String) -> Bool {
        skipSpaces()
        return takes(text)
    }

    mutating func skipSpaces() {
        while let next = peek, next == " " || next == "\t" || next == "\n" || next == "\r" { position += 1 }
    }

    mutating func expect(_ text: String) throws(DataFault) {
        guard takesAfterSpaces(text) else { throw fault("'\(text)' is expected") }
    }

    func text(from start: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[start..<position])
        return text
    }

    func fault(_ reason: String) -> DataFault {
        var whole = ""
        whole.unicodeScalars.append(contentsOf: scalars)
        return DataFault("\(reason) at character \(position + 1) of '\(whole)'")
    }

    /// A text in single or double quotes, in which a backslash takes the next character as it is.
    mutating func quoted() throws(DataFault) -> String {
        let quote = peek
        position += 1
        var text = ""
        while let next = peek {
            position += 1
            if next == quote { return text }
            if next == "\\" {
                guard let escaped = peek else { break }
                position += 1
                text.unicodeScalars.append(escaped)
            } else {
                text.unicodeScalars.append(next)
            }
        }
        throw fault("the quote is not closed")
    }

    /// An integer, or `nil` where none begins.
    mutating func integer() throws(DataFault) -> Int? {
        let start = position
        _ = takes("-")
        while let next = peek, next >= "0", next <= "9" { position += 1 }
        let digits = text(from: start)
        if digits.isEmpty { return nil }
        guard let value = Int(digits) else { throw fault("'\(digits)' is no position") }
        return value
    }

    /// A text in quotes, a number, `true`, `false` or `null`.
    mutating func literal() throws(DataFault) -> JSONValue {
        if peek == "'" || peek == "\"" { return .string(try quoted()) }
        for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
        where takes(word) {
            return value
        }
        let start = position
        while let next = peek, (next >= "0" && next <= "9") || "+-.eE".unicodeScalars.contains(next) { position += 1 }
        let digits = text(from: start)
        guard !digits.isEmpty, case .number(let number)? = try? JSONValue(parsing: digits) else {
            throw fault("a value is expected")
        }
        return .number(number)
    }
}
