/// What lies at the data of entries: local headers, data descriptors, and no other entry.
extension ZipDirectoryReader {
    /// Compares a local header with the directory.
    ///
    /// Returns where the data begins.
    func checkLocalHeader(
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
    func checkDescriptor(at position: Int, checksum: UInt32, sizes: ZipSizes) throws(ModelFileError) {
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

    func checkOverlaps(_ entries: [ZipEntry]) throws(ModelFileError) {
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
