import PercentEncoding

/// Signature Version 4 of AWS over a request.
///
/// Source: the AWS documentation "Signature Version 4 signing process"; tested with the vectors that were published with it.
package struct RequestSignature {
    let accessKey: String
    let secretKey: String
    let sessionToken: String?
    let region: String
    let service: String

    /// A signature by a key, for a service in a region.
    package init(accessKey: String, secretKey: String, sessionToken: String?, region: String, service: String) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }

    /// The headers that a request needs beside its own: `host` is part of what is signed, but is not among them.
    ///
    /// - Parameters:
    ///   - headers: All other headers that are sent, all of them signed.
    ///   - seconds: The time, in seconds since 1970.
    package func headers(
        method: String, address: ConnectorAddress, headers: [(name: String, value: String)], body: [UInt8],
        at seconds: Int
    ) -> [(name: String, value: String)] {
        let time = Self.timestamp(seconds)
        let day = String(time.prefix(8))
        var added = [(name: "x-amz-date", value: time)]
        if let sessionToken { added.append((name: "x-amz-security-token", value: sessionToken)) }
        var lines: [String: [String]] = ["host": [address.hostHeader]]
        for header in headers + added {
            lines[header.name.lowercased(), default: []].append(Self.trimmed(header.value))
        }
        let names = lines.keys.sorted()
        let request = [
            method, Self.canonicalPath(address.path), Self.canonicalQuery(address.query),
            names.map { "\($0):\(lines[$0, default: []].joined(separator: ","))\n" }.joined(),
            names.joined(separator: ";"), Digest.sha256(body),
        ].joined(separator: "\n")
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Digest.sha256(Array(request.utf8)))"
        var key = Array("AWS4\(secretKey)".utf8)
        for part in [day, region, service, "aws4_request"] { key = Digest.hmac(key: key, Array(part.utf8)) }
        let signature = Digest.hexadecimal(Digest.hmac(key: key, Array(text.utf8)))
        added.append(
            (
                name: "Authorization",
                value:
                    "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
            ))
        return added
    }

    /// A time as `20150830T123600Z`.
    package static func timestamp(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - day * 86_400
        // Days since 1 March of the year 0, in eras of 400 years.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let shownMonth = month < 10 ? month + 3 : month - 9
        let shownYear = year + era * 400 + (shownMonth <= 2 ? 1 : 0)
        return "\(shownYear)\(two(shownMonth))\(two(ofYear - (153 * month + 2) / 5 + 1))T"
            + "\(two(rest / 3600))\(two(rest % 3600 / 60))\(two(rest % 60))Z"
    }

    /// The path with `.` and `..` resolved and each segment encoded, also where it was encoded already, as all services but S3 want it.
    private static func canonicalPath(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: true) {
            if segment == ".." {
                if !segments.isEmpty { segments.removeLast() }
            } else if segment != "." {
                segments.append(segment)
            }
        }
        let ends = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        let joined = segments.map { $0.percentEncoded() }.joined(separator: "/")
        return segments.isEmpty ? "/" : "/\(joined)\(ends ? "/" : "")"
    }

    private static func canonicalQuery(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "" }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: true).map { part in
            let mark = part.firstIndex(of: "=")
            let name = part[..<(mark ?? part.endIndex)].percentDecoded()
            let value = (mark.map { part[part.index(after: $0)...] } ?? "").percentDecoded()
            return (name.percentEncoded(), value.percentEncoded())
        }
        return pairs.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// Without spaces around, and with one space where several were.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
