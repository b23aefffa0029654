import ModelFiles
import TestSupport
import Testing

/// Damaged and malicious weight files: an error with file and reason, never a crash.
struct HostileWeightTests {
    private static let files = [
        "torch/kinds.bin", "torch/legacy.bin", "torch/repacked.bin", "torch/scripted.pt", "onnx/plain.onnx",
        "onnx/bert-uint8-columns.onnx",
    ]

    private func open(_ bytes: [UInt8]) throws(ModelFileError) -> WeightArchive {
        try WeightArchive.open(FileBytes(bytes, path: "damaged"))
    }

    @Test(arguments: ["torch/kinds.bin", "torch/legacy.bin", "torch/scripted.pt", "onnx/plain.onnx"])
    func everyTruncationIsAnError(name: String) throws {
        let bytes = try Fixture.bytes(name)
        // An ONNX file has its version of the operators behind the graph, without which the weights are still complete.
        let end = name.hasSuffix(".onnx") ? bytes.count - 8 : bytes.count
        for length in 0..<end {
            let error = #expect(throws: ModelFileError.self, "\(length) bytes") {
                for tensor in try open([UInt8](bytes[..<length])).tensors { _ = try tensor.floats() }
            }
            #expect(error?.path.hasPrefix("damaged") == true)
            #expect((error?.offset ?? 0) <= bytes.count)
        }
    }

    @Test(arguments: files)
    func flippedBitsNeverCrash(name: String) throws {
        let bytes = try Fixture.bytes(name)
        let original = try open(bytes)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<(name.hasPrefix("onnx/bert") ? 300 : 3000) {
            var damaged = bytes
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            do throws(ModelFileError) {
                let archive = try open(damaged)
                for tensor in archive.tensors { _ = try tensor.floats() }
                // Archives have checksums: what still opens must be the same model.
                if name != "torch/legacy.bin", name.hasPrefix("torch/") {
                    #expect(archive.names == original.names, "byte \(position)")
                    for tensor in archive.tensors {
                        let other = try original.tensor(tensor.name)
                        #expect(try tensor.floats().map(\.bitPattern) == other.floats().map(\.bitPattern))
                    }
                }
            } catch {
                #expect(error.path.hasPrefix("damaged"))
            }
        }
    }

    @Test(arguments: files)
    func manyRandomBytesNeverCrash(name: String) throws {
        let bytes = try Fixture.bytes(name)
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<(name.hasPrefix("onnx/bert") ? 300 : 2000) {
            var damaged = bytes
            for _ in 0..<Int.random(in: 2...20, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                damaged[position] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let archive = try? open(damaged) else { continue }
            for tensor in archive.tensors { _ = try? tensor.floats() }
        }
    }

    @Test func externalDataStaysInTheFolder() throws {
        // A tensor named w of one float, in the file that is given.
        func model(location: String) -> [UInt8] {
            func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
            let entry = field(1, [UInt8]("location".utf8)) + field(2, [UInt8](location.utf8))
            let tensor = [0x08, 1, 0x10, 1] + field(8, [UInt8]("w".utf8)) + field(13, entry) + [0x70, 1]
            return [0x08, 8] + field(7, field(5, tensor))
        }
        for location in ["../secret", "/etc/passwd", "a/../../b", "a\\b", "./a"] {
            let archive = ZipBuilder([.init(name: "model/m.onnx", data: model(location: location))])
            let error = try #require(throws: ModelFileError.self) { _ = try WeightArchive.open(archive.file()) }
            #expect(error.kind == .unsafePath, "\(error)")
            #expect(error.subject == "tensor w")
        }
        let missing = ZipBuilder([.init(name: "model/m.onnx", data: model(location: "d"))])
        let error = try #require(throws: ModelFileError.self) { _ = try WeightArchive.open(missing.file()) }
        #expect(error.kind == .missing)
        let alone = try #require(throws: ModelFileError.self) { _ = try open(model(location: "d")) }
        #expect(alone.kind == .unsupported)
        let complete = ZipBuilder([
            .init(name: "model/m.onnx", data: model(location: "d")), .init(name: "model/d", data: [0, 0, 0x80, 0x3F]),
        ])
        #expect(try WeightArchive.open(complete.file()).tensor("w").floats() == [1])
    }
}
