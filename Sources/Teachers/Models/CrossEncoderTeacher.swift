public import Encoders

/// A cross-encoder as teacher: its raw logits, whatever activation its files ask for.
public struct CrossEncoderTeacher: Teacher {
    /// `cross-encoder` and the name of the model.
    public let name: String
    private let encoder: CrossEncoder

    /// Takes a loaded model.
    ///
    /// - Throws: for a model with several labels, whose logits are no relevance.
    public init(_ encoder: CrossEncoder, name: String) throws(TeacherError) {
        guard encoder.labels.count == 1 else {
            throw TeacherError(
                .badRequest, "the cross-encoder \(name) has \(encoder.labels.count) labels",
                advice: "Use a reranker: a cross-encoder with one label")
        }
        self.encoder = encoder
        self.name = "cross-encoder \(name)"
    }

    /// Loads a model.
    public init(path: String, options: EncoderOptions = EncoderOptions()) throws(TeacherError) {
        let encoder: CrossEncoder
        do {
            encoder = try CrossEncoder(path: path, options: options)
        } catch {
            throw TeacherError(error)
        }
        try self.init(encoder, name: modelName(path))
    }

    /// The logits; sequences of like length go through the network together.
    public func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        do {
            return try encoder.score(pairs.map { TextPair($0.query, $0.document) }).map(\.logit)
        } catch {
            throw TeacherError(error)
        }
    }
}
