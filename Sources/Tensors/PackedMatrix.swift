import CKernels

/// Weights [N outputs][K inputs] with bias, in the order in which the matrix product reads them.
///
/// Layout: panels of 32 outputs; the last panel is filled up with zero columns. In a panel, 4 bytes of each of 32 outputs
/// stand side by side: float32 [K][32], bfloat16 [K / 2][32][2], int8 + 128 [K / 4][32][4]. Row-major weights as PyTorch
/// stores them (`[out_features, in_features]`) go in; `unpackedRows` gives float32 ones back unchanged.
public struct PackedMatrix: Sendable {
    /// Outputs in one panel.
    public static let panelWidth = Int(CK_PANEL)

    /// N, the number of outputs.
    public let outputs: Int
    /// K, the number of inputs.
    public let inputs: Int
    /// The arithmetic of products with this matrix.
    public let precision: MatrixPrecision
    /// The panels back to back; memory counted in floats whatever the precision.
    package let panels: FloatBuffer
    /// int8: [panelCount * 32] value of one step of each output.
    package let columnScale: FloatBuffer?
    /// int8: [K] factors on the columns of the input, or nil; the weights were multiplied by the inverse.
    package let inverseSmoothing: FloatBuffer?
    /// [panelCount * 32], or nil for no bias.
    package let bias: FloatBuffer?

    /// Number of panels.
    public var panelCount: Int { Self.panelCount(outputs) }

    /// Packs one matrix in float32.
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

    /// Packs rows of several matrices side by side in float32; outputs that no block names are zero.
    package init(outputs: Int, inputs: Int, blocks: [Block]) {
        self.outputs = outputs
        self.inputs = inputs
        precision = .fp32
        panels = FloatBuffer(count: Self.panelFloats(.fp32, outputs: outputs, inputs: inputs))
        columnScale = nil
        inverseSmoothing = nil
        let hasBias = blocks.contains { $0.parameters.bias != nil }
        bias = hasBias ? FloatBuffer(count: Self.panelCount(outputs) * Self.panelWidth) : nil
        for block in blocks {
            precondition(block.parameters.inputs == inputs, "all rows of a packed matrix have the same inputs")
            precondition(block.firstOutput + block.rows.count <= outputs, "more rows than outputs")
            block.parameters.weight.withUnsafeBufferPointer { weight in
                guard let start = weight.baseAddress, inputs > 0 else { return }
                ck_pack_rows(
                    CK_FP32, start + block.rows.lowerBound * inputs, inputs, block.rows.count, inputs, nil,
                    panels.base, nil, block.firstOutput)
            }
            if let bias, let values = block.parameters.bias {
                for (offset, row) in block.rows.enumerated() { bias.base[block.firstOutput + offset] = values[row] }
            }
        }
    }

    /// Takes parts that were packed before.
    ///
    /// Nil if a part has the wrong size for the shape.
    package init?(
        outputs: Int, inputs: Int, precision: MatrixPrecision, panels: FloatBuffer, columnScale: FloatBuffer?,
        inverseSmoothing: FloatBuffer?, bias: FloatBuffer?
    ) {
        let padded = Self.panelCount(outputs) * Self.panelWidth
        guard panels.count == Self.panelFloats(precision, outputs: outputs, inputs: inputs),
            bias.map({ $0.count == padded }) ?? true, inverseSmoothing.map({ $0.count == inputs }) ?? true,
            precision == .int8 ? columnScale?.count == padded : columnScale == nil && inverseSmoothing == nil
        else { return nil }
        self.outputs = outputs
        self.inputs = inputs
        self.precision = precision
        self.panels = panels
        self.columnScale = columnScale
        self.inverseSmoothing = inverseSmoothing
        self.bias = bias
    }

    /// The same float32 matrix in another precision; O(N K).
    ///
    /// - Parameter smoothing: for int8, [K] positive factors: column k of the weights is multiplied by factor k, and the
    ///   inputs by its inverse, which moves the range of an outlying input column into the weights. Nil for none.
    ///   Source: Xiao et al., "SmoothQuant", arXiv:2211.10438.
    public func converted(to precision: MatrixPrecision, smoothing: [Float]? = nil) -> PackedMatrix {
        precondition(self.precision == .fp32, "only float32 weights can be converted")
        if precision == .fp32 { return self }
        precondition(smoothing.map { $0.count == inputs && precision == .int8 } ?? true, "smoothing does not fit")
        let padded = panelCount * Self.panelWidth
        let target = FloatBuffer(count: Self.panelFloats(precision, outputs: outputs, inputs: inputs))
        let scales = precision == .int8 ? FloatBuffer(count: padded) : nil
        if inputs > 0 {
            for panel in 0..<panelCount {
                let rows = panel * Self.panelWidth..<min((panel + 1) * Self.panelWidth, outputs)
                unpackedRows(rows).withUnsafeBufferPointer { weight in
                    guard let start = weight.baseAddress else { return }
                    ck_pack_rows(
                        precision.kernel, start, inputs, rows.count, inputs, smoothing, target.base, scales?.base,
                        rows.lowerBound)
                }
            }
        }
        let converted = PackedMatrix(
            outputs: outputs, inputs: inputs, precision: precision, panels: target, columnScale: scales,
            inverseSmoothing: smoothing.map { FloatBuffer($0.map { 1 / $0 }) }, bias: bias)
        guard let converted else { preconditionFailure("a packed part has the wrong size") }
        return converted
    }

    /// The same with its panels copied into an arena; O(N K).
    public func placed(in arena: WeightArena) -> PackedMatrix {
        let copy = arena.buffer(count: panels.count)
        copy.base.update(from: panels.base, count: panels.count)
        let placed = PackedMatrix(
            outputs: outputs, inputs: inputs, precision: precision, panels: copy, columnScale: columnScale,
            inverseSmoothing: inverseSmoothing, bias: bias)
        guard let placed else { preconditionFailure("a packed part has the wrong size") }
        return placed
    }

    /// The float32 weights of some outputs as [rows.count][inputs], row-major.
    public func unpackedRows(_ rows: Range<Int>) -> [Float] {
        precondition(precision == .fp32, "only float32 weights can be given back")
        precondition(rows.lowerBound >= 0 && rows.upperBound <= outputs, "rows \(rows) of \(outputs)")
        var result = [Float](repeating: 0, count: rows.count * inputs)
        result.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            ck_unpack_rows(panels.base, rows.lowerBound, rows.count, inputs, start, inputs)
        }
        return result
    }

    /// Bytes of memory that weights, scales and bias take.
    public var byteCount: Int {
        [panels, columnScale, inverseSmoothing, bias].reduce(0) { $0 + ($1?.count ?? 0) } * MemoryLayout<Float>.stride
    }

    /// Floats of memory for the panels of a shape.
    package static func panelFloats(_ precision: MatrixPrecision, outputs: Int, inputs: Int) -> Int {
        panelCount(outputs) * ck_panel_bytes(precision.kernel, inputs) / MemoryLayout<Float>.stride
    }

    private static func panelCount(_ outputs: Int) -> Int { (outputs + panelWidth - 1) / panelWidth }
}
