import ModelFiles
import Tensors

/// A network that was quantised in memory and is in no folder yet.
public struct QuantizedNetwork: Sendable {
    /// What the network does.
    let task: ModelTask
    /// The float32 network, to compare with.
    let exact: QuantizableModel
    /// The packed file to be.
    let writer: PackedWeightsWriter
    /// How each matrix was quantised, in the order of the network.
    let matrices: [QuantizationRecord.QuantizedMatrix]
    /// The threads that it was made with.
    let pool: WorkerPool
    /// Tells the weights that were quantised from others.
    let source: QuantizationRecord.WeightDigest
}
