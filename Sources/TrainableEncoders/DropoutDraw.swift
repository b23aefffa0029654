/// Which random numbers the dropout of a forward pass draws.
///
/// Masks are a function of these numbers and of the place in the network, not of what was drawn before: a batch that is
/// computed in several passes has the masks of one pass if each says where its rows begin, and a pass that is repeated has the same
/// masks again.
public struct DropoutDraw: Sendable, Hashable {
    /// The run's seed.
    public var seed: UInt64
    /// The number of the micro batch in the run: another one has other masks.
    public var step: UInt32
    /// Tokens of the micro batch before this pass.
    public var firstToken: Int
    /// Sequences of the micro batch before this pass.
    public var firstSequence: Int

    /// The numbers of a pass.
    public init(seed: UInt64, step: UInt32, firstToken: Int = 0, firstSequence: Int = 0) {
        self.seed = seed
        self.step = step
        self.firstToken = firstToken
        self.firstSequence = firstSequence
    }
}
