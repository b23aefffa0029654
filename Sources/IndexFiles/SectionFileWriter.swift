import CPostings

/// Writes a file of numbered sections from its beginning to its end; ``SectionFile`` says what it looks like.
package final class SectionFileWriter {
    private let file: FileOutput
    private let version: UInt32
    private var sections: [(number: UInt32, range: Range<Int>)] = []
    private var begun: (number: UInt32, offset: Int)?

    /// Makes the file, or empties it.
    ///
    /// - Parameters:
    ///   - kind: eight characters that say what the file holds.
    ///   - version: of the format of the sections.
    /// - Throws: ``IndexFileError/file(path:reason:)``, as all that writes.
    package init(path: String, kind: StaticString, version: UInt32) throws(IndexFileError) {
        precondition(kind.utf8CodeUnitCount == 8)
        self.version = version
        file = try FileOutput(path: path)
        try append(UnsafeRawBufferPointer(start: kind.utf8Start, count: 8))
        try append(integer: version)
        try append(integer: UInt32(0))
    }

    /// The file.
    package var path: String { file.path }

    /// Where the section that was begun has come to, in bytes from its beginning.
    package var sectionCount: Int { begun.map { file.count - $0.offset } ?? 0 }

    /// Begins a section, at a multiple of 64 bytes; the one before ends.
    ///
    /// - Returns: where it begins in the file.
    @discardableResult
    package func begin(_ number: UInt32) throws(IndexFileError) -> Int {
        endSection()
        try align(to: SectionFile.alignment)
        begun = (number, file.count)
        return file.count
    }

    /// Adds zeros up to a multiple.
    package func align(to multiple: Int) throws(IndexFileError) { try file.align(to: multiple) }

    /// Adds bytes.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(IndexFileError) { try file.append(bytes) }

    /// Adds an integer, little endian.
    package func append<T: FixedWidthInteger>(integer: T) throws(IndexFileError) { try file.append(integer: integer) }

    /// Adds the memory of an array, in the order of bytes of this machine.
    package func append<T: BitwiseCopyable>(array: [T]) throws(IndexFileError) { try file.append(array: array) }

    /// Writes what is in memory, so that the file can be mapped and read.
    package func flush() throws(IndexFileError) { try file.flush() }

    /// Writes directory and footer.
    package func finish() throws(IndexFileError) {
        endSection()
        try file.append(zeros: Int(CP_PADDING))
        try file.align(to: 8)
        let offset = file.count
        var directory: [UInt64] = []
        for section in sections {
            directory += [UInt64(section.number), UInt64(section.range.lowerBound), UInt64(section.range.count)]
        }
        let directoryChecksum = directory.withUnsafeBytes { cp_crc32c(0, $0.baseAddress, $0.count) }
        try file.append(array: directory)
        try file.append(integer: UInt64(offset))
        try file.append(integer: UInt32(sections.count))
        try file.append(integer: directoryChecksum)
        try file.flush()
        try file.append(integer: file.checksum)
        try file.append(integer: version)
        try file.append(integer: SectionFile.footerMagic)
        try file.flush()
    }

    private func endSection() {
        if let begun { sections.append((begun.number, begun.offset..<file.count)) }
        begun = nil
    }
}
