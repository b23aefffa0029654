/// Rewrites a regular expression of Oniguruma (Ruby syntax, what upstream runs) for PCRE2.
///
/// - `\s`, `\w`, `\d`, `\h` and their opposites name other characters there: white space has no U+180E, words have marks
///   and all connectors, `\h` is a hexadecimal digit.
/// - `a{1,3}+` repeats the repetition there, and is possessive here.
/// - `(?m)` is what `(?s)` is here.
/// - `\uHHHH` is a scalar.
///
/// Sets inside of sets and intersections (`[a[bc]]`, `[a&&b]`) have no counterpart and are refused.
package struct OnigurumaSyntax {
    /// What PCRE2 cannot express.
    package struct Unsupported: Error {
        package let reason: String
    }

    private let source: [UInt8]
    private var position = 0
    private var output: [UInt8] = []
    /// Where in the output the last repeatable thing begins.
    private var atom: Int?
    /// Where the open groups begin.
    private var groups: [Int] = []

    /// The expression for PCRE2.
    package static func translate(_ pattern: String) throws(Unsupported) -> String {
        var syntax = OnigurumaSyntax(pattern)
        try syntax.translate()
        return String(decoding: syntax.output, as: UTF8.self)
    }

    private init(_ pattern: String) { source = Array(pattern.utf8) }

    private static let space = #"\t-\r\x{85}\p{Z}"#
    /// Alphabetic, marks, decimal digits, connectors.
    private static let word =
        #"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{24B6}-\x{24E9}"#
        + #"\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}"#
    private static let hexadecimal = "0-9a-fA-F"

    private mutating func translate() throws(Unsupported) {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\\"):
                atom = output.count
                escape(isInSet: false)
            case UInt8(ascii: "["):
                atom = output.count
                try set()
            case UInt8(ascii: "("):
                groups.append(output.count)
                take()
                options()
            case UInt8(ascii: ")"):
                atom = groups.popLast()
                take()
            case UInt8(ascii: "{"):
                interval()
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                take()
            default:
                atom = output.count
                takeScalar()
            }
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < source.count ? source[position + distance] : nil
    }

    private mutating func take() {
        output.append(source[position])
        position += 1
    }

    private mutating func takeScalar() {
        repeat { take() } while peek().map { $0 & 0xC0 == 0x80 } == true
    }

    private mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }

    /// An escape; within a set the opposites of `\s` and `\w` keep PCRE2's meaning.
    private mutating func escape(isInSet: Bool) {
        let open = isInSet ? "" : "["
        let close = isInSet ? "" : "]"
        switch peek(1) {
        case UInt8(ascii: "s"): write(open + Self.space + close)
        case UInt8(ascii: "w"): write(open + Self.word + close)
        case UInt8(ascii: "h"): write(open + Self.hexadecimal + close)
        case UInt8(ascii: "S") where !isInSet: write("[^" + Self.space + "]")
        case UInt8(ascii: "W") where !isInSet: write("[^" + Self.word + "]")
        case UInt8(ascii: "H") where !isInSet: write("[^" + Self.hexadecimal + "]")
        case UInt8(ascii: "u") where (2...5).allSatisfy({ isHexadecimal(peek($0)) }):
            write("\\x{" + String(decoding: source[(position + 2)...(position + 5)], as: UTF8.self) + "}")
            position += 4
        case nil:
            take()
            return
        default:
            take()
            takeScalar()
            // \p{L}, \x{20}, \k<name>
            if let byte = peek(), byte == UInt8(ascii: "{") || byte == UInt8(ascii: "<"), let letter = output.last,
                "pPxokg".utf8.contains(letter)
            {
                let close = byte == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: ">")
                while let inner = peek(), inner != close { take() }
                if peek() != nil { take() }
            }
            return
        }
        position += 2
    }

    private func isHexadecimal(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return UInt8(String(UnicodeScalar(byte)), radix: 16) != nil
    }

    private mutating func set() throws(Unsupported) {
        take()
        if peek() == UInt8(ascii: "^") { take() }
        if peek() == UInt8(ascii: "]") { write("\\") }
        var isFirst = true
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "]") where !isFirst:
                take()
                return
            case UInt8(ascii: "["):
                guard peek(1) == UInt8(ascii: ":") else {
                    throw Unsupported(reason: "a set inside of a set; write \\[ for the bracket")
                }
                while let inner = peek(), inner != UInt8(ascii: "]") { take() }
                if peek() != nil { take() }
            case UInt8(ascii: "&") where peek(1) == byte:
                throw Unsupported(reason: "an intersection of sets (&&)")
            case UInt8(ascii: "\\"):
                escape(isInSet: true)
            default:
                take()
            }
            isFirst = false
        }
    }

    /// What follows `(?`: option letters change their meaning, all else stays.
    private mutating func options() {
        guard peek() == UInt8(ascii: "?") else { return }
        take()
        var end = position
        while end < source.count, "imx-".utf8.contains(source[end]) { end += 1 }
        guard end > position, end < source.count, ":)".utf8.contains(source[end]) else {
            // (?<name>, (?=, (?!, (?>, (?#: the character after the question mark is no quantifier.
            if let byte = peek(), "<=!>#:'P".utf8.contains(byte) { take() }
            return
        }
        for byte in source[position..<end] { output.append(byte == UInt8(ascii: "m") ? UInt8(ascii: "s") : byte) }
        position = end
        if peek() == UInt8(ascii: ":") { take() }
    }

    /// `{n}`, `{n,}`, `{,m}`, `{n,m}` and what follows; any other brace is a character.
    private mutating func interval() {
        var end = position + 1
        while end < source.count,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(source[end]) || source[end] == UInt8(ascii: ",")
        {
            end += 1
        }
        guard end < source.count, source[end] == UInt8(ascii: "}"), end > position + 1, let start = atom else {
            atom = output.count
            take()
            return
        }
        // {,m} begins at 0; PCRE2 would take it for text.
        if source[position + 1] == UInt8(ascii: ",") {
            write("{0")
            position += 1
        }
        while position <= end { take() }
        if peek() == UInt8(ascii: "+") {
            output.insert(contentsOf: "(?:".utf8, at: start)
            write(")")
        }
    }
}
