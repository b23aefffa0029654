import Layers
import Tensors
import TestSupport
import Testing

/// A tile that several threads share has the same bits as on one thread.
@Suite struct SplitForwardTests {
    static let shapes: [(hidden: Int, heads: Int, intermediate: Int, bias: Bool)] = [
        (72, 3, 100, true), (64, 2, 128, false), (128, 2, 96, true), (128, 1, 50, false), (96, 3, 37, false),
    ]
    static let lengths = [[1], [8], [27], [95], [5, 1, 40, 13], [25, 25, 25], [0, 7, 0, 33, 2], [0]]

    static func encoder(
        _ shape: (hidden: Int, heads: Int, intermediate: Int, bias: Bool), layers: Int, precision: MatrixPrecision
    ) -> TransformerEncoder {
        let plain = NaiveEncoder(
            hidden: shape.hidden, heads: shape.heads, intermediate: shape.intermediate, layers: layers,
            relativeBias: shape.bias, maxLength: 100, seed: 11
        ).encoder
        return TransformerEncoder(
            embeddings: plain.embeddings, layers: plain.layers.map { $0.converted(to: precision) },
            relativeBias: plain.relativeBias)
    }

    static func run(
        _ encoder: TransformerEncoder, _ batch: TokenBatch, rows: TransformerEncoder.Rows, split: TileSplit,
        team: WorkerPool, worker: Worker
    ) -> [UInt32] {
        let layout = batch.layout
        let count = rows == .all ? layout.tokenCount : layout.count
        let result = FloatBuffer([Float](repeating: .nan, count: count * encoder.hiddenSize))
        encoder.forward(
            batch, sequences: 0..<batch.count, layout: layout, rows: rows,
            into: result.matrix(rows: count, columns: encoder.hiddenSize), worker: worker, team: team, split: split)
        return result.values.map(\.bitPattern)
    }

    @Test(arguments: TransformerEncoderTests.builds, [MatrixPrecision.fp32, .bf16, .int8])
    func hasTheSameBits(variant: KernelVariant, precision: MatrixPrecision) throws {
        let kernels = try #require(Kernels(variant))
        let worker = Worker(kernels: kernels)
        let teams = [1, 2, 3, 5].map { WorkerPool(threads: $0, kernels: kernels) }
        for (number, shape) in Self.shapes.enumerated() {
            for layers in [1, 2, 3] {
                let encoder = Self.encoder(shape, layers: layers, precision: precision)
                for lengths in Self.lengths {
                    let batch = TransformerEncoderTests.batch(lengths: lengths, seed: UInt64(number))
                    for rows in [TransformerEncoder.Rows.all, .firstTokens] {
                        let alone = Self.run(encoder, batch, rows: rows, split: .none, team: teams[0], worker: worker)
                        for team in teams {
                            for split in [TileSplit.rows(parts: max(team.threads, 2)), .panels(parts: team.threads)] {
                                let got = Self.run(
                                    encoder, batch, rows: rows, split: split, team: team, worker: worker)
                                #expect(
                                    got == alone,
                                    "\(shape), \(layers) layers, \(lengths), \(rows), \(split), \(team.threads) threads"
                                )
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func someSequencesOfABatchHaveTheSameBits() {
        let encoder = Self.encoder(Self.shapes[0], layers: 2, precision: .fp32)
        let (team, worker) = (WorkerPool(threads: 2), Worker())
        let batch = TransformerEncoderTests.batch(lengths: [9, 30, 0, 12, 7], seed: 4)
        let layout = batch.layout
        let all = TransformerEncoderTests.run(encoder, batch, workspace: worker.workspace)
        for split in [TileSplit.rows(parts: 2), .panels(parts: 2)] {
            let rows = layout.rows(of: 1..<4)
            let result = FloatBuffer(count: rows.count * encoder.hiddenSize)
            encoder.forward(
                batch, sequences: 1..<4, layout: layout, rows: .all,
                into: result.matrix(rows: rows.count, columns: encoder.hiddenSize), worker: worker, team: team,
                split: split)
            let expected = all[rows.lowerBound * encoder.hiddenSize..<rows.upperBound * encoder.hiddenSize]
            #expect(result.values.map(\.bitPattern) == expected.map(\.bitPattern), "\(split)")
        }
    }

    @Test func noMemoryIsTakenInSteadyState() {
        let encoder = Self.encoder(Self.shapes[1], layers: 3, precision: .int8)
        let (team, worker) = (WorkerPool(threads: 1), Worker())
        let batch = TransformerEncoderTests.batch(lengths: [40, 64, 27], seed: 1)
        func runAll() {
            for split in [TileSplit.rows(parts: 2), .panels(parts: 2)] {
                for rows in [TransformerEncoder.Rows.all, .firstTokens] {
                    _ = Self.run(encoder, batch, rows: rows, split: split, team: team, worker: worker)
                }
            }
        }
        for _ in 0..<3 { runAll() }
        let before = worker.workspace.allocations
        for _ in 0..<5 { runAll() }
        #expect(worker.workspace.allocations == before)
    }
}
