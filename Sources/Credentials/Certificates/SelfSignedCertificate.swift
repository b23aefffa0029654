internal import Crypto

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A certificate that a server makes for itself, with a new key on the curve P-256.
///
/// It is an end entity's certificate after RFC 5280: it names the server, cannot sign others, and is trusted by whoever is given it. It has no extension
/// of key usage: one that excludes the signing of certificates, as an end entity's must, keeps BoringSSL from taking it as its own issuer, so that nobody
/// who is built on that could be given it as an authority.
public struct SelfSignedCertificate: Sendable {
    /// The certificate in PEM.
    public let certificate: String
    /// The private key in PEM (PKCS #8).
    public let key: String
    /// SHA-256 of the certificate, as tools show it: `AB:CD:…`.
    public let fingerprint: String
    /// The names and addresses that it is for.
    public let names: [String]

    /// Days for which it holds.
    public static let days = 397

    /// Makes one.
    ///
    /// - Parameters:
    ///   - names: names and IP addresses beside `localhost`, `127.0.0.1`, `::1` and the machine's name.
    ///   - now: seconds since 1970 from which it holds, an hour earlier for clocks that are late.
    public init(names: [String] = [], now: Int? = nil) throws {
        let key = P256.Signing.PrivateKey()
        var all: [String] = []
        for name in ["localhost", "127.0.0.1", "::1", Self.machineName] + names
        where !name.isEmpty && !all.contains(name) && Self.generalName(name) != nil {
            all.append(name)
        }
        self.names = all
        let begin = now ?? Int(Date().timeIntervalSince1970)
        let publicKey = Array(key.publicKey.derRepresentation)
        let keyID = Array(Insecure.SHA1.hash(data: key.publicKey.x963Representation))
        let algorithm = DER.sequence(DER.identifier([1, 2, 840, 10045, 4, 3, 2]))
        let name = Self.name(common: String(Self.machineName.prefix(64)))
        func `extension`(_ id: [UInt], isCritical: Bool = false, _ content: [UInt8]) -> [UInt8] {
            DER.sequence(DER.identifier([2, 5, 29] + id), isCritical ? DER.true : [], DER.octets(content))
        }
        let extensions =
            `extension`([19], isCritical: true, DER.sequence())  // no authority over others
            + `extension`([37], DER.sequence(DER.identifier([1, 3, 6, 1, 5, 5, 7, 3, 1])))  // a server
            + `extension`([14], DER.octets(keyID))
            + `extension`([35], DER.sequence(DER.plainContext(0, keyID)))
            + `extension`([17], DER.sequence(all.compactMap(Self.generalName).flatMap(\.self)))
        var generator = SystemRandomNumberGenerator()
        let serial =
            [UInt8.random(in: 1...0x7F, using: &generator)]
            + (0..<15).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
        let body = DER.sequence(
            DER.context(0, DER.integer([2])), DER.integer(serial), algorithm, name,
            DER.sequence(DER.time(begin - 3600), DER.time(begin + Self.days * 86_400)), name, publicKey,
            DER.context(3, DER.sequence(extensions)))
        let signature = Array(try key.signature(for: body).derRepresentation)
        let bytes = DER.sequence(body, algorithm, DER.bits(signature))
        certificate = Self.pem(bytes)
        self.key = key.pemRepresentation + "\n"
        fingerprint = SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16).uppercased()
            return text.count == 1 ? "0" + text : text
        }.joined(separator: ":")
    }

    /// The name of this machine, without what follows its first dot if that is not all of a name.
    private static var machineName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, 255) == 0 else { return "localhost" }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? "localhost" : name
    }

    private static func name(common: String) -> [UInt8] {
        func attribute(_ id: UInt, _ text: String) -> [UInt8] {
            DER.set(DER.sequence(DER.identifier([2, 5, 4, id]), DER.text(text)))
        }
        return DER.sequence(attribute(10, "needletail"), attribute(3, common))
    }

    /// A name or an address as the extension of alternative names has it; nil for what is neither.
    private static func generalName(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return DER.plainContext(7, withUnsafeBytes(of: four) { Array($0) }) }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return DER.plainContext(7, withUnsafeBytes(of: six) { Array($0) }) }
        let isName =
            text.utf8.count <= 253
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        return isName ? DER.plainContext(2, Array(text.utf8)) : nil
    }

    private static func pem(_ bytes: [UInt8]) -> String {
        let text = Array(Data(bytes).base64EncodedString())
        let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
        return (["-----BEGIN CERTIFICATE-----"] + lines + ["-----END CERTIFICATE-----", ""]).joined(separator: "\n")
    }
}
