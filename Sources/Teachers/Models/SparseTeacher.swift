public import Encoders

/// A learned sparse encoder as teacher: the dot product of the vectors of query and document.
///
/// A text that occurs in several pairs of a call is encoded once.
public struct SparseTeacher: Teacher {
    /// `sparse` and the name of the model.
    public let name: String
    private let encoder: SparseEncoder

    /// Takes a loaded model.
    public init(_ encoder: SparseEncoder, name: String) {
        self.encoder = encoder
        self.name = "sparse \(name)"
    }

    /// Loads a model.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(TeacherError) {
        let encoder: SparseEncoder
        do {
            encoder = try SparseEncoder(path: path, options: options)
        } catch {
            throw TeacherError(error)
        }
        self.init(encoder, name: modelName(path))
    }

    /// The dot products.
    public func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        let texts = DistinctPairTexts(pairs)
        let queries: [SparseVector]
        let documents: [SparseVector]
        do {
            queries = try encoder.encode(texts.queries, as: .query)
            documents = try encoder.encode(texts.documents, as: .document)
        } catch {
            throw TeacherError(error)
        }
        return texts.pairs.map { queries[$0.query].dot(documents[$0.document]) }
    }
}
