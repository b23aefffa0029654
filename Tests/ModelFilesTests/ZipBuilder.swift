import ModelFiles

/// Writes zip archives with any lie in them.
struct ZipBuilder {
    /// One entry; the fields say what the headers claim.
    struct Entry {
        var name: String
        var data: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0x0800
        var size: UInt32?
        var compressedSize: UInt32?
        var checksum: UInt32?
        /// What the local header calls the entry, if something else.
        var localName: String?
        /// Where the directory says that the entry is, if somewhere else.
        var headerOffset: UInt32?
        var extra: [UInt8] = []
    }

    var entries: [Entry] = []
    var comment: [UInt8] = []
    /// Bytes between the directory and the end record.
    var gap: [UInt8] = []
    var claimedCount: UInt16?

    init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    /// The archive as a file.
    func file() -> FileBytes { FileBytes(bytes(), path: "test.zip") }

    func bytes() -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = UInt32(out.count)
            let checksum = entry.checksum ?? Self.crc32(entry.data)
            let size = entry.size ?? UInt32(entry.data.count)
            let compressedSize = entry.compressedSize ?? UInt32(entry.data.count)
            let common =
                little(UInt16(0)) + little(UInt16(0)) + little(checksum) + little(compressedSize) + little(size)
            let localName = [UInt8]((entry.localName ?? entry.name).utf8)
            out +=
                little(UInt32(0x0403_4B50)) + little(UInt16(20)) + little(entry.flags) + little(entry.method) + common
            out += little(UInt16(localName.count)) + little(UInt16(0)) + localName + entry.data
            let name = [UInt8](entry.name.utf8)
            directory += little(UInt32(0x0201_4B50)) + little(UInt16(20)) + little(UInt16(20)) + little(entry.flags)
            directory += little(entry.method) + common + little(UInt16(name.count)) + little(UInt16(entry.extra.count))
            directory += [UInt8](repeating: 0, count: 10) + little(entry.headerOffset ?? offset) + name + entry.extra
        }
        let start = out.count
        out += directory + gap
        out += little(UInt32(0x0605_4B50)) + [0, 0, 0, 0]
        let count = claimedCount ?? UInt16(entries.count)
        out += little(count) + little(count) + little(UInt32(directory.count)) + little(UInt32(start))
        out += little(UInt16(comment.count)) + comment
        return out
    }

    private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
