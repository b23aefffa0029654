import Glibc
import JSON
import Querying

// Answers what Benchmarks/search asks on standard input, a line of JSON each, as the peers do: peers/search/lucene/Timing.java.

/// The requests, on the one index that is open.
struct Requests {
    private var index: BenchmarkIndex?
    private var queries: [(id: String, query: Query)] = []

    mutating func answer(_ request: JSONValue, _ reply: inout JSONWriter) throws {
        switch request["do"]?.string {
        case "index":
            index = nil
            let start = ContinuousClock.now
            let building = try IndexBuilding(
                folder: string("index", request), threads: request["threads"]?.int ?? 2,
                batch: request["batch"]?.int ?? 1000)
            try building.add(linesOf: string("corpus", request))
            try building.commit()
            reply.member("seconds", seconds(since: start))
            reply.member("documents", building.documentCount)
            building.close()
            reply.member("seconds_with_merges", seconds(since: start))
        case "open":
            index = nil
            let start = ContinuousClock.now
            let opened = try BenchmarkIndex(folder: string("index", request))
            reply.member("seconds", seconds(since: start))
            reply.member("documents", opened.documentCount)
            reply.member("segments", opened.segmentCount)
            index = opened
        case "load":
            queries = []
            let lines = try LineFile(path: string("queries", request))
            while let line = lines.next() {
                let value = try JSONValue(parsing: line)
                guard let id = value["id"]?.string, let query = value["query"] else {
                    throw BenchmarkFailure("not a line with id and query")
                }
                queries.append((id, try Query(parsing: query)))
            }
            reply.member("queries", queries.count)
        case "round":
            let index = try opened()
            let limit = request["limit"]?.int ?? 10
            let countsAll = countsAll(request)
            let reads = request["sources"]?.bool ?? false
            reply.key("nanoseconds")
            reply.array(
                try queries.map { query in
                    let start = ContinuousClock.now
                    let response = try index.search(query.query, limit: limit, countsAll: countsAll, reads: reads)
                    let elapsed = ContinuousClock.now - start
                    precondition(response.hits.hits.first?.score?.isNaN != true)
                    return Int(elapsed / .nanoseconds(1))
                })
        case "results":
            let index = try opened()
            let countsAll = countsAll(request)
            reply.key("results")
            reply.beginArray()
            for (id, query) in queries {
                let limit = request["limit"]?.int ?? 10
                let hits = try index.search(query, limit: limit, countsAll: countsAll, reads: true).hits
                reply.beginObject()
                reply.key("id")
                reply.value(id)
                if let total = hits.total { reply.member("total", total.value) }
                reply.key("hits")
                reply.beginArray()
                for hit in hits.hits {
                    reply.beginArray()
                    reply.value(hit.id)
                    reply.value(hit.score ?? 0)
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

    private func countsAll(_ request: JSONValue) -> Bool { request["count"]?.string == "all" }

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
