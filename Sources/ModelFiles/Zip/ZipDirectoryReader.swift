/// Reads the end record, the central directory and the local headers of an archive and makes sure that they agree.
struct ZipDirectoryReader {
    static let localHeaderMagic: UInt32 = 0x0403_4B50
    static let endMagic: UInt32 = 0x0605_4B50
    static let centralMagic: UInt32 = 0x0201_4B50
    static let descriptorMagic: UInt32 = 0x0807_4B50
    static let zip64EndMagic: UInt32 = 0x0606_4B50
    static let zip64LocatorMagic: UInt32 = 0x0706_4B50

    static let endSize = 22
    static let centralHeaderSize = 46
    static let localHeaderSize = 30

    let file: FileBytes
    let limits: ZipLimits
    let directoryOffset: Int
    let directoryEnd: Int
    let entryCount: Int
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
}
