public import Encoders

/// A dense encoder as teacher: the similarity of the vectors of query and document.
///
/// A text that occurs in several pairs of a call is encoded once.
public struct DenseTeacher: Teacher {
    /// `dense`, the name of the model and the similarity.
    public let name: String
    private let encoder: DenseEncoder
    private let similarity: Similarity
    private let queryPrompt: Prompt
    private let documentPrompt: Prompt

    /// Takes a loaded model.
    ///
    /// - Parameters:
    ///   - similarity: nil means as the model's folder says.
    ///   - queryPrompt: what is put before queries.
    ///   - documentPrompt: what is put before documents.
    public init(
        _ encoder: DenseEncoder, name: String, similarity: Similarity? = nil, queryPrompt: Prompt = .query,
        documentPrompt: Prompt = .document
    ) {
        self.encoder = encoder
        self.similarity = similarity ?? encoder.similarity
        self.queryPrompt = queryPrompt
        self.documentPrompt = documentPrompt
        self.name = "dense \(name) (\(self.similarity.rawValue))"
    }

    /// Loads a model.
    public init(
        path: String, options: EncoderOptions = EncoderOptions(), similarity: Similarity? = nil
    ) throws(TeacherError) {
        let encoder: DenseEncoder
        do {
            encoder = try DenseEncoder(path: path, options: options)
        } catch {
            throw TeacherError(error)
        }
        self.init(encoder, name: modelName(path), similarity: similarity)
    }

    /// The similarities.
    public func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        let texts = DistinctPairTexts(pairs)
        let queries: TextEmbeddings
        let documents: TextEmbeddings
        do {
            queries = try encoder.embed(texts.queries, prompt: queryPrompt)
            documents = try encoder.embed(texts.documents, prompt: documentPrompt)
        } catch {
            throw TeacherError(error)
        }
        return texts.pairs.map { similarity(queries[$0.query], documents[$0.document]) }
    }
}
