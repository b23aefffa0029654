import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct AttentionTests {
    struct Head {
        let q, k, v: RandomMatrix
        let relative: FloatBuffer
        let scale: Float

        init(keys: Int, size: Int, seed: UInt64) {
            q = RandomMatrix(rows: keys, columns: size, gap: 7, scale: 3, seed: seed)
            k = RandomMatrix(rows: keys, columns: size, gap: 5, scale: 3, seed: seed + 1)
            v = RandomMatrix(rows: keys, columns: size, gap: 37, seed: seed + 2)
            var random = SeededGenerator(seed: seed + 3)
            relative = FloatBuffer((0..<2 * keys - 1).map { _ in random.float() })
            scale = 1 / Float(size).squareRoot()
        }

        func center(_ used: Bool) -> UnsafePointer<Float>? {
            used ? UnsafePointer(relative.base + (relative.count - 1) / 2) : nil
        }
    }

    @Test(arguments: builds.map(\.variant))
    func equalsThePlainLoops(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        for size in [1, 8, 16, 24, 32, 40, 64, 80, 128] {
            for keys in [1, 2, 3, 5, 8, 12, 13, 16, 17, 31, 32, 33, 50, 64, 65, 130] {
                let head = Head(keys: keys, size: size, seed: UInt64(keys * 1000 + size))
                for withBias in [false, true] {
                    let got = RandomMatrix(rows: keys, columns: size, seed: 1)
                    let expected = RandomMatrix(rows: keys, columns: size, seed: 1)
                    workspace.kernels.attend(
                        q: head.q.view, k: head.k.view, v: head.v.view, scale: head.scale,
                        relative: head.center(withBias), into: got.view, workspace: workspace)
                    var args = ck_attention_args()
                    args.q = UnsafePointer(head.q.view.base)
                    args.ldq = head.q.view.stride
                    args.queries = keys
                    args.k = UnsafePointer(head.k.view.base)
                    args.ldk = head.k.view.stride
                    args.v = UnsafePointer(head.v.view.base)
                    args.ldv = head.v.view.stride
                    args.keys = keys
                    args.head_size = size
                    args.scale = head.scale
                    args.relative = head.center(withBias)
                    args.out = expected.view.base
                    args.ldo = expected.view.stride
                    args.scratch = workspace.floats(2 * size)
                    ck_reference_attention(&args)
                    let difference = largestDifference(got.view, expected.view)
                    #expect(difference <= 4e-6, "keys \(keys), head size \(size), bias \(withBias)")
                    #expect(got.buffer.base[size] == expected.buffer.base[size])
                }
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func aQueryHasTheSameBitsWhateverTheOthersAre(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        for keys in [1, 7, 33, 70] {
            let head = Head(keys: keys, size: 32, seed: 9)
            let all = RandomMatrix(rows: keys, columns: 32, seed: 1)
            workspace.kernels.attend(
                q: head.q.view, k: head.k.view, v: head.v.view, scale: head.scale, relative: head.center(true),
                into: all.view, workspace: workspace)
            for first in stride(from: 0, to: keys, by: 5) {
                let rows = first..<min(first + 1 + first % 4, keys)
                let some = RandomMatrix(rows: rows.count, columns: 32, seed: 2)
                workspace.kernels.attend(
                    q: head.q.view.rows(rows), k: head.k.view, v: head.v.view, scale: head.scale,
                    relative: head.center(true), firstQuery: first, into: some.view, workspace: workspace)
                #expect(sameBits(some.view, all.view.rows(rows)))
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func largeScoresDoNotOverflow(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        let head = Head(keys: 20, size: 32, seed: 4)
        let out = RandomMatrix(rows: 20, columns: 32, seed: 1)
        workspace.kernels.attend(
            q: head.q.view, k: head.k.view, v: head.v.view, scale: 1e6, into: out.view, workspace: workspace)
        #expect(workspace.kernels.allFinite(out.view))
    }
}
