import CPostings

/// Bytes on their way out, in larger pieces, with the checksum of all that passed.
struct SectionOutput {
    private var buffer: [UInt8] = []
    private var count = 0
    private var flushed: UInt32 = 0

    /// Of all bytes so far.
    var checksum: UInt32 { cp_crc32c(flushed, buffer, buffer.count) }

    mutating func append<T: BitwiseCopyable, Failure: Error>(
        _ values: [T], _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        values.withUnsafeBytes { buffer.append(contentsOf: $0) }
        count += values.count * MemoryLayout<T>.stride
        if buffer.count > 1 << 16 { try flush(output) }
    }

    mutating func append<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        count += bytes.count
        if bytes.count > 1 << 16 {
            try flush(output)
            flushed = cp_crc32c(flushed, bytes.baseAddress, bytes.count)
            try output(bytes)
        } else {
            buffer.append(contentsOf: bytes)
            if buffer.count > 1 << 16 { try flush(output) }
        }
    }

    mutating func align<Failure: Error>(
        _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try append([UInt8](repeating: 0, count: (64 - count % 64) % 64), output)
    }

    mutating func flush<Failure: Error>(
        _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        flushed = checksum
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        var failure: Failure?
        bytes.withUnsafeBytes { part in
            do throws(Failure) { try output(part) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
