internal import JSON
internal import Querying

/// What an index counts of itself.
struct ShardStatistics: Sendable {
    /// A part of the index.
    struct Segment: Sendable {
        var name = ""
        var generation = 0
        var documents = 0
        var deleted = 0
        var bytes = 0
        var isCommitted = false
        var isSearchable = true
    }

    /// How often something was done and how long it took in all.
    struct Counter: Sendable {
        var count = 0
        var time = Duration.zero

        static func + (left: Counter, right: Counter) -> Counter {
            Counter(count: left.count + right.count, time: left.time + right.time)
        }
    }

    var documents = 0
    var deleted = 0
    var storeBytes = 0
    var segments: [Segment] = []
    var indexing = Counter()
    var indexingFailures = 0
    var deleting = Counter()
    var getting = Counter()
    var searching = Counter()
    var fetching = Counter()
    var refreshes = Counter()
    var flushes = Counter()
    var merges = Counter()
    var openScrolls = 0
    var openPoints = 0
    var maximumSequenceNumber = -1

    /// The sum over indices.
    static func + (left: ShardStatistics, right: ShardStatistics) -> ShardStatistics {
        var sum = left
        sum.documents += right.documents
        sum.deleted += right.deleted
        sum.storeBytes += right.storeBytes
        sum.segments += right.segments
        sum.indexing = left.indexing + right.indexing
        sum.indexingFailures += right.indexingFailures
        sum.deleting = left.deleting + right.deleting
        sum.getting = left.getting + right.getting
        sum.searching = left.searching + right.searching
        sum.fetching = left.fetching + right.fetching
        sum.refreshes = left.refreshes + right.refreshes
        sum.flushes = left.flushes + right.flushes
        sum.merges = left.merges + right.merges
        sum.openScrolls += right.openScrolls
        sum.openPoints += right.openPoints
        return sum
    }

    /// The sections that can be asked for by name.
    static let metrics: Set<String> = [
        "docs", "store", "indexing", "get", "search", "merge", "refresh", "flush", "warmer", "query_cache", "fielddata",
        "completion", "segments", "translog", "request_cache", "recovery", "suggest",
    ]

    /// The statistics as an object of sections.
    ///
    /// - Parameter wanted: the sections; nil means all.
    func document(_ wanted: Set<String>?, isHuman: Bool) -> JSONObject {
        func has(_ name: String) -> Bool { wanted?.contains(name) ?? true }
        var object = JSONObject()
        if has("docs") { object["docs"] = Self.object(["count": documents, "deleted": deleted]) }
        if has("store") {
            object["store"] = Self.object(["size_in_bytes": storeBytes, "reserved_in_bytes": 0], isHuman)
        }
        if has("indexing") {
            var section = Self.object([
                "index_total": indexing.count, "index_time_in_millis": indexing.time.milliseconds, "index_current": 0,
                "index_failed": indexingFailures, "delete_total": deleting.count,
                "delete_time_in_millis": deleting.time.milliseconds, "delete_current": 0, "noop_update_total": 0,
            ]).object!
            section["is_throttled"] = false
            section["throttle_time_in_millis"] = 0
            object["indexing"] = .object(section)
        }
        if has("get") {
            object["get"] = Self.object([
                "total": getting.count, "time_in_millis": getting.time.milliseconds, "exists_total": getting.count,
                "exists_time_in_millis": getting.time.milliseconds, "missing_total": 0, "missing_time_in_millis": 0,
                "current": 0,
            ])
        }
        if has("search") {
            object["search"] = Self.object([
                "open_contexts": openScrolls + openPoints, "query_total": searching.count,
                "query_time_in_millis": searching.time.milliseconds, "query_current": 0, "fetch_total": fetching.count,
                "fetch_time_in_millis": fetching.time.milliseconds, "fetch_current": 0, "scroll_total": 0,
                "scroll_time_in_millis": 0, "scroll_current": openScrolls, "point_in_time_total": 0,
                "point_in_time_time_in_millis": 0, "point_in_time_current": openPoints, "suggest_total": 0,
                "suggest_time_in_millis": 0, "suggest_current": 0,
            ])
        }
        if has("merge") {
            object["merges"] = Self.object([
                "current": 0, "current_docs": 0, "current_size_in_bytes": 0, "total": merges.count,
                "total_time_in_millis": merges.time.milliseconds, "total_docs": 0, "total_size_in_bytes": 0,
                "total_stopped_time_in_millis": 0, "total_throttled_time_in_millis": 0,
                "total_auto_throttle_in_bytes": 0,
            ])
        }
        if has("refresh") {
            object["refresh"] = Self.object([
                "total": refreshes.count, "total_time_in_millis": refreshes.time.milliseconds,
                "external_total": refreshes.count, "external_total_time_in_millis": refreshes.time.milliseconds,
                "listeners": 0,
            ])
        }
        if has("flush") {
            object["flush"] = Self.object([
                "total": flushes.count, "periodic": 0, "total_time_in_millis": flushes.time.milliseconds,
            ])
        }
        if has("query_cache") {
            object["query_cache"] = Self.object([
                "memory_size_in_bytes": 0, "total_count": 0, "hit_count": 0, "miss_count": 0, "cache_size": 0,
                "cache_count": 0, "evictions": 0,
            ])
        }
        if has("fielddata") { object["fielddata"] = Self.object(["memory_size_in_bytes": 0, "evictions": 0]) }
        if has("completion") { object["completion"] = Self.object(["size_in_bytes": 0]) }
        if has("segments") { object["segments"] = segmentsSection }
        return object
    }

    private var segmentsSection: JSONValue {
        var section = Self.object(["count": segments.count]).object!
        for name in [
            "memory", "terms_memory", "stored_fields_memory", "term_vectors_memory", "norms_memory", "points_memory",
            "doc_values_memory", "index_writer_memory", "version_map_memory", "fixed_bit_set_memory",
        ] {
            section["\(name)_in_bytes"] = 0
        }
        section["max_unsafe_auto_id_timestamp"] = -1
        section["file_sizes"] = [:]
        return .object(section)
    }

    /// Members that are whole numbers; with `isHuman` sizes and times are also told for people.
    static func object(_ members: KeyValuePairs<String, Int>, _ isHuman: Bool = false) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members {
            if isHuman, name.hasSuffix("_in_bytes") {
                object[String(name.dropLast(9))] = .string(ByteSize.text(value))
            }
            object[name] = .number(JSONNumber(value))
        }
        return .object(object)
    }
}
