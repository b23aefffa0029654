import Tensors
import Testing

@Suite struct WorkspaceTests {
    @Test func memoryIsReusedInSteadyState() {
        let workspace = Workspace()
        func work() {
            let mark = workspace.mark()
            defer { workspace.release(mark) }
            for size in [100_000, 3, 70_000, 1] {
                let inner = workspace.mark()
                let block = workspace.floats(size)
                block[size - 1] = 1
                if size == 3 { workspace.release(inner) }
            }
        }
        work()
        work()
        let before = workspace.allocations
        for _ in 0..<10 { work() }
        #expect(workspace.allocations == before)
        #expect(workspace.highWaterMark >= 170_001)
        #expect(workspace.byteCount >= workspace.highWaterMark * 4)
    }

    @Test func blocksAreAlignedAndApart() {
        let workspace = Workspace()
        var last: UnsafeMutablePointer<Float>?
        for size in [1, 15, 16, 17, 65_536, 2] {
            let block = workspace.floats(size)
            #expect(UInt(bitPattern: block) % 64 == 0)
            #expect(block != last)
            last = block
        }
        let matrix = workspace.matrix(rows: 3, columns: 17)
        #expect(matrix.stride == 32)
    }

    @Test func bufferStartsWithZeros() {
        let buffer = FloatBuffer(count: 700_000)
        #expect(buffer.values.allSatisfy { $0 == 0 })
        #expect(UInt(bitPattern: buffer.base) % (2 << 20) == 0)
    }
}
