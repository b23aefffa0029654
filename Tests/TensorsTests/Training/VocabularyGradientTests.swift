import Tensors
import TestSupport
import Testing

@Suite struct VocabularyGradientTests {
    static let offsets: [Int32] = [0, 1, 1, 14, 40]
    static let (inputs, vocabulary) = (24, 70)

    @Test(arguments: builds.map(\.variant))
    func theLargestLogitsAreThoseOfTheProduct(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        let x = RandomMatrix(rows: 40, columns: Self.inputs, seed: 1)
        // Equal rows: the first of them wins.
        for row in 20..<40 { x.view.rows(row..<row + 1).copy(from: x.view.rows(15 + row % 5..<16 + row % 5)) }
        let weight = randomValues(Self.vocabulary * Self.inputs, seed: 2)
        let bias = randomValues(Self.vocabulary, seed: 3)
        for precision in [MatrixPrecision.fp32, .bf16] {
            let packed = PackedMatrix(
                weight: weight, bias: bias, outputs: Self.vocabulary, inputs: Self.inputs
            ).converted(to: precision)
            let all = RandomMatrix(rows: 40, columns: Self.vocabulary, seed: 4)
            let input = workspace.kernels.input(x.view, for: packed, workspace: workspace)
            workspace.kernels.multiply(input, packed, into: all.view)
            let logits = RandomMatrix(rows: 4, columns: Self.vocabulary, seed: 5)
            var winners = [Int32](repeating: 99, count: 4 * Self.vocabulary)
            for panels in [0..<1, 1..<3] {
                workspace.kernels.largestLogits(
                    input, offsets: Self.offsets, packed, panels: panels, into: logits.view, winners: &winners)
            }
            for sequence in 0..<4 {
                let rows = Int(Self.offsets[sequence])..<Int(Self.offsets[sequence + 1])
                for entry in 0..<Self.vocabulary {
                    let winner = Int(winners[sequence * Self.vocabulary + entry])
                    if rows.isEmpty {
                        #expect(winner == -1 && logits.view[sequence, entry] == 0)
                        continue
                    }
                    var best = rows.lowerBound
                    for row in rows where all.view[row, entry] > all.view[best, entry] { best = row }
                    #expect(winner == best && logits.view[sequence, entry] == all.view[best, entry])
                }
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func gradientsGoToTheWinners(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let x = RandomMatrix(rows: 40, columns: Self.inputs, seed: 1)
        let weight = RandomMatrix(rows: Self.vocabulary, columns: Self.inputs, seed: 2)
        let dLogits = RandomMatrix(rows: 4, columns: Self.vocabulary, seed: 3)
        var winners: [Int32] = []
        var random = SeededGenerator(seed: 4)
        for sequence in 0..<4 {
            let rows = Self.offsets[sequence]..<Self.offsets[sequence + 1]
            for entry in 0..<Self.vocabulary {
                winners.append(rows.isEmpty ? -1 : Int32.random(in: rows, using: &random))
                if entry % 3 == 0 { dLogits.view[sequence, entry] = 0 }
            }
        }
        let (dx, expectedX) = (
            RandomMatrix(rows: 40, columns: Self.inputs, seed: 5), RandomMatrix(rows: 40, columns: Self.inputs, seed: 5)
        )
        func weights(_ cuts: [Int]) -> (RandomMatrix, FloatBuffer) {
            let gradient = RandomMatrix(rows: Self.vocabulary, columns: Self.inputs, seed: 6)
            let bias = FloatBuffer(count: Self.vocabulary)
            for (begin, end) in zip(cuts, cuts.dropFirst()) {
                kernels.addWinnerWeightGradients(
                    dLogits.view, winners: winners, entries: begin..<end, input: x.view, into: gradient.view,
                    bias: bias.base)
            }
            return (gradient, bias)
        }
        let (whole, bias) = weights([0, Self.vocabulary])
        let (parts, _) = weights([0, 13, 40, Self.vocabulary])
        #expect(sameBits(whole.view, parts.view))
        let expectedWeight = RandomMatrix(rows: Self.vocabulary, columns: Self.inputs, seed: 6)
        for sequence in 0..<4 {
            winners.withUnsafeBufferPointer { winners in
                guard let start = winners.baseAddress else { return }
                kernels.addWinnerInputGradients(
                    dLogits.view[sequence].baseAddress ?? dLogits.view.base,
                    winners: start + sequence * Self.vocabulary, weight: weight.view, into: dx.view)
            }
        }
        for sequence in [0, 2, 3] {
            for entry in 0..<Self.vocabulary {
                let (row, g) = (Int(winners[sequence * Self.vocabulary + entry]), dLogits.view[sequence, entry])
                for column in 0..<Self.inputs {
                    expectedX.view[row, column] += g * weight.view[entry, column]
                    expectedWeight.view[entry, column] += g * x.view[row, column]
                }
            }
        }
        #expect(largestDifference(dx.view, expectedX.view) <= 1e-5)
        #expect(largestDifference(whole.view, expectedWeight.view) <= 1e-5)
        for entry in 0..<Self.vocabulary {
            let sum = [0, 2, 3].reduce(Float(0)) { $0 + dLogits.view[$1, entry] }
            #expect(abs(bias.base[entry] - sum) <= 1e-6)
        }
    }
}
