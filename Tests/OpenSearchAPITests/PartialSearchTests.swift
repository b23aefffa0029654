import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Searches that some indices cannot answer, that are out of time, or whose parameters change the form of the answer.
struct PartialSearchTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    private func fill() async throws {
        #expect(try await node.status(.put, "/a/_doc/1?refresh", #"{"n":1,"k":"x"}"#) == 201)
        #expect(try await node.status(.put, "/b/_doc/1?refresh", #"{"k":"x"}"#) == 201)
    }

    @Test("Failures of some indices are told beside the hits of the others") func failures() async throws {
        try await fill()
        let sorted = #"{"sort":[{"n":"asc"}]}"#
        let answer = try await node.ask(.post, "/a,b/_search", sorted)
        #expect(answer.status == 200 && answer["hits/total/value"] == 1)
        #expect(answer["_shards/total"] == 2 && answer["_shards/successful"] == 1 && answer["_shards/failed"] == 1)
        #expect(answer["_shards/failures/0/index"] == "b")
        #expect(answer["_shards/failures/0/reason/type"] == "query_shard_exception")
        let many = try await node.ask(.post, "/_msearch", "{\"index\":\"a,b\"}\n\(sorted)\n")
        #expect(many["responses/0/_shards/failed"] == 1, "\(many.text.prefix(400))")
        let scroll = try await node.ask(.post, "/a,b/_search?scroll=1m&size=1", sorted)
        #expect(scroll["_shards/failed"] == 1, "\(scroll.text.prefix(400))")
        let whole = try await node.ask(.post, "/a/_search", sorted)
        #expect(whole["_shards/failed"] == 0 && whole["_shards/failures"] == .null)
        #expect(try await node.status(.post, "/b/_search", sorted) == 400)
    }

    @Test("A count tells which indices could not count") func counts() async throws {
        try await fill()
        #expect(try await node.status(.put, "/c", #"{"mappings":{"properties":{"n":{"type":"keyword"}}}}"#) == 200)
        #expect(try await node.status(.put, "/c/_doc/1?refresh", #"{"n":"abc"}"#) == 201)
        let all = try await node.ask(.post, "/a,c/_count", #"{"query":{"term":{"n":1}}}"#)
        #expect(all["count"] == 1 && all["_shards/failed"] == 0 && all["_shards/failures"] == .null)
        let some = try await node.ask(.post, "/a,c/_count", #"{"query":{"term":{"n":"abc"}}}"#)
        #expect(some["count"] == 1 && some["_shards/failed"] == 1, "\(some.text.prefix(300))")
        #expect(some["_shards/failures/0/index"] == "a", "\(some.text.prefix(300))")
    }

    @Test("Whoever wants all or nothing gets an error") func allOrNothing() async throws {
        try await fill()
        let sorted = #"{"sort":[{"n":"asc"}]}"#
        let answer = try await node.ask(.post, "/a,b/_search?allow_partial_search_results=false", sorted)
        #expect(answer.status == 400, "\(answer.text.prefix(400))")
        #expect(answer["error/type"] == "search_phase_execution_exception")
        #expect(answer["error/reason"] == "Partial shards failure")
        #expect(answer["error/failed_shards/0/index"] == "b")
        let many = try await node.ask(
            .post, "/_msearch", "{\"index\":\"a,b\",\"allow_partial_search_results\":false}\n\(sorted)\n")
        #expect(many["responses/0/status"] == 400, "\(many.text.prefix(400))")
        let setting = #"{"persistent":{"search.default_allow_partial_results":false}}"#
        #expect(try await node.status(.put, "/_cluster/settings", setting) == 200)
        #expect(try await node.status(.post, "/a,b/_search", sorted) == 400)
        #expect(try await node.status(.post, "/a,b/_search?allow_partial_search_results=true", sorted) == 200)
        #expect(try await node.status(.post, "/a/_search", sorted) == 200)
    }

    @Test("Names of aggregations carry their types where that is asked for") func typedKeys() async throws {
        try await fill()
        let body = #"{"size":0,"aggs":{"t":{"terms":{"field":"k.keyword"}}}}"#
        let typed = try await node.ask(.post, "/a/_search?typed_keys=true", body)
        #expect(typed["aggregations/sterms#t/buckets/0/key"] == "x", "\(typed.text.prefix(400))")
        #expect(try await node.ask(.post, "/a/_search", body)["aggregations/t/buckets/0/key"] == "x")
    }

    @Test("A time limit of -1 is none") func timeouts() async throws {
        try await fill()
        let answer = try await node.ask(.get, "/a/_search?timeout=-1")
        #expect(answer["timed_out"] == false && answer["hits/total/value"] == 1, "\(answer.text.prefix(400))")
    }

    @Test("The bounds of date histograms may be relative to now") func bounds() async throws {
        try await fill()
        #expect(try await node.status(.put, "/d", #"{"mappings":{"properties":{"d":{"type":"date"}}}}"#) == 200)
        let body = """
            {"size":0,"aggs":{"h":{"date_histogram":{"field":"d","calendar_interval":"day",
            "extended_bounds":{"min":"now-7d/d","max":"now"}}}}}
            """
        let answer = try await node.ask(.post, "/d/_search", body)
        #expect(answer["aggregations/h/buckets"].array?.count == 8, "\(answer.text.prefix(400))")
        // Of today, not of 1970.
        #expect(answer["aggregations/h/buckets/7/key"].int ?? 0 > 1_700_000_000_000, "\(answer.text.prefix(400))")
    }

    @Test("A boost is part of the query's score, before functions change it") func functionScores() async throws {
        try await fill()
        func score(_ options: String) async throws -> JSONValue {
            let body = #"{"query":{"function_score":{"query":{"match_all":{}},"weight":3,"boost":5,\#(options)}}}"#
            return try await node.ask(.post, "/a/_search", body)["hits/hits/0/_score"]
        }
        #expect(try await score(#""boost_mode":"multiply""#) == 15)
        #expect(try await score(#""boost_mode":"replace""#) == 3)
        #expect(try await score(#""boost_mode":"sum""#) == 8)
        #expect(try await score(#""boost_mode":"avg""#) == 4)
        #expect(try await score(#""boost_mode":"max""#) == 5)
        #expect(try await score(#""boost_mode":"min""#) == 3)
        let factor = #"{"query":{"function_score":{"field_value_factor":{"field":"n","factor":-2}}}}"#
        let negative = try await node.ask(.post, "/a/_search", factor)
        #expect(
            negative.status == 400 && negative.text.contains("must not produce negative scores"), "\(negative.text)")
        #expect(try await node.status(.put, "/a/_doc/2?refresh", #"{"k":"y"}"#) == 201)
        let positive = #"{"query":{"function_score":{"field_value_factor":{"field":"n"}}}}"#
        let missing = try await node.ask(.post, "/a/_search", positive)
        #expect(missing.status == 500 && missing.text.contains("Missing value for field [n]"), "\(missing.text)")
    }
}
