import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct DropoutTests {
    /// Source: the known answers of Random123 (`kat_vectors`, philox4x32 10).
    static let knownAnswers: [(counter: [UInt32], key: [UInt32], words: [UInt32])] = [
        ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        (
            [.max, .max, .max, .max], [.max, .max],
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
    ]

    @Test func philoxGivesTheKnownAnswers() {
        for answer in Self.knownAnswers {
            var words = [UInt32](repeating: 0, count: 4)
            ck_philox(answer.counter, answer.key, &words)
            #expect(words == answer.words)
        }
    }

    static let dropout = Dropout(rate: 0.3, seed: 0xfedc_ba98_7654_3210, step: 7, site: 11)

    static var plain: ck_dropout {
        ck_dropout(seed: dropout.seed, step: dropout.step, site: dropout.site, rate: dropout.rate)
    }

    @Test(arguments: builds.map(\.variant))
    func aMatrixIsDroppedAsThePlainLoopsSay(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        var plain = Self.plain
        for columns in [0, 1, 7, 16, 31, 33, 63, 64, 65, 100, 384] {
            for rows in [0, 1, 5] {
                let x = RandomMatrix(rows: rows, columns: columns, seed: UInt64(columns + rows))
                let residual = RandomMatrix(rows: rows, columns: columns, seed: 2)
                let y = RandomMatrix(rows: rows, columns: columns, seed: 3)
                let behind = rows > 0 ? y.buffer.base[columns] : 0
                kernels.dropOut(x.view, Self.dropout, firstRow: 1000, adding: residual.view, into: y.view)
                var wrong = 0
                for row in 0..<rows {
                    for column in 0..<columns {
                        let factor = ck_reference_dropout(&plain, UInt32(1000 + row), column)
                        let kept = factor == 0 ? 0 : x.view[row, column] * (1 / (1 - Self.dropout.rate))
                        if y.view[row, column] != kept + residual.view[row, column] { wrong += 1 }
                    }
                }
                #expect(wrong == 0, "\(rows) x \(columns)")
                if rows > 0 { #expect(y.buffer.base[columns] == behind) }
                // In place, and without a residual.
                let expected = RandomMatrix(rows: rows, columns: columns, seed: 4)
                kernels.dropOut(x.view, Self.dropout, firstRow: 1000, into: expected.view)
                kernels.dropOut(x.view, Self.dropout, firstRow: 1000)
                #expect(sameBits(x.view, expected.view))
            }
        }
    }

    @Test func aRowIsDroppedTheSameInAnyBatchAndOnAnyBuild() {
        let x = RandomMatrix(rows: 40, columns: 100, seed: 1)
        let all = RandomMatrix(rows: 40, columns: 100, seed: 2)
        Kernels.active.dropOut(x.view, Self.dropout, firstRow: 5, into: all.view)
        for build in builds {
            let some = RandomMatrix(rows: 9, columns: 100, seed: 3)
            build.dropOut(x.view.rows(11..<20), Self.dropout, firstRow: 16, into: some.view)
            #expect(sameBits(some.view, all.view.rows(11..<20)), "\(build.variant)")
        }
    }

    @Test func theShareOfZerosIsTheRateAndPlacesDiffer() {
        func zeros(_ dropout: Dropout, firstRow: Int = 0) -> [Bool] {
            let x = FloatBuffer((0..<200 * 200).map { _ in 1 })
            Kernels.active.dropOut(x.matrix(rows: 200, columns: 200), dropout, firstRow: firstRow)
            return x.values.map { $0 == 0 }
        }
        let base = zeros(Self.dropout)
        let share = Double(base.filter { $0 }.count) / 40000
        // Standard deviation of the share: 0.0023.
        #expect(abs(share - 0.3) < 0.01)
        var others = [zeros(Self.dropout, firstRow: 200), zeros(Self.dropout.at(site: 12))]
        var next = Self.dropout
        next.step += 1
        others.append(zeros(next))
        next = Self.dropout
        next.seed += 1 << 32
        others.append(zeros(next))
        for other in others {
            // Independent masks agree in 0.58 of the places.
            let agreeing = Double(zip(base, other).filter { $0 == $1 }.count) / 40000
            #expect(abs(agreeing - 0.58) < 0.02)
        }
        #expect(zeros(Dropout(rate: 0, seed: 1, step: 1, site: 1)).allSatisfy { !$0 })
    }
}
