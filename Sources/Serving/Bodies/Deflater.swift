internal import CZlib

/// Compresses answers.
enum Deflater {
    /// The bytes as one gzip member.
    ///
    /// Level 1: for JSON of numbers the higher levels gain little and cost the time of the models.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
                == Z_OK
        else { preconditionFailure("zlib refuses constant settings: out of memory") }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, CUnsignedLong(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            bytes.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = CUnsignedInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = CUnsignedInt(bound)
                let status = deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "deflateBound is an upper bound")
                count = bound - Int(stream.avail_out)
            }
        }
    }
}
