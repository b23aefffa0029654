import Inference
public import Querying

extension TextBatchEncoder: DocumentTextEncoding {
    /// The dense vectors of texts of documents.
    ///
    /// - Throws: `SearchError`: for an unknown model, or what kept it from encoding.
    public func denseVectors(ofDocuments texts: [String], model: String) async throws -> [[Float]] {
        do { return try await denseVectors(of: texts, model: model) } catch let error as InferenceError {
            throw SearchError(error, model: model)
        }
    }

    /// The weighted tokens of texts of documents.
    ///
    /// - Throws: `SearchError`: for an unknown model, or what kept it from encoding.
    public func sparseVectors(ofDocuments texts: [String], model: String) async throws -> [[WeightedToken]] {
        do { return try await sparseVectors(of: texts, model: model) } catch let error as InferenceError {
            throw SearchError(error, model: model)
        }
    }
}
