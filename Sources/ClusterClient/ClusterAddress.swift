public import ClusterAccess

/// Where a cluster is: scheme, host, port and the path under which it answers.
public struct ClusterAddress: Sendable, Hashable {
    let isSecure: Bool
    /// In lower case, an IPv6 address in brackets.
    let host: String
    /// As it was written; nil means that of the scheme.
    let port: Int?
    /// What stands before every path, without a slash at its end: empty, or `/search`.
    let base: String

    /// Refuses what is no address of a cluster, or holds a user or a password; neither is repeated.
    ///
    /// - Throws: ``ClusterError`` that says how to write it.
    public static func check(_ text: String) throws(ClusterError) { _ = try ClusterAddress(text) }

    /// Takes an address apart; without a scheme it is one of `https`.
    init(_ text: String) throws(ClusterError) {
        func bad(_ reason: String) -> ClusterError {
            ClusterError(
                .badSetting, cluster: Self.shown(text), reason: "the address of the cluster \(reason)",
                advice: "Write it as https://search.example.com:9200.")
        }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { throw bad("has spaces, characters beyond ASCII, or more than 2048 of them") }
        let lower = text.lowercased()
        var rest = Substring(text)
        if lower.hasPrefix("http://") {
            isSecure = false
            rest = rest.dropFirst(7)
        } else {
            isSecure = true
            if lower.hasPrefix("https://") { rest = rest.dropFirst(8) }
        }
        guard !rest.contains("://") else { throw bad("begins neither with https:// nor with http://") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw ClusterError(
                .badSetting, cluster: Self.shown(text), reason: "the address of the cluster holds a user or a password",
                advice:
                    "Lists of processes would show them: set OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD, or name a file."
            )
        }
        var path = rest[authority.endIndex...]
        guard !path.contains(where: { $0 == "?" || $0 == "#" }) else { throw bad("has parameters or a fragment") }
        while path.last == "/" { path.removeLast() }
        base = String(path)
        var host = authority
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                throw bad("has a port that is no number from 1 to 65535")
            }
            port = number
        } else {
            port = nil
        }
        guard !host.isEmpty else { throw bad("has no host") }
        self.host = host.lowercased()
    }

    /// Scheme, host and port, for messages.
    var text: String { "\(isSecure ? "https" : "http")://\(host)\(port.map { ":\($0)" } ?? "")\(base)" }

    /// Whether nothing that is sent there leaves this machine.
    var isLoopback: Bool {
        host == "localhost" || host == "[::1]"
            || (host.hasPrefix("127.") && host.split(separator: ".").allSatisfy { Int($0) != nil })
    }

    /// What a text that is perhaps no address may be called in messages: nothing before an `@` is shown.
    static func shown(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return String(text.prefix(200)) }
        return "..." + text[at...].prefix(200)
    }

    /// Region and service of an address of Amazon OpenSearch Service; nil for others.
    ///
    /// `search-NAME-ID.REGION.es.amazonaws.com`, `ID.REGION.aoss.amazonaws.com`; China's end with `.cn`.
    static func amazon(_ text: String) -> (region: String, service: String)? {
        guard let address = try? ClusterAddress(text) else { return nil }
        var parts = address.host.split(separator: ".")
        if parts.last == "cn" { parts.removeLast() }
        guard parts.count >= 5, parts.suffix(2) == ["amazonaws", "com"] else { return nil }
        let service = parts[parts.count - 3]
        guard service == "es" || service == "aoss" else { return nil }
        return (String(parts[parts.count - 4]), String(service))
    }
}
