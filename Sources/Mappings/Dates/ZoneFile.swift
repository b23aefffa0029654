import FoundationEssentials
import Synchronization

/// The rules of a time zone, read from a TZif file (RFC 8536).
///
/// Immutable, shared by name.
final class ZoneFile: Sendable, Hashable {
    private let name: String
    /// From when on each offset holds, ascending.
    private let transitions: [Int]
    private let offsets: [Int]
    /// The offset before the first transition.
    private let firstOffset: Int
    /// The rule for times behind the last transition.
    private let footer: ZoneFooter?

    private static let folder = "/usr/share/zoneinfo/"
    private static let known = Mutex<[String: ZoneFile]>([:])

    /// Whether the machine has time zone files.
    static var isInstalled: Bool { FileManager.default.fileExists(atPath: folder) }

    /// The zone of a name such as `Europe/Berlin`; nil if there is none.
    static func named(_ name: String) -> ZoneFile? {
        guard isName(name) else { return nil }
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard let data = FileManager.default.contents(atPath: folder + name), data.count < 1 << 20,
            let zone = ZoneFile(name: name, bytes: Array(data))
        else { return nil }
        known.withLock { $0[name] = zone }
        return zone
    }

    /// Names are letters, digits, `_`, `-`, `+` and single slashes: nothing that leaves the folder.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (65...90).contains(first) || (97...122).contains(first), name.utf8.count < 64
        else { return false }
        return !name.contains("//")
            && name.utf8.allSatisfy {
                (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || $0 == 0x5F || $0 == 0x2D
                    || $0 == 0x2B || $0 == 0x2F
            }
    }

    private init?(name: String, bytes: [UInt8]) {
        self.name = name
        var reader = ZoneFileReader(bytes)
        guard let first = reader.header() else { return nil }
        var header = first
        var wide = false
        if first.version >= UInt8(ascii: "2") {
            // The second block has 64-bit times.
            guard reader.skip(first.size(timeSize: 4)), let second = reader.header() else { return nil }
            header = second
            wide = true
        }
        guard header.typeCount > 0, header.size(timeSize: wide ? 8 : 4) <= reader.left else { return nil }
        var transitions: [Int] = []
        for _ in 0..<header.timeCount { transitions.append(wide ? reader.int64() : reader.int32()) }
        var types: [Int] = []
        for _ in 0..<header.timeCount { types.append(Int(reader.byte())) }
        var typeOffsets: [Int] = []
        var isDaylight: [Bool] = []
        for _ in 0..<header.typeCount {
            typeOffsets.append(reader.int32())
            isDaylight.append(reader.byte() != 0)
            _ = reader.byte()
        }
        guard types.allSatisfy({ $0 < typeOffsets.count }) else { return nil }
        _ = reader.skip(
            header.characterCount + header.leapCount * (wide ? 12 : 8) + header.standardCount + header.universalCount)
        self.transitions = transitions
        offsets = types.map { typeOffsets[$0] }
        firstOffset = isDaylight.firstIndex(of: false).map { typeOffsets[$0] } ?? typeOffsets[0]
        footer = wide ? ZoneFooter(reader.line()) : nil
    }

    func offset(at seconds: Int) -> Int {
        guard let last = transitions.last else { return footer?.offset(at: seconds) ?? firstOffset }
        if seconds >= last, let footer { return footer.offset(at: seconds) }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }

    static func == (left: ZoneFile, right: ZoneFile) -> Bool { left.name == right.name }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Reads the blocks of a TZif file; every read is bounded.
private struct ZoneFileReader {
    struct Header {
        var version: UInt8
        var universalCount: Int
        var standardCount: Int
        var leapCount: Int
        var timeCount: Int
        var typeCount: Int
        var characterCount: Int

        func size(timeSize: Int) -> Int {
            timeCount * timeSize + timeCount + typeCount * 6 + characterCount + leapCount * (timeSize + 4)
                + standardCount + universalCount
        }
    }

    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var left: Int { bytes.count - position }

    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= left else { return false }
        position += count
        return true
    }

    mutating func header() -> Header? {
        guard left >= 44, Array(bytes[position..<position + 4]) == Array("TZif".utf8) else { return nil }
        let version = bytes[position + 4]
        position += 20
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(int32()) }
        guard counts.allSatisfy({ (0..<1_000_000).contains($0) }) else { return nil }
        return Header(
            version: version, universalCount: counts[0], standardCount: counts[1], leapCount: counts[2],
            timeCount: counts[3], typeCount: counts[4], characterCount: counts[5])
    }

    mutating func byte() -> UInt8 {
        guard left > 0 else { return 0 }
        position += 1
        return bytes[position - 1]
    }

    mutating func int32() -> Int {
        var value: UInt32 = 0
        for _ in 0..<4 { value = value << 8 | UInt32(byte()) }
        return Int(Int32(bitPattern: value))
    }

    mutating func int64() -> Int {
        var value: UInt64 = 0
        for _ in 0..<8 { value = value << 8 | UInt64(byte()) }
        return Int(Int64(bitPattern: value))
    }

    /// The text between two line feeds at the end of the file.
    mutating func line() -> String {
        guard byte() == UInt8(ascii: "\n"), let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            return ""
        }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}
