#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Buffered standard output; `flush()` at the end of every answer that somebody may wait for.
final class StandardOutput {
    private var buffer: [UInt8] = []

    func write(_ text: String) throws(CommandFailure) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count > 1 << 16 { try flush() }
    }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        buffer.append(contentsOf: bytes)
        if buffer.count > 1 << 16 { try flush() }
    }

    /// Hands everything to the system.
    func flush() throws(CommandFailure) {
        let failure = buffer.withUnsafeBytes { writeAll($0, to: STDOUT_FILENO) }
        buffer.removeAll(keepingCapacity: true)
        if let failure {
            throw CommandFailure(.cannotWrite, "standard output cannot be written: \(failure). Is the disk full?")
        }
    }
}

extension StandardOutput {
    /// Writes one whole answer.
    static func print(_ text: String) throws(CommandFailure) {
        let output = StandardOutput()
        try output.write(text)
        try output.flush()
    }
}

/// Unbuffered standard error; failures to write there have nobody to be told to.
enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }
}

/// Writes all bytes; the system's reason when it refuses.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> String? {
    var rest = bytes
    while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
            if errno == EINTR { continue }
            return String(cString: strerror(errno))
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
}
