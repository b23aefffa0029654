import Encoders
import Layers
import Losses
import Tensors
import TrainableEncoders

/// Batches of a dense or sparse encoder: one vector for each query and each document.
///
/// All texts of a batch are one pass through the network: first the queries, then the first documents, then the second ones.
struct EmbeddingBatches: BatchComputing {
    let model: TrainableModel
    let loss: any EmbeddingLoss
    let tokenizing: TextTokenizing
    let texts: [String]
    /// Weights of query tokens of an inference-free model; nil where queries go through the network.
    let queryTable: QueryTokenWeights?
    /// Another model's vectors, for a loss that asks for them.
    let guide: GuideVectors?

    func run(
        _ batch: [TrainingExample], labels: [[Float]], at place: BatchPlace, share: Float
    ) throws(TrainingError) -> BatchOutcome {
        let rows = batch.count
        let documents = batch[0].documents.count
        var sequences: [TokenSequence] = []
        if queryTable == nil { sequences = try tokenizing.queries(batch.map { texts[Int($0.query)] }) }
        for number in 0..<documents {
            sequences += try tokenizing.documents(batch.map { texts[Int($0.documents[number])] })
        }
        let values = FloatBuffer(count: (documents + 1) * rows * model.width)
        let gradients = FloatBuffer(count: values.count)
        let all = values.matrix(rows: (documents + 1) * rows, columns: model.width)
        let allGradients = gradients.matrix(rows: all.rows, columns: all.columns)
        /// Rows that come from the network.
        let computed = queryTable == nil ? 0..<all.rows : rows..<all.rows
        let queries = try queryTable?.write(batch.map { texts[Int($0.query)] }, into: all.rows(0..<rows))

        let loss = loss.scheduled(step: place.step, of: place.steps)
        let chunks = chunks(of: sequences, length: loss.chunk ?? sequences.count)
        var kept: ForwardPass?
        for chunk in chunks {
            let pass = try forward(chunk, at: place, keeps: chunks.count == 1)
            all.rows(
                computed.lowerBound + chunk.sequences.lowerBound..<computed.lowerBound + chunk.sequences.upperBound
            )
            .copy(from: pass.outputs)
            if chunks.count == 1 { kept = pass }
        }
        let guided = try guide?.vectors(of: batch, texts: texts)
        let value = try evaluate(
            loss, all, labels, guide: guided?.vectors, columns: documents + 1, into: allGradients, place)
        scale(allGradients, by: share)
        if let queries { queryTable?.addGradients(allGradients.rows(0..<rows), of: queries) }
        for chunk in chunks {
            let gradient = allGradients.rows(
                computed.lowerBound + chunk.sequences.lowerBound..<computed.lowerBound + chunk.sequences.upperBound)
            let pass = if let kept { kept } else { try forward(chunk, at: place, keeps: true) }
            model.backward(pass, outputGradient: gradient)
        }
        let outcome = BatchOutcome(
            loss: value.total, parts: value.parts.map { ($0.name, $0.value) },
            tokens: sequences.reduce(0) { $0 + $1.count },
            activeEntries: model.task == .sparse
                ? [activeEntries(all.rows(0..<rows)), activeEntries(all.rows(rows..<all.rows))] : nil)
        withExtendedLifetime((values, gradients, guided)) {}
        return outcome
    }

    /// Sequences that are taken through the network together.
    private struct Chunk {
        var sequences: Range<Int>
        var batch: TokenBatch
        /// Tokens of the batch before it.
        var firstToken: Int
    }

    private func chunks(of sequences: [TokenSequence], length: Int) -> [Chunk] {
        var chunks: [Chunk] = []
        var tokens = 0
        for start in stride(from: 0, to: sequences.count, by: max(1, length)) {
            let range = start..<min(sequences.count, start + max(1, length))
            let batch = TokenBatch(sequences[range])
            chunks.append(Chunk(sequences: range, batch: batch, firstToken: tokens))
            tokens += batch.ids.count
        }
        return chunks
    }

    /// A pass with the dropout of its place in the batch: the same whether the batch is taken in one or in chunks.
    private func forward(_ chunk: Chunk, at place: BatchPlace, keeps: Bool) throws(TrainingError) -> ForwardPass {
        if let problem = model.problem(in: chunk.batch) {
            throw TrainingError(
                .model, "the model cannot read a text of the data: \(problem)",
                advice: "Use the tokenizer that belongs to the model")
        }
        var dropout = place.dropout
        dropout?.firstToken = chunk.firstToken
        dropout?.firstSequence = chunk.sequences.lowerBound
        return model.forward(chunk.batch, dropout: dropout, keepsForBackward: keeps)
    }

    private func evaluate(
        _ loss: any EmbeddingLoss, _ all: MatrixView, _ labels: [[Float]], guide: MatrixView?, columns: Int,
        into gradients: MatrixView, _ place: BatchPlace
    ) throws(TrainingError) -> LossValue {
        let rows = all.rows / columns
        let width = labels[0].count
        guard labels.allSatisfy({ $0.count == width }) else {
            throw TrainingError(
                .badData, "examples of a batch have different numbers of labels", advice: "Give all of them as many",
                step: place.step)
        }
        let buffer = FloatBuffer(labels.flatMap { $0 })
        func split(_ matrix: MatrixView) -> [MatrixView] {
            (0..<columns).map { matrix.rows($0 * rows..<($0 + 1) * rows) }
        }
        let batch = EmbeddingBatch(
            split(all), labels: width == 0 ? nil : buffer.matrix(rows: rows, columns: width),
            guide: guide.map(split) ?? [])
        do throws(LossError) {
            let value = try loss.value(of: batch, gradients: split(gradients))
            return withExtendedLifetime(buffer) { value }
        } catch {
            throw TrainingError(.badData, error.reason, advice: error.advice, step: place.step)
        }
    }

    /// The mean number of entries of a row that are not zero.
    private func activeEntries(_ rows: MatrixView) -> Double {
        var count = 0
        for row in 0..<rows.rows { count += rows[row].count { $0 != 0 } }
        return Double(count) / Double(max(1, rows.rows))
    }
}

/// Multiplies all elements; 1 changes nothing.
func scale(_ matrix: MatrixView, by factor: Float) {
    guard factor != 1 else { return }
    for row in 0..<matrix.rows {
        let values = matrix[row]
        for column in values.indices { values[column] *= factor }
    }
}
