/// The negatives of all queries, with what is needed to write them.
public struct MinedNegatives: Sendable {
    /// The queries and documents.
    public let task: MiningTask
    /// In the order of the task.
    public let queries: [MinedQuery]
    /// What became of the candidates.
    public let report: MiningReport
}
