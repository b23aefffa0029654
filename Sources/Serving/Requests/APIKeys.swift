/// The keys that open the server.
struct APIKeys: Sendable {
    private let keys: [[UInt8]]

    init(_ keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

    /// Whether nobody has to show a key.
    var isEmpty: Bool { keys.isEmpty }

    /// Whether the value of an `Authorization` field shows one of the keys.
    ///
    /// Most clients send `Bearer KEY`; those of OpenSearch have a user's name and a password, of which the password is taken as the key.
    /// The time depends on the number of keys and on the length of what was shown, not on
    /// how much of it is right.
    func accept(_ authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return false }
        var shown = Array(parts[1].utf8.drop { $0 == UInt8(ascii: " ") })
        switch parts[0].lowercased() {
        case "bearer": break
        case "basic":
            guard let text = Self.base64(shown), let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
                return false
            }
            shown = Array(text[(colon + 1)...])
        default: return false
        }
        var accepted = false
        for key in keys { accepted = Self.isSame(shown, key) || accepted }
        return accepted
    }

    /// The bytes of a text in base64 (RFC 4648, 4); nil if it is none.
    private static func base64(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="): continue
            default: return nil
            }
            bits = (bits << 6 | UInt32(value)) & 0xFF_FFFF
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    @inline(never)
    private static func isSame(_ shown: [UInt8], _ key: [UInt8]) -> Bool {
        guard !key.isEmpty else { return false }
        var difference = shown.count ^ key.count
        for index in shown.indices { difference |= Int(shown[index] ^ key[index % key.count]) }
        return difference == 0
    }
}
