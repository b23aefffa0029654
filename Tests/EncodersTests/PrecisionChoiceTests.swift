import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What auto takes, and why")
struct PrecisionChoiceTests {
    private func choice(
        _ asked: Precision, _ path: String, task: ModelTask? = nil, cpu: KernelVariant = .avx512VNNI
    ) throws -> PrecisionChoice {
        let folder = try ModelFolder(path: path, task: task)
        return try PrecisionChoice(asked, folder, weights: folder.weights(), cpu: cpu)
    }

    @Test("int8 only where its products are faster than those of float32", arguments: KernelVariant.allCases)
    func builds(_ cpu: KernelVariant) throws {
        let folder = try ModelCopy("bert-cross")
        _ = try QuantizationTests.quantize(folder)
        let auto = try choice(.auto, folder.path, cpu: cpu)
        if cpu == .avx512 || cpu == .neon {
            #expect(auto.precision == .bf16 && auto.reason.contains("kernels \(cpu)"), "\(auto.reason)")
        } else {
            #expect(auto.precision == .int8 && auto.reason == "recorded quality passes", "\(auto.reason)")
        }
        #expect(try choice(.int8, folder.path, cpu: cpu).precision == .int8)
    }

    @Test("Another task than the one whose quality was measured is not served in int8")
    func tasks() throws {
        let folder = try ModelCopy("bert-cross")
        #expect(try QuantizationTests.quantize(folder).task == .crossEncoder)
        let auto = try choice(.auto, folder.path, task: .dense)
        #expect(auto.precision == .bf16)
        #expect(auto.reason.contains("as cross-encoder, not as dense encoder"), "\(auto.reason)")
        let error = #expect(throws: EncoderError.self) { try choice(.int8, folder.path, task: .dense) }
        #expect(error?.code == .wrongTask, "\(String(describing: error))")
        #expect(error?.description.contains("made for the model as cross-encoder") == true)
        #expect(error?.path == folder.path + "/needletail.quantization.json")
    }

    @Test("A weight file that was named and is not the one that was quantised")
    func otherFile() throws {
        let folder = try ModelCopy("bert-cross")
        _ = try QuantizationTests.quantize(folder)
        #expect(try choice(.auto, folder.path + "/model.safetensors").precision == .int8)
        try FileManager.default.moveItem(
            atPath: folder.path + "/model.safetensors", toPath: folder.path + "/quantised.safetensors")
        try FileManager.default.copyItem(
            atPath: folder.path + "/quantised.safetensors", toPath: folder.path + "/model.safetensors")
        try folder.rewriteWeights { name, values in
            for index in values.indices { values[index] *= 1.01 }
            return name
        }
        let other = folder.path + "/model.safetensors"
        let auto = try choice(.auto, other)
        #expect(
            auto.precision == .bf16 && auto.reason.contains("another file than model.safetensors"), "\(auto.reason)")
        #expect(throws: EncoderError.self) { try choice(.int8, other) }
        // The folder itself contradicts its record.
        #expect(throws: EncoderError.self) { try choice(.auto, folder.path) }
        #expect(try choice(.auto, folder.path + "/quantised.safetensors").precision == .int8)

        try folder.remove("needletail.int8.safetensors")
        let missing = #expect(throws: EncoderError.self) {
            try choice(.int8, folder.path + "/quantised.safetensors")
        }
        #expect(missing?.path == folder.path + "/needletail.int8.safetensors")
    }

    @Test("Texts are chosen from all over, blank ones do not count")
    func selection() {
        for total in [0, 1, 32, 33, 63, 64, 65, 1000, 4097] {
            var selection = CalibrationSelection(count: 32)
            for number in 0..<total {
                selection.add(.init(text: "\(number)"))
                selection.add(.init(text: " \t"))
            }
            let chosen = selection.items.compactMap { Int($0.text) }
            #expect(chosen.count == min(total, 32), "\(total)")
            #expect(chosen == Set(chosen).sorted(), "\(total)")
            guard total > 32 else { continue }
            let gaps = zip(chosen, chosen.dropFirst()).map { $1 - $0 }
            #expect(chosen.first == 0 && (chosen.last ?? 0) >= total * 9 / 10 - 1, "\(total): \(chosen)")
            #expect((gaps.max() ?? 0) <= 2 * (gaps.min() ?? 0), "\(total): \(gaps)")
        }
    }
}
