/// What a batch service takes at once.
///
/// The defaults are the quotas as the services publish them (AWS General Reference, "Amazon Bedrock endpoints and quotas"; OpenAI API reference,
/// "Create batch"); those of Bedrock differ by model and account, so look at your own.
public struct BatchLimits: Sendable, Hashable {
    /// The fewest records of a job; fewer are written with a warning.
    public var leastRecords: Int
    /// The most records of a file.
    public var mostRecords: Int
    /// The most bytes of a file.
    public var mostBytes: Int

    /// Limits.
    public init(leastRecords: Int, mostRecords: Int, mostBytes: Int) {
        self.leastRecords = leastRecords
        self.mostRecords = mostRecords
        self.mostBytes = mostBytes
    }

    /// Of Amazon Bedrock: at least 100 records a job, at most 50,000 records and 1 GB a file.
    public static let bedrock = BatchLimits(leastRecords: 100, mostRecords: 50_000, mostBytes: 1_000_000_000)
    /// Of OpenAI: at most 50,000 records and 200 MB a file.
    public static let openAI = BatchLimits(leastRecords: 1, mostRecords: 50_000, mostBytes: 200_000_000)

    /// The usual limits of a format.
    public static func usual(for format: BatchFormat) -> BatchLimits { format.isBedrock ? .bedrock : .openAI }

    /// Throws for values that cannot be.
    public func check() throws(PromptingError) {
        guard leastRecords >= 0, mostRecords >= 1, mostBytes >= 1 else {
            throw PromptingError(
                .badSetting, "a batch file of at most \(mostRecords) records and \(mostBytes) bytes",
                advice: "Give limits above 0")
        }
    }
}
