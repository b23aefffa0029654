public import Querying

/// What pipelines need of the node while they run.
public struct IngestEnvironment: Sendable {
    /// The pipeline of an id; `nil` if there is none.
    public var pipeline: @Sendable (String) throws -> IngestPipeline?
    /// What encodes texts; `nil` where models cannot be run.
    public var encoder: (any DocumentTextEncoding)?
    /// Where it is counted what pipelines do; `nil` where that is of no interest.
    public var statistics: IngestStatistics?

    /// What pipelines need.
    public init(
        pipeline: @escaping @Sendable (String) throws -> IngestPipeline?, encoder: (any DocumentTextEncoding)? = nil,
        statistics: IngestStatistics? = nil
    ) {
        self.pipeline = pipeline
        self.encoder = encoder
        self.statistics = statistics
    }
}
