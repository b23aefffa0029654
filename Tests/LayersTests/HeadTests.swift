import Layers
import Tensors
import TestSupport
import Testing

@Suite struct HeadTests {
    private static func values(_ count: Int, seed: UInt64) -> [Float] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in random.float() }
    }

    @Test func poolingModesAreConcatenatedInTheirOrder() {
        let layout = SequenceLayout(lengths: [3, 1, 0])
        let hidden = FloatBuffer([1, -2, 3, 4, -5, 6, 7, 8])
        let pooling = Pooling(Pooling.Mode.allCases)
        #expect(
            pooling.modes.map(\.rawValue) == [
                "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken",
            ])
        let result = FloatBuffer(count: 3 * 12)
        let view = result.matrix(rows: 3, columns: 12)
        pooling.forward(hidden.matrix(rows: 4, columns: 2), layout: layout, into: view, workspace: Workspace())
        let root = Float(3).squareRoot()
        let expected: [Float] = [
            1, -2, 3, 6, -1 / 3, 8 / 3, -1 / root, 8 / root, (1 + 6 - 15) / 6, (-2 + 8 + 18) / 6, -5, 6,
        ]
        for (got, wanted) in zip(view[0], expected) { #expect(abs(got - wanted) < 1e-6) }
        #expect(Array(view[1]) == [7, 8, 7, 8, 7, 8, 7, 8, 7, 8, 7, 8])
        #expect(view[2].allSatisfy { $0 == 0 })
    }

    @Test func skippedTokensDoNotCount() {
        let layout = SequenceLayout(lengths: [3, 1])
        let hidden = FloatBuffer([1, 2, 4, 9])
        let pooling = Pooling([.firstToken, .mean, .weightedMean, .lastToken])
        let result = FloatBuffer(count: 8)
        let view = result.matrix(rows: 2, columns: 4)
        pooling.forward(
            hidden.matrix(rows: 4, columns: 1), layout: layout, skippedTokens: 1, into: view, workspace: Workspace())
        // Weights keep the positions of the whole sequence: 2 and 3.
        #expect(Array(view[0]) == [2, 3, Float(2 * 2 + 4 * 3) / 5, 4])
        #expect(Array(view[1]) == [0, 0, 0, 0])
    }

    @Test func classificationHeadIsTwoLinearMaps() {
        let hidden = LinearParameters(
            weight: Self.values(6 * 5, seed: 1), bias: Self.values(6, seed: 2), outputs: 6, inputs: 5)
        let output = LinearParameters(
            weight: Self.values(3 * 6, seed: 3), bias: Self.values(3, seed: 4), outputs: 3, inputs: 6)
        let head = ClassificationHead(hidden: Dense(hidden, activation: .relu), output: Linear(output))
        #expect(head.labels == 3)
        let x = Self.values(2 * 5, seed: 5)
        let input = FloatBuffer(x)
        let result = FloatBuffer(count: 6)
        head.forward(
            input.matrix(rows: 2, columns: 5), into: result.matrix(rows: 2, columns: 3), workspace: Workspace())
        let rows = (0..<2).map { row in x[row * 5..<(row + 1) * 5].map(Double.init) }
        let middle = NaiveEncoder.linear(rows, hidden).map { $0.map { max($0, 0) } }
        for (got, wanted) in zip(result.values, NaiveEncoder.linear(middle, output).joined()) {
            #expect(abs(Double(got) - wanted) < 1e-6)
        }
    }

    @Test(arguments: [SpladePooling.Strategy.max, .sum], [SpladePooling.Saturation.log1pReLU, .log1pLog1pReLU])
    func vocabularyPoolingEqualsPoolingOfFullLogits(
        strategy: SpladePooling.Strategy, saturation: SpladePooling.Saturation
    ) {
        let (size, vocabulary) = (24, 101)
        let head = VocabularyHead(
            transform: LinearParameters(
                weight: Self.values(size * size, seed: 1), bias: Self.values(size, seed: 2), outputs: size, inputs: size
            ),
            activation: .gelu,
            norm: LayerNorm(
                gamma: [Float](repeating: 1, count: size), beta: [Float](repeating: 0, count: size), epsilon: 1e-12),
            decoder: LinearParameters(
                weight: Self.values(vocabulary * size, seed: 3), bias: Self.values(vocabulary, seed: 4),
                outputs: vocabulary, inputs: size))
        let layout = SequenceLayout(lengths: [5, 0, 13, 30])
        let hidden = FloatBuffer(Self.values(48 * size, seed: 5))
        let transformed = FloatBuffer(count: 48 * size)
        let logits = FloatBuffer(count: 48 * vocabulary)
        let workspace = Workspace()
        let rows = hidden.matrix(rows: 48, columns: size)
        head.logits(rows, into: logits.matrix(rows: 48, columns: vocabulary), workspace: workspace)
        head.transform(rows, into: transformed.matrix(rows: 48, columns: size), workspace: workspace)
        let pooling = SpladePooling(strategy: strategy, saturation: saturation)
        let alone = FloatBuffer(count: 4 * vocabulary)
        let spread = FloatBuffer(count: 4 * vocabulary)
        pooling.forward(
            transformed.matrix(rows: 48, columns: size), layout: layout, head: head,
            into: alone.matrix(rows: 4, columns: vocabulary), workspace: workspace)
        let again = FloatBuffer(count: 48 * size)
        pooling.forward(
            rows, transformedInto: again.matrix(rows: 48, columns: size), layout: layout, head: head,
            into: spread.matrix(rows: 4, columns: vocabulary), worker: Worker(), team: WorkerPool(threads: 3))
        #expect(again.values.map(\.bitPattern) == transformed.values.map(\.bitPattern))
        #expect(alone.values.map(\.bitPattern) == spread.values.map(\.bitPattern))
        for sequence in 0..<4 {
            for entry in 0..<vocabulary {
                let weights = layout.rows(of: sequence).map { row in
                    let once = logarithm1p(max(0, Double(logits.base[row * vocabulary + entry])))
                    return saturation == .log1pReLU ? once : logarithm1p(once)
                }
                let expected = strategy == .max ? weights.max() ?? 0 : weights.reduce(0, +)
                #expect(abs(Double(alone.base[sequence * vocabulary + entry]) - expected) < 1e-5)
            }
        }
        withExtendedLifetime((hidden, transformed, spread)) {}
    }

    @Test func bucketsHaveUpstreamsEdges() {
        // Where the bucket changes, from transformers' relative_position_bucket in float32.
        let edges: [(Int, Int)] = [
            (-600, 15), (-90, 14), (-63, 13), (-45, 12), (-31, 11), (-22, 10), (-15, 9), (-11, 8), (-7, 7), (-6, 6),
            (-5, 5), (-4, 4), (-3, 3), (-2, 2), (-1, 1), (0, 0), (1, 17), (2, 18), (3, 19), (4, 20), (5, 21), (6, 22),
            (7, 23), (8, 24), (12, 25), (16, 26), (23, 27), (32, 28), (46, 29), (64, 30), (91, 31),
        ]
        for (number, (start, bucket)) in edges.enumerated() {
            let end = number + 1 < edges.count ? edges[number + 1].0 : 601
            for distance in start..<end {
                #expect(RelativePositionBias.bucket(of: distance, buckets: 32, maxDistance: 128) == bucket)
            }
        }
    }

    @Test func activationNamesOfModelFiles() {
        let names: [(String, Activation?)] = [
            ("gelu", .gelu), ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh), ("relu", .relu),
            ("silu", .silu), ("swish", .silu), ("tanh", .tanh), ("quick_gelu", .quickGELU), ("gelu_10", .clippedGELU),
            ("torch.nn.modules.activation.Tanh", .tanh), ("torch.nn.modules.linear.Identity", .identity),
            ("torch.nn.modules.activation.Sigmoid", .sigmoid), ("xielu", nil),
            ("torch.nn.modules.activation.PReLU", nil),
        ]
        for (name, expected) in names { #expect(Activation(named: name) == expected, "\(name)") }
    }
}
