internal import ClusterState
internal import DocumentStore
internal import JSON
internal import Querying

/// A data stream: hidden indices behind one name, to the newest of which documents are added.
///
/// What belongs to a stream is written in the settings of its indices, so that making, rolling over and deleting are each as atomic as an
/// index is. Those settings are the server's own and are not shown.
struct DataStream: Sendable {
    let name: String
    /// The field with the time of a document.
    let timestampField: String
    /// Its indices, oldest first; never empty.
    let indices: [IndexMetadata]

    /// The names of settings that say to which stream an index belongs.
    static let settingPrefix = "index.data_stream."
    static let nameSetting = settingPrefix + "name"
    static let timestampSetting = settingPrefix + "timestamp_field"

    /// The index that documents are added to.
    var writeIndex: IndexMetadata { indices[indices.count - 1] }

    /// How often the stream was rolled over, from 1.
    var generation: Int { Self.generation(of: writeIndex.name) }

    /// The name of the index of a generation: `.ds-logs-000001`.
    static func indexName(_ stream: String, generation: Int) -> String {
        let digits = "\(generation)"
        return ".ds-\(stream)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    static func generation(of index: String) -> Int {
        index.split(separator: "-").last.flatMap { Int($0) } ?? 0
    }

    /// The field with the time of a document that a template with `data_stream` names.
    static func timestampField(ofTemplate template: JSONObject) -> String {
        template["data_stream"]?["timestamp_field"]?["name"]?.string ?? "@timestamp"
    }
}

extension IndexMetadata {
    /// The data stream that the index belongs to.
    var dataStreamName: String? { settings[DataStream.nameSetting]?.string }
}

extension ClusterMetadata {
    /// All data streams by name.
    var dataStreams: [String: DataStream] {
        var members: [String: [IndexMetadata]] = [:]
        for index in indices.values {
            if let name = index.dataStreamName { members[name, default: []].append(index) }
        }
        return Dictionary(uniqueKeysWithValues: members.map { ($0, Self.stream($0, $1)) })
    }

    /// The data stream of a name.
    func dataStream(_ name: String) -> DataStream? {
        let members = indices.values.filter { $0.dataStreamName == name }
        return members.isEmpty ? nil : Self.stream(name, members)
    }

    private static func stream(_ name: String, _ members: [IndexMetadata]) -> DataStream {
        DataStream(
            name: name, timestampField: members[0].settings[DataStream.timestampSetting]?.string ?? "@timestamp",
            indices: members.sorted {
                DataStream.generation(of: $0.name) < DataStream.generation(of: $1.name)
            })
    }
}

// MARK: Writing

extension DataStream {
    /// Refuses what streams do not take: through their name, documents are only added; to their indices, only changed.
    static func check(_ request: WriteRequest, _ index: IndexMetadata) throws(OpenSearchError) {
        guard let stream = index.dataStreamName else { return }
        let isCompared = if case .ifLastChangedBy = request.version { true } else { false }
        if request.target == index.name {
            switch request.kind {
            case .create:
                throw .illegalArgument(
                    "index request with op_type=create targeting backing indices is disallowed, target corresponding "
                        + "data stream [\(stream)] instead")
            case .index where !isCompared:
                throw .illegalArgument(
                    "index request with op_type=index and no if_primary_term and if_seq_no set targeting backing indices is "
                        + "disallowed, target corresponding data stream [\(stream)] instead")
            default: return
            }
        }
        // A document without an id is always a new one.
        guard request.kind == .create || request.kind == .index && request.id == nil else {
            throw onlyAdded
        }
    }

    /// What a change through the name of a stream leads to.
    static let onlyAdded = OpenSearchError.illegalArgument(
        "only write ops with an op_type of create are allowed in data streams")

    /// Why a document cannot be stored in an index of a stream; nil if it has one time.
    static func fault(_ operation: DocumentOperation, _ index: IndexMetadata) -> OpenSearchError? {
        guard let field = index.settings[timestampSetting]?.string else { return nil }
        let source: ArraySlice<UInt8>
        switch operation.action {
        case .index(let bytes), .create(let bytes): source = bytes
        default: return nil
        }
        guard let document = try? JSONValue(parsing: Array(source), limits: JSONLimits(maximumDepth: 512)),
            SourceValues.values(at: field, in: document).count != 1
        else { return nil }
        return OpenSearchError(
            400, "mapper_parsing_exception", "failed to parse",
            causedBy: [
                .illegalArgument("documents must contain a single-valued timestamp field '\(field)' of date type")
            ])
    }
}
