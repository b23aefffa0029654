import Losses
import Tensors
import TestSupport
import Testing

@Suite("Gradients are the slopes of values")
struct FiniteDifferenceTests {
    @Test("Losses over vectors", arguments: LossCases.vectors.filter(\.isSmooth))
    func vectors(_ reference: LossCases.Vectors) throws {
        let memory = reference.memory()
        let loss = try reference.make()
        let gradients = memory.gradients.map(\.view)
        _ = try loss.value(of: memory.batch, gradients: gradients)
        let largest = gradients.flatMap { $0.array() }.reduce(0) { max($0, abs($1)) }
        var random = SeededGenerator(seed: UInt64(reference.number))
        for (column, gradient) in zip(memory.columns.map(\.view), gradients) {
            for _ in 0..<4 {
                let row = Int.random(in: 0..<column.rows, using: &random)
                let place = Int.random(in: 0..<column.columns, using: &random)
                // A sparse vector's zeros are skipped by their places, and thresholds count them: they stay zeros.
                guard column[row, place] != 0 else { continue }
                let slope = try slope(at: column[row].baseAddress! + place) { try loss.value(of: memory.batch).total }
                #expect(abs(slope - Double(gradient[row, place])) <= 2e-3 * Double(largest) + 1e-6)
            }
        }
    }

    @Test("Losses over logits", arguments: LossCases.logits)
    func logits(_ reference: LossCases.Logits) throws {
        let logits = OwnedMatrix(reference.logits)
        let gradient = OwnedMatrix(rows: logits.view.rows, columns: logits.view.columns)
        let loss = try reference.make()
        let batch = LogitBatch(logits.view, groups: reference.groups, labels: reference.labels)
        _ = try loss.value(of: batch, gradient: gradient.view)
        let largest = gradient.view.array().reduce(0) { max($0, abs($1)) }
        for row in 0..<logits.view.rows {
            for column in 0..<logits.view.columns {
                let slope = try slope(at: logits.view[row].baseAddress! + column) { try loss.value(of: batch).total }
                #expect(abs(slope - Double(gradient.view[row, column])) <= 2e-3 * Double(largest) + 1e-6)
            }
        }
    }

    private func slope(at place: UnsafeMutablePointer<Float>, _ value: () throws -> Double) rethrows -> Double {
        let middle = place.pointee
        defer { place.pointee = middle }
        let step: Float = 1e-3 * max(abs(middle), 0.1)
        place.pointee = middle + step
        let (right, above) = (place.pointee, try value())
        place.pointee = middle - step
        return try (above - value()) / (Double(right) - Double(place.pointee))
    }
}
