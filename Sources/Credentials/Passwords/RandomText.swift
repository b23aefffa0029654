/// Texts that nobody guesses.
public enum RandomText {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    /// Letters and digits, of which each has almost six random bits.
    static func make(count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<count).map { _ in letters.randomElement(using: &generator)! })
    }

    /// A password that the rule takes and that is easily copied: 24 letters and digits in groups, 142 random bits.
    public static func password() -> String {
        while true {
            let text = make(count: 24)
            guard text.contains(where: \.isNumber), text.contains(where: \.isUppercase),
                text.contains(where: \.isLowercase)
            else { continue }
            let letters = Array(text)
            return stride(from: 0, to: 24, by: 6).map { String(letters[$0..<($0 + 6)]) }.joined(separator: "-")
        }
    }
}
