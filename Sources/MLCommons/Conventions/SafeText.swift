/// Names and descriptions, which OpenSearch allows some characters only.
enum SafeText {
    /// The longest name or description, in bytes.
    static let longest = 32_766

    /// What is wrong with a text, in OpenSearch's words.
    static func problems(of text: String?, _ what: String, isRequired: Bool) -> [String] {
        guard let text, !isBlank(text) else {
            return isRequired ? ["\(what) is required and cannot be null or blank"] : []
        }
        guard text.utf8.count <= longest else { return ["\(what) has more than \(longest) bytes"] }
        guard text.unicodeScalars.allSatisfy(isSafe) else {
            return ["\(what) can only contain letters, numbers, spaces, and basic punctuation (.,!?():@-_'/\")"]
        }
        return []
    }

    static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", ",", "!", "?", "(", ")", ":", "@", "-", "_", "/", "'", "\"", " ", "\t", "\n", "\r", "\u{B}", "\u{C}":
            return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }
}
