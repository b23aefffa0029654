import CPostings
import TestSupport
import Testing

@Suite struct KernelTests {
    static var builds: [UnsafePointer<cp_kernels>] {
        [CP_PORTABLE, CP_AVX2, CP_AVX512, CP_NEON].compactMap { cp_kernels_of($0) }
    }

    @Test func everyWidthIsUnpackedByEveryBuild() {
        var generator = SeededGenerator(seed: 1)
        for bits: UInt32 in 0...32 {
            let mask: UInt32 = bits == 32 ? .max : 1 << bits &- 1
            let values = (0..<128).map { _ in UInt32.random(in: 0 ... .max, using: &generator) & mask }
            #expect(cp_bits(values, 128) <= bits)
            var packed = [UInt8](repeating: 0xaa, count: 16 * Int(bits) + Int(CP_PADDING))
            cp_pack(values, 128, bits, &packed)
            // Laid out as documented: value i begins at bit i * bits.
            for i in 0..<128 {
                var value: UInt64 = 0
                for bit in 0..<Int(bits) {
                    let at = i * Int(bits) + bit
                    value |= UInt64(packed[at / 8] >> UInt8(at % 8) & 1) << UInt64(bit)
                }
                #expect(UInt32(value) == values[i])
            }
            var sums = values
            var sum: UInt32 = 1000
            for i in 0..<128 {
                sum &+= values[i] &+ 1
                sums[i] = sum
            }
            for build in Self.builds {
                var out = [UInt32](repeating: 7, count: 128)
                build.pointee.unpack(packed, bits, &out)
                #expect(out == values, "\(build.pointee.variant) \(bits)")
                build.pointee.unpack_ascending(packed, bits, 1000, &out)
                #expect(out == sums, "ascending \(build.pointee.variant) \(bits)")
            }
        }
    }

    @Test func scoresAreEqualInEveryBuild() {
        var generator = SeededGenerator(seed: 2)
        let norms =
            (0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) } + [UInt8](repeating: 0, count: 4)
        let inverse = (0..<256).map { _ in generator.float(in: 0.01...3) }
        for count in [0, 1, 7, 8, 15, 16, 17, 100, 127, 128] {
            let documents = (0..<128).map { UInt32($0 * 39) }
            let frequencies = (0..<128).map { _ in UInt32.random(in: 1...40, using: &generator) }
            for withNorms in [true, false] {
                var plain = [Float](repeating: -1, count: 128)
                for i in 0..<count {
                    let inverse = inverse[withNorms ? Int(norms[Int(documents[i])]) : 1]
                    plain[i] = 2.5 - 2.5 / (1 + Float(frequencies[i]) * inverse)
                }
                for build in Self.builds {
                    var scores = [Float](repeating: -1, count: 128)
                    norms.withUnsafeBufferPointer {
                        build.pointee.score_saturating(
                            count, documents, frequencies, withNorms ? $0.baseAddress : nil, inverse, 2.5, &scores)
                    }
                    #expect(scores.map(\.bitPattern) == plain.map(\.bitPattern), "\(build.pointee.variant) \(count)")
                }
            }
        }
    }

    @Test func boundsAreFoundByGalloping() {
        let values = (0..<500).map { UInt32($0 * 3) }
        for from in [0, 1, 250, 499, 500] {
            for target: UInt32 in [0, 1, 3, 700, 749, 750, 1497, 1498, 5000] {
                let expected = values.indices.first { $0 >= from && values[$0] >= target } ?? 500
                #expect(cp_lower_bound(values, from, 500, target) == expected)
            }
        }
    }

    @Test func checksumIsCRC32C() {
        // RFC 3720, B.4.
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(cp_crc32c(0, zeros, 32) == 0x8a91_36aa)
        let text = Array("123456789".utf8)
        #expect(cp_crc32c(0, text, 9) == 0xe306_9283)
        #expect(cp_crc32c(cp_crc32c(0, text, 4), Array(text[4...]), 5) == 0xe306_9283)
    }
}
