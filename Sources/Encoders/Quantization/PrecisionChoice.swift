import ModelFiles
import Tensors

/// What a model is loaded with, and why.
struct PrecisionChoice {
    let matrices: MatrixPrecision
    /// The packed weights to use; nil: the model's own are converted.
    let packed: PackedWeights?
    /// Why, in words.
    let reason: String

    /// Decides by what was asked for, what the folder records and what this CPU does well.
    ///
    /// - Throws: ``EncoderError`` where quantised weights would be used and are damaged or belong to other weights: a model
    ///   whose folder contradicts itself is not served by half of it.
    init(
        _ asked: Precision, _ folder: ModelFolder, weights: WeightArchive, cpu: KernelVariant = Kernels.active.variant
    ) throws(EncoderError) {
        switch asked {
        case .fp32: self.init(.fp32, nil, "asked for")
        case .bf16: self.init(.bf16, nil, "asked for")
        case .int8:
            if let record = try QuantizationRecord.read(folder) {
                self.init(.int8, try Self.packed(folder, record, weights), "asked for; quantised weights of the folder")
            } else {
                self.init(.int8, nil, "asked for; weights quantised at the start, without calibration")
            }
        case .auto:
            guard let record = try QuantizationRecord.read(folder) else {
                self.init(without: "the folder has no quantised weights; `needletail models quantize` makes them", cpu)
                return
            }
            guard record.passes else {
                self.init(without: "the recorded quality of int8 is below its bar", cpu)
                return
            }
            self.init(.int8, try Self.packed(folder, record, weights), "recorded quality passes")
        }
    }

    private init(_ matrices: MatrixPrecision, _ packed: PackedWeights?, _ reason: String) {
        self.matrices = matrices
        self.packed = packed
        self.reason = reason
    }

    /// The best without int8: bfloat16 takes half the memory, and no more time where there are vector instructions.
    private init(without reason: String, _ cpu: KernelVariant) {
        self.init(cpu == .portable ? .fp32 : .bf16, nil, reason)
    }

    private static func packed(
        _ folder: ModelFolder, _ record: QuantizationRecord, _ weights: WeightArchive
    ) throws(EncoderError) -> PackedWeights {
        let packed = try PackedWeights(folder, record)
        try record.check(weights)
        return packed
    }
}
