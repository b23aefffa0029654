/// Bounds on what a JSON text may ask of the reader.
///
/// The memory that a document takes is proportional to its size (at worst some thirty times, for a text of tiny
/// objects), so that bounding size and depth bounds everything.
public struct JSONLimits: Sendable, Hashable {
    /// How many arrays and objects may be open at once.
    ///
    /// The reader recurses, so that this bounds its stack; values above
    /// ``deepest`` are taken as ``deepest``.
    public var maximumDepth: Int
    /// The longest text, in bytes, that is read at all.
    public var maximumBytes: Int

    /// The largest depth that the reader accepts as a setting: about 100 KB of stack.
    public static let deepest = 512

    /// 128 levels, 1 GiB.
    public static let `default` = JSONLimits()

    /// Makes limits; see the properties.
    public init(maximumDepth: Int = 128, maximumBytes: Int = 1 << 30) {
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
    }
}
