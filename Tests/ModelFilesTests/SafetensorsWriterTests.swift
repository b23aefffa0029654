import JSON
import ModelFiles
import TestSupport
import Testing

struct SafetensorsWriterTests {
    @Test func whatIsWrittenIsReadAgain() throws {
        var writer = SafetensorsWriter()
        writer.add("b.bias", shape: [3], [1, -2, 0.5])
        writer.add("a.weight", shape: [2, 2], [0.1, 1e-8, 70000, -3], as: .f16)
        writer.add("c", shape: [2], [1, 3.14], as: .bf16)
        writer.add("empty", shape: [0, 4], [])
        writer.add("é\"\\", shape: [], [9])
        try TemporaryFolder.with { folder in
            let path = folder.path + "/model.safetensors"
            try writer.write(to: path)
            let archive = try WeightArchive.open(path)
            #expect(archive.metadata == ["format": "pt"])
            // Larger elements first, then by name, as the reference implementation writes.
            #expect(archive.names == ["b.bias", "empty", "é\"\\", "a.weight", "c"])
            #expect(try archive.tensor("b.bias").floats() == [1, -2, 0.5])
            #expect(try archive.tensor("a.weight").floats() == [0.099975586, 0, .infinity, -3])
            #expect(try archive.tensor("c").floats() == [1, 3.140625])
            #expect(try archive.tensor("empty").shape == [0, 4])
            #expect(try archive.tensor("é\"\\").floats() == [9])
            for tensor in archive.tensors {
                #expect(
                    (tensor.bytes.offsetInFile + tensor.byteOffset) % tensor.elementType.byteCount == 0,
                    "\(tensor.name)")
            }
            // Written again from its tensors: the same bytes.
            var copy = SafetensorsWriter(metadata: archive.metadata)
            for tensor in archive.tensors.reversed() { try copy.add(tensor) }
            #expect(try copy.serialized() == FileBytes(path: path).array())
        }
    }

    @Test func borrowedFloatsAreWrittenAsOwnedOnesAre() throws {
        let values: [Float] = [1, -2, .infinity, 1e-30, 5, 6]
        var owned = SafetensorsWriter()
        owned.add("w", shape: [2, 3], values)
        owned.add("none", shape: [3, 0], [])
        try values.withUnsafeBufferPointer { values in
            let base = try #require(values.baseAddress)
            var borrowed = SafetensorsWriter()
            borrowed.add("none", shape: [3, 0], borrowing: base)
            borrowed.add("w", shape: [2, 3], borrowing: base)
            try #expect(borrowed.serialized() == owned.serialized())
        }
    }

    @Test func quantisedRowsAreOneTensorWhenRead() throws {
        var generator = SeededGenerator(seed: 3)
        let values = (0..<7 * 50).map { index in generator.float() * Float(index / 50) }
        let matrix = try #require(QuantizedRows(values, rows: 7, columns: 50))
        var writer = SafetensorsWriter()
        writer.add("w", matrix)
        let archive = try WeightArchive.open(FileBytes(writer.serialized(), path: "memory"))
        #expect(archive.names == ["w"])
        let read = try archive.tensor("w").floats()
        for row in 0..<7 {
            let largest = values[row * 50..<(row + 1) * 50].map(\.magnitude).max() ?? 0
            for index in row * 50..<(row + 1) * 50 {
                #expect((read[index] - values[index]).magnitude <= largest / 127 * 0.5001)
            }
        }
        var again = SafetensorsWriter()
        try again.add(archive.tensor("w"))
        #expect(try again.serialized() == writer.serialized())
        #expect(QuantizedRows([1, .nan], rows: 1, columns: 2) == nil)
        #expect(QuantizedRows([.infinity], rows: 1, columns: 1) == nil)
        #expect(QuantizedRows([Float.leastNonzeroMagnitude, 0], rows: 1, columns: 2)?.numbers == [0, 0])
    }

    @Test func anInterruptedOrImpossibleWriteLeavesNothingBehind() throws {
        var writer = SafetensorsWriter()
        writer.add("a", shape: [1], [1])
        writer.add("a", shape: [1], [2])
        try TemporaryFolder.with { folder in
            try folder.write("old", to: "x.safetensors")
            #expect(throws: ModelFileError.self) { try writer.write(to: folder.path + "/x.safetensors") }
            #expect(try FileBytes(path: folder.path + "/x.safetensors").array() == Array("old".utf8))
            #expect(throws: ModelFileError.self) { try SafetensorsWriter().write(to: folder.path + "/no/such/folder") }
            try SafetensorsWriter().write(to: folder.path + "/x.safetensors")
            #expect(try WeightArchive.open(folder.path + "/x.safetensors").names == [])
        }
    }
}
