import Layers
import Tensors
import TestSupport
import Testing

@Suite struct TransformerEncoderTests {
    static let builds = KernelVariant.allCases.filter { Kernels($0) != nil }

    /// Sequences of several lengths, with types.
    static func batch(lengths: [Int], seed: UInt64) -> TokenBatch {
        var random = SeededGenerator(seed: seed)
        var batch = TokenBatch()
        for length in lengths {
            batch.append(
                ids: (0..<length).map { _ in Int32.random(in: 0..<50, using: &random) },
                typeIDs: (0..<length).map { Int32($0 * 2 / max(length, 1)) })
        }
        return batch
    }

    static func run(
        _ encoder: TransformerEncoder, _ batch: TokenBatch, rows: TransformerEncoder.Rows = .all,
        sequences: Range<Int>? = nil, workspace: Workspace
    ) -> [Float] {
        let layout = batch.layout
        let sequences = sequences ?? 0..<batch.count
        let count = rows == .all ? layout.rows(of: sequences).count : sequences.count
        let result = FloatBuffer(count: count * encoder.hiddenSize)
        let view = result.matrix(rows: count, columns: encoder.hiddenSize)
        encoder.forward(batch, sequences: sequences, layout: layout, rows: rows, into: view, workspace: workspace)
        return Array(result.values)
    }

    static let shapes: [(hidden: Int, heads: Int, intermediate: Int, bias: Bool)] = [
        (32, 4, 37, false), (60, 3, 100, true), (64, 2, 128, false), (64, 1, 50, true), (128, 1, 64, false),
        (21, 3, 11, false),
    ]

    @Test(arguments: builds)
    func equalsThePlainLoops(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        for (number, shape) in Self.shapes.enumerated() {
            let naive = NaiveEncoder(
                hidden: shape.hidden, heads: shape.heads, intermediate: shape.intermediate, layers: 2,
                activation: number % 2 == 0 ? .gelu : .relu, relativeBias: shape.bias, seed: UInt64(number))
            let batch = Self.batch(lengths: [1, 33, 0, 14, 2, 70], seed: 7)
            let got = Self.run(naive.encoder, batch, workspace: workspace)
            var worst = 0.0
            for sequence in 0..<batch.count {
                let rows = batch.layout.rows(of: sequence)
                let expected = naive.forward(ids: Array(batch.ids[rows]), types: Array(batch.typeIDs[rows]))
                for (row, values) in zip(rows, expected) {
                    for (column, value) in values.enumerated() {
                        worst = max(worst, abs(Double(got[row * shape.hidden + column]) - value))
                    }
                }
            }
            #expect(worst <= 2e-5, "\(shape): largest difference \(worst)")
        }
    }

    @Test(arguments: builds)
    func aSequenceHasTheSameBitsInEveryBatchTileAndThread(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        let naive = NaiveEncoder(hidden: 64, heads: 2, intermediate: 96, layers: 2, relativeBias: true, seed: 3)
        let encoder = naive.encoder
        let lengths = [5, 1, 40, 13, 12, 64, 2, 27, 0, 31, 80, 7]
        let batch = Self.batch(lengths: lengths, seed: 1)
        let layout = batch.layout
        var alone: [Float] = []
        for sequence in 0..<batch.count {
            alone += Self.run(encoder, batch, sequences: sequence..<sequence + 1, workspace: workspace)
        }
        #expect(Self.run(encoder, batch, workspace: workspace).map(\.bitPattern) == alone.map(\.bitPattern))
        for (threads, target) in [(1, 20), (2, 33), (4, 64), (3, 300)] {
            let pool = WorkerPool(threads: threads, kernels: kernels)
            let plan = TilePlan(layout, targetTokens: target, threads: threads)
            let result = FloatBuffer(count: layout.tokenCount * 64)
            let view = result.matrix(rows: layout.tokenCount, columns: 64)
            pool.run(plan.tiles.count) { index, worker in
                let tile = plan.tiles[index]
                encoder.forward(
                    batch, sequences: tile, layout: layout, rows: .all, into: view.rows(layout.rows(of: tile)),
                    workspace: worker.workspace)
            }
            #expect(
                result.values.map(\.bitPattern) == alone.map(\.bitPattern), "\(threads) threads, tiles of \(target)")
        }
    }

    @Test(arguments: builds)
    func firstTokensOnlyGivesTheSameBitsAsAllRows(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        for shape in Self.shapes {
            let naive = NaiveEncoder(
                hidden: shape.hidden, heads: shape.heads, intermediate: shape.intermediate, layers: 2,
                relativeBias: shape.bias, seed: 5)
            let encoder = naive.encoder
            let batch = Self.batch(lengths: [3, 1, 50, 17, 16, 25, 2, 9, 9, 9, 9, 9, 9, 30], seed: 2)
            let all = Self.run(encoder, batch, workspace: workspace)
            let first = Self.run(encoder, batch, rows: .firstTokens, workspace: workspace)
            for sequence in 0..<batch.count {
                let row = batch.layout.rows(of: sequence).lowerBound
                let expected = all[row * shape.hidden..<(row + 1) * shape.hidden].map(\.bitPattern)
                let got = first[sequence * shape.hidden..<(sequence + 1) * shape.hidden].map(\.bitPattern)
                #expect(got == expected, "\(shape), sequence \(sequence)")
            }
        }
    }

    @Test func noMemoryIsTakenInSteadyState() {
        let workspace = Workspace()
        let encoder = NaiveEncoder(hidden: 64, heads: 2, intermediate: 96, layers: 2, seed: 3).encoder
        let batch = Self.batch(lengths: [40, 64, 27], seed: 1)
        for _ in 0..<2 { _ = Self.run(encoder, batch, workspace: workspace) }
        let before = workspace.allocations
        for _ in 0..<5 { _ = Self.run(encoder, batch, workspace: workspace) }
        #expect(workspace.allocations == before)
    }

    @Test func idsOutsideTheTablesAreFoundBeforehand() {
        let embeddings = NaiveEncoder(hidden: 8, heads: 1, intermediate: 8, layers: 0, maxLength: 4, seed: 1)
            .encoder.embeddings
        func problem(_ ids: [Int32], _ types: [Int32]) -> String? {
            var batch = TokenBatch()
            batch.append(ids: ids, typeIDs: types)
            return embeddings.problem(in: batch)
        }
        #expect(problem([0, 49], [0, 1]) == nil)
        #expect(problem([0, 50], [0, 1])?.contains("id 50") == true)
        #expect(problem([-1], [0])?.contains("id -1") == true)
        #expect(problem([0], [2])?.contains("type 2") == true)
        #expect(problem([1, 1, 1, 1, 1], [0, 0, 0, 0, 0])?.contains("5 tokens") == true)
    }

    @Test func positionsBehindPaddingCountFromThePaddingID() {
        // Position rows hold their own number, token rows are zero.
        let embeddings = Embeddings(
            tokens: FloatBuffer(count: 10), types: nil, positions: FloatBuffer((0..<12).map { Float($0) }),
            positionRule: .behindPadding(id: 1), norm: nil, hiddenSize: 1)
        var batch = TokenBatch()
        batch.append(ids: [0, 5, 1, 6])
        batch.append(ids: [3, 1])
        let result = FloatBuffer(count: 6)
        embeddings.forward(
            batch, sequences: 0..<2, layout: batch.layout, into: result.matrix(rows: 6, columns: 1),
            workspace: Workspace())
        #expect(Array(result.values) == [2, 3, 1, 4, 2, 1])
        #expect(embeddings.maxLength == 10)
    }
}
