/// How much a pickle may ask for.
///
/// Each limit is named in the error that it causes.
public struct PickleLimits: Sendable, Hashable {
    /// Most opcodes of one pickle.
    ///
    /// A checkpoint has about 40 for each tensor.
    public var maximumOperations: Int

    /// Limits that fit every model we know.
    public init(maximumOperations: Int = 1_000_000) {
        self.maximumOperations = maximumOperations
    }

    /// Limits that fit every model we know.
    public static let standard = PickleLimits()
}
