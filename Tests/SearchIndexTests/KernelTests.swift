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
                for i: UInt32 in [0, 1, 77, 127] { #expect(cp_unpack_at(packed, bits, i) == values[Int(i)]) }
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

    /// Ascending numbers, the gaps up to a limit.
    static func ascending(_ count: Int, _ gap: UInt32, _ generator: inout SeededGenerator) -> [UInt32] {
        var value: UInt32 = 0
        return (0..<count).map { _ in
            value += UInt32.random(in: 1...gap, using: &generator)
            return value
        }
    }

    @Test func intersectionsAreEqualInEveryBuild() {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<2000 {
            let gaps = [UInt32(1), 3, 20]
            let a = Self.ascending(Int.random(in: 0...260, using: &generator), gaps[round % 3], &generator)
            let b = Self.ascending(
                [0, 1, 15, 16, 17, 127, 128, 500].randomElement(using: &generator)!, gaps[round / 3 % 3], &generator)
            let expected = a.indices.compactMap { i in b.firstIndex(of: a[i]).map { [UInt32(i), UInt32($0)] } }
            for build in Self.builds {
                var inA = [UInt32](repeating: 0, count: a.count), inB = inA
                let found = build.pointee.intersect(a.count, a, b.count, b, &inA, &inB)
                #expect((0..<found).map { [inA[$0], inB[$0]] } == expected, "\(build.pointee.variant) \(round)")
            }
        }
    }

    @Test func scoresThatReachAreSelectedByEveryBuild() {
        var generator = SeededGenerator(seed: 4)
        for count in [0, 1, 7, 8, 9, 127, 128] {
            let scores = (0..<count).map { _ in generator.float(in: 0...4) }
            for (rest, needed) in [(0.0, Float(0)), (0, 2), (1.7, 3), (Double(Float.pi), scores.first ?? 1)] {
                let expected = scores.indices.filter { Float(Double(scores[$0]) + rest) >= needed }.map { UInt32($0) }
                for build in Self.builds {
                    var indices = [UInt32](repeating: 0, count: 128)
                    let selected = build.pointee.select(count, scores, rest, needed, &indices)
                    #expect(Array(indices[..<selected]) == expected, "\(build.pointee.variant) \(count)")
                }
            }
        }
    }

    @Test func sumsAreHarvestedByEveryBuild() {
        var generator = SeededGenerator(seed: 5)
        for (rest, needed) in [(0.0, Float(0)), (0, 3), (0.5, 3)] {
            // Sums of 0 were added to, too: only -0 was not.
            let sums = (0..<256).map { _ -> Double in
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: -0.0
                case 1: 0
                default: Double(generator.float(in: 0...6))
                }
            }
            let expected = sums.indices.filter { sums[$0].sign == .plus && Float(sums[$0] + rest) >= needed }
            for build in Self.builds {
                var window = sums
                var documents = [UInt32](repeating: 0, count: 256), taken = [Double](repeating: 0, count: 256)
                let count = build.pointee.harvest(256, &window, rest, needed, 1000, &documents, &taken)
                #expect(documents[..<count].map { Int($0) - 1000 } == expected, "\(build.pointee.variant)")
                #expect(Array(taken[..<count]) == expected.map { sums[$0] })
                #expect(window.allSatisfy { $0 == 0 && $0.sign == .minus })
            }
        }
    }

    @Test func blocksAreBoundedByTheirHighestPairInEveryBuild() {
        var generator = SeededGenerator(seed: 6)
        let inverse = (0..<256).map { _ in generator.float(in: 0.01...3) }
        var starts: [UInt32] = [0], impacts: [UInt32] = [], expected: [Float] = []
        for block in 0..<37 {
            var highest: Float = 0
            for _ in 0..<[0, 1, 5, 8, 11][block % 5] {
                let norm = UInt32.random(in: 0...255, using: &generator)
                let isUnbounded = Int.random(in: 0..<40, using: &generator) == 0
                let frequency = isUnbounded ? 0xff_ffff : UInt32.random(in: 1...30, using: &generator)
                impacts.append(norm << 24 | frequency)
                highest = max(
                    highest, isUnbounded ? 2.5 : 2.5 - 2.5 / (1 + Float(frequency) * inverse[Int(norm)]))
            }
            starts.append(UInt32(impacts.count))
            expected.append(highest)
        }
        impacts += [UInt32](repeating: 0, count: 16)
        for build in Self.builds {
            var bounds = [Float](repeating: -1, count: 37)
            build.pointee.bound_blocks(37, starts, impacts, inverse, 2.5, &bounds)
            #expect(bounds.map(\.bitPattern) == expected.map(\.bitPattern), "\(build.pointee.variant)")
        }
    }

    @Test func rangesAreBoundedByTheBlocksInThem() {
        var generator = SeededGenerator(seed: 7)
        for gap: UInt32 in [3, 40, 900] {
            let last = Self.ascending(60, gap, &generator)
            let bounds = last.map { _ in generator.float(in: 0.1...5) }
            let count = Int(last[59] >> 4) + 3
            var expected = [Float](repeating: 0, count: count)
            for block in 0..<60 {
                for document in (block == 0 ? 0 : last[block - 1] + 1)...last[block] {
                    expected[Int(document >> 4)] = max(expected[Int(document >> 4)], bounds[block])
                }
            }
            var ranges = [Float](repeating: -1, count: count)
            cp_range_bounds(60, last, bounds, 4, count, &ranges)
            #expect(ranges == expected)
        }
    }

    @Test func listsAreMergedWithTheirSums() {
        let a: [UInt32] = [1, 4, 9, 30], b: [UInt32] = [0, 4, 30, 31, 32]
        var documents = [UInt32](repeating: 0, count: 9), sums = [Double](repeating: 0, count: 9)
        let count = cp_merge(4, a, [1, 2, 3, 4], 5, b, [10, 20, 30, 40, 50], &documents, &sums)
        #expect(Array(documents[..<count]) == [0, 1, 4, 9, 30, 31, 32])
        #expect(Array(sums[..<count]) == [10, 1, 22, 3, 34, 40, 50])
    }

    @Test func documentsOfAWindowAreMarked() {
        let documents: [UInt32] = [64, 65, 127, 128, 191, 300, 319, 320]
        var seen = [UInt64](repeating: 0, count: 4)
        #expect(cp_mark(8, documents, 64, 320, &seen) == 7)
        let marked = (0..<256).filter { seen[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
        #expect(marked == [0, 1, 63, 64, 127, 236, 255])
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
