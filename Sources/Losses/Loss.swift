public import Tensors

/// What a training step makes smaller: a number for a batch, and its derivatives with respect to what the model put out.
///
/// A loss is a value with its parameters in it: the same batch gives the same bits, whatever came before and whatever other
/// threads do. It computes in float64 with a fixed order of additions and rounds its gradients to float32 at the end.
///
/// There are two kinds: an `EmbeddingLoss` compares vectors of texts, a `LogitLoss` judges scores of pairs of texts.
/// `LossKind` makes either of a name and parameters.
public protocol Loss: Sendable {
    /// The short name, as configurations write it and `LossKind` knows it.
    var name: String { get }
    /// What a row of training data must hold.
    var input: LossInput { get }
}

/// A loss over the vectors of queries and documents.
public protocol EmbeddingLoss: Loss {
    /// Whether `EmbeddingBatch.guide` is needed: the vectors of another model for the same texts.
    var needsGuide: Bool { get }

    /// Rows that the trainer encodes at a time, or nil for whole batches.
    ///
    /// With a number, a batch may be larger than memory allows (GradCache; Gao et al. 2021, https://arxiv.org/abs/2101.06983):
    /// the trainer encodes all chunks without keeping activations, asks the loss for the gradients of the whole batch, then
    /// encodes chunk by chunk again, with the same dropout, and passes that chunk's rows of the gradients backwards.
    var chunk: Int? { get }

    /// The loss as it is at a step of a run, for losses whose weights have a schedule; others are always the same.
    ///
    /// - Parameters:
    ///   - step: optimiser steps that were taken before this one: 0 at first.
    ///   - steps: steps of the whole run.
    func scheduled(step: Int, of steps: Int) -> any EmbeddingLoss

    /// Whether the loss can be computed for vectors of a width; `value(of:gradients:)` asks, and a trainer may ask before it begins.
    func check(width: Int) throws(LossError)

    /// The loss of a batch that `value(of:gradients:)` has checked: shapes fit, numbers are finite.
    ///
    /// - Parameter gradients: one matrix for each column, of its shape, to be overwritten; none when only the value is wanted.
    func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue
}

extension EmbeddingLoss {
    /// No other model is asked.
    public var needsGuide: Bool { false }

    /// Whole batches.
    public var chunk: Int? { nil }

    /// The same at all steps.
    public func scheduled(step: Int, of steps: Int) -> any EmbeddingLoss { self }

    /// Any width.
    public func check(width: Int) throws(LossError) {}

    /// The loss of a batch, and its gradients.
    ///
    /// - Parameters:
    ///   - gradients: one matrix for each column, of its shape, which is overwritten with the derivatives of the total; or
    ///     none, when only the value is wanted.
    /// - Returns: NaN, and gradients of NaN, if any number of the batch is infinite or NaN.
    /// - Throws: `LossError` when columns, labels or shapes are not what the loss wants.
    public func value(of batch: EmbeddingBatch, gradients: [MatrixView] = []) throws(LossError) -> LossValue {
        try batch.check(for: self, gradients: gradients)
        guard batch.isFinite else {
            for gradient in gradients { gradient.fill(.nan) }
            return LossValue(.nan)
        }
        return evaluate(batch, gradients: gradients)
    }
}

/// A loss over the logits that a cross-encoder gives to pairs of a query and a document.
public protocol LogitLoss: Loss {
    /// The number of logits a pair that the loss can use.
    var logits: ClosedRange<Int> { get }

    /// Whether the loss can be computed with a group's labels, whose number is right; `value(of:gradient:)` asks, and a trainer may ask before it begins.
    func check(labels: [Float], logits: Int) throws(LossError)

    /// The loss of a batch that `value(of:gradient:)` has checked: shapes fit, numbers are finite.
    ///
    /// - Parameter gradient: [pairs][logits], to be overwritten; nil when only the value is wanted.
    func evaluate(_ batch: LogitBatch, gradient: MatrixView?) -> LossValue
}

extension LogitLoss {
    /// One logit a pair: how relevant the document is.
    public var logits: ClosedRange<Int> { 1...1 }

    /// Any numbers.
    public func check(labels: [Float], logits: Int) throws(LossError) {}

    /// The loss of a batch, and its gradient.
    ///
    /// - Parameters:
    ///   - gradient: a matrix of the shape of the logits, which is overwritten with the derivatives of the total; or nil,
    ///     when only the value is wanted.
    /// - Returns: NaN, and a gradient of NaN, if any number of the batch is infinite or NaN.
    /// - Throws: `LossError` when groups, labels or shapes are not what the loss wants.
    public func value(of batch: LogitBatch, gradient: MatrixView? = nil) throws(LossError) -> LossValue {
        try batch.check(for: self, gradient: gradient)
        guard batch.isFinite else {
            gradient?.fill(.nan)
            return LossValue(.nan)
        }
        return evaluate(batch, gradient: gradient)
    }
}
