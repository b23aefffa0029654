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

    /// A path with everything escaped but letters, digits, `-._~` and, unless told, `/`.
    static func escaped(_ text: String, keepingSlashes: Bool = true) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where keepingSlashes:
                result += "/"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }

    /// The text without its percent escapes; nil if one is broken or the bytes are not UTF-8.
    static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
