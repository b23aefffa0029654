import Glibc

/// The lines of a file, read in large pieces.
final class LineFile {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var atEnd = false

    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchmarkFailure("\(path): cannot be opened") }
    }

    deinit { close(descriptor) }

    /// The next line without its end; nil behind the last.
    func next() -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = position(ofNewlineFrom: searched) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            if atEnd {
                defer { start = buffer.count }
                return start < buffer.count ? buffer[start...] : nil
            }
            buffer.removeSubrange(..<start)
            start = 0
            searched = buffer.count
            fill()
        }
    }

    private func position(ofNewlineFrom first: Int) -> Int? {
        buffer.withUnsafeBufferPointer { bytes in
            guard first < bytes.count, let found = memchr(bytes.baseAddress! + first, 0x0A, bytes.count - first) else {
                return nil
            }
            return UnsafeRawPointer(found) - UnsafeRawPointer(bytes.baseAddress!)
        }
    }

    private func fill() {
        let size = 1 << 20
        let piece = [UInt8](unsafeUninitializedCapacity: size) { target, count in
            count = max(0, read(descriptor, target.baseAddress, size))
        }
        atEnd = piece.isEmpty
        buffer += piece
    }
}
