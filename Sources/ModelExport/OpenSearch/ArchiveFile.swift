/// A file of an archive to be.
struct ArchiveFile {
    enum Contents {
        case bytes([UInt8])
        case graph(ONNXModel)
    }

    var name: String
    var contents: Contents

    var byteCount: Int {
        switch contents {
        case .bytes(let bytes): bytes.count
        case .graph(let graph): graph.byteCount
        }
    }

    /// Gives the bytes in order.
    func forEachPart<Failure>(_ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        switch contents {
        case .bytes(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in try use(UnsafeRawBufferPointer(bytes)) }
        case .graph(let graph): try graph.forEachPart { (bytes) throws(Failure) in try use(bytes) }
        }
    }
}
