/// Turns texts of documents into vectors: what `text_embedding` and `sparse_encoding` need.
///
/// A processor asks once for all documents that go through it together, so that an implementation may sort texts by length and encode them
/// in batches.
public protocol DocumentTextEncoding: Sendable {
    /// Encodes texts densely, as documents where a model tells queries from documents.
    ///
    /// - Parameters:
    ///   - texts: at least one; the same text may come several times.
    ///   - model: the id that the processor names.
    /// - Returns: A vector for each text, in their order.
    /// - Throws: `SearchError` or any other error; its text is what the documents' failures say.
    func denseVectors(ofDocuments texts: [String], model: String) async throws -> [[Float]]

    /// Encodes texts as weighted tokens.
    ///
    /// - Parameters:
    ///   - texts: at least one; the same text may come several times.
    ///   - model: the id that the processor names.
    /// - Returns: The tokens of each text, in the order of texts.
    /// - Throws: `SearchError` or any other error; its text is what the documents' failures say.
    func sparseVectors(ofDocuments texts: [String], model: String) async throws -> [[WeightedToken]]
}
