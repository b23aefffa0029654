import Tensors
import Testing

@Suite struct WeightArenaTests {
    @Test func buffersLieApartAndOutliveTheArena() {
        var arena: WeightArena? = WeightArena()
        let counts = [1, 15, 16, 17, 0, 1000, 3_000_000, 20_000_000, 5]
        let buffers = counts.map { arena?.buffer(count: $0) }.compactMap { $0 }
        arena = nil
        for (number, buffer) in buffers.enumerated() {
            #expect(buffer.count == counts[number])
            #expect(Int(bitPattern: buffer.base).isMultiple(of: 64))
            for index in 0..<buffer.count { buffer.base[index] = Float(number) }
        }
        for (number, buffer) in buffers.enumerated() {
            #expect(buffer.values.allSatisfy { $0 == Float(number) })
        }
    }

    @Test func placedWeightsGiveTheSameBits() {
        let packed = PackedMatrix(weight: randomValues(70 * 33, seed: 1), outputs: 70, inputs: 33)
        let x = RandomMatrix(rows: 9, columns: 33, seed: 2)
        let y = RandomMatrix(rows: 9, columns: 70, seed: 3)
        let z = RandomMatrix(rows: 9, columns: 70, seed: 4)
        Kernels.active.multiply(x.view, packed, into: y.view)
        Kernels.active.multiply(x.view, packed.placed(in: WeightArena()), into: z.view)
        #expect(sameBits(y.view, z.view))
    }
}
