internal import CZlib

/// Undoes `Content-Encoding: gzip` and `deflate` part by part.
///
/// What one call gives out is bounded, so that a bomb costs no memory. It belongs to one reader.
final class InflateStream {
    private let stream: UnsafeMutablePointer<z_stream>
    private let coding: Inflater.Coding
    private var input: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// Bytes that one call gives out at most.
    static let outputBytes = 256 << 10

    init(_ coding: Inflater.Coding) throws(Inflater.Failure) {
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowBits: CInt = coding == .gzip ? 31 : 15
        guard inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw .broken
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether all input was used, so that ``append(_:)`` is the next thing to do.
    var wantsInput: Bool { position == input.count }

    /// Takes the next part as sent; only when ``wantsInput``.
    func append(_ part: [UInt8]) {
        input = part
        position = 0
    }

    /// The next bytes; empty if more input is needed for any.
    func output() throws(Inflater.Failure) -> [UInt8] {
        if isAtEnd {
            // Several gzip members in a row are one body (RFC 1952, 2.2).
            guard coding == .gzip, position < input.count, inflateReset(stream) == Z_OK else {
                if position < input.count { throw .broken }
                return []
            }
            isAtEnd = false
        }
        var status = Z_OK
        let room = Self.outputBytes
        let result = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            input.withUnsafeBufferPointer { bytes in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + position })
                stream.pointee.avail_in = CUnsignedInt(bytes.count - position)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = CUnsignedInt(room)
                status = inflate(stream, Z_NO_FLUSH)
                position = bytes.count - Int(stream.pointee.avail_in)
                count = room - Int(stream.pointee.avail_out)
            }
        }
        switch status {
        case Z_STREAM_END: isAtEnd = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw .broken
        }
        return result
    }

    /// Whether the compressed text is whole.
    var isComplete: Bool { isAtEnd && wantsInput }
}
