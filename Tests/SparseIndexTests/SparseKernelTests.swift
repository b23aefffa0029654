import CPostings
import TestSupport
import Testing

/// The chosen build equals the plain one, bit for bit.
@Suite struct SparseKernelTests {
    @Test func products() {
        let best = cs_kernels_best()!, plain = cs_kernels_portable()!
        var random = SeededGenerator(seed: 1)
        var factors = [UInt16](repeating: 0, count: 65_538)
        var query = cs_query()
        for _ in 0..<40 {
            let number = Int.random(in: 0..<65_536, using: &random)
            factors[number] = UInt16.random(in: 1..<32_768, using: &random)
            withUnsafeMutableBytes(of: &query.filter) { bytes in
                let words = bytes.bindMemory(to: UInt16.self)
                words[(number >> 4) & 63] |= 1 << UInt16(number & 15)
            }
        }
        let present = factors.indices.filter { factors[$0] > 0 }
        factors.withUnsafeBufferPointer { factors in
            query.factors = factors.baseAddress
            for count in Array(0...70) + [127, 128, 129, 255, 256, 257, 500] {
                let numbers = (0..<count).map { _ in
                    Bool.random(using: &random)
                        ? UInt16(present.randomElement(using: &random)!) : UInt16.random(in: 0...65_535, using: &random)
                }
                let weights = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                let a = best.pointee.product(&query, numbers, weights, count)
                let b = plain.pointee.product(&query, numbers, weights, count)
                #expect(a == b, "\(count) numbers")
            }
        }
    }

    @Test func boundsAndBlocks() {
        let best = cs_kernels_best()!, plain = cs_kernels_portable()!
        var random = SeededGenerator(seed: 2)
        for words in [1, 2, 5, 33] {
            var terms: [cs_term] = []
            var memory: [UnsafeMutableRawPointer] = []
            for _ in 0..<7 { terms.append(term(words, &random, &memory)) }
            defer { for piece in memory { piece.deallocate() } }
            var sums = [[UInt16]](repeating: [UInt16](repeating: 3, count: 64 * words), count: 2)
            var maxima = [[UInt16]](repeating: [UInt16](repeating: 0, count: words), count: 2)
            best.pointee.add_bounds(terms, terms.count, 0, words, &sums[0], &maxima[0])
            plain.pointee.add_bounds(terms, terms.count, 0, words, &sums[1], &maxima[1])
            #expect(sums[0] == sums[1])
            #expect(maxima[0] == maxima[1])
            for block in 0..<UInt32(64 * words) {
                var places = [[cs_place]](repeating: [cs_place](repeating: cs_place(), count: 7), count: 2)
                let a = best.pointee.locate(terms, terms.count, block, &places[0])
                let b = plain.pointee.locate(terms, terms.count, block, &places[1])
                #expect(a == b)
                var scores = [[Float]](repeating: [Float](repeating: 0, count: 16), count: 2)
                let least = Float(block % 3)
                let found = best.pointee.score_block(places[0], a, least, &scores[0])
                let right = plain.pointee.score_block(places[1], b, least, &scores[1])
                #expect(found == right)
                #expect(scores[0] == scores[1])
            }
        }
    }

    /// A term with random blocks; the memory is as long as its padding asks for.
    private func term(
        _ words: Int, _ random: inout SeededGenerator, _ memory: inout [UnsafeMutableRawPointer]
    ) -> cs_term {
        func keep<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T> {
            let size = values.count * MemoryLayout<T>.stride
            let copy = UnsafeMutableRawPointer.allocate(byteCount: size + Int(CP_PADDING), alignment: 64)
            values.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: size) }
            memory.append(copy)
            return UnsafePointer(copy.assumingMemoryBound(to: T.self))
        }
        var blocks: [UInt64] = [], ranks: [UInt32] = [], masks: [UInt16] = [], bounds: [UInt8] = [],
            weights: [UInt16] = []
        for _ in 0..<words {
            ranks += [UInt32(masks.count), UInt32(weights.count)]
            let bits = [random.next(), random.next() & random.next() & random.next(), .max, 0].randomElement(
                using: &random)!
            blocks.append(bits)
            for _ in 0..<bits.nonzeroBitCount {
                masks.append(UInt16.random(in: 1...65_535, using: &random))
                bounds.append(UInt8.random(in: 1...255, using: &random))
                for _ in 0..<masks.last!.nonzeroBitCount {
                    weights.append(UInt16.random(in: 0x7e00...0x8080, using: &random))
                }
            }
        }
        return cs_term(
            blocks: keep(blocks), ranks: keep(ranks), bounds: keep(bounds), documents: keep(masks),
            weights: keep(weights),
            weight: random.float(in: 0.01...3), factor: UInt16.random(in: 1...9000, using: &random))
    }
}
