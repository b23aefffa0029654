import Encoders
import Losses
import Tensors

/// The vectors of the model that a loss asks about the texts of a batch, beside those of the model that is trained.
struct GuideVectors {
    private let encoder: DenseEncoder

    init(_ encoder: DenseEncoder) { self.encoder = encoder }

    /// The vectors of a batch: queries, first documents, second ones and so on.
    ///
    /// The guide reads the texts as they are, without a prompt; one that occurs several times is encoded once.
    ///
    /// - Returns: [columns * rows][D], and its memory.
    func vectors(of batch: [TrainingExample], texts: [String]) throws(TrainingError) -> (
        buffer: FloatBuffer, vectors: MatrixView
    ) {
        let documents = batch[0].documents.count
        let numbers = batch.map(\.query) + (0..<documents).flatMap { number in batch.map { $0.documents[number] } }
        var places: [Int32: Int] = [:]
        var distinct: [String] = []
        for number in numbers where places[number] == nil {
            places[number] = distinct.count
            distinct.append(texts[Int(number)])
        }
        let found: TextEmbeddings
        do throws(EncoderError) { found = try encoder.embed(distinct, prompt: .none) } catch {
            throw TrainingError(error)
        }
        let buffer = FloatBuffer(count: numbers.count * found.dimensions)
        let matrix = buffer.matrix(rows: numbers.count, columns: found.dimensions)
        for (row, number) in numbers.enumerated() {
            _ = matrix[row].update(fromContentsOf: found[places[number] ?? 0])
        }
        return (buffer, matrix)
    }
}
