/// The keys that open the server.
struct APIKeys: Sendable {
    private let keys: [[UInt8]]

    init(_ keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

    /// Whether nobody has to show a key.
    var isEmpty: Bool { keys.isEmpty }

    /// Whether the value of an `Authorization` field shows one of the keys.
    ///
    /// Every dialect's clients send `Bearer KEY`. The time depends on the number of keys and on the length of what was shown, not on
    /// how much of it is right.
    func accept(_ authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        let shown = Array(parts[1].utf8.drop { $0 == UInt8(ascii: " ") })
        var accepted = false
        for key in keys { accepted = Self.isSame(shown, key) || accepted }
        return accepted
    }

    @inline(never)
    private static func isSame(_ shown: [UInt8], _ key: [UInt8]) -> Bool {
        guard !key.isEmpty else { return false }
        var difference = shown.count ^ key.count
        for index in shown.indices { difference |= Int(shown[index] ^ key[index % key.count]) }
        return difference == 0
    }
}
