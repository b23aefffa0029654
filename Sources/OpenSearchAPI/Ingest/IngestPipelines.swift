internal import ClusterState
internal import Ingest
internal import JSON
internal import Querying
internal import Synchronization

/// The ingest pipelines of the node, read once for each definition.
final class IngestPipelines: Sendable {
    private struct Entry {
        let definition: JSONValue
        /// The stored scripts that the definition names, as they were when it was read; nil for one that was not there.
        let scripts: [String: String?]
        let pipeline: IngestPipeline
    }

    /// What they have done since the server started.
    let statistics = IngestStatistics()
    private let read = Mutex<[String: Entry]>([:])

    /// The pipeline of an id as of a moment; nil if there is none.
    ///
    /// - Complexity: O(length of the definition), to see that it is the one that was read.
    func pipeline(_ id: String, _ metadata: ClusterMetadata) throws -> IngestPipeline? {
        guard let definition = metadata[.ingestPipeline, id], let object = definition.object else { return nil }
        if let known = read.withLock({ $0[id] }), known.definition == definition,
            known.scripts.allSatisfy({ Self.script($0.key, metadata) == $0.value })
        {
            return known.pipeline
        }
        let (pipeline, scripts) = try Self.read(object, id, metadata)
        read.withLock { $0[id] = Entry(definition: definition, scripts: scripts, pipeline: pipeline) }
        return pipeline
    }

    /// Forgets pipelines that are no more.
    func forget(_ ids: [String]) {
        read.withLock { entries in for id in ids { entries[id] = nil } }
        statistics.forget(ids)
    }

    /// Reads a definition.
    ///
    /// - Returns: the pipeline, and the stored scripts that it took up.
    static func read(
        _ definition: JSONObject, _ id: String, _ metadata: ClusterMetadata
    ) throws -> (pipeline: IngestPipeline, scripts: [String: String?]) {
        let scripts = Mutex<[String: String?]>([:])
        let pipeline = try IngestPipeline(definition, id: id) { name in
            let source = script(name, metadata)
            scripts.withLock { $0[name] = .some(source) }
            return source
        }
        return (pipeline, scripts.withLock(\.self))
    }

    private static func script(_ id: String, _ metadata: ClusterMetadata) -> String? {
        try? StoredScripts(metadata).source(id, language: "painless")
    }
}

extension OpenSearchNode {
    /// What pipelines need of the node, as of a moment.
    ///
    /// - Parameter isCounted: whether `_nodes/stats` tells of the documents.
    func ingestEnvironment(_ metadata: ClusterMetadata, isCounted: Bool = true) -> IngestEnvironment {
        let pipelines = ingestPipelines
        return IngestEnvironment(
            pipeline: { try pipelines.pipeline($0, metadata) }, encoder: documentEncoder,
            statistics: isCounted ? pipelines.statistics : nil)
    }

    /// `ingest` of `_nodes/stats`.
    func ingestStatistics(isHuman: Bool) -> JSONValue {
        func document(_ metric: IngestMetric) -> JSONObject {
            ShardStatistics.object(
                [
                    "count": metric.count, "time_in_millis": metric.time.milliseconds, "current": metric.current,
                    "failed": metric.failed,
                ], isHuman
            ).object ?? [:]
        }
        let metadata = self.metadata.current
        var pipelines = JSONObject()
        for id in metadata.all(.ingestPipeline).keys.sorted() {
            guard let pipeline = try? ingestPipelines.pipeline(id, metadata) else { continue }
            let counts = ingestPipelines.statistics.counts(of: pipeline)
            var shown = document(counts.pipeline)
            shown["processors"] = .array(
                counts.processors.map { processor in
                    let inner: JSONValue = [
                        "type": .string(processor.type), "stats": .object(document(processor.metric)),
                    ]
                    return .object(JSONObject([(key: processor.name, value: inner)]))
                })
            pipelines[id] = .object(shown)
        }
        return ["total": .object(document(ingestPipelines.statistics.total)), "pipelines": .object(pipelines)]
    }
}

extension OpenSearchError {
    /// What an ingest processor could not do.
    init(_ failure: IngestFailure) {
        self.init(
            failure.status, failure.type, failure.reason,
            causedBy: failure.causes.map { OpenSearchError(failure.status, $0.type, $0.reason) })
    }
}
