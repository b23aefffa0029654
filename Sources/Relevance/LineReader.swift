import CZlib

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a text file, or standard input, line by line; a gzip file is recognised by its first bytes and inflated on the way.
///
/// Lines end with LF or CRLF; the end is not part of the line, nor is a byte order mark before the first one. Memory is bounded by the longest line and `lineLimit`. Data
/// is handed on as soon as the system delivers it, so that a pipe is answered line by line.
package struct LineReader: ~Copyable {
    /// What the errors name.
    package let path: String
    /// The number of the line that `next()` returned last, from 1.
    package private(set) var lineNumber = 0
    /// Bytes of the file that were read so far, compressed as they are there.
    package private(set) var bytesRead = 0
    /// Bytes in the file; nil for a pipe.
    package let byteCount: Int?

    private let descriptor: Int32
    private let lineLimit: Int
    private var inflater: GzipInflater?
    /// Bytes read and not handed out: `buffer[start...]`.
    private var buffer: [UInt8] = []
    private var start = 0
    private var atEnd = false
    private var started = false

    /// Opens a file, or standard input when `path` is `-`.
    ///
    /// A line longer than `lineLimit` bytes is an error.
    package init(path: String, lineLimit: Int = 256 << 20) throws(RelevanceError) {
        self.path = path == "-" ? "standard input" : path
        self.lineLimit = lineLimit
        if path == "-" {
            descriptor = STDIN_FILENO
            byteCount = nil
            return
        }
        var descriptor: Int32
        repeat { descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else {
            throw RelevanceError(
                .unreadable, path: path, reason: "cannot be opened: \(Self.systemReason())",
                advice: "Check the path and its permissions.")
        }
        self.descriptor = descriptor
        var status = stat()
        let isReadable = unsafe fstat(descriptor, &status) == 0
        byteCount = isReadable && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The next line without its end, `nil` after the last one.
    package mutating func next() throws(RelevanceError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                let line = buffer[start..<end]
                start = end + 1
                return counted(line.last == 0x0D ? line.dropLast() : line)
            }
            guard buffer.count - start <= lineLimit else {
                throw RelevanceError(
                    .malformedLine, path: path, line: lineNumber + 1,
                    reason: "the line is longer than \(lineLimit) bytes",
                    advice: "Is this a text file?")
            }
            if atEnd {
                guard start < buffer.count else { return nil }
                let line = buffer[start...]
                start = buffer.count
                let unmarked = counted(line)
                return unmarked.isEmpty && lineNumber == 1 ? nil : unmarked
            }
            buffer.removeSubrange(..<start)
            start = 0
            searched = buffer.count
            try fill()
        }
    }

    /// The line once it is counted, without a UTF-8 byte order mark if it is the first.
    private mutating func counted(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        lineNumber += 1
        return lineNumber == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
    }

    private mutating func fill() throws(RelevanceError) {
        var chunk = try readChunk()
        defer { bytesRead += chunk.count }
        if !started {
            started = true
            // A pipe may deliver a single byte first; two decide.
            while chunk.count == 1, chunk[0] == 0x1F {
                let more = try readChunk()
                if more.isEmpty { break }
                chunk += more
            }
            if chunk.starts(with: [0x1F, 0x8B]) { inflater = GzipInflater() }
        }
        if chunk.isEmpty {
            atEnd = true
            if let inflater, !inflater.isComplete {
                throw RelevanceError(
                    .unreadable, path: path, reason: "the gzip stream ends early",
                    advice: "Fetch or compress the file again.")
            }
            return
        }
        guard let inflater else {
            buffer += chunk
            return
        }
        guard inflater.inflate(chunk, into: &buffer, limit: start + lineLimit + (1 << 20)) else {
            throw RelevanceError(
                .unreadable, path: path, reason: "the gzip stream is damaged",
                advice: "Fetch or compress the file again.")
        }
    }

    private func readChunk() throws(RelevanceError) -> [UInt8] {
        let size = 1 << 16
        var count = 0
        let chunk = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            repeat { count = unsafe read(descriptor, buffer.baseAddress, size) } while count < 0 && errno == EINTR
            used = max(0, count)
        }
        guard count >= 0 else {
            let isFolder = errno == EISDIR
            throw RelevanceError(
                .unreadable, path: path,
                reason: isFolder ? "is a folder, not a file" : "cannot be read: \(Self.systemReason())",
                advice: isFolder ? "Give a file in it." : "Check the file and the disk.")
        }
        return chunk
    }

    private static func systemReason() -> String {
        unsafe String(cString: strerror(errno))
    }
}

/// Inflates a gzip stream of one or more members, chunk by chunk.
@safe private final class GzipInflater {
    private var stream = unsafe z_stream()
    /// Whether the last member is complete and nothing follows.
    private(set) var isComplete = false

    init() {
        // 16: expect a gzip header; 15: the largest window.
        unsafe inflateInit2_(&stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        unsafe inflateEnd(&stream)
    }

    /// Appends what `chunk` inflates to; false when the data are damaged or `output` would exceed `limit` bytes.
    func inflate(_ chunk: [UInt8], into output: inout [UInt8], limit: Int) -> Bool {
        var chunk = chunk
        return unsafe chunk.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = uInt(input.count)
            // The window may hold more than one piece of output after the last byte of input.
            var mayHoldMore = false
            while unsafe stream.avail_in > 0 || mayHoldMore {
                if isComplete {
                    // Another member begins, as in files that were appended to.
                    guard unsafe inflateReset(&stream) == Z_OK else { return false }
                    isComplete = false
                }
                let room = 1 << 16
                var status: Int32 = Z_OK
                let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, used in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = uInt(room)
                    status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    used = room - Int(unsafe stream.avail_out)
                }
                output += piece
                switch status {
                case Z_STREAM_END: isComplete = true
                case Z_OK: break
                case Z_BUF_ERROR where piece.isEmpty: return true
                default: return false
                }
                mayHoldMore = piece.count == room && !isComplete
                if output.count > limit { return false }
            }
            return true
        }
    }
}
