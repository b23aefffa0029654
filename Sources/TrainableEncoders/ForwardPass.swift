public import Tensors

/// The outputs of a batch, and what the backward pass needs of the way to them.
///
/// Its memory goes back to the model with the last reference to it, so that the next pass of this size allocates nothing.
public final class ForwardPass {
    /// [sequences][width]; valid as long as this object lives.
    public let outputs: MatrixView

    let network: NetworkPass
    let head: any HeadPass
    private let memory: PassMemory
    private let workspace: Workspace

    init(network: NetworkPass, head: any HeadPass, workspace: Workspace, memory: PassMemory) {
        self.network = network
        self.head = head
        self.workspace = workspace
        self.memory = memory
        outputs = head.outputs
    }

    deinit { memory.put(workspace) }
}

extension Workspace {
    /// Takes a matrix with room for some more rows, so that batches of about the same number of tokens take the same memory.
    func roomyMatrix(rows: Int, columns: Int) -> MatrixView {
        let step = max(1, (1 << (Int.bitWidth - max(rows, 1).leadingZeroBitCount)) / 8)
        return matrix(rows: (rows + step - 1) / step * step, columns: columns).rows(0..<rows)
    }
}

/// Memory of passes that have ended, for those to come.
final class PassMemory {
    private var idle: [Workspace] = []
    private let start = Workspace().mark()

    /// An empty workspace.
    func take() -> Workspace { idle.popLast() ?? Workspace() }

    /// Gives one back.
    func put(_ workspace: Workspace) {
        workspace.release(start)
        idle.append(workspace)
    }

    /// Bytes that lie idle.
    var byteCount: Int { idle.reduce(0) { $0 + $1.byteCount } }
}
