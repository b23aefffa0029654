/// The lengths of one field in one segment, a byte a document (see ``FieldLength``).
public struct Norms: Sendable {
    let data: SegmentData
    private let offset: Int

    init(data: SegmentData, offset: Int) {
        self.data = data
        self.offset = offset
    }

    /// The bytes; valid while the norms are held, readable up to 64 bytes behind the last.
    var bytes: UnsafePointer<UInt8> {
        (data.base + offset).assumingMemoryBound(to: UInt8.self)
    }

    /// The length byte of a document; 0 where the document does not have the field.
    public subscript(document: Int) -> UInt8 {
        precondition(document >= 0 && document < data.documentCount)
        return bytes[document]
    }
}
