internal import Crypto
internal import CryptoExtras

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What is kept of a password: scrypt (RFC 7914) over it and a salt, as text with its parameters.
///
/// The text is `$scrypt$ln=15,r=8,p=3$SALT$KEY`, salt and key in base64, so that the cost can be raised without making old hashes wrong.
struct ScryptHash: Sendable, Hashable {
    /// What a hash costs: memory is 128 r 2^ln bytes, time p times as much.
    struct Cost: Sendable, Hashable {
        let logRounds: Int
        let blockSize: Int
        let parallelism: Int

        /// 32 MiB, three times; one of the settings that OWASP's password storage guide holds equal.
        static let standard = Cost(logRounds: 15, blockSize: 8, parallelism: 3)

        /// Whether it can be paid: more than a gibibyte of memory was not written by this program.
        var isPayable: Bool {
            (1...24).contains(logRounds) && (1...64).contains(blockSize) && (1...64).contains(parallelism)
                && 128 * blockSize << logRounds <= 1 << 30
        }
    }

    let cost: Cost
    let salt: [UInt8]
    let key: [UInt8]

    /// Hashes a password with a new salt.
    init(password: String, cost: Cost) {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
        self.init(cost: cost, salt: salt, key: Self.key(of: password, salt, cost, count: 32) ?? [])
    }

    private init(cost: Cost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Reads a hash; nil if the text is none.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let salt = Data(base64Encoded: String(parts[3])), let key = Data(base64Encoded: String(parts[4])),
            key.count >= 16
        else { return nil }
        var values: [Substring: Int] = [:]
        for pair in parts[2].split(separator: ",") {
            let sides = pair.split(separator: "=")
            guard sides.count == 2, let value = Int(sides[1]) else { return nil }
            values[sides[0]] = value
        }
        guard let rounds = values["ln"], let block = values["r"], let parallelism = values["p"] else { return nil }
        let cost = Cost(logRounds: rounds, blockSize: block, parallelism: parallelism)
        guard cost.isPayable else { return nil }
        self.init(cost: cost, salt: Array(salt), key: Array(key))
    }

    /// The hash as text.
    var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)$"
            + "\(Data(salt).base64EncodedString())$\(Data(key).base64EncodedString())"
    }

    /// Whether a password is the one that it was made of.
    ///
    /// The comparison takes the same time wherever they differ.
    func fits(_ password: String) -> Bool {
        guard !key.isEmpty, let other = Self.key(of: password, salt, cost, count: key.count) else { return false }
        return SameBytes.areSame(key, other)
    }

    private static func key(of password: String, _ salt: [UInt8], _ cost: Cost, count: Int) -> [UInt8]? {
        let key = try? KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: count, rounds: 1 << cost.logRounds,
            blockSize: cost.blockSize, parallelism: cost.parallelism)
        return key?.withUnsafeBytes { Array($0) }
    }
}

/// Comparison of secrets.
enum SameBytes {
    /// Whether two runs of bytes are the same, in a time that depends on their lengths alone.
    @inline(never)
    static func areSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for place in left.indices { difference |= left[place] ^ right[place] }
        return difference == 0
    }
}
