/// How much a zip archive may ask for.
///
/// The error that a limit causes says how much was asked for, where in the archive, and how much is allowed.
public struct ZipLimits: Sendable, Hashable {
    /// Most entries of an archive.
    ///
    /// TorchScript files of large models have some 2,000.
    public var maximumEntries: Int
    /// Most bytes that all compressed entries of an archive may have together when inflated.
    public var maximumInflatedBytes: Int
    /// How many times larger than its compressed form an entry may be.
    ///
    /// Weights reach 1.1 and text 10; deflate itself ends at 1032.
    public var maximumRatio: Int
    /// Entries up to this size are exempt from the ratio: a small block of zeros compresses well and harms nobody.
    public var ratioExemptBytes: Int
    /// Whether the checksum of an entry is compared when it is opened; costs one pass over the data (about 1 GB/s).
    public var verifiesChecksums: Bool

    /// Limits that fit every model we know.
    public init(
        maximumEntries: Int = 65_536,
        maximumInflatedBytes: Int = 8 << 30,
        maximumRatio: Int = 100,
        ratioExemptBytes: Int = 1 << 20,
        verifiesChecksums: Bool = true
    ) {
        self.maximumEntries = maximumEntries
        self.maximumInflatedBytes = maximumInflatedBytes
        self.maximumRatio = maximumRatio
        self.ratioExemptBytes = ratioExemptBytes
        self.verifiesChecksums = verifiesChecksums
    }

    /// Limits that fit every model we know.
    public static let standard = ZipLimits()
}
