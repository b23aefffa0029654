public import Tensors

/// Logits of a masked language model to one weight per vocabulary entry: maximum or sum over tokens of log(1 + relu(x)).
///
/// Projection and pooling are one kernel: the T x V matrix of logits is never in memory.
/// Source: Formal et al., "SPLADE v2", arXiv:2109.10086; `SpladePooling` of sentence-transformers.
public struct SpladePooling: Sendable, Hashable {
    /// How tokens are put together.
    public enum Strategy: String, Sendable, Hashable {
        /// The largest weight.
        case max
        /// The sum of weights.
        case sum
    }

    /// The function on each logit.
    public enum Saturation: String, Sendable, Hashable {
        /// log(1 + relu(x)); sentence-transformers calls it "relu".
        case log1pReLU = "relu"
        /// log(1 + log(1 + relu(x))); sentence-transformers calls it "log1p_relu".
        case log1pLog1pReLU = "log1p_relu"
    }

    /// How tokens are put together.
    public let strategy: Strategy
    /// The function on each logit.
    public let saturation: Saturation

    /// "max" and "relu" are what most SPLADE models use.
    public init(strategy: Strategy = .max, saturation: Saturation = .log1pReLU) {
        self.strategy = strategy
        self.saturation = saturation
    }

    /// Transformed rows [T][H] of all sequences to `result` [B][V], on the calling thread.
    ///
    /// - Parameter panels: the part of the vocabulary to compute; all by default.
    public func forward(
        _ rows: MatrixView, layout: SequenceLayout, head: VocabularyHead, panels: Range<Int>? = nil,
        into result: MatrixView, workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let input = workspace.kernels.input(rows, for: head.decoder, workspace: workspace)
        workspace.kernels.splade(
            input, offsets: layout.offsets, head.decoder, panels: panels, activation: activation,
            sum: strategy == .sum, into: result)
    }

    /// The same from hidden rows [T][H], with the vocabulary shared by the threads of a team: each part of the large decoder
    /// matrix is then read by one core only.
    ///
    /// - Parameters:
    ///   - rows: [T][H], where the transformed rows are put.
    ///   - worker: of the calling thread.
    package func forward(
        _ hidden: MatrixView, transformedInto rows: MatrixView, layout: SequenceLayout, head: VocabularyHead,
        into result: MatrixView, worker: Worker, team: any Team
    ) {
        let parts = max(1, min(head.decoder.panelCount, team.freeThreads))
        team.run(phases: 2, parts: parts, leader: worker) { phase, part, worker in
            if phase == 0 {
                let own = Range(part: part, of: parts, count: hidden.rows)
                head.transform(hidden.rows(own), into: rows.rows(own), workspace: worker.workspace)
            } else {
                forward(
                    rows, layout: layout, head: head,
                    panels: Range(part: part, of: parts, count: head.decoder.panelCount),
                    into: result, workspace: worker.workspace)
            }
        }
    }

    private var activation: Activation {
        switch saturation {
        case .log1pReLU: .log1pReLU
        case .log1pLog1pReLU: .log1pLog1pReLU
        }
    }
}
