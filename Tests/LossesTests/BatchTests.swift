import Losses
import Tensors
import TestSupport
import Testing

@Suite("Batches that do not fit, and numbers that are none")
struct BatchTests {
    @Test(
        "An infinite number or NaN anywhere makes value and gradients NaN", arguments: LossCases.vectors,
        [Float.nan, .infinity])
    func vectors(_ reference: LossCases.Vectors, _ bad: Float) throws {
        for place in 0..<3 {
            let memory = reference.memory()
            switch place {
            case 0: memory.columns[0].view[0, 1] = bad
            case 1: memory.columns[memory.columns.count - 1].view[memory.batch.rows - 1, 0] = -bad
            default:
                guard let labels = memory.labels else { continue }
                labels.view[0, 0] = bad
            }
            let gradients = memory.gradients.map(\.view)
            let value = try reference.make().value(of: memory.batch, gradients: gradients)
            #expect(value.total.isNaN)
            #expect(gradients.allSatisfy { $0.array().allSatisfy { $0.isNaN } })
        }
    }

    @Test("The same for logits", arguments: LossCases.logits, [Float.nan, .infinity])
    func logits(_ reference: LossCases.Logits, _ bad: Float) throws {
        let logits = OwnedMatrix(reference.logits)
        let gradient = OwnedMatrix(rows: logits.view.rows, columns: logits.view.columns)
        logits.view[logits.view.rows - 1, 0] = bad
        let batch = LogitBatch(logits.view, groups: reference.groups, labels: reference.labels)
        #expect(try reference.make().value(of: batch, gradient: gradient.view).total.isNaN)
        #expect(gradient.view.array().allSatisfy { $0.isNaN })
    }

    @Test("The gaps between rows play no part: the bits are the same without")
    func gaps() throws {
        for reference in LossCases.vectors {
            let (wide, dense) = (reference.memory(gap: 5), reference.memory(gap: 0))
            let loss = try reference.make()
            let first = try loss.value(of: wide.batch, gradients: wide.gradients.map(\.view))
            let second = try loss.value(of: dense.batch, gradients: dense.gradients.map(\.view))
            #expect(first == second)
            #expect(wide.gradients.map { $0.view.array() } == dense.gradients.map { $0.view.array() })
        }
    }

    @Test("Wrong numbers of columns and labels say what the loss wants")
    func columnsAndLabels() throws {
        func embedding(_ loss: any EmbeddingLoss, _ columns: Int, labels: Int? = nil) -> LossError? {
            let matrices = (0..<columns).map { _ in OwnedMatrix(rows: 3, columns: 4) }
            let numbers = labels.map { OwnedMatrix(rows: 3, columns: $0) }
            do throws(LossError) {
                _ = try loss.value(of: EmbeddingBatch(matrices.map(\.view), labels: numbers?.view))
                return nil
            } catch { return error }
        }
        #expect(embedding(MultipleNegativesRanking(), 1)?.code == .wrongColumns)
        #expect(embedding(MultipleNegativesRanking(), 4) == nil)
        #expect(embedding(Triplet(), 2)?.code == .wrongColumns)
        #expect(embedding(Triplet(), 4)?.code == .wrongColumns)
        #expect(embedding(MarginMSE(), 3)?.code == .wrongLabels)
        #expect(embedding(MarginMSE(), 5, labels: 2)?.code == .wrongLabels)
        #expect(embedding(DistillationKL(), 4, labels: 2)?.code == .wrongLabels)
        #expect(embedding(PairOrder(), 2)?.code == .wrongLabels)
        #expect(embedding(PairOrder(comparison: .angle), 2)?.code == .wrongLabels)
        #expect(embedding(PairOrder(comparison: .angle), 3) == nil)
        #expect(embedding(GuidedRanking(), 2)?.code == .wrongShape)
        let matryoshka = Matryoshka(MultipleNegativesRanking(), levels: [.init(width: 5), .init(width: 2)])
        #expect(embedding(matryoshka, 2)?.parameter == "dims")
        #expect(
            embedding(MarginMSE(), 4, labels: 1)?.description
                == "loss margin-mse: a row with 3 documents has 1 label. Its rows are: query, positive, negative, [negatives...]; "
                + "a label for each negative (the teacher's margin) or for each document (its score)")
    }

    @Test("Matrices that do not fit together are refused")
    func shapes() throws {
        let loss = MultipleNegativesRanking()
        let (a, b, c) = (
            OwnedMatrix(rows: 3, columns: 4), OwnedMatrix(rows: 3, columns: 5), OwnedMatrix(rows: 2, columns: 4)
        )
        for (columns, gradients) in [
            ([a, b], []), ([a, c], []), ([a, a], [a]), ([a, a], [a, b]), ([a, a], [a, c]),
        ] {
            let error = #expect(throws: LossError.self) {
                try loss.value(of: EmbeddingBatch(columns.map(\.view)), gradients: gradients.map(\.view))
            }
            #expect(error?.code == .wrongShape)
        }
        let empty = OwnedMatrix(rows: 0, columns: 4)
        #expect(throws: LossError.self) { try loss.value(of: EmbeddingBatch([empty.view, empty.view])) }
        #expect(throws: LossError.self) { try loss.value(of: EmbeddingBatch([])) }
        let labels = OwnedMatrix(rows: 2, columns: 1)
        #expect(throws: LossError.self) { try loss.value(of: EmbeddingBatch([a.view, a.view], labels: labels.view)) }
    }

    @Test("Logits: groups that leave rows out, labels that are no classes, wrong numbers of logits")
    func logitShapes() throws {
        func code(_ loss: any LogitLoss, _ groups: [Range<Int>], _ labels: [[Float]], columns: Int = 1) -> LossError
            .Code?
        {
            let logits = OwnedMatrix(rows: 4, columns: columns)
            do throws(LossError) {
                _ = try loss.value(of: LogitBatch(logits.view, groups: groups, labels: labels))
                return nil
            } catch { return error.code }
        }
        #expect(code(BinaryCrossEntropy(), [0..<1, 1..<4], [[1], [0, 0, 1]]) == nil)
        #expect(code(BinaryCrossEntropy(), [0..<1, 1..<4], [[1], [0, 0]]) == .wrongLabels)
        #expect(code(BinaryCrossEntropy(), [0..<4], []) == .wrongLabels)
        #expect(code(BinaryCrossEntropy(), [0..<1, 2..<4], [[1], [0, 0]]) == .wrongShape)
        #expect(code(BinaryCrossEntropy(), [0..<3], [[1, 0, 0]]) == .wrongShape)
        #expect(code(BinaryCrossEntropy(), [0..<1, 1..<4], [[1]]) == .wrongShape)
        #expect(code(BinaryCrossEntropy(), [0..<4], [[1, 0, 0, 1]], columns: 2) == .wrongShape)
        #expect(code(CrossEntropy(), [0..<4], [[1, 0, 0, 1]]) == .wrongShape)
        #expect(code(CrossEntropy(), [0..<4], [[1, 0, 0, 1]], columns: 2) == nil)
        #expect(code(CrossEntropy(), [0..<4], [[1, 0, 2, 1]], columns: 2) == .wrongLabels)
        #expect(code(CrossEntropy(), [0..<4], [[1, 0, 0.5, 1]], columns: 2) == .wrongLabels)
        #expect(code(PairRanking(), [0..<1, 1..<4], []) == .wrongColumns)
        #expect(code(LogitMarginMSE(), [0..<2, 2..<4], [[1, 0], [2]]) == nil)
        #expect(code(LogitMarginMSE(), [0..<2, 2..<4], [[1, 0], [2, 1, 3]]) == .wrongLabels)
        #expect(code(ListNet(), [], []) == .wrongShape)
        let logits = OwnedMatrix(rows: 2, columns: 1)
        let gradient = OwnedMatrix(rows: 2, columns: 2)
        #expect(throws: LossError.self) {
            try ListNet().value(
                of: LogitBatch(logits.view, groups: [0..<2], labels: [[1, 0]]), gradient: gradient.view)
        }
    }
}
