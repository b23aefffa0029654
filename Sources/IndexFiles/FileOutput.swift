import CPostings

/// A file that is written from its beginning to its end, with the checksum of what was written.
package final class FileOutput {
    /// The file.
    package let path: String
    private let file: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private var pending = 0
    private var written = 0
    /// CRC-32C of what was written so far: of all bytes after ``flush()``.
    package private(set) var checksum: UInt32 = 0

    /// Makes the file, or empties it.
    ///
    /// - Throws: ``IndexFileError/file(path:reason:)``, as all that writes.
    package init(path: String) throws(IndexFileError) {
        self.path = path
        file = try SystemCalls.openForWriting(path)
        buffer = .allocate(byteCount: 1 << 17, alignment: 16)
    }

    deinit {
        SystemCalls.closeFile(file)
        buffer.deallocate()
    }

    /// How many bytes there are so far.
    package var count: Int { written + pending }

    /// Adds bytes.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(IndexFileError) {
        if pending + bytes.count > buffer.count { try flush() }
        if bytes.count > 1 << 16 {
            try flush()
            try write(bytes)
        } else if bytes.count > 0 {
            UnsafeMutableRawBufferPointer(rebasing: buffer[pending...]).copyMemory(from: bytes)
            pending += bytes.count
        }
    }

    /// Adds an integer, little endian.
    package func append<T: FixedWidthInteger>(integer: T) throws(IndexFileError) {
        if pending + MemoryLayout<T>.size > buffer.count { try flush() }
        buffer.storeBytes(of: integer.littleEndian, toByteOffset: pending, as: T.self)
        pending += MemoryLayout<T>.size
    }

    /// Adds the memory of an array, in the order of bytes of this machine.
    package func append<T: BitwiseCopyable>(array: [T]) throws(IndexFileError) {
        try array.withUnsafeBufferPointer { items throws(IndexFileError) in try append(UnsafeRawBufferPointer(items)) }
    }

    /// Adds zeros.
    package func append(zeros count: Int) throws(IndexFileError) {
        for _ in 0..<count { try append(integer: UInt8(0)) }
    }

    /// Adds zeros up to a multiple.
    package func align(to multiple: Int) throws(IndexFileError) {
        try append(zeros: (multiple - count % multiple) % multiple)
    }

    /// Writes what is in memory, so that the file can be mapped and read.
    package func flush() throws(IndexFileError) {
        guard pending > 0 else { return }
        try write(UnsafeRawBufferPointer(rebasing: buffer[..<pending]))
        pending = 0
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(IndexFileError) {
        checksum = cp_crc32c(checksum, bytes.baseAddress, bytes.count)
        try SystemCalls.write(file, bytes, path: path)
        written += bytes.count
    }
}
