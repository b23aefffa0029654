/// Addresses that connectors may lead to.
public struct TrustedEndpoints: Sendable {
    /// What OpenSearch trusts where nothing is set.
    public static let defaultPatterns = [
        #"^https://runtime\.sagemaker\..*[a-z0-9-]\.amazonaws\.com/.*$"#,
        #"^https://api\.sagemaker\..*[a-z0-9-]\.amazonaws\.com/.*$"#,
        #"^https://api\.openai\.com/.*$"#,
        #"^https://api\.cohere\.ai/.*$"#,
        #"^https://api\.deepseek\.com/.*$"#,
        #"^https://bedrock-runtime\..*[a-z0-9-]\.amazonaws\.com/.*$"#,
        #"^https://bedrock-agent-runtime\..*[a-z0-9-]\.amazonaws\.com/.*$"#,
        #"^https://bedrock\..*[a-z0-9-]\.amazonaws\.com/.*$"#,
        #"^https://textract\..*[a-z0-9-]\.amazonaws\.com$"#,
        #"^https://comprehend\..*[a-z0-9-]\.amazonaws\.com$"#,
        #"^https://rekognition(-fips)?\..*[a-z0-9-]\.amazonaws\.com$"#,
    ]

    /// Regular expressions, each for a whole address.
    public let patterns: [String]
    /// Whether addresses may lead to this machine or into private networks: `plugins.ml_commons.connector.private_ip_enabled`.
    public let allowsPrivateAddresses: Bool

    /// Rules.
    public init(patterns: [String], allowsPrivateAddresses: Bool) {
        self.patterns = patterns
        self.allowsPrivateAddresses = allowsPrivateAddresses
    }

    /// Refuses an address that no pattern matches, or that is none.
    ///
    /// What stands between `//` and the next `/` must be a host and a port: patterns that begin with `^https://api\.example\.com` could be led
    /// astray by a user's name before an `@`.
    ///
    /// - Throws: ``ConnectorError`` in OpenSearch's words.
    public func check(_ url: String) throws(ConnectorError) {
        _ = try ConnectorAddress(url)
        for pattern in patterns {
            guard let expression = try? Regex(pattern) else {
                throw .illegalArgument(
                    "plugins.ml_commons.trusted_connector_endpoints_regex has a pattern that is not a regular expression; set another one with PUT /_cluster/settings"
                )
            }
            if url.wholeMatch(of: expression) != nil { return }
        }
        throw .illegalArgument(
            "Connector URL is not matching the trusted connector endpoint regex, URL is: \(url.prefix(1000))")
    }
}

/// An address of a service, taken apart.
package struct ConnectorAddress {
    package let isSecure: Bool
    /// In lower case, an IPv6 address in brackets.
    package let host: String
    /// As it was written; nil means that of the scheme.
    package let port: Int?
    /// From the first slash on, at least a slash.
    let path: String
    /// Behind the question mark; nil without one.
    let query: String?

    /// Takes an address apart; anything but `http` and `https` with a host is refused.
    package init(_ url: String) throws(ConnectorError) {
        func bad(_ what: String) -> ConnectorError {
            .illegalArgument("the url of the connector \(what): \(url.prefix(1000))")
        }
        guard url.utf8.count <= 8192 else { throw bad("has more than 8192 bytes") }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw bad("has spaces or characters that must be written with a percent sign")
        }
        let lower = url.lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            isSecure = true
            rest = url.dropFirst(8)
        } else if lower.hasPrefix("http://") {
            isSecure = false
            rest = url.dropFirst(7)
        } else {
            throw bad("begins neither with https:// nor with http://")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw bad("has a user's name; write credentials into headers") }
        let tail = rest[authority.endIndex...].prefix { $0 != "#" }
        let mark = tail.firstIndex(of: "?")
        let path = tail[..<(mark ?? tail.endIndex)]
        self.path = path.isEmpty ? "/" : String(path)
        query = mark.map { String(tail[tail.index(after: $0)...]) }
        var host = authority
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard let number = Int(digits), (1...65_535).contains(number) else {
                throw bad("has a port that is no number from 1 to 65535")
            }
            port = number
        } else {
            port = nil
        }
        guard !host.isEmpty else { throw bad("has no host") }
        self.host = host.lowercased()
    }

    /// Host and port as a request names them: the port of the scheme is left out.
    var hostHeader: String {
        guard let port, port != (isSecure ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }
}
