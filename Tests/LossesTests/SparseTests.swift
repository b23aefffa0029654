import JSON
import Losses
import Tensors
import TestSupport
import Testing

@Suite("Training of sparse models")
struct SparseTests {
    @Test("Weights of regularisers follow sentence-transformers' schedule")
    func schedules() throws {
        let schedules = try #require(LossCases.document?["schedules"]?.array)
        for entry in schedules {
            let shape = try #require(entry["shape"]?.string.flatMap(RegularizerSchedule.Shape.init))
            let schedule = RegularizerSchedule(shape, warmup: try #require(entry["warmup"]?.double))
            let steps = try #require(entry["steps"]?.int)
            let weight = try #require(entry["weight"]?.double)
            let expected = try #require(entry["weights"]?.array).compactMap(\.double)
            try #require(expected.count == steps)
            for (step, value) in expected.enumerated() {
                #expect(abs(weight * schedule.factor(step: step, of: steps) - value) < 1e-15)
            }
        }
        #expect(!schedules.isEmpty)
    }

    @Test("OpenSearch's schedule has a part of the weight at the first step, and all of it at the last of its warm-up")
    func openSearchSchedule() {
        let schedule = RegularizerSchedule(.opensearch, warmup: 4)
        #expect((0..<6).map { schedule.factor(step: $0, of: 100) } == [0.0625, 0.25, 0.5625, 1, 1, 1])
        #expect(RegularizerSchedule(.constant).factor(step: 0, of: 100) == 1)
    }

    @Test("A scheduled loss weighs its regularisers by the step, its base in full")
    func scheduledLoss() throws {
        let loss = Splade(
            MultipleNegativesRanking(scale: 1, similarity: .dot), documents: .init(weight: 0.5),
            queries: .init(weight: 0.25),
            schedule: RegularizerSchedule(.linear, warmup: 0.5))
        let columns = [[[Float(1), 0, 2], [0, 1, 1]], [[1, 1, 0], [0, 2, 1]]].map { OwnedMatrix($0) }
        let batch = EmbeddingBatch(columns.map(\.view))
        let full = try loss.value(of: batch).parts.map(\.value)
        let half = try loss.scheduled(step: 5, of: 20).value(of: batch).parts.map(\.value)
        let none = try loss.scheduled(step: 0, of: 20).value(of: batch).parts.map(\.value)
        #expect(half == [full[0], full[1] / 2, full[2] / 2])
        #expect(none == [full[0], 0, 0])
    }

    @Test("Columns apart: the sum of what each column alone would add, in value and gradient")
    func separateColumns() throws {
        let numbers: [[[Float]]] = [[[1, 0, 2], [0, 1, 1]], [[1, 1, 0], [0, 2, 1]], [[0, 3, 1], [1, 0, 0]]]
        func regularizer(_ documents: [Int], apart: Bool) throws -> (value: Double, gradients: [[Float]]) {
            let loss = Splade(
                MultipleNegativesRanking(scale: 1, similarity: .dot), documents: .init(weight: 0.5),
                separatesColumns: apart)
            let columns = ([0] + documents).map { OwnedMatrix(numbers[$0]) }
            let batch = EmbeddingBatch(columns.map(\.view))
            let (full, base) = (
                columns.map { _ in OwnedMatrix(rows: 2, columns: 3) },
                columns.map { _ in OwnedMatrix(rows: 2, columns: 3) }
            )
            let value = try loss.value(of: batch, gradients: full.map(\.view))
            _ = try loss.base.value(of: batch, gradients: base.map(\.view))
            let gradients = zip(full, base).map { zip($0.view.array(), $1.view.array()).map { $0 - $1 } }
            return (value.parts[1].value, Array(gradients.dropFirst()))
        }
        let (both, first, second) = (
            try regularizer([1, 2], apart: true), try regularizer([1], apart: false), try regularizer([2], apart: false)
        )
        #expect(both.value == first.value + second.value)
        #expect(zip(both.gradients[0], first.gradients[0]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(zip(both.gradients[1], second.gradients[0]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(try regularizer([1, 2], apart: false).value != both.value)
    }

    @Test("Inference-free queries: each word once, its weight from the table, and the table's gradient")
    func inferenceFreeQueries() throws {
        let entry = try #require(LossCases.document?["static"])
        let ids = try #require(entry["queries"]?.array).map { ($0.array ?? []).compactMap(\.int).map { Int32($0) } }
        let weights = try #require(entry["weights"]?.array).compactMap(\.double).map { Float($0) }
        let queries = InferenceFreeQueries(ids)
        let vectors = OwnedMatrix(rows: ids.count, columns: weights.count, gap: 1)
        for row in 0..<ids.count { vectors.view[row].update(repeating: 3) }
        weights.withUnsafeBufferPointer { queries.write(weights: $0, to: vectors.view) }
        let expectedVectors = try #require(entry["vectors"].map(LossCases.matrix))
        #expect(vectors.view.array() == expectedVectors.flatMap { $0 })
        let factors = OwnedMatrix(try #require(entry["factors"].map(LossCases.matrix)), gap: 2)
        var sums = [Float](repeating: 1, count: weights.count)
        sums.withUnsafeMutableBufferPointer { queries.addDerivatives(factors.view, to: $0) }
        let expected = try #require(entry["gradient"]?.array).compactMap(\.double)
        #expect(zip(sums, expected).allSatisfy { abs(Double($0) - 1 - $1) < 1e-6 })
        #expect(expected.contains { $0 != 0 })
    }
}

@Suite("Candidates of cross-encoders")
struct CandidateTests {
    @Test("Without a limit: all documents of other rows, as sentence-transformers orders them")
    func all() throws {
        let entry = try #require(LossCases.document?["candidates"])
        let rows = try #require(entry["rows"]?.int)
        let documents = try #require(entry["documents"]?.int)
        let expected = try #require(entry["groups"]?.array).map { ($0.array ?? []).compactMap(\.int) }
        var generator = SeededGenerator(seed: 1)
        #expect(PairRanking(negatives: nil).candidates(rows: rows, documents: documents, using: &generator) == expected)
        #expect(PairRanking(negatives: 100).candidates(rows: rows, documents: documents, using: &generator) == expected)
    }

    @Test("With one: different documents of other rows, each of them at some time, then the row's own negatives")
    func drawn() {
        let loss = PairRanking(negatives: 3)
        var generator = SeededGenerator(seed: 5)
        var seen = Set<Int>()
        for _ in 0..<200 {
            let groups = loss.candidates(rows: 5, documents: 2, using: &generator)
            for (row, group) in groups.enumerated() {
                #expect(group.count == 5)
                #expect(group[0] == row)
                #expect(group[4] == 5 + row)
                #expect(Set(group[1...3]).count == 3)
                #expect(group[1...3].allSatisfy { $0 % 5 != row })
            }
            seen.formUnion(groups[2][1...3])
        }
        #expect(seen == Set(0..<10).subtracting([2, 7]))
        #expect(loss.candidates(rows: 1, documents: 2, using: &generator) == [[0, 1]])
    }
}
