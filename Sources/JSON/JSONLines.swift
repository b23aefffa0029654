#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Reads JSON lines (one document per line) from a stream, a line at a time, in constant memory.
///
/// ```swift
/// var lines = JSONLines(fileDescriptor: 0)
/// while let line = try lines.next() { use(line.value, line.number) }
/// ```
///
/// Blank lines are skipped, `\r\n` ends a line as `\n` does, and the last line needs no end. Errors carry the number of the line and
/// the offset in the stream; after an error in a line's text the next call goes on with the following line.
public struct JSONLines: ~Copyable {
    /// One line that holds a document.
    public struct Line: Sendable, Hashable {
        /// Counted from 1, blank lines included.
        public let number: Int
        /// Bytes of the stream before the line.
        public let offset: Int
        /// The document.
        public let value: JSONValue
    }

    private let source: (UnsafeMutableRawBufferPointer) throws(JSONError) -> Int
    private let limits: JSONLimits
    private var buffer: [UInt8] = []
    /// The unread part of `buffer`.
    private var unread = 0..<0
    private var isAtEnd = false
    /// Bytes of the stream before `unread`.
    private var offset = 0
    private var number = 0

    /// Reads from an open file descriptor, which stays open.
    ///
    /// - Parameter limits: Apply to each line.
    public init(fileDescriptor: Int32, limits: JSONLimits = .default) {
        self.init(limits: limits) { (buffer) throws(JSONError) in
            while true {
                let count = read(fileDescriptor, buffer.baseAddress, buffer.count)
                if count >= 0 { return count }
                if errno == EINTR { continue }
                throw JSONError(
                    code: .unreadable, offset: 0, line: 0, column: 0,
                    reason: "reading failed: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Reads from bytes in memory.
    public init(_ bytes: [UInt8], limits: JSONLimits = .default) {
        self.init(limits: limits) { _ throws(JSONError) in 0 }
        buffer = bytes
        unread = 0..<bytes.count
        isAtEnd = true
    }

    /// Reads from any source: a function that fills a part of a buffer and returns how much, zero at the end.
    public init(
        limits: JSONLimits = .default, source: @escaping (UnsafeMutableRawBufferPointer) throws(JSONError) -> Int
    ) {
        self.source = source
        self.limits = limits
    }

    /// The next document, or `nil` at the end of the stream.
    public mutating func next() throws(JSONError) -> Line? {
        while let line = try nextRange() {
            number += 1
            let start = offset
            offset += line.count
            unread = line.upperBound..<unread.upperBound
            var text = line
            while let last = text.last, Self.isBlank(buffer[last]) { text = text.lowerBound..<last }
            while let first = text.first, Self.isBlank(buffer[first]) { text = first + 1..<text.upperBound }
            if text.isEmpty { continue }
            let skipped = text.lowerBound - line.lowerBound
            do throws(JSONError) {
                let limits = limits
                let value = try buffer.withUnsafeBufferPointer { (bytes) throws(JSONError) in
                    try JSONValue(
                        parsing: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[text])), limits: limits)
                }
                return Line(number: number, offset: start, value: value)
            } catch {
                // The line of the stream is the line of the error; a document cannot hold a line feed here.
                throw JSONError(
                    code: error.code, offset: start + skipped + error.offset, line: number,
                    column: skipped + error.column,
                    reason: error.reason)
            }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The place of the next line in `buffer`, with its line feed.
    private mutating func nextRange() throws(JSONError) -> Range<Int>? {
        var searched = unread.lowerBound
        while true {
            let end = buffer.withUnsafeBytes { bytes -> Int? in
                guard searched < unread.upperBound, let base = bytes.baseAddress,
                    let found = memchr(base + searched, 0x0A, unread.upperBound - searched)
                else { return nil }
                return base.distance(to: UnsafeRawPointer(found))
            }
            if let end { return unread.lowerBound..<end + 1 }
            if isAtEnd { return unread.isEmpty ? nil : unread }
            if unread.count > limits.maximumBytes {
                throw JSONError(
                    code: .limitExceeded, offset: offset, line: number + 1, column: 1,
                    reason: "the line is longer than the limit of \(limits.maximumBytes) bytes")
            }
            let known = unread.count
            try fill()
            searched = unread.lowerBound + known
        }
    }

    /// Moves what is unread to the front and appends what the source has.
    private mutating func fill() throws(JSONError) {
        if unread.lowerBound > 0 {
            buffer.removeSubrange(..<unread.lowerBound)
            unread = 0..<unread.count
        }
        if buffer.count - unread.count < 1 << 15 {
            let missing = max(1 << 16, unread.count)
            buffer.append(contentsOf: repeatElement(0, count: missing))
        }
        let free = unread.upperBound..<buffer.count
        let source = source
        let count = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(JSONError) in
            try source(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[free])))
        }
        if count == 0 { isAtEnd = true }
        unread = unread.lowerBound..<unread.upperBound + count
    }
}
