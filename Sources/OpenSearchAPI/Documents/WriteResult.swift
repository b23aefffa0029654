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
