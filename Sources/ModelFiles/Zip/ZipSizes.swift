/// The sizes and the position of an entry, from the 32-bit fields of a header and its zip64 extra field.
struct ZipSizes {
    private(set) var uncompressed: Int
    private(set) var compressed: Int
    private(set) var headerOffset: Int

    private static let zip64Tag: UInt16 = 1

    /// - Parameters:
    ///   - file: the archive, for errors.
    ///   - extra: the extra fields of the header.
    ///   - position: where the header is in the archive, for errors.
    init(
        in file: FileBytes, uncompressed: UInt32, compressed: UInt32, headerOffset: UInt32, extra: FileBytes,
        at position: Int
    ) throws(ModelFileError) {
        self.uncompressed = Int(uncompressed)
        self.compressed = Int(compressed)
        self.headerOffset = Int(headerOffset)

        var cursor = 0
        var seen = false
        // Fewer than four bytes at the end are padding: some aligning writers leave them.
        while extra.count - cursor >= 4 {
            let tag = try extra.integer(UInt16.self, at: cursor, of: "an extra field")
            let length = Int(try extra.integer(UInt16.self, at: cursor + 2, of: "an extra field"))
            guard length <= extra.count - cursor - 4 else {
                throw file.malformed(at: position, "an extra field of \(length) bytes reaches beyond its header")
            }
            if tag == Self.zip64Tag {
                guard !seen else { throw file.malformed(at: position, "a header has two zip64 fields") }
                seen = true
                var value = cursor + 4
                let end = value + length
                try Self.widen(&self.uncompressed, from: extra, at: &value, end: end, in: file, header: position)
                try Self.widen(&self.compressed, from: extra, at: &value, end: end, in: file, header: position)
                try Self.widen(&self.headerOffset, from: extra, at: &value, end: end, in: file, header: position)
            }
            cursor += 4 + length
        }
    }

    /// Replaces a field that says "see zip64".
    private static func widen(
        _ field: inout Int, from extra: FileBytes, at position: inout Int, end: Int, in file: FileBytes, header: Int
    ) throws(ModelFileError) {
        guard field == 0xFFFF_FFFF else { return }
        guard position + 8 <= end,
            let value = Int(exactly: try extra.integer(UInt64.self, at: position, of: "zip64 field"))
        else { throw file.malformed(at: header, "a zip64 field is too short or claims more than 2^63 bytes") }
        field = value
        position += 8
    }
}
