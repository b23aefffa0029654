import Encoders
import JSON
import ModelFiles
import Tensors
import TestSupport
import Testing

@Suite("Quantised folders")
struct QuantizationTests {
    /// What every test model passes, and what none does.
    static let (low, high) = (
        QuantizationQuality.Bar(cosine: -1, spearman: -1), QuantizationQuality.Bar(cosine: 1, spearman: 1)
    )

    static func quantize(
        _ folder: ModelCopy, bar: QuantizationQuality.Bar = low
    ) throws -> QuantizationRecord {
        try ModelQuantizer(sample: .builtIn, bar: bar, threads: 2, program: "test").quantize(folder: folder.path)
    }

    @Test(
        "int8 and auto read the packed file, float32 stays what it was",
        arguments: ["bert-cross", "distilbert-cross", "roberta-cross", "xlm-roberta-cross", "mpnet-cross"])
    func crossEncoders(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let folder = try ModelCopy(name)
        let record = try Self.quantize(folder)
        #expect(record.passes)
        #expect(record.matrices.count == 8 && record.task == .crossEncoder)
        let pairs = try reference.pairs()
        let exact = try CrossEncoder(path: folder.path)
        #expect(exact.summary.precision == .fp32 && exact.summary.precisionReason == "asked for")
        #expect(largestDifference(try exact.score(pairs).map(\.logits), try reference.rows("logits")) <= 1e-4)
        let packed = try CrossEncoder(path: folder.path, options: EncoderOptions(precision: .int8))
        let auto = try CrossEncoder(path: folder.path, options: EncoderOptions(precision: .auto))
        if PrecisionChoice.gainsFromInt8(Kernels.active.variant) {
            #expect(auto.summary.precision == .int8 && auto.summary.precisionReason == "recorded quality passes")
            #expect(try auto.score(pairs) == packed.score(pairs))
        }
        #expect(packed.summary.parameterCount == exact.summary.parameterCount)
        #expect(packed.summary.unusedTensors == exact.summary.unusedTensors)
        let difference = largestDifference(try packed.score(pairs).map(\.logits), try reference.rows("logits"))
        #expect(difference > 0 && difference < 0.1, "\(difference)")
        let quality = try #require(record.quality)
        #expect(quality.comparisons.map(\.name) == ["int8", "int8 without smoothing", "bf16"])
        #expect(quality.comparisons[0].meanCosine > 0.995)
        #expect(try QuantizationRecord.read(ModelFolder(path: folder.path)) == record)
    }

    @Test("Dense and sparse encoders")
    func otherKinds() throws {
        let dense = try ModelCopy("mpnet-dense")
        let record = try Self.quantize(dense)
        #expect(try #require(record.quality).comparisons[0].meanCosine > 0.99)
        let texts = try ReferenceFolder("models/mpnet-dense").texts()
        let exact = try DenseEncoder(path: dense.path).embed(texts)
        let packed = try DenseEncoder(path: dense.path, options: EncoderOptions(precision: .int8)).embed(texts)
        for (a, b) in zip(exact, packed) { #expect(cosine(a, b) > 0.99) }
        let sparse = try ModelCopy("bert-splade")
        #expect(try Self.quantize(sparse).matrices.suffix(2).map(\.name) == ["head.transform", "head.decoder"])
        let encoder = try SparseEncoder(path: sparse.path, options: EncoderOptions(precision: .int8))
        #expect(encoder.summary.precision == .int8)
        let weights = try encoder.encode(["a fast editor"], as: .document)[0].dense(encoder.vocabularySize)
        let expected = try SparseEncoder(path: sparse.path).encode(["a fast editor"], as: .document)[0]
            .dense(encoder.vocabularySize)
        #expect(cosine(weights, expected) > 0.99)
    }

    @Test("Rows take the place of the original weights, and auto takes int8 of them")
    func rows() throws {
        for name in ["bert-cross", "mpnet-dense", "bert-splade"] {
            let (original, folder) = (try ModelCopy(name), try ModelCopy(name))
            let quantizer = ModelQuantizer(sample: .builtIn, bar: Self.low, threads: 2, program: "test")
            let record = try quantizer.shrink(folder: original.path, into: folder.path)
            #expect(record.packed == nil && record.passes)
            #expect(try QuantizationRecord.read(ModelFolder(path: folder.path)) == record)
            let quality = try #require(record.quality)
            #expect(quality.comparisons.map(\.name) == ["int8", "int8 rows in float32", "bf16"])
            #expect(quality.comparisons.allSatisfy { $0.meanCosine > 0.99 }, "\(name)")
            let model = try ModelFolder(path: folder.path)
            try record.check(model, readsAll: true)
            let (before, after) = (try ModelFolder(path: original.path).weights(), try model.weights())
            #expect(Set(after.names) == Set(before.names))
            for tensor in before.tensors {
                let read = try #require(after[tensor.name])
                #expect((read.rowScales != nil) == (tensor.shape.count == 2 && tensor.elementCount >= 4096))
                #expect(largestDifference([try tensor.floats()], [try read.floats()]) < 0.05)
            }
            let chosen = try PrecisionChoice(.auto, model, weights: after)
            if PrecisionChoice.gainsFromInt8(Kernels.active.variant) {
                #expect(chosen.precision == .int8 && chosen.reason == "recorded quality passes")
            }
            // Other weights under the same record.
            try folder.rewriteWeights { name, values in
                if values.count > 8 { values[7] += 1 }
                return name
            }
            #expect(throws: EncoderError.self) { try record.check(ModelFolder(path: folder.path), readsAll: true) }
        }
    }

    @Test("Tensors of the packed file lie on cache lines of the mapped file")
    func alignment() throws {
        let folder = try ModelCopy("bert-splade")
        _ = try Self.quantize(folder)
        let archive = try WeightArchive.open(folder.path + "/needletail.int8.safetensors")
        #expect(archive.tensors.count > 20)
        for tensor in archive.tensors {
            #expect(tensor.bytes.isMapped)
            #expect((tensor.bytes.offsetInFile + tensor.byteOffset) % 64 == 0, "\(tensor.name)")
        }
    }

    @Test("Without quantised weights, or below the bar, auto is what the CPU gains from")
    func automatic() throws {
        let expected: Precision = Kernels.active.variant == .portable ? .fp32 : .bf16
        let folder = try ModelCopy("bert-dense")
        let plain = try DenseEncoder(path: folder.path, options: EncoderOptions(precision: .auto)).summary
        #expect(plain.precision == expected && plain.precisionReason.contains("models quantize"))
        let converted = try DenseEncoder(path: folder.path, options: EncoderOptions(precision: .int8)).summary
        #expect(converted.precision == .int8 && converted.precisionReason.contains("without calibration"))
        #expect(!(try Self.quantize(folder, bar: Self.high)).passes)
        let below = try DenseEncoder(path: folder.path, options: EncoderOptions(precision: .auto)).summary
        #expect(below.precision == expected && below.precisionReason.contains("below its bar"))
        let asked = try DenseEncoder(path: folder.path, options: EncoderOptions(precision: .int8)).summary
        #expect(asked.precision == .int8 && asked.precisionReason.contains("of the folder"))
    }

    @Test("Smoothing takes most of the error that an outlying column makes")
    func smoothing() throws {
        let folder = try ModelCopy("bert-dense")
        // The norm before the feed-forward network makes one column large; the matrix behind it reads it as little.
        try folder.rewriteWeights { name, values in
            if name.hasSuffix("attention.output.LayerNorm.weight") { values[3] *= 40 }
            if name.hasSuffix("intermediate.dense.weight") {
                for row in 0..<values.count / 64 { values[row * 64 + 3] /= 40 }
            }
            return name
        }
        let quality = try #require(try Self.quantize(folder).quality)
        let (smoothed, plain) = (quality.comparisons[0], quality.comparisons[1])
        #expect(1 - smoothed.meanCosine < (1 - plain.meanCosine) / 3, "\(smoothed.meanCosine) \(plain.meanCosine)")
    }

    @Test("The same texts give the same file, whatever the threads")
    func deterministic() throws {
        let digests = try [1, 2].map { threads in
            let folder = try ModelCopy("bert-cross")
            return try ModelQuantizer(sample: .builtIn, threads: threads, program: "test").quantize(folder: folder.path)
                .packed?.sha256
        }
        #expect(digests[0] == digests[1])
    }

    @Test("Rank correlations are those of SciPy")
    func ranks() {
        #expect(abs(RankCorrelation.spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) - 0.8207826816681233) < 1e-12)
        #expect(abs(RankCorrelation.kendall([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]) + 0.47140452079103173) < 1e-12)
        #expect(RankCorrelation.spearman([1, 1], [2, 2]) == 1 && RankCorrelation.kendall([1, 1], [1, 2]) == 0)
    }
}
