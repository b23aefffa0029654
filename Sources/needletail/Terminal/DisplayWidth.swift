/// How many columns of a terminal a text takes, and texts cut to columns.
///
/// East Asian wide characters and emoji take two, combining marks and format characters none (Unicode UAX #11). Terminals
/// differ in rare cases; tables then lean by a column and nothing worse.
enum DisplayWidth {
    static func of(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    static func of(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.value >= 0x20 && first.value < 0x7F { return 1 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        let drawnAsEmoji =
            first.properties.isEmojiPresentation || character.unicodeScalars.contains { $0.value == 0xFE0F }
        return drawnAsEmoji || isWide(first.value) ? 2 : 1
    }

    /// Ranges with East_Asian_Width W or F, merged over unassigned gaps.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1B000...0x1B2FF,
            0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// The text on one line, without anything that could steer a terminal, cut to `width` columns with an ellipsis.
    static func fitted(_ text: some StringProtocol, to width: Int) -> String {
        var result = ""
        var used = 0
        var lastWasBlank = true
        for character in text {
            var character = character
            if character.isWhitespace || character.isNewline {
                if lastWasBlank { continue }
                character = " "
            } else if character.unicodeScalars.contains(where: { isControl($0) }) {
                character = "\u{FFFD}"
            }
            lastWasBlank = character == " "
            let columns = of(character)
            if used + columns > width {
                while used > max(0, width - 1), let last = result.popLast() { used -= of(last) }
                return width > 0 ? result + "…" : ""
            }
            result.append(character)
            used += columns
        }
        return result
    }

    /// Controls and the marks that reorder or hide text.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || (0x202A...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }

    /// The text with blanks up to `width` columns.
    static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - of(text)))
        return right ? blanks + text : text + blanks
    }
}
