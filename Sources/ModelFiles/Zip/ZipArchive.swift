internal import CZlib

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A zip archive over bytes that are already in memory or mapped: OpenSearch model zips, PyTorch and TorchScript files.
///
/// Opening reads the central directory and compares every local header with it, so that what this reader sees is what
/// every other reader sees: names are unique, relative and stay inside the archive; entries do not overlap; nothing lies
/// before, between or behind the parts that a tool could read differently. Stored entries are handed out in place, deflated
/// ones inflated into memory of their own under ``ZipLimits``.
///
/// Format: PKWARE APPNOTE 6.3.10, zip64 included; no encryption, no split archives, methods 0 and 8 only.
public struct ZipArchive: Sendable {
    /// The entries in the order of the central directory.
    public let entries: [ZipEntry]
    /// What the archive may ask for.
    public let limits: ZipLimits

    /// The archive itself.
    public let file: FileBytes
    private let indexByName: [String: Int]

    /// Reads the directory of an archive.
    ///
    /// Complexity: O(entries log entries).
    public init(_ file: FileBytes, limits: ZipLimits = .standard) throws(ModelFileError) {
        var reader = try ZipDirectoryReader(file, limits: limits)
        let entries = try reader.readEntries()
        var indexByName: [String: Int] = [:]
        indexByName.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated()
        where indexByName.updateValue(index, forKey: entry.name) != nil {
            throw file.failure(
                .malformed, at: entry.headerOffset,
                "the name \(entry.name.debugDescription) occurs twice in the archive",
                advice: "Tools disagree on which one counts: pack the archive again with one entry for each name")
        }
        self.file = file
        self.limits = limits
        self.entries = entries
        self.indexByName = indexByName
    }

    /// Whether the bytes look like a zip archive (they begin with a local header or are an empty archive).
    public static func recognizes(_ file: FileBytes) -> Bool {
        guard let magic = try? file.integer(UInt32.self, at: 0, of: "magic") else { return false }
        return magic == ZipDirectoryReader.localHeaderMagic || magic == ZipDirectoryReader.endMagic
    }

    /// The entry of that name.
    public subscript(name: String) -> ZipEntry? {
        indexByName[name].map { entries[$0] }
    }

    /// The data of an entry: in place when it is stored, inflated into memory when it is deflated.
    ///
    /// Its checksum is compared if ``ZipLimits/verifiesChecksums`` says so. Complexity: O(size).
    public func contents(of entry: ZipEntry) throws(ModelFileError) -> FileBytes {
        let raw = try file.slice(
            at: entry.dataOffset, count: entry.compressedSize, of: "entry \(entry.name.debugDescription)",
            named: entry.name)
        let data =
            switch entry.compression {
            case .stored: raw
            case .deflated: try inflate(raw, of: entry)
            }
        guard limits.verifiesChecksums else { return data }
        let checksum = data.withUnsafeBytes { bytes in
            UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
        }
        // crc32_z(0, NULL, 0) is 0, which is also the checksum of nothing.
        guard checksum == entry.checksum else {
            throw data.failure(
                .malformed,
                "the checksum of the data is \(hex(checksum)), the archive says \(hex(entry.checksum))",
                advice: "The file is damaged: fetch or export it again")
        }
        return data
    }

    private func inflate(_ raw: FileBytes, of entry: ZipEntry) throws(ModelFileError) -> FileBytes {
        let size = entry.size
        // An array traps when the system has no memory: a size that comes from a file is tried out first.
        guard let trial = malloc(max(size, 1)) else {
            throw file.failure(
                .limitExceeded, at: entry.headerOffset,
                "there is no memory for the \(size) bytes of \(entry.name.debugDescription)",
                advice: "Unpack the archive and use the folder: its files are then mapped instead of inflated")
        }
        free(trial)
        var outcome: (status: Int32, consumed: Int, produced: Int) = (Z_DATA_ERROR, 0, 0)
        let inflated = [UInt8](unsafeUninitializedCapacity: size) { output, count in
            let output = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: output[..<size]))
            outcome = raw.withUnsafeBytes { Self.inflate($0, into: output) }
            count = outcome.produced
        }
        guard outcome.status == Z_STREAM_END, outcome.consumed == raw.count, outcome.produced == size else {
            throw raw.malformed(
                at: outcome.consumed,
                "the deflated data gives \(outcome.produced) bytes (zlib status \(outcome.status)); the archive says \(size)"
            )
        }
        return FileBytes(inflated, path: raw.path)
    }

    private static func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (status: Int32, consumed: Int, produced: Int) {
        var stream = z_stream()
        // Negative window bits: raw deflate without a zlib header.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return (Z_MEM_ERROR, 0, 0)
        }
        defer { inflateEnd(&stream) }
        // zlib wants a place to write to even if nothing is to come.
        var nowhere: UInt8 = 0
        var consumed = 0
        var produced = 0
        var status = Z_OK
        // zlib counts in 32 bits: feed and drain in pieces.
        let piece = 1 << 30
        return withUnsafeMutablePointer(to: &nowhere) { nowhere in
            while status == Z_OK {
                let give = min(piece, input.count - consumed)
                let take = min(piece, output.count - produced)
                stream.next_in = input.baseAddress.map {
                    UnsafeMutablePointer(mutating: ($0 + consumed).assumingMemoryBound(to: UInt8.self))
                }
                stream.avail_in = UInt32(give)
                stream.next_out =
                    output.baseAddress.map { ($0 + produced).assumingMemoryBound(to: UInt8.self) } ?? nowhere
                stream.avail_out = UInt32(take)
                status = CZlib.inflate(&stream, Z_NO_FLUSH)
                let used = give - Int(stream.avail_in)
                let made = take - Int(stream.avail_out)
                consumed += used
                produced += made
                if used == 0, made == 0 { break }
            }
            return (status, consumed, produced)
        }
    }

    private func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
