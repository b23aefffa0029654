import Synchronization

/// How often something ran, how long, and how often it failed.
public struct IngestMetric: Sendable, Hashable {
    /// Documents that have been through it.
    public internal(set) var count = 0
    /// How long it took; documents that went through together count once.
    public internal(set) var time = Duration.zero
    /// Documents that are in it.
    public internal(set) var current = 0
    /// Documents that failed in it.
    public internal(set) var failed = 0

    mutating func begin(_ documents: Int) { current += documents }

    mutating func end(_ documents: Int, failed: Int, _ time: Duration) {
        current -= documents
        count += documents
        self.failed += failed
        self.time += time
    }
}

/// What pipelines have done since the server started.
///
/// Source: OpenSearch's `IngestService`: the processors of a pipeline are told without those that deal with failures, and one with a
/// condition counts the documents that met it.
public final class IngestStatistics: Sendable {
    private struct Counts {
        var pipeline = IngestMetric()
        var types: [String] = []
        var processors: [IngestMetric] = []
    }

    private struct State {
        var total = IngestMetric()
        var pipelines: [String: Counts] = [:]
    }

    private let state = Mutex(State())

    /// No documents yet.
    public init() {}

    /// All documents that went through pipelines, once for each pipeline that they or their index name.
    public var total: IngestMetric { state.withLock(\.total) }

    /// What a pipeline did, and what its processors did in their order.
    public func counts(
        of pipeline: IngestPipeline
    ) -> (pipeline: IngestMetric, processors: [(name: String, type: String, metric: IngestMetric)]) {
        let counts = state.withLock { $0.pipelines[pipeline.id] } ?? Counts()
        let known = counts.types == pipeline.steps.map(\.type)
        return (
            counts.pipeline,
            pipeline.steps.enumerated().map { number, step in
                (step.statisticsName, step.type, known ? counts.processors[number] : IngestMetric())
            }
        )
    }

    /// Forgets pipelines that are no more.
    public func forget(_ ids: [String]) {
        state.withLock { state in for id in ids { state.pipelines[id] = nil } }
    }

    // MARK: Counting

    func changeTotal(_ change: (inout IngestMetric) -> Void) { state.withLock { change(&$0.total) } }

    func change(_ pipeline: IngestPipeline, _ change: (inout IngestMetric) -> Void) {
        state.withLock { change(&$0.pipelines[pipeline.id, default: Counts()].pipeline) }
    }

    /// Changes the counts of a processor; those of a pipeline that was written anew begin again where its processors are others.
    func change(_ pipeline: IngestPipeline, step: Int, _ change: (inout IngestMetric) -> Void) {
        state.withLock { state in
            var counts = state.pipelines[pipeline.id] ?? Counts()
            let types = pipeline.steps.map(\.type)
            if counts.types != types {
                counts.types = types
                counts.processors = Array(repeating: IngestMetric(), count: types.count)
            }
            change(&counts.processors[step])
            state.pipelines[pipeline.id] = counts
        }
    }
}

extension IngestStep {
    /// The name under which statistics tell of it: its type, the pipeline that it names, and its tag.
    fileprivate var statisticsName: String {
        var name = type
        if case .pipeline(let inner) = action { name += ":\(inner.plain ?? "")" }
        if let tag, !tag.isEmpty { name += ":\(tag)" }
        return name
    }
}
