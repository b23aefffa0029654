internal import JSON
internal import Querying

/// What a change of many documents has done so far.
struct ChangeCounts {
    var total = 0
    var created = 0
    var updated = 0
    var deleted = 0
    var noops = 0
    var conflicts = 0
    var batches = 0
    var throttled = Duration.zero
    var failures: [JSONValue] = []

    /// Documents that were dealt with.
    var done: Int { created + updated + deleted + noops + conflicts }

    func document(rate: Double) -> JSONObject {
        var object = ShardStatistics.object([
            "total": total, "updated": updated, "created": created, "deleted": deleted,
        ]).object!
        object["batches"] = .number(JSONNumber(batches))
        object["version_conflicts"] = .number(JSONNumber(conflicts))
        object["noops"] = .number(JSONNumber(noops))
        object["retries"] = ["bulk": 0, "search": 0]
        object["throttled_millis"] = .number(JSONNumber(throttled.milliseconds))
        object["requests_per_second"] = .number(JSONNumber(rate))
        object["throttled_until_millis"] = 0
        return object
    }
}
