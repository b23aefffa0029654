import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing

@Suite("Results do not depend on threads, batch mates, order or tiles")
struct DeterminismTests {
    /// Bit patterns, so that even zeros must have the same sign.
    private func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }

    @Test(
        "Cross-encoder logits have the same bits",
        arguments: ["bert-cross", "distilbert-cross", "roberta-cross", "mpnet-cross"])
    func crossEncoder(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let pairs = try reference.pairs()
        let encoder = try CrossEncoder(path: reference.path, options: EncoderOptions(threads: 1))
        let together = try encoder.score(pairs).map { bits($0.logits) }
        #expect(try pairs.map { try bits(encoder.score([$0])[0].logits) } == together, "alone")
        var generator = SeededGenerator(seed: 1)
        let order = pairs.indices.shuffled(using: &generator)
        let shuffled = try encoder.score(order.map { pairs[$0] }).map { bits($0.logits) }
        #expect(shuffled == order.map { together[$0] }, "another order")
        for options in [
            EncoderOptions(threads: 2), EncoderOptions(threads: 3, tileTokens: 20), EncoderOptions(tileTokens: 1),
            EncoderOptions(threads: 1, tileTokens: 10_000),
        ] {
            let other = try CrossEncoder(path: reference.path, options: options)
            #expect(try other.score(pairs).map { bits($0.logits) } == together, "\(options)")
        }
    }

    @Test("Models that share threads give what they give with their own")
    func sharedThreads() throws {
        let pool = WorkerPool(threads: 2)
        let reference = try ReferenceFolder("models/bert-cross")
        let pairs = try reference.pairs()
        let alone = try CrossEncoder(path: reference.path).score(pairs)
        let first = try CrossEncoder(path: reference.path, options: EncoderOptions(pool: pool))
        let second = try CrossEncoder(path: reference.path, options: EncoderOptions(pool: pool))
        #expect(try first.score(pairs) == alone)
        #expect(try second.score(pairs) == alone)
        #expect(first.summary.threads == 2)
    }

    @Test("Dense vectors have the same bits", arguments: ["bert-dense", "roberta-dense", "mpnet-dense"])
    func denseEncoder(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let texts = try reference.texts()
        let encoder = try DenseEncoder(path: reference.path, options: EncoderOptions(threads: 1))
        let together = try encoder.embed(texts)
        let alone = try texts.flatMap { try bits(encoder.embed([$0]).values) }
        #expect(alone == bits(together.values), "alone")
        for options in [EncoderOptions(threads: 2), EncoderOptions(threads: 2, tileTokens: 7)] {
            let other = try DenseEncoder(path: reference.path, options: options)
            #expect(try bits(other.embed(texts).values) == bits(together.values), "\(options)")
        }
    }

    @Test("Sparse vectors have the same bits", arguments: ["bert-splade", "xlm-roberta-splade"])
    func sparseEncoder(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let texts = try reference.texts()
        let encoder = try SparseEncoder(path: reference.path, options: EncoderOptions(threads: 1))
        let together = try encoder.encode(texts, as: .document)
        #expect(try texts.flatMap { try encoder.encode([$0], as: .document) } == together, "alone")
        let other = try SparseEncoder(path: reference.path, options: EncoderOptions(threads: 2, tileTokens: 30))
        #expect(try other.encode(texts, as: .document) == together)
    }

    /// Few tokens of a model whose size makes sharing worth while: one short pair, pairs of like length, a long one.
    static func smallCalls() throws -> [[TextPair]] {
        let texts = try ReferenceFolder("minilm").texts().sorted { $0.utf8.count < $1.utf8.count }
        let (short, middle, long) = (texts[texts.count / 8], texts[texts.count / 2], texts[texts.count - 30])
        return [
            [TextPair("", short)], [TextPair(short, short)], [TextPair(short, middle)],
            (0..<3).map { TextPair(short, texts[texts.count / 2 + $0]) },
            [TextPair(short, long), TextPair(short, middle), TextPair(short, short)], [TextPair(short, long)],
        ]
    }

    @Test("Small calls that all threads share have the same bits", arguments: [Precision.fp32, .bf16, .int8])
    func sharedTiles(_ precision: Precision) throws {
        let path = Fixture.repositoryRoot + "/Models/starter-cross-encoder"
        let calls = try Self.smallCalls()
        func cross(_ threads: Int) throws -> [[[UInt32]]] {
            let encoder = try CrossEncoder(path: path, options: EncoderOptions(threads: threads, precision: precision))
            return try calls.map { try encoder.score($0).map { bits($0.logits) } }
        }
        func dense(_ threads: Int, _ pooling: ModelModule.PoolingMode) throws -> [[UInt32]] {
            let encoder = try DenseEncoder(
                ModelFolder(path: Fixture.repositoryRoot + "/.cache/models/all-MiniLM-L6-v2"),
                options: EncoderOptions(threads: threads, precision: precision), pooling: [pooling])
            let texts = calls.map { $0.map(\.text) }
            let vectors = try texts.map { try bits(encoder.embed($0).values) }
            return try vectors + texts.map { try bits(encoder.embedTokens(encoder.tokenize($0)).flatMap(\.values)) }
        }
        let alone = try cross(1)
        for threads in [2, 3, 5] {
            #expect(try cross(threads) == alone, "\(threads) threads")
        }
        for pooling in [ModelModule.PoolingMode.cls, .mean] {
            let alone = try dense(1, pooling)
            #expect(try dense(2, pooling) == alone, "\(pooling)")
            #expect(try dense(3, pooling) == alone, "\(pooling)")
        }
    }
}
