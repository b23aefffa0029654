#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What an `Authorization` field shows.
enum ShownCredentials: Sendable, Hashable {
    /// `Basic`: a user's name and password.
    case password(user: String, password: String)
    /// `ApiKey`: base64 of `id:secret`, which `Bearer` may carry, too.
    case apiKey(id: String, secret: String)

    /// Reads the value of a field; nil if it is of another scheme or broken.
    init?(_ authorization: String) {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[1].utf8.count <= 4096 else { return nil }
        let shown = parts[1].drop { $0 == " " }
        guard let data = Data(base64Encoded: String(shown)),
            let text = String(validating: Array(data), as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        let (first, second) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        switch parts[0].lowercased() {
        case "basic": self = .password(user: first, password: second)
        case "apikey", "bearer": self = .apiKey(id: first, secret: second)
        default: return nil
        }
    }
}
