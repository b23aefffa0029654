import Encoders
import JSON
import ModelFiles
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Quantised folders that cannot be right, and models that cannot be quantised")
struct QuantizationFailureTests {
    private static let packedName = "needletail.int8.safetensors"
    private static let recordName = "needletail.quantization.json"

    private func failure(_ body: () throws -> Void) throws -> EncoderError {
        do {
            try body()
        } catch {
            return try #require(error as? EncoderError)
        }
        throw Unexpected()
    }

    private struct Unexpected: Error, CustomStringConvertible { let description = "no error was thrown" }

    /// What opening the folder as int8 says; float32 must go on working.
    private func opening(_ folder: ModelCopy, _ precision: Precision = .int8) throws -> EncoderError {
        _ = try CrossEncoder(path: folder.path)
        return try failure { _ = try CrossEncoder(path: folder.path, options: EncoderOptions(precision: precision)) }
    }

    private func quantized() throws -> ModelCopy {
        let folder = try ModelCopy("bert-cross")
        _ = try QuantizationTests.quantize(folder)
        return folder
    }

    /// Writes the packed file anew, and a record that knows it: only the checks of the tensors are left to object.
    private func repack(_ folder: ModelCopy, _ change: (String, inout [Int], inout [UInt8]) -> Bool) throws {
        let path = folder.path + "/" + Self.packedName
        let old = try WeightArchive.open(path)
        var writer = SafetensorsWriter()
        writer.alignment = 64
        for tensor in old.tensors {
            var (shape, bytes) = (tensor.shape, tensor.bytes.array())
            if let scales = tensor.rowScales {
                writer.add(tensor.name + "_scale", shape: [shape[0]], bytes: scales.array(), as: .f32)
            }
            if change(tensor.name, &shape, &bytes) {
                writer.add(tensor.name, shape: shape, bytes: bytes, as: tensor.elementType)
            }
        }
        try writer.write(to: path)
        let record = folder.path + "/" + Self.recordName
        let text = String(decoding: try Data(contentsOf: URL(filePath: record)), as: UTF8.self)
        let new = try WeightArchive.open(path)
        try Data(text.replacing(old.fingerprint(), with: new.fingerprint()).utf8).write(to: URL(filePath: record))
    }

    @Test("A missing, cut, exchanged or foreign file is named, with what to do", arguments: Precision.allCases)
    func files(_ precision: Precision) throws {
        guard precision == .int8 || precision == .auto && PrecisionChoice.gainsFromInt8(Kernels.active.variant) else {
            return
        }
        var folder = try quantized()
        try folder.remove(Self.packedName)
        var error = try opening(folder, precision)
        #expect(error.code == .modelFile && error.path?.hasSuffix(Self.packedName) == true, "\(error)")
        #expect("\(error)".contains("models quantize"), "\(error)")

        folder = try quantized()
        let place = URL(filePath: folder.path + "/" + Self.packedName)
        let whole = try Data(contentsOf: place)
        for count in [0, 7, 100, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: place)
            error = try opening(folder, precision)
            #expect(error.code == .modelFile && error.path?.hasSuffix(Self.packedName) == true, "\(error)")
        }
        // The packed file of another model.
        let other = try ModelCopy("roberta-cross")
        _ = try QuantizationTests.quantize(other)
        try Data(contentsOf: URL(filePath: other.path + "/" + Self.packedName)).write(to: place)
        error = try opening(folder, precision)
        #expect("\(error)".contains("is not the file that \(Self.recordName) describes"), "\(error)")

        folder = try quantized()
        try folder.rewriteWeights { name, values in
            if name.hasSuffix("layer.1.output.dense.weight") { for index in values.indices { values[index] *= 1.01 } }
            return name
        }
        error = try opening(folder, precision)
        #expect("\(error)".contains("other weights") && "\(error)".contains("model.safetensors"), "\(error)")
    }

    @Test("Tensors that are missing, of other sizes or not finite are named")
    func tensors() throws {
        typealias Change = (String, inout [Int], inout [UInt8]) -> Bool
        let cases: [(tensor: String, change: Change)] = [
            ("layers.1.feed_forward.up.panels", { name, _, _ in name != "layers.1.feed_forward.up.panels" }),
            (
                "layers.0.attention.output.column_scale",
                { name, _, _ in !name.hasSuffix("0.attention.output.column_scale") }
            ),
            (
                "layers.1.feed_forward.down.panels",
                { name, shape, bytes in
                    if name == "layers.1.feed_forward.down.panels" {
                        shape = [shape[0] - 1, shape[1]]
                        bytes = Array(bytes.prefix(shape[0] * shape[1]))
                    }
                    return true
                }
            ),
            (
                "layers.0.attention.query_key_value.bias",
                { name, shape, bytes in
                    if name.hasSuffix("0.attention.query_key_value.bias") {
                        (shape, bytes) = ([16], Array(bytes.prefix(64)))
                    }
                    return true
                }
            ),
            (
                "layers.1.attention.query_key_value.column_scale",
                { name, _, bytes in
                    if name.hasSuffix("1.attention.query_key_value.column_scale") {
                        bytes.replaceSubrange(0..<4, with: [0, 0, 0x80, 0x7F])
                    }
                    return true
                }
            ),
        ]
        for (tensor, change) in cases {
            let folder = try quantized()
            try repack(folder, change)
            let error = try opening(folder)
            #expect(error.tensor == tensor, "\(error)")
            #expect(error.path?.hasSuffix(Self.packedName) == true, "\(error)")
        }
    }

    @Test("One bit that loading does not look at is found by whoever reads all")
    func digests() throws {
        let folder = try quantized()
        let path = folder.path + "/" + Self.packedName
        let model = try ModelFolder(path: folder.path)
        let record = try #require(try QuantizationRecord.read(model))
        let table = try WeightArchive.open(path).tensor("embeddings.tokens")
        var bytes = try Data(contentsOf: URL(filePath: path))
        // Samples of 1 KiB lie 3 KiB apart.
        bytes[table.bytes.offsetInFile + table.byteOffset + 1500] ^= 1
        try bytes.write(to: URL(filePath: path))
        try record.check(model, readsAll: false)
        let error = try failure { try record.check(model, readsAll: true) }
        #expect("\(error)".contains("some bytes differ"), "\(error)")
    }

    @Test("A record that cannot be read, or of another format, is an error")
    func records() throws {
        let folder = try quantized()
        for text in [
            "", "[]", "{\"format\":2}", "{\"format\":1}", "{\"format\":1,\"task\":\"rank\"}", "{\"format\":\"1\"}",
        ] {
            try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + Self.recordName))
            let error = try opening(folder)
            #expect(error.path?.hasSuffix(Self.recordName) == true, "\(text): \(error)")
        }
    }

    @Test("Numbers that overflow behind the packed weights are an error, not a score")
    func overflow() throws {
        let folder = try quantized()
        try repack(folder) { name, _, bytes in
            if name.hasSuffix("column_scale") {
                for index in bytes.indices { bytes[index] = [0xFF, 0xFF, 0x7F, 0x7F][index % 4] }
            }
            return true
        }
        let encoder = try CrossEncoder(path: folder.path, options: EncoderOptions(precision: .int8))
        let error = try failure { _ = try encoder.score([TextPair("a", "b")]) }
        #expect(error.code == .notFinite, "\(error)")
    }

    @Test("Weights that are infinite, or overflow on the sample, are not quantised")
    func badWeights() throws {
        for (suffix, factor) in [
            ("word_embeddings.weight", Float.infinity), ("layer.1.output.dense.weight", .nan),
            ("layer.0.intermediate.dense.weight", 3e38), ("layer.1.output.dense.weight", 1e25),
        ] as [(String, Float)] {
            let folder = try ModelCopy("bert-cross")
            try folder.rewriteWeights { name, values in
                if name.hasSuffix(suffix) { for index in values.indices { values[index] *= factor } }
                return name
            }
            let error = try failure { _ = try QuantizationTests.quantize(folder) }
            #expect(error.code == .notFinite, "\(suffix): \(error)")
            #expect(error.path?.hasPrefix(folder.path) == true, "\(suffix): \(error)")
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + Self.recordName))
        }
    }

    @Test("A file that cannot be written is no fault of the model")
    func writing() throws {
        let folder = try ModelCopy("bert-cross")
        let quantizer = ModelQuantizer(sample: .builtIn, threads: 2, program: "test")
        let network = try quantizer.prepare(folder: folder.path)
        let error = try failure { _ = try quantizer.write(network, to: folder.path + "/none") }
        #expect(error.code == .cannotWrite && "\(error)".contains("Free space"), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + Self.recordName))
    }

    @Test("Too few texts are an error")
    func samples() throws {
        for texts in [[], Array(repeating: " \t", count: 20), ["", "a"] + Array(repeating: "b", count: 30)] {
            let error = try failure { _ = try CalibrationSample(name: "test", texts.map { .init(text: $0) }) }
            #expect(error.code == .badRequest && "\(error)".contains("32 at least"), "\(error)")
        }
        #expect(try CalibrationSample(name: "test", (0..<600).map { .init(text: "text \($0)") }).items.count == 512)
    }
}
