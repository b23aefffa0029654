#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An http or https address, taken apart as far as a download has to decide on it.
struct Address: Sendable, Hashable {
    /// As it is requested.
    let text: String
    /// The host as it is written, an address of IPv6 without brackets.
    let host: String
    /// Scheme, host and port: who gets to see what is sent.
    let origin: String
    /// Whether the connection is encrypted.
    let isSecure: Bool

    /// Reads an absolute address; nil if it is none, or neither http nor https.
    init?(_ text: String) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty
        else { return nil }
        self.text = text
        self.host = host
        isSecure = scheme == "https"
        origin = "\(scheme)://\(host.lowercased()):\(url.port ?? (isSecure ? 443 : 80))"
    }

    /// Where a `Location` field leads from here; nil if it is not an http or https address.
    func following(_ location: String) -> Address? {
        guard let base = URL(string: text), let url = URL(string: location, relativeTo: base) else { return nil }
        return Address(url.absoluteString)
    }

    /// For messages: without credentials, query and fragment, which may hold signatures.
    var shown: String { Self.shown(text) }

    static func shown(_ text: String) -> String {
        let plain = text.split(whereSeparator: { $0 == "?" || $0 == "#" }).first.map(String.init) ?? text
        guard let start = plain.firstRange(of: "://")?.upperBound else { return plain }
        let rest = plain[start...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return plain }
        return String(plain[..<start]) + rest[rest.index(after: at)...]
    }
}
