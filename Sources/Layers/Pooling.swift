public import Tensors

/// Token rows to one row per sequence, as sentence-transformers' `Pooling` does it.
///
/// Several modes are concatenated in the given order.
public struct Pooling: Sendable, Hashable {
    /// One way to make one row of many.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The first token.
        case firstToken = "cls"
        /// Largest value per column.
        case max
        /// Arithmetic mean.
        case mean
        /// Sum divided by the square root of the number of tokens.
        case meanSqrtLength = "mean_sqrt_len_tokens"
        /// Mean weighted by the position, counted from 1.
        case weightedMean = "weightedmean"
        /// The last token.
        case lastToken = "lasttoken"
    }

    /// Modes in the order of their parts in the result.
    public let modes: [Mode]

    /// At least one mode.
    ///
    /// `Mode.allCases` has the order that sentence-transformers gives the flags `pooling_mode_*` of older folders.
    public init(_ modes: [Mode]) {
        precondition(!modes.isEmpty, "no pooling mode")
        self.modes = modes
    }

    /// The width of a pooled row for hidden rows of width `hiddenSize`.
    public func outputSize(hiddenSize: Int) -> Int { modes.count * hiddenSize }

    /// Whether only the first token of a sequence is looked at, so that the last layer need not compute the others.
    public var needsFirstTokensOnly: Bool { modes == [.firstToken] }

    /// Pools all sequences: `hidden` [T][H] to `result` [B][modes * H].
    ///
    /// Sequences without (counted) tokens give zeros.
    ///
    /// - Parameter skippedTokens: tokens at the start of each sequence that do not count (`include_prompt: false`).
    public func forward(
        _ hidden: MatrixView, layout: SequenceLayout, skippedTokens: Int = 0, into result: MatrixView,
        workspace: Workspace
    ) {
        let width = hidden.columns
        precondition(result.rows == layout.count && result.columns == outputSize(hiddenSize: width), "wrong shape")
        for sequence in 0..<layout.count {
            let all = layout.rows(of: sequence)
            let skipped = min(skippedTokens, all.count)
            let rows = all.lowerBound + skipped..<all.upperBound
            for (part, mode) in modes.enumerated() {
                let target = UnsafeMutableBufferPointer(rebasing: result[sequence][part * width..<(part + 1) * width])
                pool(mode, hidden.rows(rows), skipped: skipped, into: target, workspace: workspace)
            }
        }
    }

    private func pool(
        _ mode: Mode, _ rows: MatrixView, skipped: Int, into target: UnsafeMutableBufferPointer<Float>,
        workspace: Workspace
    ) {
        func copy(_ row: Int) {
            if rows.rows == 0 { target.update(repeating: 0) } else { _ = target.update(from: rows[row]) }
        }
        func reduce(_ reduction: RowReduction) {
            workspace.kernels.pool(reduction, rows, firstWeight: skipped + 1, into: target)
        }
        switch mode {
        case .firstToken: copy(0)
        case .lastToken: copy(rows.rows - 1)
        case .max: reduce(.max)
        case .mean: reduce(.mean)
        case .meanSqrtLength: reduce(.meanSqrtLength)
        case .weightedMean: reduce(.weightedMean)
        }
    }
}
