public import JSON
import Mappings

/// A document on its way to an index: its source and its metadata in one object, as processors see them.
///
/// Source: OpenSearch's `IngestDocument`; texts of faults are its texts.
public struct IngestDocument: Sendable {
    /// The source with `_index`, `_id`, `_routing`, `_version` and `_version_type` beside its members.
    public var fields: JSONObject
    /// `_ingest`: the time at which the document came, and what is known while a failure is handled.
    public internal(set) var ingest: JSONObject
    /// The pipelines that it is in, outermost first.
    var pipelines: [String] = []
    /// The source that the index has under the same id, for processors that may keep a part of it.
    public var kept: JSONValue?
    /// Tokens that a text may have when it is cut: `index.analyze.max_token_count`.
    public var maximumTokens = 10_000

    /// Names of metadata, in the order in which they are shown.
    public static let metadata = [
        "_index", "_id", "_routing", "_version", "_version_type", "_if_seq_no", "_if_primary_term",
    ]
    /// How deep a document may nest.
    static let maximumDepth = 512

    /// A document that has just come.
    ///
    /// - Parameter now: milliseconds since 1970.
    public init(index: String, id: String?, routing: String?, source: JSONObject, now: Int64) {
        fields = source
        fields["_index"] = .string(index)
        fields["_id"] = id.map { .string($0) } ?? .null
        fields["_routing"] = routing.map { .string($0) }
        ingest = ["timestamp": .string(DateFormat.standard.text(of: Moment(milliseconds: now)))]
    }

    /// The source without metadata.
    public var source: JSONObject {
        var source = fields
        for name in Self.metadata { source[name] = nil }
        return source
    }

    /// A metadata value as text; `nil` if there is none.
    public func metadata(_ name: String) -> String? {
        guard let value = fields[name], !value.isNull else { return nil }
        return value.javaText
    }

    /// What `_simulate` shows.
    public var shown: JSONValue {
        var result = JSONObject()
        for name in Self.metadata { result[name] = metadata(name).map { .string($0) } }
        result["_source"] = .object(source)
        result["_ingest"] = .object(ingest)
        return .object(result)
    }

    /// What templates see.
    var templateModel: JSONObject {
        var model = fields
        model["_source"] = .object(fields)
        model["_ingest"] = .object(ingest)
        return model
    }
}
