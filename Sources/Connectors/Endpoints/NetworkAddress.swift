/// An IP address as bytes, most significant first: 4 or 16 of them.
public enum NetworkAddress {
    /// Whether an address belongs to this machine, to a private network, or to nobody that a service could be: loopback, private, link-local,
    /// shared, multicast, reserved, and IPv4 addresses of these kinds inside of IPv6 ones.
    ///
    /// Source: the special-purpose registries of RFC 6890; ML Commons refuses a part of these.
    public static func isPrivate(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: return isPrivate(bytes[0], bytes[1], bytes[2])
        case 16:
            if bytes[0..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
                || bytes[0..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
                || bytes[0..<12].allSatisfy({ $0 == 0 })
            {
                return bytes[0..<15].allSatisfy { $0 == 0 } || isPrivate(bytes[12], bytes[13], bytes[14])
            }
            if bytes[0] == 0x20, bytes[1] == 0x02 { return isPrivate(bytes[2], bytes[3], bytes[4]) }
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
