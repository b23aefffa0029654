/// Reads the end record, the central directory and the local headers of an archive and makes sure that they agree.
struct ZipDirectoryReader {
    static let localHeaderMagic: UInt32 = 0x0403_4B50
    static let endMagic: UInt32 = 0x0605_4B50
    private static let centralMagic: UInt32 = 0x0201_4B50
    private static let descriptorMagic: UInt32 = 0x0807_4B50
    private static let zip64EndMagic: UInt32 = 0x0606_4B50
    private static let zip64LocatorMagic: UInt32 = 0x0706_4B50

    private static let endSize = 22
    private static let centralHeaderSize = 46
    private static let localHeaderSize = 30

    private let file: FileBytes
    private let limits: ZipLimits
    private let directoryOffset: Int
    private let directoryEnd: Int
    private let entryCount: Int
    /// Compressed entries' sizes, summed while reading.
    private var inflatedBytes = 0

    init(_ file: FileBytes, limits: ZipLimits) throws(ModelFileError) {
        self.file = file
        self.limits = limits
        let end = try Self.endRecordOffset(in: file)
        let what = "the end record of the archive"
        let disks =
            (
                try file.integer(UInt16.self, at: end + 4, of: what),
                try file.integer(UInt16.self, at: end + 6, of: what)
            )
        var here = Int(try file.integer(UInt16.self, at: end + 8, of: what))
        var count = Int(try file.integer(UInt16.self, at: end + 10, of: what))
        var size = Int(try file.integer(UInt32.self, at: end + 12, of: what))
        var offset = Int(try file.integer(UInt32.self, at: end + 16, of: what))
        var limit = end
        if let large = try Self.zip64EndRecord(in: file, before: end) {
            // A reader that does not know zip64 must not see another directory than one that does.
            let agrees =
                (here == 0xFFFF || here == large.here) && (count == 0xFFFF || count == large.count)
                && (size == 0xFFFF_FFFF || size == large.size) && (offset == 0xFFFF_FFFF || offset == large.offset)
            guard agrees else {
                throw file.malformed(at: large.position, "the zip64 end record contradicts the end record")
            }
            (here, count, size, offset, limit) = (large.here, large.count, large.size, large.offset, large.position)
        }
        guard disks == (0, 0), here == count else {
            throw file.failure(
                .unsupported, at: end, "the archive is one part of a split archive",
                advice: "Join the parts into one archive")
        }
        guard size <= limit, offset == limit - size else {
            throw file.malformed(
                at: end,
                "the central directory should be \(size) bytes at byte \(offset), but the end record is at byte \(limit)"
            )
        }
        guard count <= limits.maximumEntries else {
            throw file.failure(
                .limitExceeded, at: end,
                "the archive has \(count) entries; the limit is \(limits.maximumEntries)",
                advice: "Unpack it and use the folder if you trust it")
        }
        guard count <= size / Self.centralHeaderSize else {
            throw file.malformed(
                at: end, "a directory of \(size) bytes cannot hold the \(count) entries that are claimed")
        }
        directoryOffset = offset
        directoryEnd = limit
        entryCount = count
    }

    /// All entries in directory order, checked against their local headers and against each other.
    mutating func readEntries() throws(ModelFileError) -> [ZipEntry] {
        var entries: [ZipEntry] = []
        entries.reserveCapacity(entryCount)
        var position = directoryOffset
        for _ in 0..<entryCount {
            let (entry, next) = try readEntry(at: position)
            entries.append(entry)
            position = next
        }
        guard position == directoryEnd else {
            throw file.malformed(
                at: position, "\(directoryEnd - position) bytes follow the last entry of the directory")
        }
        try checkOverlaps(entries)
        return entries
    }

    // MARK: - End records

    /// The end record is the one whose comment ends exactly where the file ends.
    ///
    /// A second such place means that the comment was made to look like an end record, and that tools would read two
    /// different archives.
    private static func endRecordOffset(in file: FileBytes) throws(ModelFileError) -> Int {
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

    private struct Zip64End {
        var position: Int
        var here: Int
        var count: Int
        var size: Int
        var offset: Int
    }

    private static func zip64EndRecord(in file: FileBytes, before end: Int) throws(ModelFileError) -> Zip64End? {
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
    private static func offset64(in file: FileBytes, at offset: Int, of what: String) throws(ModelFileError) -> Int {
        let value = try file.integer(UInt64.self, at: offset, of: what)
        guard let result = Int(exactly: value) else {
            throw file.malformed(at: offset, "\(what) claims \(value) bytes or entries")
        }
        return result
    }

    // MARK: - Entries

    private mutating func readEntry(at position: Int) throws(ModelFileError) -> (ZipEntry, next: Int) {
        let what = "an entry of the central directory"
        guard directoryEnd - position >= Self.centralHeaderSize,
            try file.integer(UInt32.self, at: position, of: what) == Self.centralMagic
        else { throw file.malformed(at: position, "no entry of the central directory here") }
        let flags = try file.integer(UInt16.self, at: position + 8, of: what)
        let method = try file.integer(UInt16.self, at: position + 10, of: what)
        let checksum = try file.integer(UInt32.self, at: position + 16, of: what)
        let nameLength = Int(try file.integer(UInt16.self, at: position + 28, of: what))
        let extraLength = Int(try file.integer(UInt16.self, at: position + 30, of: what))
        let commentLength = Int(try file.integer(UInt16.self, at: position + 32, of: what))
        let next = position + Self.centralHeaderSize + nameLength + extraLength + commentLength
        guard next <= directoryEnd else {
            throw file.malformed(at: position, "an entry reaches beyond the end of the central directory")
        }
        let nameBytes = try file.slice(at: position + Self.centralHeaderSize, count: nameLength, of: what)
        let name = try checkedName(nameBytes, flags: flags, at: position)
        guard let compression = ZipEntry.Compression(rawValue: method) else {
            throw file.failure(
                .unsupported, at: position, "\(name.debugDescription) is packed with method \(method)",
                advice: "Methods 0 (stored) and 8 (deflate) are read: pack the archive again with one of them")
        }
        // Bits 0, 6 and 13: encrypted data, strong encryption, masked headers.
        guard flags & 0x2041 == 0 else {
            throw file.failure(
                .unsupported, at: position, "\(name.debugDescription) is encrypted",
                advice: "Pack the archive again without a password")
        }
        let sizes = try ZipSizes(
            in: file,
            uncompressed: try file.integer(UInt32.self, at: position + 24, of: what),
            compressed: try file.integer(UInt32.self, at: position + 20, of: what),
            headerOffset: try file.integer(UInt32.self, at: position + 42, of: what),
            extra: try file.slice(
                at: position + Self.centralHeaderSize + nameLength, count: extraLength, of: what),
            at: position)
        try checkInflation(of: name, compression, sizes, at: position)
        let dataOffset = try checkLocalHeader(
            name: nameBytes, flags: flags, method: method, checksum: checksum, sizes: sizes)
        let entry = ZipEntry(
            name: name, compression: compression, compressedSize: sizes.compressed, size: sizes.uncompressed,
            checksum: checksum, dataOffset: dataOffset, headerOffset: sizes.headerOffset,
            hasDataDescriptor: flags & 8 != 0)
        if entry.isFolder, entry.size != 0 {
            throw file.malformed(at: position, "the folder \(name.debugDescription) has data")
        }
        return (entry, next)
    }

    /// Names must stay inside the archive's own folder, whoever unpacks it.
    private func checkedName(_ bytes: FileBytes, flags: UInt16, at position: Int) throws(ModelFileError) -> String {
        // Bit 11 promises UTF-8. Without it the code page is anybody's guess: names that we look for are ASCII.
        let utf8 = bytes.text
        guard utf8 != nil || flags & 0x0800 == 0 else {
            throw file.malformed(at: position, "an entry's name is not UTF-8, though its flags say so")
        }
        let name = utf8 ?? bytes.repairedText
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, parts.last == "" { parts.removeLast() }
        let isDrive = parts[0].utf8.count == 2 && parts[0].utf8.last == UInt8(ascii: ":")
        let isSafe =
            !isDrive && !name.utf8.contains(0) && !name.utf8.contains(UInt8(ascii: "\\"))
            && parts.allSatisfy { $0 != "" && $0 != "." && $0 != ".." }
        guard isSafe else {
            throw file.failure(
                .unsafePath, at: position,
                "the entry name \(name.debugDescription) is absolute, leaves the archive's folder or is malformed",
                advice: "Do not unpack this archive with other tools; ask its maker for a clean one")
        }
        return name
    }

    private mutating func checkInflation(
        of name: String, _ compression: ZipEntry.Compression, _ sizes: ZipSizes, at position: Int
    ) throws(ModelFileError) {
        guard compression == .deflated else {
            guard sizes.compressed == sizes.uncompressed else {
                throw file.malformed(
                    at: position,
                    "\(name.debugDescription) is stored, but has \(sizes.compressed) bytes packed and \(sizes.uncompressed) unpacked"
                )
            }
            return
        }
        let (allowed, overflow) = sizes.compressed.multipliedReportingOverflow(by: limits.maximumRatio)
        guard sizes.uncompressed <= limits.ratioExemptBytes || overflow || sizes.uncompressed <= allowed else {
            throw file.failure(
                .limitExceeded, at: position,
                "\(name.debugDescription) claims to grow from \(sizes.compressed) to \(sizes.uncompressed) bytes; "
                    + "the limit is \(limits.maximumRatio) times its packed size",
                advice: "This is how zip bombs look. Unpack it, or pack it without compression, if you trust it")
        }
        let (sum, sumOverflow) = inflatedBytes.addingReportingOverflow(sizes.uncompressed)
        guard !sumOverflow, sum <= limits.maximumInflatedBytes else {
            throw file.failure(
                .limitExceeded, at: position,
                "the entries up to \(name.debugDescription) inflate to \(sumOverflow ? "more than 2^63" : "\(sum)") bytes; "
                    + "the limit is \(limits.maximumInflatedBytes) bytes for all together",
                advice: "Unpack it, or pack it without compression, if you trust it")
        }
        inflatedBytes = sum
    }

    /// Compares a local header with the directory.
    ///
    /// Returns where the data begins.
    private func checkLocalHeader(
        name: FileBytes, flags: UInt16, method: UInt16, checksum: UInt32, sizes: ZipSizes
    ) throws(ModelFileError) -> Int {
        let position = sizes.headerOffset
        let what = "a local header"
        guard position <= directoryOffset - Self.localHeaderSize,
            try file.integer(UInt32.self, at: position, of: what) == Self.localHeaderMagic
        else { throw file.malformed(at: position, "the directory points to a local header that is not here") }
        let nameLength = Int(try file.integer(UInt16.self, at: position + 26, of: what))
        let extraLength = Int(try file.integer(UInt16.self, at: position + 28, of: what))
        let dataOffset = position + Self.localHeaderSize + nameLength + extraLength
        guard dataOffset <= directoryOffset, sizes.compressed <= directoryOffset - dataOffset else {
            throw file.malformed(
                at: position, "\(sizes.compressed) bytes of data at byte \(dataOffset) reach into the central directory"
            )
        }
        let localName = try file.slice(at: position + Self.localHeaderSize, count: nameLength, of: what)
        let localFlags = try file.integer(UInt16.self, at: position + 6, of: what)
        guard localName.hasSameBytes(as: name), localFlags & 0x0809 == flags & 0x0809,
            try file.integer(UInt16.self, at: position + 8, of: what) == method
        else { throw file.malformed(at: position, "name, flags or method of a local header contradict the directory") }

        let localSizes = try ZipSizes(
            in: file,
            uncompressed: try file.integer(UInt32.self, at: position + 22, of: what),
            compressed: try file.integer(UInt32.self, at: position + 18, of: what),
            headerOffset: 0,
            extra: try file.slice(at: position + Self.localHeaderSize + nameLength, count: extraLength, of: what),
            at: position)
        let localChecksum = try file.integer(UInt32.self, at: position + 14, of: what)
        let agrees =
            localSizes.uncompressed == sizes.uncompressed && localSizes.compressed == sizes.compressed
            && localChecksum == checksum
        if flags & 8 == 0 {
            guard agrees else {
                throw file.malformed(at: position, "sizes or checksum of a local header contradict the directory")
            }
        } else {
            // Streamed: the numbers follow the data, the header has zeros (or, from some writers, the numbers as well).
            let isBlank = localSizes.uncompressed == 0 && localSizes.compressed == 0 && localChecksum == 0
            guard isBlank || agrees else {
                throw file.malformed(at: position, "sizes or checksum of a local header contradict the directory")
            }
            try checkDescriptor(at: dataOffset + sizes.compressed, checksum: checksum, sizes: sizes)
        }
        return dataOffset
    }

    /// The data descriptor: optional magic, checksum, sizes of 4 or 8 bytes.
    private func checkDescriptor(at position: Int, checksum: UInt32, sizes: ZipSizes) throws(ModelFileError) {
        let what = "a data descriptor"
        for start in [position + 4, position] {
            if start != position {
                guard (try? file.integer(UInt32.self, at: position, of: what)) == Self.descriptorMagic else { continue }
            }
            guard (try? file.integer(UInt32.self, at: start, of: what)) == checksum else { continue }
            if let compressed = try? file.integer(UInt64.self, at: start + 4, of: what),
                let uncompressed = try? file.integer(UInt64.self, at: start + 12, of: what),
                compressed == UInt64(sizes.compressed), uncompressed == UInt64(sizes.uncompressed),
                start + 20 <= directoryOffset
            {
                return
            }
            if let compressed = try? file.integer(UInt32.self, at: start + 4, of: what),
                let uncompressed = try? file.integer(UInt32.self, at: start + 8, of: what),
                Int(compressed) == sizes.compressed, Int(uncompressed) == sizes.uncompressed,
                start + 12 <= directoryOffset
            {
                return
            }
        }
        throw file.malformed(at: position, "no data descriptor that agrees with the directory follows the data")
    }

    private func checkOverlaps(_ entries: [ZipEntry]) throws(ModelFileError) {
        let sorted = entries.sorted { $0.headerOffset < $1.headerOffset }
        for (entry, next) in zip(sorted, sorted.dropFirst())
        where entry.dataOffset + entry.compressedSize > next.headerOffset {
            throw file.failure(
                .malformed, at: next.headerOffset,
                "the entries \(entry.name.debugDescription) and \(next.name.debugDescription) overlap",
                advice: "This is how zip bombs look: ask the maker of the file for a clean one")
        }
    }
}
