internal import CZlib

/// Undoes `Content-Encoding: gzip` and `deflate`, within bounds.
struct Inflater {
    /// What the bytes were compressed with.
    enum Coding: Sendable {
        case gzip
        case deflate
    }

    /// Why bytes cannot be decompressed.
    enum Failure: Error {
        /// They are not what they claim to be, or end too early.
        case broken
        /// They become longer than allowed.
        case tooLong
    }

    /// Decompresses a whole body.
    ///
    /// Nothing is trusted: output grows as it is produced, so that a bomb costs `limit` bytes at most.
    /// - Parameter limit: bytes of the result.
    static func inflate(_ bytes: [UInt8], as coding: Coding, limit: Int) throws(Failure) -> [UInt8] {
        // 31: with gzip's frame; 15: with zlib's, which is what "deflate" means; -15: bare, which some clients send for it.
        let windowBits: CInt =
            switch coding {
            case .gzip: 31
            case .deflate:
                bytes.count >= 2 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0 && bytes[0] & 15 == 8 ? 15 : -15
            }
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .broken
        }
        defer { inflateEnd(&stream) }
        var result: [UInt8] = []
        result.reserveCapacity(min(limit, bytes.count * 4))
        var failure: Failure?
        bytes.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = CUnsignedInt(input.count)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 << 10) { chunk in
                while true {
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = CUnsignedInt(chunk.count)
                    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    let produced = chunk.count - Int(stream.avail_out)
                    if result.count + produced > limit {
                        failure = .tooLong
                        return
                    }
                    result.append(contentsOf: chunk[..<produced])
                    if status == Z_STREAM_END {
                        // Several gzip members in a row are one body (RFC 1952, 2.2).
                        guard coding == .gzip, stream.avail_in > 0 else {
                            if stream.avail_in > 0 { failure = .broken }
                            return
                        }
                        guard inflateReset(&stream) == Z_OK else {
                            failure = .broken
                            return
                        }
                    } else if status != Z_OK || (produced == 0 && stream.avail_in == 0) {
                        failure = .broken
                        return
                    }
                }
            }
        }
        if let failure { throw failure }
        return result
    }
}
