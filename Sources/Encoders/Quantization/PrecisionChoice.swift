package import ModelFiles
package import Tensors

/// What a model is loaded with, and why.
package struct PrecisionChoice {
    let matrices: MatrixPrecision
    /// The packed weights to use; nil: the model's own are converted.
    let packed: PackedWeights?
    /// Why, in words.
    package let reason: String

    /// What is used.
    package var precision: Precision { Precision(matrices) }

    /// Decides by what was asked for, what the folder records and what this CPU does well.
    ///
    /// - Throws: ``EncoderError`` where quantised weights would be used and are damaged or belong to other weights: a model
    ///   whose folder contradicts itself is not served by half of it.
    package init(
        _ asked: Precision, _ folder: ModelFolder, weights: WeightArchive, cpu: KernelVariant = Kernels.active.variant
    ) throws(EncoderError) {
        switch asked {
        case .fp32: self.init(.fp32, nil, "asked for")
        case .bf16: self.init(.bf16, nil, "asked for")
        case .int8:
            guard let record = try QuantizationRecord.read(folder) else {
                self.init(.int8, nil, "asked for; weights quantised at the start, without calibration")
                return
            }
            guard record.task == folder.task else {
                throw EncoderError(
                    .wrongTask,
                    "the int8 weights were made for the model as \(record.task.name), not as \(folder.task.name)",
                    advice: "Run it with precision fp32 or bf16, or the original folder with int8",
                    path: folder.path(of: QuantizationRecord.fileName))
            }
            self.init(.int8, try Self.packed(folder, record, weights), "asked for; quantised weights of the folder")
        case .auto:
            guard let record = try QuantizationRecord.read(folder) else {
                self.init(without: "the folder has no quantised weights; `needletail models quantize` makes them", cpu)
                return
            }
            if let obstacle = Self.obstacle(record, folder, weights, cpu) {
                self.init(without: obstacle, cpu)
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

    /// Whether int8 products are faster than float32 ones with a build of the kernels; docs/decisions/0006 has the figures.
    ///
    /// Without byte dot products, AVX-512 and NEON need as many instructions for int8 as for float32.
    package static func gainsFromInt8(_ cpu: KernelVariant) -> Bool { cpu != .avx512 && cpu != .neon }

    /// Why quantised weights that are there are not for this use; nil if they are.
    private static func obstacle(
        _ record: QuantizationRecord, _ folder: ModelFolder, _ weights: WeightArchive, _ cpu: KernelVariant
    ) -> String? {
        if record.task != folder.task {
            return
                "the folder's int8 weights were made for the model as \(record.task.name), not as \(folder.task.name)"
        }
        if !record.passes { return "the recorded quality of int8 is below its bar" }
        if !gainsFromInt8(cpu) { return "int8 is no faster than float32 with the kernels \(cpu)" }
        // One of several weight files of a folder may be named; the folder itself must not contradict its record.
        if let name = folder.weightFile, !record.describes(weights) {
            return "the folder's int8 weights were made of another file than \(name)"
        }
        return nil
    }

    private static func packed(
        _ folder: ModelFolder, _ record: QuantizationRecord, _ weights: WeightArchive
    ) throws(EncoderError) -> PackedWeights? {
        let packed = try PackedWeights(folder, record)
        try record.check(weights)
        return packed
    }
}
