/// Scratch memory of one thread: a stack of floats that grows to what the work needs and then never allocates again.
///
/// Use: remember `mark()`, take blocks, `release` the mark. Blocks are 64-byte aligned and not cleared. A workspace
/// belongs to one thread at a time. It also says which kernels to compute with, so that tests can run the same layers on
/// every build.
public final class Workspace: @unchecked Sendable {
    /// The kernels that layers use with this workspace.
    public let kernels: Kernels

    /// A place in the stack.
    public struct Mark {
        fileprivate let chunk: Int
        fileprivate let offset: Int
        fileprivate let used: Int
    }

    /// Called with each input of a product and the weights that it is for; for calibration.
    package var observer: ((_ input: MatrixView, _ weight: PackedMatrix) -> Void)?

    private var chunks: [FloatBuffer] = []
    private var chunk = 0
    private var offset = 0
    private var used = 0

    /// The most floats that were in use at once.
    public private(set) var highWaterMark = 0
    /// How often memory was asked from the system; stays the same in steady state.
    public private(set) var allocations = 0

    /// Makes an empty workspace; memory comes with first use.
    public init(kernels: Kernels = .active) {
        self.kernels = kernels
    }

    /// Bytes that this workspace holds.
    public var byteCount: Int { chunks.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride }

    /// The current place.
    public func mark() -> Mark { Mark(chunk: chunk, offset: offset, used: used) }

    /// Gives back everything taken since `mark`.
    public func release(_ mark: Mark) {
        chunk = mark.chunk
        offset = mark.offset
        used = mark.used
        if used == 0 && chunks.count > 1 {
            // The work needed several blocks: next time, one block holds all of it.
            chunks = []
            chunk = 0
            offset = 0
            grow(to: highWaterMark)
        }
    }

    /// Takes `count` floats with undefined contents.
    public func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let size = (max(count, 1) + 15) & ~15
        while chunk < chunks.count && offset + size > chunks[chunk].count {
            chunk += 1
            offset = 0
        }
        if chunk == chunks.count { grow(to: max(size, 1 << 16)) }
        let start = chunks[chunk].base + offset
        offset += size
        used += size
        highWaterMark = max(highWaterMark, used)
        return start
    }

    /// Takes a matrix with undefined contents; rows start on 64-byte boundaries.
    ///
    /// Each row is readable up to its stride, which is a multiple of 16 floats.
    public func matrix(rows: Int, columns: Int) -> MatrixView {
        let stride = (columns + 15) & ~15
        return MatrixView(floats(rows * stride), rows: rows, columns: columns, stride: stride)
    }

    private func grow(to size: Int) {
        chunks.append(FloatBuffer(count: size))
        allocations += 1
    }
}
