import CKernels

/// Weights [N outputs][K inputs] with bias, in the order in which the matrix product reads them.
///
/// Layout: panels of 32 outputs, each [K][32]; the last panel is filled up with zero columns. Row-major weights as
/// PyTorch stores them (`[out_features, in_features]`) go in; `unpackedRows` gives them back unchanged.
public struct PackedMatrix: Sendable {
    /// Outputs in one panel.
    public static let panelWidth = Int(CK_PANEL)

    /// N, the number of outputs.
    public let outputs: Int
    /// K, the number of inputs.
    public let inputs: Int
    /// [panelCount][K][32].
    package let panels: FloatBuffer
    /// [panelCount * 32], or nil for no bias.
    package let bias: FloatBuffer?

    /// Number of panels.
    public var panelCount: Int { Self.panelCount(outputs) }

    /// Packs one matrix.
    ///
    /// - Parameters:
    ///   - weight: [outputs][inputs], row-major.
    ///   - bias: [outputs], or nil.
    public init(weight: [Float], bias: [Float]? = nil, outputs: Int, inputs: Int) {
        self.init(
            outputs: outputs, inputs: inputs,
            blocks: [
                Block(firstOutput: 0, rows: 0..<outputs, parameters: LinearParameters(weight, bias, outputs, inputs))
            ]
        )
    }

    /// Some rows of one weight matrix and where their outputs go.
    package struct Block {
        package let firstOutput: Int
        package let rows: Range<Int>
        package let parameters: LinearParameters

        package init(firstOutput: Int, rows: Range<Int>, parameters: LinearParameters) {
            self.firstOutput = firstOutput
            self.rows = rows
            self.parameters = parameters
        }
    }

    /// Packs rows of several matrices side by side; outputs that no block names are zero.
    package init(outputs: Int, inputs: Int, blocks: [Block]) {
        self.outputs = outputs
        self.inputs = inputs
        panels = FloatBuffer(count: Self.panelCount(outputs) * Self.panelWidth * inputs)
        let hasBias = blocks.contains { $0.parameters.bias != nil }
        bias = hasBias ? FloatBuffer(count: Self.panelCount(outputs) * Self.panelWidth) : nil
        for block in blocks {
            precondition(block.parameters.inputs == inputs, "all rows of a packed matrix have the same inputs")
            precondition(block.firstOutput + block.rows.count <= outputs, "more rows than outputs")
            block.parameters.weight.withUnsafeBufferPointer { weight in
                guard let start = weight.baseAddress, inputs > 0 else { return }
                ck_pack_rows(
                    start + block.rows.lowerBound * inputs, inputs, block.rows.count, inputs, panels.base,
                    block.firstOutput)
            }
            if let bias, let values = block.parameters.bias {
                for (offset, row) in block.rows.enumerated() { bias.base[block.firstOutput + offset] = values[row] }
            }
        }
    }

    /// The weights of some outputs as [rows.count][inputs], row-major.
    public func unpackedRows(_ rows: Range<Int>) -> [Float] {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= outputs, "rows \(rows) of \(outputs)")
        var result = [Float](repeating: 0, count: rows.count * inputs)
        result.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            ck_unpack_rows(panels.base, rows.lowerBound, rows.count, inputs, start, inputs)
        }
        return result
    }

    /// Bytes of memory that weights and bias take.
    public var byteCount: Int { (panels.count + (bias?.count ?? 0)) * MemoryLayout<Float>.stride }

    private static func panelCount(_ outputs: Int) -> Int { (outputs + panelWidth - 1) / panelWidth }
}
