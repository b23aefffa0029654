import CPostings

/// A file that is written from its beginning to its end, with the checksum of what was written.
final class FileOutput {
    let path: String
    private let file: Int32
    private let buffer = OutputBuffer(capacity: 1 << 17)
    private var written = 0
    private(set) var checksum: UInt32 = 0

    init(path: String) throws(IndexError) {
        self.path = path
        file = try SystemCalls.openForWriting(path)
    }

    deinit { SystemCalls.closeFile(file) }

    /// How many bytes there are so far.
    var count: Int { written + buffer.count }

    func append(_ bytes: UnsafeRawBufferPointer) throws(IndexError) {
        if bytes.count > 1 << 16 {
            try flush()
            checksum = cp_crc32c(checksum, bytes.baseAddress, bytes.count)
            try SystemCalls.write(file, bytes, path: path)
            written += bytes.count
        } else {
            buffer.append(bytes)
            if buffer.count > 1 << 16 { try flush() }
        }
    }

    func append(zeros count: Int) throws(IndexError) {
        for _ in 0..<count { buffer.append(0) }
    }

    func align(to alignment: Int) throws(IndexError) {
        try append(zeros: (alignment - count % alignment) % alignment)
    }

    func flush() throws(IndexError) {
        checksum = cp_crc32c(checksum, buffer.base, buffer.count)
        try SystemCalls.write(file, buffer.bytes, path: path)
        written += buffer.count
        buffer.removeAll()
    }
}
