import Encoders
import Layers
import Losses
import Tensors
import TrainableEncoders

/// Batches of a cross-encoder: one row of logits for each pair of a query and a document, grouped by query.
struct LogitBatches: BatchComputing {
    let model: TrainableModel
    let loss: any LogitLoss
    let tokenizing: TextTokenizing
    let texts: [String]
    let seed: UInt64

    func run(
        _ batch: [TrainingExample], labels: [[Float]], at place: BatchPlace, share: Float
    ) throws(TrainingError) -> BatchOutcome {
        let lists = candidates(of: batch, place)
        var pairs: [(query: String, document: String)] = []
        var groups: [Range<Int>] = []
        for (example, list) in zip(batch, lists) {
            groups.append(pairs.count..<pairs.count + list.count)
            pairs += list.map { (texts[Int(example.query)], texts[Int($0)]) }
        }
        let tokens = TokenBatch(try tokenizing.pairs(pairs))
        if let problem = model.problem(in: tokens) {
            throw TrainingError(
                .model, "the model cannot read a pair of the data: \(problem)",
                advice: "Use the tokenizer that belongs to the model")
        }
        let pass = model.forward(tokens, dropout: place.dropout, keepsForBackward: true)
        let buffer = FloatBuffer(count: pairs.count * model.width)
        let gradient = buffer.matrix(rows: pairs.count, columns: model.width)
        let value: LossValue
        do throws(LossError) {
            let isLabelled = labels.contains { !$0.isEmpty }
            value = try loss.value(
                of: LogitBatch(pass.outputs, groups: groups, labels: isLabelled ? labels : []), gradient: gradient)
        } catch {
            throw TrainingError(.badData, error.reason, advice: error.advice, step: place.step)
        }
        scale(gradient, by: share)
        model.backward(pass, outputGradient: gradient)
        withExtendedLifetime(buffer) {}
        return BatchOutcome(
            loss: value.total, parts: value.parts.map { ($0.name, $0.value) }, tokens: tokens.ids.count)
    }

    /// The documents that each query is scored with: its own, and for a loss that ranks against the batch some of other queries.
    private func candidates(of batch: [TrainingExample], _ place: BatchPlace) -> [[Int32]] {
        guard let ranking = loss as? PairRanking else { return batch.map(\.documents) }
        var places = RandomPlaces(seed: seed, .negatives).sequence(place.counter)
        let rows = batch.count
        return ranking.candidates(rows: rows, documents: batch[0].documents.count, using: &places).map { numbers in
            numbers.map { batch[$0 % rows].documents[$0 / rows] }
        }
    }
}
