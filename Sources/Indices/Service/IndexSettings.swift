public import DocumentStore
public import JSON
import Mappings
import Querying

/// What an index's settings mean for writing and refreshing.
///
/// Settings that others read stay in the JSON.
public struct IndexSettings: Sendable, Hashable {
    /// `index.refresh_interval` in nanoseconds; `nil`: never by itself.
    public var refreshInterval: Int64? = 1_000_000_000
    /// `index.translog.durability`.
    public var durability = Durability.request
    /// `index.translog.sync_interval` in nanoseconds.
    public var syncInterval: Int64 = 5_000_000_000
    /// `index.translog.flush_threshold_size` in bytes: how much is replayed at most after a crash.
    public var flushThreshold = 256 << 20
    /// `index.gc_deletes` in nanoseconds: how long versions of deleted documents are remembered.
    public var deleteMemory: Int64 = 60_000_000_000
    var limits = MappingLimits()
    var ignoresMalformed = false
    var coerces = true
    var vectors = VectorSettings()

    /// OpenSearch's defaults.
    public init() {}

    /// Reads settings by full dotted names; values may be strings, numbers or booleans.
    ///
    /// - Throws: ``IndicesError/setting(name:reason:)`` for a value that a setting cannot have.
    public init(_ settings: JSONObject) throws(IndicesError) {
        for (name, value) in settings {
            let text = value.string ?? value.description
            switch name {
            case "index.refresh_interval": refreshInterval = try Self.time(name, text)
            case "index.translog.sync_interval": syncInterval = try Self.time(name, text) ?? syncInterval
            case "index.gc_deletes": deleteMemory = try Self.time(name, text) ?? .max
            case "index.translog.flush_threshold_size": flushThreshold = try Self.bytes(name, text)
            case "index.translog.durability":
                guard let found = Durability(rawValue: text.lowercased()) else {
                    throw .setting(name: name, reason: "[\(text)] is neither request nor async")
                }
                durability = found
            case "index.mapping.total_fields.limit": limits.totalFields = try Self.count(name, text)
            case "index.mapping.depth.limit": limits.depth = try Self.count(name, text)
            case "index.mapping.nested_fields.limit": limits.nestedFields = try Self.count(name, text)
            case "index.mapping.nested_objects.limit": limits.nestedObjects = try Self.count(name, text)
            case "index.mapping.field_name_length.limit": limits.fieldNameLength = try Self.count(name, text)
            case "index.mapping.ignore_malformed": ignoresMalformed = text == "true"
            case "index.mapping.coerce": coerces = text == "true"
            case "index.knn": vectors.isVectorIndex = text == "true"
            case "index.sparse": vectors.isSparseIndex = text == "true"
            case "index.knn.space_type": vectors.space = text
            case "index.knn.algo_param.m": vectors.m = try Self.count(name, text)
            case "index.knn.algo_param.ef_construction": vectors.efConstruction = try Self.count(name, text)
            default: break
            }
        }
    }

    private static func count(_ name: String, _ text: String) throws(IndicesError) -> Int {
        guard let value = Int(text), value >= 0 else {
            throw .setting(name: name, reason: "[\(text)] is not a number from 0 up")
        }
        return value
    }

    /// A time such as `1s` in nanoseconds; `nil` for -1.
    static func time(_ name: String, _ text: String) throws(IndicesError) -> Int64? {
        do throws(SearchError) {
            let duration = try TimeValue.parse(text, setting: name)
            return duration < .zero ? nil : duration.nanoseconds
        } catch {
            throw .setting(name: name, reason: "[\(text)] is not a time such as 500ms, 30s or -1")
        }
    }

    /// A size such as `512mb` in bytes.
    static func bytes(_ name: String, _ text: String) throws(IndicesError) -> Int {
        let lower = text.lowercased()
        for (unit, shift) in [("tb", 40), ("gb", 30), ("mb", 20), ("kb", 10), ("b", 0)] where lower.hasSuffix(unit) {
            if let value = Int(lower.dropLast(unit.count)), value >= 0, value < 1 << 20 { return value << shift }
        }
        throw .setting(name: name, reason: "[\(text)] is not a size such as 512mb")
    }
}
