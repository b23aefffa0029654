import CZlib
import ModelFiles

/// Writes zip archives whose bytes depend on nothing but their files: stored without compression, with one time for all.
///
/// Weights would shrink by a tenth at best, and stored ones are read in place.
///
/// Source: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16; below 4 GB, without zip64.
struct ZipWriter {
    private let files: [ArchiveFile]

    init(_ files: [ArchiveFile]) {
        self.files = files
    }

    /// The size of the archive.
    var byteCount: Int {
        files.reduce(22) { $0 + $1.byteCount + 30 + 46 + 2 * $1.name.utf8.count }
    }

    /// Writes the archive.
    ///
    /// - Returns: The SHA-256 of its bytes, in hexadecimal.
    /// - Throws: ``ModelFileError`` if the system refuses, or the archive would have 4 GB.
    func write(to path: String) throws(ModelFileError) -> String {
        guard byteCount < Int(UInt32.max) else {
            throw ModelFileError(
                .limitExceeded, path: path, reason: "the archive would have \(byteCount) bytes; 4 GB are the limit")
        }
        var digest = SHA256()
        try ReplacedFile.write(to: path) { (file) throws(ModelFileError) in
            var directory: [UInt8] = []
            var offset = 0
            for entry in files {
                let fields = Self.fields(entry)
                var head = Self.little(UInt32(0x0403_4b50)) + fields
                head += Array(entry.name.utf8)
                try Self.append(head, to: file, &digest)
                try entry.forEachPart { (bytes) throws(ModelFileError) in
                    digest.add(bytes)
                    try file.append(bytes)
                }
                // Made by Unix; no comment, first disk, no internal attributes; a plain file that its owner writes.
                directory += Self.little(UInt32(0x0201_4b50)) + Self.little(UInt16(3 << 8 | 20)) + fields
                directory += Self.little(UInt16(0)) + Self.little(UInt16(0)) + Self.little(UInt16(0))
                directory += Self.little(UInt32(0o100644) << 16) + Self.little(UInt32(offset))
                directory += Array(entry.name.utf8)
                offset += head.count + entry.byteCount
            }
            try Self.append(directory, to: file, &digest)
            let count = Self.little(UInt16(files.count))
            var end = Self.little(UInt32(0x0605_4b50)) + Self.little(UInt32(0)) + count + count
            end += Self.little(UInt32(directory.count)) + Self.little(UInt32(offset)) + Self.little(UInt16(0))
            try Self.append(end, to: file, &digest)
        }
        return digest.hexadecimal()
    }

    private static func append(
        _ bytes: [UInt8], to file: borrowing ReplacedFile, _ digest: inout SHA256
    ) throws(ModelFileError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(ModelFileError) in
            digest.add(UnsafeRawBufferPointer(bytes))
            try file.append(UnsafeRawBufferPointer(bytes))
        }
    }

    /// What local header and directory say alike: version, flags, method, time, checksum, sizes, lengths of name and extra fields.
    private static func fields(_ entry: ArchiveFile) -> [UInt8] {
        var checksum = crc32(0, nil, 0)
        entry.forEachPart { bytes in
            checksum = crc32_z(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        }
        let size = little(UInt32(entry.byteCount))
        // UTF-8 names; the first day that the format knows.
        return little(UInt16(20)) + little(UInt16(0x0800)) + little(UInt16(0)) + little(UInt16(0))
            + little(UInt16(1 << 5 | 1)) + little(UInt32(truncatingIfNeeded: checksum)) + size + size
            + little(UInt16(entry.name.utf8.count)) + little(UInt16(0))
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
