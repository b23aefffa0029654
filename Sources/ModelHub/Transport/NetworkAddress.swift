import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// An IP address that a host's name leads to.
public struct NetworkAddress: Sendable, Hashable {
    /// The address, most significant byte first: 4 or 16 bytes.
    public let bytes: [UInt8]
    /// As people write it, without brackets.
    public let text: String

    /// An address.
    public init(bytes: [UInt8], text: String) {
        self.bytes = bytes
        self.text = text
    }

    /// Looks a name up, or reads an address; all that is found, none if there is nothing.
    ///
    /// It asks the system, which may block for seconds, on a thread that is there for such calls.
    ///
    /// - Parameter host: A name or an address; one of IPv6 with or without brackets.
    public static func resolve(_ host: String) async -> [NetworkAddress] {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        return (try? await NIOThreadPool.singleton.runIfActive { lookUp(bare) }) ?? []
    }

    private static func lookUp(_ host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [NetworkAddress] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.ai_addr else { continue }
            var bytes: [UInt8]
            switch entry.ai_family {
            case AF_INET:
                bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
                }
            case AF_INET6:
                bytes = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
                }
            default: continue
            }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(entry.ai_family, &bytes, &text, socklen_t(text.count)) != nil else { continue }
            let shown = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            addresses.append(NetworkAddress(bytes: bytes, text: shown))
        }
        return addresses
    }

    /// Whether the address belongs to this machine, to a private network, or to nobody that a server could be: loopback, private, link-local,
    /// shared, multicast, reserved, and IPv4 addresses of these kinds inside of IPv6 ones.
    ///
    /// Source: the special-purpose registries of RFC 6890; what OpenSearch refuses is a part of it.
    public var isPrivate: Bool {
        switch bytes.count {
        case 4: return Self.isPrivate(bytes[0], bytes[1], bytes[2])
        case 16:
            if bytes[0..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
                || bytes[0..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
                || bytes[0..<12].allSatisfy({ $0 == 0 })
            {
                return Self.isPrivate(bytes[12], bytes[13], bytes[14])
            }
            // 6to4.
            if bytes[0] == 0x20, bytes[1] == 0x02 { return Self.isPrivate(bytes[2], bytes[3], bytes[4]) }
            // Unique local, link-local and site-local, multicast.
            return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFE && bytes[1] & 0x80 == 0x80 || bytes[0] == 0xFF
        default: return true
        }
    }

    private static func isPrivate(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
        switch (a, b, c) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _): true
        case (100, 64...127, _), (192, 0, 0), (198, 18...19, _), (224..., _, _): true
        default: false
        }
    }
}
