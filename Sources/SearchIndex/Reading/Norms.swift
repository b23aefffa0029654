/// The lengths of one field in one segment, a byte a document (see ``FieldLength``).
public struct Norms: Sendable {
    let bytes: [UInt8]

    /// The length byte of a document; 0 where the document does not have the field.
    public subscript(document: Int) -> UInt8 { bytes[document] }
}
