internal import ClusterState
internal import DocumentStore
internal import JSON

/// What became of a change of one document.
struct WriteResult: Sendable {
    let index: IndexMetadata
    let id: String
    /// `created`, `updated`, `deleted`, `not_found` or `noop`.
    let result: String
    let version: Int64
    let seqNo: Int64
    let primaryTerm: Int64
    /// The source after an update, if it was asked for.
    var source: [UInt8]?
    var sourceChoice: SourceChoice?
    /// Whether a pipeline left the document out.
    private(set) var isDropped = false

    /// The HTTP status.
    var status: Int { result == "created" ? 201 : result == "not_found" ? 404 : 200 }

    /// The result as an object.
    func json(isForced refresh: RefreshPolicy) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 200)
        writer.beginObject()
        writeMembers(to: &writer, refresh)
        writer.endObject()
        return writer.bytes
    }

    /// Writes the members of the result.
    func writeMembers(to writer: inout JSONWriter, _ refresh: RefreshPolicy) {
        writer.key("_index")
        writer.value(index.name)
        writer.key("_id")
        writer.value(id)
        writer.key("_version")
        writer.value(Int(version))
        writer.key("result")
        writer.value(result)
        if case .immediate = refresh, result != "noop" {
            writer.key("forced_refresh")
            writer.value(true)
        }
        writer.key("_shards")
        writer.beginObject()
        writer.key("total")
        writer.value(result == "noop" ? 0 : 1 + index.numberOfReplicas)
        writer.key("successful")
        writer.value(result == "noop" ? 0 : 1)
        writer.key("failed")
        writer.value(0)
        writer.endObject()
        if isDropped { return }
        writer.key("_seq_no")
        writer.value(Int(seqNo))
        writer.key("_primary_term")
        writer.value(Int(primaryTerm))
        if let source, let sourceChoice, sourceChoice.isFetched {
            writer.key("get")
            writer.beginObject()
            writer.key("_seq_no")
            writer.value(Int(seqNo))
            writer.key("_primary_term")
            writer.value(Int(primaryTerm))
            writer.key("found")
            writer.value(true)
            writer.key("_source")
            sourceChoice.write(source, to: &writer)
            writer.endObject()
        }
    }
}

extension WriteResult {
    /// What is said of a document that a pipeline left out.
    ///
    /// - Parameter index: the index that it did not come to; nil if there is none.
    init(dropped request: WriteRequest, _ index: IndexMetadata?) {
        self.init(
            index: index ?? IndexMetadata(name: request.target, createdAt: 0), id: request.id ?? "auto-generated",
            result: "noop", version: -3, seqNo: -2, primaryTerm: 0)
        isDropped = true
    }
}
