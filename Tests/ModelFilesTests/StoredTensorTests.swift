import ModelFiles
import TestSupport
import Testing

struct StoredTensorTests {
    private func tensor(
        _ type: ElementType, _ shape: [Int], strides: [Int]? = nil, _ bytes: [UInt8], offset: Int = 0
    ) throws(ModelFileError) -> StoredTensor {
        try StoredTensor(
            name: "t", elementType: type, shape: shape, strides: strides, bytes: FileBytes(bytes, path: "memory"),
            byteOffset: offset)
    }

    private func bytes<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
        values.withUnsafeBytes { [UInt8]($0) }
    }

    @Test func everyElementTypeBecomesFloats() throws {
        #expect(try tensor(.f32, [2], bytes([1.5 as Float, -2])).floats() == [1.5, -2])
        #expect(try tensor(.f64, [2], bytes([1.5, -2e300])).floats() == [1.5, -.infinity])
        #expect(try tensor(.f16, [3], bytes([0x3C00, 0xC000, 0x0001] as [UInt16])).floats() == [1, -2, 0x1p-24])
        #expect(try tensor(.bf16, [2], bytes([0x3F80, 0xC000] as [UInt16])).floats() == [1, -2])
        #expect(try tensor(.i8, [2], [0xFF, 0x7F]).floats() == [-1, 127])
        #expect(try tensor(.u8, [2], [0xFF, 0x7F]).floats() == [255, 127])
        #expect(try tensor(.i16, [2], bytes([-300, 300] as [Int16])).floats() == [-300, 300])
        #expect(try tensor(.u16, [1], bytes([65535] as [UInt16])).floats() == [65535])
        #expect(try tensor(.i32, [2], bytes([-70000, 16_777_217] as [Int32])).floats() == [-70000, 16_777_216])
        #expect(try tensor(.u32, [1], bytes([UInt32.max])).floats() == [4_294_967_296])
        #expect(try tensor(.i64, [2], bytes([-1, Int64.max])).floats() == [-1, 9_223_372_036_854_775_808])
        #expect(try tensor(.u64, [1], bytes([UInt64.max])).floats() == [18_446_744_073_709_551_616])
        #expect(try tensor(.bool, [3], [0, 1, 7]).floats() == [0, 1, 1])
    }

    @Test func halfPrecisionIsExactForEveryBitPattern() {
        for bits in UInt16.min...UInt16.max {
            let value = FloatConversion.fromHalf(bits)
            let expected = Float(Float16(bitPattern: bits))
            #expect(value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN))
            if !value.isNaN { #expect(FloatConversion.toHalf(value) == bits) }
        }
    }

    @Test func halfAndBrainFloatRoundToTheNearestEven() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200_000 {
            let value = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
            if value.isNaN { continue }
            #expect(FloatConversion.toHalf(value) == Float16(value).bitPattern, "\(value)")
            let brain = Float(bitPattern: UInt32(FloatConversion.toBrainFloat(value)) << 16)
            guard brain.isFinite, value.isNormal else { continue }
            #expect((brain - value).magnitude <= value.magnitude * 0x1p-8)
        }
        #expect(FloatConversion.toBrainFloat(Float(bitPattern: 0x3F80_8000)) == 0x3F80)
        #expect(FloatConversion.toBrainFloat(Float(bitPattern: 0x3F81_8000)) == 0x3F82)
        #expect(FloatConversion.toHalf(.nan) & 0x7FFF == 0x7E00)
    }

    @Test func stridedViewsAreReadInRowMajorOrder() throws {
        let stored = bytes((0..<24).map { Float($0) })
        #expect(try tensor(.f32, [4, 6], strides: [1, 4], stored).floats().prefix(7) == [0, 4, 8, 12, 16, 20, 1])
        #expect(try tensor(.f32, [2, 3], strides: [12, 2], stored, offset: 4).floats() == [1, 3, 5, 13, 15, 17])
        let permuted = try tensor(.f32, [4, 2, 3], strides: [1, 12, 4], stored).floats()
        #expect(permuted.prefix(6) == [0, 4, 8, 12, 16, 20])
        #expect(permuted.count == 24)
        // The stride of a dimension of size one means nothing.
        #expect(try tensor(.f32, [1, 2], strides: [Int.max, 3], stored).floats() == [0, 3])
        #expect(try tensor(.f32, [2, 1], strides: [5, Int.max], stored).floats() == [0, 5])
    }

    @Test func scalarsAndEmptyTensorsHaveTheirPlace() throws {
        #expect(try tensor(.f32, [], bytes([7 as Float])).floats() == [7])
        #expect(try tensor(.f32, [0, 5], []).floats() == [])
        #expect(try tensor(.f32, [3, 0], bytes([7 as Float])).floats() == [])
    }

    @Test func misalignedElementsAreRead() throws {
        #expect(try tensor(.f32, [2], [0xAA] + bytes([1 as Float, 2]), offset: 1).floats() == [1, 2])
        #expect(try tensor(.f64, [1], [0xAA, 0xBB, 0xCC] + bytes([3.25]), offset: 3).floats() == [3.25])
    }

    @Test(
        arguments: [
            ([3], nil, 0), ([2], nil, 1), ([-1], nil, 0), ([Int.max, 2], nil, 0), ([Int.max, Int.max], nil, 0),
            ([1 << 62, 1 << 62, 0], nil, 0),
            ([2], [2], 0), ([2], [-1], 4), ([2, 1], [1], 0), ([2], [Int.max], 0), ([2, 2], [1 << 62, 1 << 62], 0),
            ([1], nil, 8), ([1], nil, 9),
            ([1], nil, -1), ([1_000_000_000], [0], 0),
        ] as [([Int], [Int]?, Int)])
    func impossibleGeometryIsRefused(shape: [Int], strides: [Int]?, offset: Int) {
        #expect(throws: ModelFileError.self) {
            try tensor(.f32, shape, strides: strides, [UInt8](repeating: 0, count: 8), offset: offset)
        }
    }

    @Test func aDestinationOfAnotherSizeIsAnError() throws {
        let tensor = try tensor(.f32, [2], bytes([1 as Float, 2]))
        var floats = [Float](repeating: 0, count: 3)
        #expect(throws: ModelFileError.self) {
            try floats.withUnsafeMutableBufferPointer { try tensor.copyFloats(to: $0) }
        }
    }
}

/// Many names for few bytes.
@Suite struct SharedStorageTests {
    @Test func tiedWeightsAreFineAndManyfoldSharingIsRefused() throws {
        let block = FileBytes([UInt8](repeating: 0, count: 16 << 20), path: "memory")
        func archive(_ names: Int) throws -> WeightArchive {
            let tensors = try (0..<names).map {
                try StoredTensor(name: "t\($0)", elementType: .i8, shape: [16 << 20], bytes: block)
            }
            return try WeightArchive(path: "memory", format: .pytorch, tensors: tensors)
        }
        #expect(try archive(4).tensors.count == 4)
        let error = #expect(throws: ModelFileError.self) { try archive(5) }
        #expect(error?.kind == .limitExceeded)
        #expect(error?.reason.contains("83886080 bytes of them are cut from 16777216 bytes") == true)
    }
}
