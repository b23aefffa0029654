import Encoders
import Tensors
import TestSupport
import Testing

/// Models in bfloat16 and int8: the bit rule holds for them as for float32, and all builds of the kernels agree.
@Suite("Results in bfloat16 and int8")
struct PrecisionTests {
    static let precisions = [Precision.bf16, .int8]
    static let builds = KernelVariant.allCases.compactMap { Kernels($0) }

    /// Threads, tiles and whether inputs come alone, all in a row, or in another order.
    private static func options(_ precision: Precision) -> [EncoderOptions] {
        [
            EncoderOptions(threads: 2, precision: precision),
            EncoderOptions(threads: 3, precision: precision, tileTokens: 20),
            EncoderOptions(threads: 1, precision: precision, tileTokens: 1),
            EncoderOptions(threads: 1, precision: precision, tileTokens: 10_000),
        ]
    }

    /// Bit patterns, so that even zeros must have the same sign.
    private func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }

    /// What `compute` makes of the inputs, which must have the same bits alone, in another order, on other threads and in
    /// other tiles.
    private func requireSameBits<Input, Encoder>(
        _ inputs: [Input], _ precision: Precision, _ open: (EncoderOptions) throws -> Encoder,
        _ compute: (Encoder, [Input]) throws -> [[Float]]
    ) throws {
        let encoder = try open(EncoderOptions(threads: 1, precision: precision))
        let together = try compute(encoder, inputs).map(bits)
        #expect(together.count == inputs.count && !together.isEmpty)
        #expect(try inputs.map { try bits(compute(encoder, [$0])[0]) } == together, "alone")
        var generator = SeededGenerator(seed: 2)
        let order = inputs.indices.shuffled(using: &generator)
        let shuffled = try compute(encoder, order.map { inputs[$0] }).map(bits)
        #expect(shuffled == order.map { together[$0] }, "another order")
        for options in Self.options(precision) {
            #expect(try compute(open(options), inputs).map(bits) == together, "\(options)")
        }
    }

    @Test("Cross-encoder logits have the same bits", arguments: precisions)
    func crossEncoderBits(_ precision: Precision) throws {
        for name in ["bert-cross", "mpnet-cross"] {
            let reference = try ReferenceFolder("models/" + name)
            try requireSameBits(
                reference.pairs(), precision, { try CrossEncoder(path: reference.path, options: $0) },
                { try $0.score($1).map(\.logits) })
        }
    }

    @Test("Dense vectors have the same bits", arguments: precisions)
    func denseEncoderBits(_ precision: Precision) throws {
        let reference = try ReferenceFolder("models/roberta-dense")
        try requireSameBits(
            reference.texts(), precision, { try DenseEncoder(path: reference.path, options: $0) },
            { try $0.embed($1).map(Array.init) })
    }

    @Test("Sparse vectors have the same bits", arguments: precisions)
    func sparseEncoderBits(_ precision: Precision) throws {
        let reference = try ReferenceFolder("models/bert-splade")
        try requireSameBits(
            reference.texts(), precision, { try SparseEncoder(path: reference.path, options: $0) },
            { encoder, texts in try encoder.encode(texts, as: .document).map { $0.dense(encoder.vocabularySize) } })
    }

    /// How far results lie apart, as shares of the largest value of the portable build.
    private struct Differences {
        /// Between builds that widen bfloat16 weights or multiply int8.
        var betweenBuilds: Float = 0
        /// Between those and builds that round inputs to bfloat16.
        var fromRoundedInputs: Float = 0
        /// From float32.
        var fromFloat32: Float = 0
    }

    private func differences<Encoder>(
        _ precision: Precision, _ open: (EncoderOptions) throws -> Encoder, _ compute: (Encoder) throws -> [[Float]]
    ) throws -> Differences {
        let portable = try #require(Self.builds.first)
        func results(_ precision: Precision, _ kernels: Kernels) throws -> [[Float]] {
            try compute(open(EncoderOptions(precision: precision, pool: WorkerPool(threads: 1, kernels: kernels))))
        }
        let expected = try results(precision, portable)
        let exact = try results(.fp32, portable)
        #expect(expected != exact, "\(precision) was not used")
        let largest = expected.joined().reduce(0) { max($0, abs($1)) }
        var differences = Differences()
        differences.fromFloat32 = largestDifference(expected, exact) / largest
        for kernels in Self.builds.dropFirst() {
            let difference = try largestDifference(results(precision, kernels), expected) / largest
            if precision == .bf16 && [.avx512BF16, .neonBF16].contains(kernels.variant) {
                differences.fromRoundedInputs = max(differences.fromRoundedInputs, difference)
            } else {
                differences.betweenBuilds = max(differences.betweenBuilds, difference)
            }
        }
        return differences
    }

    // In bfloat16, builds that widen weights differ by the rounding of float32 alone. In int8 the same rounding can bring an
    // input to the other side of a half, and so to the next step; these models are narrow, so that one step shows.
    @Test("All builds give the same", arguments: precisions)
    func buildsAgree(_ precision: Precision) throws {
        let cross = try ReferenceFolder("models/bert-cross")
        let logits = try differences(precision, { try CrossEncoder(path: cross.path, options: $0) }) {
            try $0.score(cross.pairs()).map(\.logits)
        }
        let dense = try ReferenceFolder("models/bert-dense")
        let vectors = try differences(precision, { try DenseEncoder(path: dense.path, options: $0) }) {
            try $0.embed(dense.texts()).map(Array.init)
        }
        let sparse = try ReferenceFolder("models/bert-splade")
        let weights = try differences(precision, { try SparseEncoder(path: sparse.path, options: $0) }) { encoder in
            try encoder.encode(sparse.texts(), as: .document).map { $0.dense(encoder.vocabularySize) }
        }
        print("\(precision): logits \(logits), vectors \(vectors), weights \(weights)")
        for difference in [logits, vectors, weights] {
            #expect(difference.betweenBuilds <= (precision == .bf16 ? 1e-4 : 0.02))
            #expect(difference.fromRoundedInputs <= 0.02)
            #expect(difference.fromFloat32 <= (precision == .bf16 ? 0.02 : 0.1))
        }
    }
}
