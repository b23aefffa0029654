import CKernels

/// Which values a dropout drops: a function of seed, step, site, row and column, with no state.
///
/// The random numbers are those of Philox 4x32-10 with the seed as key and (column block, row, site, step) as counter. So a mask is the
/// same on every build, whatever thread computes it and in whatever pieces, and the backward half draws it again.
///
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct Dropout: Sendable, Hashable {
    /// The share of values that become zero, 0 ..< 1; the others are multiplied by 1 / (1 - rate).
    public var rate: Float
    /// The same for a whole run.
    public var seed: UInt64
    /// Number of the forward pass: two passes with different masks need different steps.
    public var step: UInt32
    /// Which dropout of the network.
    public var site: UInt32

    /// Describes a dropout; `rate` must be at least 0 and below 1.
    public init(rate: Float, seed: UInt64, step: UInt32, site: UInt32) {
        precondition(rate >= 0 && rate < 1, "a dropout rate of \(rate)")
        self.rate = rate
        self.seed = seed
        self.step = step
        self.site = site
    }

    /// The same at another place of the network.
    public func at(site: UInt32) -> Dropout { Dropout(rate: rate, seed: seed, step: step, site: site) }

    var kernel: ck_dropout { ck_dropout(seed: seed, step: step, site: site, rate: rate) }
}

/// Dropout of the probabilities of one head of one sequence.
public struct AttentionDropout: Sendable, Hashable {
    /// Rate, seed, step and site; the heads of a layer share a site.
    public var numbers: Dropout
    /// Row of the sequence's first token among all tokens of the step.
    public var firstRow: Int
    /// Number of the head.
    public var head: Int

    /// Describes the dropout of one head.
    public init(_ numbers: Dropout, firstRow: Int, head: Int) {
        self.numbers = numbers
        self.firstRow = firstRow
        self.head = head
    }

    var kernel: ck_attention_dropout {
        ck_attention_dropout(
            numbers: numbers.kernel, first_row: UInt32(truncatingIfNeeded: firstRow),
            head: UInt32(truncatingIfNeeded: head))
    }
}
