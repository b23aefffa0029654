internal import ClusterState
internal import Ingest
internal import JSON
internal import Synchronization

/// The ingest pipelines of the node, read once for each definition.
final class IngestPipelines: Sendable {
    private struct Entry {
        let definition: JSONValue
        let pipeline: IngestPipeline
    }

    private let read = Mutex<[String: Entry]>([:])

    /// The pipeline of an id as of a moment; nil if there is none.
    ///
    /// - Complexity: O(length of the definition), to see that it is the one that was read.
    func pipeline(_ id: String, _ metadata: ClusterMetadata) throws -> IngestPipeline? {
        guard let definition = metadata[.ingestPipeline, id], let object = definition.object else { return nil }
        if let known = read.withLock({ $0[id] }), known.definition == definition { return known.pipeline }
        let pipeline = try Self.read(object, id, metadata)
        read.withLock { $0[id] = Entry(definition: definition, pipeline: pipeline) }
        return pipeline
    }

    /// Forgets pipelines that are no more.
    func forget(_ ids: [String]) {
        read.withLock { entries in for id in ids { entries[id] = nil } }
    }

    /// Reads a definition.
    static func read(_ definition: JSONObject, _ id: String, _ metadata: ClusterMetadata) throws -> IngestPipeline {
        let scripts = StoredScripts(metadata)
        return try IngestPipeline(definition, id: id) { try? scripts.source($0, language: "painless") }
    }
}

extension OpenSearchNode {
    /// What pipelines need of the node, as of a moment.
    func ingestEnvironment(_ metadata: ClusterMetadata) -> IngestEnvironment {
        let pipelines = ingestPipelines
        return IngestEnvironment(
            pipeline: { try pipelines.pipeline($0, metadata) }, encoder: documentEncoder)
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
