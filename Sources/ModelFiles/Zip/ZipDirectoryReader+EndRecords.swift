/// Where the directory is: the end record and its zip64 form.
extension ZipDirectoryReader {
    /// The end record is the one whose comment ends exactly where the file ends.
    ///
    /// A second such place means that the comment was made to look like an end record, and that tools would read two
    /// different archives.
    static func endRecordOffset(in file: FileBytes) throws(ModelFileError) -> Int {
        guard file.count >= endSize else {
            throw file.failure(
                .truncated, at: file.count, "a zip archive has at least \(endSize) bytes",
                advice: "The file is cut off: fetch it again")
        }
        let first = max(0, file.count - endSize - Int(UInt16.max))
        let candidates = file.withUnsafeBytes { bytes in
            var found: [Int] = []
            for offset in stride(from: file.count - endSize, through: first, by: -1)
            where bytes[offset] == 0x50
                && UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) == endMagic
            {
                let comment = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 20, as: UInt16.self))
                if Int(comment) == file.count - endSize - offset { found.append(offset) }
                if found.count == 2 { break }
            }
            return found
        }
        guard let end = candidates.first else {
            throw file.failure(
                .malformed, at: first, "no end record of a zip archive at the end of the file",
                advice: "The file is cut off or no zip archive: fetch it again")
        }
        guard candidates.count == 1 else {
            throw file.failure(
                .malformed, at: candidates[1], "the archive has two end records, one inside the comment of the other",
                advice: "Tools disagree on what it holds: pack it again without a comment")
        }
        return end
    }

    struct Zip64End {
        var position: Int
        var here: Int
        var count: Int
        var size: Int
        var offset: Int
    }

    static func zip64EndRecord(in file: FileBytes, before end: Int) throws(ModelFileError) -> Zip64End? {
        let locator = end - 20
        let what = "the zip64 end record"
        guard locator >= 0, try file.integer(UInt32.self, at: locator, of: what) == zip64LocatorMagic else {
            return nil
        }
        let position = try offset64(in: file, at: locator + 8, of: what)
        guard position <= locator - 56, try file.integer(UInt32.self, at: position, of: what) == zip64EndMagic,
            try file.integer(UInt32.self, at: locator + 4, of: what) == 0,
            try file.integer(UInt32.self, at: locator + 16, of: what) <= 1
        else { throw file.malformed(at: locator, "the zip64 locator points to no zip64 end record of this file") }
        let length = try offset64(in: file, at: position + 4, of: what)
        guard length == locator - position - 12 else {
            throw file.malformed(at: position, "the zip64 end record claims \(length) bytes")
        }
        guard try file.integer(UInt64.self, at: position + 16, of: what) == 0 else {
            throw file.failure(
                .unsupported, at: position, "the archive is one part of a split archive",
                advice: "Join the parts into one archive")
        }
        return Zip64End(
            position: position,
            here: try offset64(in: file, at: position + 24, of: what),
            count: try offset64(in: file, at: position + 32, of: what),
            size: try offset64(in: file, at: position + 40, of: what),
            offset: try offset64(in: file, at: position + 48, of: what))
    }

    /// A 64-bit number that must be a position or size within what Int can say.
    static func offset64(in file: FileBytes, at offset: Int, of what: String) throws(ModelFileError) -> Int {
        let value = try file.integer(UInt64.self, at: offset, of: what)
        guard let result = Int(exactly: value) else {
            throw file.malformed(at: offset, "\(what) claims \(value) bytes or entries")
        }
        return result
    }
}
