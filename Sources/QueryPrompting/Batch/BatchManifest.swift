import JSON

/// The summary of a batch job, `manifest.json.out` of Amazon Bedrock.
public struct BatchManifest: Sendable, Hashable {
    /// Records that the job was given.
    public let total: Int
    /// Records that it came to.
    public let processed: Int
    /// Records with an answer.
    public let succeeded: Int
    /// Records with an error.
    public let failed: Int
    /// Tokens of all prompts; nil if the file does not say.
    public let inputTokens: Int?
    /// Tokens of all answers; nil if the file does not say.
    public let outputTokens: Int?

    /// Reads a manifest; nil if it is none.
    init?(_ value: JSONValue) {
        guard let total = value["totalRecordCount"]?.int, let processed = value["processedRecordCount"]?.int else {
            return nil
        }
        self.total = total
        self.processed = processed
        succeeded = value["successRecordCount"]?.int ?? 0
        failed = value["errorRecordCount"]?.int ?? 0
        inputTokens = value["inputTokenCount"]?.int
        outputTokens = value["outputTokenCount"]?.int
    }
}
