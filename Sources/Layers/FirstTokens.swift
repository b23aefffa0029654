package import Tensors

/// The first row of each sequence ([CLS]).
package enum FirstTokens {
    /// Copies them to `result` [B][H]; zeros for a sequence without tokens.
    package static func gather(_ hidden: MatrixView, layout: SequenceLayout, into result: MatrixView) {
        for sequence in 0..<layout.count {
            let rows = layout.rows(of: sequence)
            if rows.isEmpty {
                result[sequence].update(repeating: 0)
            } else {
                result.rows(sequence..<sequence + 1).copy(from: hidden.rows(rows.lowerBound..<rows.lowerBound + 1))
            }
        }
    }
}
