import Tokenizers

/// Queries as they are kept and compared.
enum QueryText {
    /// A query as it is kept: composed (NFC), without control characters, with single blanks, without quotes and list marks around it.
    static func clean(_ text: String) -> String {
        let part = String(text.prefix(AnswerParser.characterLimit))
        var scalars = String.UnicodeScalarView()
        for scalar in part.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
            // Joiners are parts of words in some scripts; other marks of format are invisible.
            case .format where scalar.value != 0x200C && scalar.value != 0x200D: break
            default: scalars.append(scalar)
            }
        }
        var words = ComposedText.of(String(scalars)).split(whereSeparator: \.isWhitespace).joined(separator: " ")[...]
        while let first = words.first, let last = words.last, words.count > 1 {
            if let end = quotes[first], last == end {
                words = words.dropFirst().dropLast()
            } else if words.hasPrefix("**"), words.hasSuffix("**"), words.count > 4 {
                words = words.dropFirst(2).dropLast(2)
            } else {
                break
            }
            while words.first == " " { words.removeFirst() }
            while words.last == " " { words.removeLast() }
        }
        return String(words)
    }

    /// The words of a text in small letters, without punctuation.
    static func words(_ text: some StringProtocol) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static let quotes: [Character: Character] = [
        "\"": "\"", "'": "'", "`": "`", "“": "”", "„": "“", "‘": "’", "«": "»", "»": "«", "「": "」",
    ]
}
