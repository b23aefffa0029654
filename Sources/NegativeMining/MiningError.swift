/// Why no negatives were mined: what is wrong, and what to do next.
public struct MiningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault, for programs.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A setting that cannot be, or that does not fit another.
        case badSetting
        /// The queries or documents do not fit together.
        case badData
        /// A file cannot be written.
        case cannotWrite
        /// The caller ended the work.
        case cancelled
    }

    /// The kind of fault.
    public let code: Code
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next, as a sentence without its full stop.
    public let advice: String

    /// An error with its evidence.
    public init(_ code: Code, _ reason: String, advice: String) {
        self.code = code
        self.reason = reason
        self.advice = advice
    }

    static let cancelled = MiningError(.cancelled, "the work was cancelled", advice: "Start it again")

    /// One line: what, and what to do.
    public var description: String { "\(reason). \(advice)." }
}
