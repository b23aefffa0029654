import Glibc
import JSON

// Answers what Benchmarks/search asks on standard input, a line of JSON each, as the peers do: peers/search/lucene/Timing.java.

/// The requests, on the one index that is open.
struct Requests {
    private var index: BenchmarkIndex?
    private var queries: [BenchmarkQuery] = []

    mutating func answer(_ request: JSONValue, _ reply: inout JSONWriter) throws {
        switch request["do"]?.string {
        case "index":
            index = nil
            let start = ContinuousClock.now
            let building = try IndexBuilding(
                folder: string("index", request), threads: request["threads"]?.int ?? 2,
                batch: request["batch"]?.int ?? 1000, bufferBytes: (request["buffer_mb"]?.int ?? 256) << 20)
            try building.add(linesOf: string("corpus", request))
            try building.commit()
            reply.member("seconds", seconds(since: start))
            try building.close()
            reply.member("seconds_with_merges", seconds(since: start))
            reply.member("documents", building.documentCount)
        case "open":
            index = nil
            let start = ContinuousClock.now
            let opened = try BenchmarkIndex(folder: string("index", request))
            reply.member("seconds", seconds(since: start))
            reply.member("documents", opened.documentCount)
            reply.member("segments", opened.segmentCount)
            index = opened
        case "load":
            let index = try opened()
            queries = []
            let lines = try LineFile(path: string("queries", request))
            while let line = lines.next() { queries.append(try index.query(JSONValue(parsing: line))) }
            reply.member("queries", queries.count)
        case "round":
            let index = try opened()
            let limit = request["limit"]?.int ?? 10
            let count = count(request)
            reply.key("nanoseconds")
            reply.array(
                queries.map { query in
                    let start = ContinuousClock.now
                    let top = index.search(query, limit: limit, count: count)
                    let elapsed = ContinuousClock.now - start
                    precondition(top.hits.first?.score.isNaN != true)
                    return Int(elapsed / .nanoseconds(1))
                })
        case "results":
            let index = try opened()
            let count = count(request)
            reply.key("results")
            reply.beginArray()
            for query in queries {
                let top = index.search(query, limit: request["limit"]?.int ?? 10, count: count)
                reply.beginObject()
                reply.key("id")
                reply.value(query.id)
                if count == .max { reply.member("total", top.count) }
                reply.key("hits")
                reply.beginArray()
                for (id, score) in try index.identified(top) {
                    reply.beginArray()
                    reply.value(id)
                    reply.value(score)
                    reply.endArray()
                }
                reply.endArray()
                reply.endObject()
            }
            reply.endArray()
        case "memory":
            for (name, bytes) in try Memory.now() { reply.member(name, bytes) }
        default: throw BenchmarkFailure("unknown request")
        }
    }

    private func seconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .seconds(1) }

    private func opened() throws -> BenchmarkIndex {
        guard let index else { throw BenchmarkFailure("no index is open") }
        return index
    }

    /// How many hits are counted exactly.
    private func count(_ request: JSONValue) -> Int {
        request["count"]?.string == "all" ? .max : request["count"]?.int ?? 0
    }

    private func string(_ key: String, _ request: JSONValue) throws -> String {
        guard let value = request[key]?.string else { throw BenchmarkFailure("'\(key)' is missing") }
        return value
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        self.value(value)
    }

    fileprivate mutating func member(_ key: String, _ value: Double) {
        self.key(key)
        self.value(value)
    }
}

var requests = Requests()
while let line = readLine() {
    var reply = JSONWriter()
    reply.beginObject()
    try requests.answer(JSONValue(parsing: line), &reply)
    reply.endObject()
    reply.endLine()
    print(reply.text, terminator: "")
    fflush(nil)
}
