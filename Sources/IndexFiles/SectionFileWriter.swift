import CPostings

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes a file of numbered sections from its beginning to its end; ``SectionFile`` says what it looks like.
package final class SectionFileWriter {
    /// The file.
    package let path: String
    private let file: Int32
    private let version: UInt32
    private var buffer: [UInt8] = []
    private var flushed = 0
    private var checksum: UInt32 = 0
    private var sections: [(number: UInt32, range: Range<Int>)] = []
    private var begun: (number: UInt32, offset: Int)?

    /// Makes the file, or empties it.
    ///
    /// - Parameters:
    ///   - kind: eight characters that say what the file holds.
    ///   - version: of the format of the sections.
    /// - Throws: ``IndexFileError/file(path:reason:)``.
    package init(path: String, kind: StaticString, version: UInt32) throws(IndexFileError) {
        precondition(kind.utf8CodeUnitCount == 8)
        self.path = path
        self.version = version
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
        buffer.reserveCapacity(1 << 18)
        try append(UnsafeRawBufferPointer(start: kind.utf8Start, count: 8))
        try append(integer: version)
        try append(integer: UInt32(0))
    }

    deinit { _ = close(file) }

    /// How many bytes there are so far.
    package var count: Int { flushed + buffer.count }

    /// Where the section that was begun has come to, in bytes from its beginning.
    package var sectionCount: Int { begun.map { count - $0.offset } ?? 0 }

    /// Begins a section, at a multiple of 64 bytes; the one before ends.
    ///
    /// - Returns: where it begins in the file.
    @discardableResult
    package func begin(_ number: UInt32) throws(IndexFileError) -> Int {
        endSection()
        try align(to: SectionFile.alignment)
        begun = (number, count)
        return count
    }

    /// Adds zeros up to a multiple.
    package func align(to multiple: Int) throws(IndexFileError) {
        for _ in 0..<(multiple - count % multiple) % multiple { buffer.append(0) }
    }

    /// Adds bytes.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(IndexFileError) {
        if bytes.count > 1 << 16 {
            try flush()
            try write(bytes)
        } else {
            buffer.append(contentsOf: bytes)
            if buffer.count > 1 << 17 { try flush() }
        }
    }

    /// Adds an integer, little endian.
    package func append<T: FixedWidthInteger>(integer: T) throws(IndexFileError) {
        withUnsafeBytes(of: integer.littleEndian) { buffer.append(contentsOf: $0) }
        if buffer.count > 1 << 17 { try flush() }
    }

    /// Adds the memory of an array, in the order of bytes of this machine.
    package func append<T: BitwiseCopyable>(array: [T]) throws(IndexFileError) {
        try array.withUnsafeBufferPointer { items throws(IndexFileError) in try append(UnsafeRawBufferPointer(items)) }
    }

    /// Writes what is in memory, so that the file can be mapped and read.
    package func flush() throws(IndexFileError) {
        guard !buffer.isEmpty else { return }
        let pending = buffer
        try pending.withUnsafeBufferPointer { bytes throws(IndexFileError) in try write(UnsafeRawBufferPointer(bytes)) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes directory and footer.
    package func finish() throws(IndexFileError) {
        endSection()
        for _ in 0..<Int(CP_PADDING) { buffer.append(0) }
        try align(to: 8)
        let offset = count
        var directory: [UInt64] = []
        for section in sections {
            directory += [UInt64(section.number), UInt64(section.range.lowerBound), UInt64(section.range.count)]
        }
        let directoryChecksum = directory.withUnsafeBytes { cp_crc32c(0, $0.baseAddress, $0.count) }
        try append(array: directory)
        try append(integer: UInt64(offset))
        try append(integer: UInt32(sections.count))
        try append(integer: directoryChecksum)
        try flush()
        try append(integer: checksum)
        try append(integer: version)
        try append(integer: SectionFile.footerMagic)
        try flush()
    }

    private func endSection() {
        if let begun { sections.append((begun.number, begun.offset..<count)) }
        begun = nil
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(IndexFileError) {
        checksum = cp_crc32c(checksum, bytes.baseAddress, bytes.count)
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
            #if canImport(Glibc)
                let written = Glibc.write(file, start, rest.count)
            #elseif canImport(Musl)
                let written = Musl.write(file, start, rest.count)
            #else
                let written = Darwin.write(file, start, rest.count)
            #endif
            if written < 0 {
                if errno == EINTR { continue }
                throw .file(path: path, reason: String(cString: strerror(errno)))
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
        flushed += bytes.count
    }
}
