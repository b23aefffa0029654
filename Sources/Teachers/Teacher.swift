/// Says how well documents answer queries, so that a smaller model can learn it.
///
/// A score means what its teacher says: logits of a cross-encoder, cosines, dot products, normalised averages. Only scores of
/// one teacher can be compared.
public protocol Teacher: Sendable {
    /// The kind and the name of the model or file, for reports and for files of scores.
    var name: String { get }

    /// The scores of pairs, in the order given.
    ///
    /// - Throws: when a pair cannot be scored; never a part of the scores.
    func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float]
}
