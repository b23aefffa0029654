/// What a password must be like.
public enum PasswordRule {
    /// The rule as a sentence.
    public static let text =
        "a password has 8 to 100 characters of at least three kinds of upper case, lower case, digits and others (any kinds from 16 on), "
        + "is not the user's name, and is not one that everybody tries first"

    /// Why a password is too weak; nil if it is not.
    ///
    /// The password is no part of it.
    public static func fault(in password: String, of user: String) -> String? {
        let count = password.count
        guard (8...100).contains(count), password.utf8.count <= 400 else {
            return "Weak password: it has \(count) characters; \(text)."
        }
        if password.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "Weak password: it has control characters; \(text)."
        }
        let lower = password.lowercased()
        if lower.contains(user.lowercased()), user.count >= 4 {
            return "Weak password: it has the user's name; \(text)."
        }
        let bare = lower.filter { $0.isLetter || $0.isNumber }
        if common.contains(lower) || common.contains(bare) || Set(lower).count < 4 {
            return "Weak password: it is one that everybody tries first; \(text)."
        }
        let kinds = [
            password.contains(where: \.isUppercase), password.contains(where: \.isLowercase),
            password.contains(where: \.isNumber), password.contains { !$0.isLetter && !$0.isNumber },
        ].count(where: { $0 })
        if kinds < 3, count < 16 { return "Weak password: it has too few kinds of characters; \(text)." }
        return nil
    }

    private static let common: Set<String> = [
        "password", "password1", "password12", "password123", "passw0rd", "passw0rd1", "p@ssw0rd", "p@ssword1",
        "qwerty123", "qwertyuiop", "12345678", "123456789", "1234567890", "letmein1", "welcome1", "welcome123",
        "admin123", "admin1234", "administrator1", "changeme", "changeme1", "changeme123", "iloveyou1", "abc12345",
        "opensearch1", "elastic123", "needletail1",
    ]
}
