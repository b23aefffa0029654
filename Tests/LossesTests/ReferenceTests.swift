import Losses
import Tensors
import TestSupport
import Testing

@Suite("Losses equal sentence-transformers'")
struct ReferenceTests {
    @Test("Values and gradients of losses over vectors", arguments: LossCases.vectors)
    func vectors(_ reference: LossCases.Vectors) throws {
        let memory = reference.memory()
        let loss = try reference.make()
        // What a buffer held before must not matter.
        for gradient in memory.gradients {
            for row in 0..<gradient.view.rows { gradient.view[row].update(repeating: 7) }
        }
        let value = try loss.value(of: memory.batch, gradients: memory.gradients.map(\.view))
        expect(value.total, reference.value)
        #expect(reference.parts.isEmpty || value.parts.map(\.name) == reference.partNames)
        for part in value.parts { if let expected = reference.parts[part.name] { expect(part.value, expected) } }
        for (gradient, expected) in zip(memory.gradients, reference.gradients) { expect(gradient.view, expected) }
        #expect(try loss.value(of: memory.batch).total == value.total)
    }

    @Test("Values and gradients of losses over logits", arguments: LossCases.logits)
    func logits(_ reference: LossCases.Logits) throws {
        let logits = OwnedMatrix(reference.logits, gap: 2)
        let gradient = OwnedMatrix(rows: logits.view.rows, columns: logits.view.columns, gap: 5)
        for row in 0..<gradient.view.rows { gradient.view[row].update(repeating: 7) }
        let loss = try reference.make()
        let batch = LogitBatch(logits.view, groups: reference.groups, labels: reference.labels)
        let value = try loss.value(of: batch, gradient: gradient.view)
        expect(value.total, reference.value)
        expect(gradient.view, reference.gradient)
        #expect(try loss.value(of: batch).total == value.total)
    }

    @Test("There are cases of every loss")
    func coverage() {
        let seen = Set(LossCases.vectors.map(\.loss) + LossCases.logits.map(\.loss))
        #expect(seen == Set(LossKind.all.map(\.name)).subtracting(["cached-splade"]))
    }

    private func expect(_ value: Double, _ expected: Double, _ location: SourceLocation = #_sourceLocation) {
        #expect(abs(value - expected) <= 1e-6 * abs(expected) + 1e-9, sourceLocation: location)
    }

    private func expect(_ gradient: MatrixView, _ expected: [[Double]], _ location: SourceLocation = #_sourceLocation) {
        #expect(gradient.rows == expected.count, sourceLocation: location)
        let largest = expected.joined().reduce(0) { max($0, abs($1)) }
        var worst = 0.0
        for (row, values) in expected.enumerated() {
            for (column, value) in values.enumerated() {
                let difference = abs(Double(gradient[row, column]) - value)
                worst = difference <= worst ? worst : difference
            }
        }
        #expect(worst <= 1e-5 * largest + 1e-9, sourceLocation: location)
    }
}

extension LossCases.Vectors {
    /// The names of the parts in the order of their sum.
    fileprivate var partNames: [String] {
        ["base_loss", "document_regularizer_loss", "query_regularizer_loss"].filter { parts[$0] != nil }
    }
}
