import Layers
import Tensors

/// What makes outputs of the last layer's rows.
protocol TrainableHead: Sendable {
    /// Columns of the outputs.
    var width: Int { get }
    /// All maps whose weights are packed.
    var maps: [LinearMap] { get }
    /// Which rows of the last layer it reads.
    var wanted: FinishedRows { get }

    /// Computes the outputs of all sequences.
    ///
    /// - Parameters:
    ///   - hidden: the rows of the last layer that the head wants, which stay as long as the result lives.
    ///   - memory: where the results stay.
    func forward(
        _ hidden: MatrixView, layout: SequenceLayout, tiles: [Range<Int>], dropout: PassDropout, memory: Workspace,
        pool: WorkerPool
    ) -> any HeadPass
}

/// The outputs of a head and the way back from them.
protocol HeadPass {
    /// [B][width].
    var outputs: MatrixView { get }

    /// Adds the gradients of the head's parameters, and writes those of the rows of the last layer.
    ///
    /// - Parameters:
    ///   - outputGradient: [B][width].
    ///   - hiddenGradient: of the shape of the rows.
    ///   - memory: for what is only needed here.
    func backward(_ outputGradient: MatrixView, into hiddenGradient: MatrixView, memory: Workspace, pool: WorkerPool)
}

extension MatrixView {
    /// Sets all values.
    func fill(_ value: Float) {
        for row in 0..<rows { self[row].update(repeating: value) }
    }
}
