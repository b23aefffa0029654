import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct AttentionGradientTests {
    /// One head with all that its gradients need.
    final class Head {
        let q, k, v, dOut: RandomMatrix
        let relative: FloatBuffer
        let scale: Float

        init(tokens: Int, size: Int, seed: UInt64) {
            q = RandomMatrix(rows: tokens, columns: size, gap: 7, scale: 2, seed: seed)
            k = RandomMatrix(rows: tokens, columns: size, gap: 5, scale: 2, seed: seed + 1)
            v = RandomMatrix(rows: tokens, columns: size, gap: 37, seed: seed + 2)
            dOut = RandomMatrix(rows: tokens, columns: size, gap: 2, seed: seed + 3)
            relative = FloatBuffer(randomValues(max(2 * tokens - 1, 1), seed: seed + 4))
            scale = 1 / Float(size).squareRoot()
        }

        func center(_ buffer: FloatBuffer) -> UnsafeMutablePointer<Float> { buffer.base + (buffer.count - 1) / 2 }
    }

    /// dQ, dK, dV and the gradient of the relative bias.
    struct Gradients {
        let q, k, v: RandomMatrix
        let relative: FloatBuffer

        init(tokens: Int, size: Int) {
            q = RandomMatrix(rows: tokens, columns: size, gap: 1, seed: 1)
            k = RandomMatrix(rows: tokens, columns: size, gap: 4, seed: 2)
            v = RandomMatrix(rows: tokens, columns: size, gap: 9, seed: 3)
            relative = FloatBuffer(randomValues(max(2 * tokens - 1, 1), seed: 4))
        }
    }

    static let dropout = AttentionDropout(
        Dropout(rate: 0.25, seed: 99, step: 3, site: 8), firstRow: 1234, head: 5)

    static var plainDropout: ck_attention_dropout {
        let numbers = dropout.numbers
        return ck_attention_dropout(
            numbers: ck_dropout(seed: numbers.seed, step: numbers.step, site: numbers.site, rate: numbers.rate),
            first_row: UInt32(dropout.firstRow), head: UInt32(dropout.head))
    }

    static func gradients(
        _ head: Head, relative: Bool, dropout: AttentionDropout?, workspace: Workspace
    ) -> Gradients {
        let result = Gradients(tokens: head.q.view.rows, size: head.q.view.columns)
        workspace.kernels.attendBackward(
            q: head.q.view, k: head.k.view, v: head.v.view, dOut: head.dOut.view, scale: head.scale,
            relative: relative ? UnsafePointer(head.center(head.relative)) : nil, dropout: dropout,
            dQ: result.q.view, dK: result.k.view, dV: result.v.view,
            relativeGradient: relative ? head.center(result.relative) : nil, workspace: workspace)
        return result
    }

    static func plainGradients(_ head: Head, relative: Bool, drops: Bool) -> Gradients {
        let result = Gradients(tokens: head.q.view.rows, size: head.q.view.columns)
        var args = ck_attention_gradient_args()
        (args.q, args.ldq) = (UnsafePointer(head.q.view.base), head.q.view.stride)
        (args.k, args.ldk) = (UnsafePointer(head.k.view.base), head.k.view.stride)
        (args.v, args.ldv) = (UnsafePointer(head.v.view.base), head.v.view.stride)
        (args.dout, args.lddo) = (UnsafePointer(head.dOut.view.base), head.dOut.view.stride)
        (args.tokens, args.head_size, args.scale) = (head.q.view.rows, head.q.view.columns, head.scale)
        (args.dq, args.lddq) = (result.q.view.base, result.q.view.stride)
        (args.dk, args.lddk) = (result.k.view.base, result.k.view.stride)
        (args.dv, args.lddv) = (result.v.view.base, result.v.view.stride)
        if relative {
            args.relative = UnsafePointer(head.center(head.relative))
            args.drelative = head.center(result.relative)
        }
        withUnsafePointer(to: plainDropout) {
            if drops { args.dropout = $0 }
            ck_reference_attention_gradient(&args)
        }
        return result
    }

    @Test(arguments: builds.map(\.variant))
    func equalsThePlainLoops(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        for size in [1, 8, 24, 32, 40, 64, 80] {
            for tokens in [0, 1, 2, 3, 7, 12, 13, 16, 17, 31, 32, 33, 50, 65, 100] where size < 64 || tokens < 60 {
                let head = Head(tokens: tokens, size: size, seed: UInt64(tokens * 1000 + size))
                for (relative, drops) in [(false, false), (true, false), (true, true), (false, true)] {
                    let got = Self.gradients(
                        head, relative: relative, dropout: drops ? Self.dropout : nil, workspace: workspace)
                    let expected = Self.plainGradients(head, relative: relative, drops: drops)
                    let difference = [
                        largestDifference(got.q.view, expected.q.view), largestDifference(got.k.view, expected.k.view),
                        largestDifference(got.v.view, expected.v.view),
                        zip(got.relative.values, expected.relative.values).reduce(0) { max($0, abs($1.0 - $1.1)) },
                    ]
                    let what = "\(tokens) tokens, head size \(size), relative \(relative), dropout \(drops)"
                    #expect(difference.allSatisfy { $0 <= 1e-5 }, "\(what): \(difference)")
                    if tokens == 0 { continue }
                    #expect(got.q.buffer.base[size] == expected.q.buffer.base[size], "behind a row")
                    #expect(got.v.buffer.base[size] == expected.v.buffer.base[size], "behind a row")
                }
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func aLongSequenceEqualsThePlainLoops(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        let head = Head(tokens: 300, size: 16, seed: 5)
        let got = Self.gradients(head, relative: true, dropout: Self.dropout, workspace: workspace)
        let expected = Self.plainGradients(head, relative: true, drops: true)
        #expect(largestDifference(got.q.view, expected.q.view) <= 1e-5)
        #expect(largestDifference(got.k.view, expected.k.view) <= 1e-5)
        #expect(largestDifference(got.v.view, expected.v.view) <= 1e-5)
    }

    @Test(arguments: builds.map(\.variant))
    func theForwardHalfDropsAsThePlainLoopsSay(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        for tokens in [1, 5, 32, 37, 70] {
            let head = Head(tokens: tokens, size: 32, seed: UInt64(tokens))
            let out = RandomMatrix(rows: tokens, columns: 32, seed: 1)
            workspace.kernels.attend(
                q: head.q.view, k: head.k.view, v: head.v.view, scale: head.scale, dropout: Self.dropout,
                into: out.view, workspace: workspace)
            let expected = forward(head)
            for row in 0..<tokens {
                for column in 0..<32 {
                    #expect(abs(Double(out.view[row, column]) - expected[row * 32 + column]) <= 4e-6)
                }
            }
        }
    }

    /// The output of a head with dropout, in double precision; probabilities through the reference of attention over unit vectors.
    private func forward(_ head: Head) -> [Double] {
        let (tokens, size) = (head.q.view.rows, head.q.view.columns)
        var plain = Self.plainDropout
        let probabilities = probabilities(head)
        var out = [Double](repeating: 0, count: tokens * size)
        for i in 0..<tokens {
            for j in 0..<tokens {
                let p = Double(probabilities[i, j]) * ck_reference_attention_dropout(&plain, i, j)
                for c in 0..<size { out[i * size + c] += p * Double(head.v.view[j, c]) }
            }
        }
        return out
    }

    private func probabilities(_ head: Head) -> MatrixView {
        let tokens = head.q.view.rows
        let scores = RandomMatrix(rows: tokens, columns: tokens, seed: 1)
        for i in 0..<tokens {
            for j in 0..<tokens {
                scores.view[i, j] = zip(head.q.view[i], head.k.view[j]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        Kernels.active.softmax(scores.view, scale: head.scale)
        kept.append(scores)
        return scores.view
    }

    private let kept = Kept()
    private final class Kept {
        var matrices: [RandomMatrix] = []; func append(_ m: RandomMatrix) { matrices.append(m) }
    }

    /// Finite differences of the plain forward half, through the kernels' own forward in float32 with large steps.
    @Test(arguments: builds.map(\.variant))
    func equalsFiniteDifferences(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        let (tokens, size) = (9, 8)
        let head = Head(tokens: tokens, size: size, seed: 77)
        let gradients = Self.gradients(head, relative: true, dropout: Self.dropout, workspace: workspace)
        let before = FloatBuffer(randomValues(2 * tokens - 1, seed: 4))
        func loss() -> Double {
            let out = RandomMatrix(rows: tokens, columns: size, seed: 1)
            workspace.kernels.attend(
                q: head.q.view, k: head.k.view, v: head.v.view, scale: head.scale,
                relative: UnsafePointer(head.center(head.relative)), dropout: Self.dropout, into: out.view,
                workspace: workspace)
            return (0..<tokens).reduce(0) { sum, row in
                zip(out.view[row], head.dOut.view[row]).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
            }
        }
        func slope(_ value: UnsafeMutablePointer<Float>) -> Double {
            let (step, start): (Float, Float) = (1 / 128, value.pointee)
            value.pointee = start + step
            let above = loss()
            value.pointee = start - step
            let below = loss()
            value.pointee = start
            return (above - below) / Double(2 * step)
        }
        for row in 0..<tokens {
            for column in 0..<size {
                for (input, gradient) in [(head.q, gradients.q), (head.k, gradients.k), (head.v, gradients.v)] {
                    let expected = slope(input.view.base + row * input.view.stride + column)
                    #expect(abs(Double(gradient.view[row, column]) - expected) <= 3e-4)
                }
            }
        }
        for index in 0..<2 * tokens - 1 {
            let expected = slope(head.relative.base + index) + Double(before.base[index])
            #expect(abs(Double(gradients.relative.base[index]) - expected) <= 3e-4)
        }
    }
}
