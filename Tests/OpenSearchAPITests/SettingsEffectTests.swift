import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Settings that are acknowledged have their effect.
struct SettingsEffectTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    @Test("Limits of mappings hold as soon as they are set, and never for what is there") func limits() async throws {
        #expect(try await node.status(.put, "/i", #"{"settings":{"mapping.total_fields.limit":2}}"#) == 200)
        #expect(try await node.status(.put, "/i/_doc/1", #"{"a":1,"b":2,"c":3}"#) == 400)
        #expect(try await node.status(.put, "/i/_settings", #"{"mapping.total_fields.limit":3}"#) == 200)
        #expect(try await node.status(.put, "/i/_doc/1", #"{"a":1,"b":2,"c":3}"#) == 201)
        #expect(try await node.status(.put, "/i/_settings", #"{"mapping.total_fields.limit":1}"#) == 200)
        #expect(try await node.status(.put, "/i/_doc/2", #"{"d":1}"#) == 400)
        #expect(try await node.status(.put, "/i/_doc/2", #"{"a":1}"#) == 201)
        #expect(try await node.status(.post, "/i/_close") == 200)
        #expect(try await node.status(.post, "/i/_open") == 200)
        #expect(try await node.status(.get, "/i/_doc/2") == 200)
    }

    @Test("A closed index takes no settings with which it could not be opened") func closed() async throws {
        #expect(try await node.status(.put, "/i") == 200)
        #expect(try await node.status(.post, "/i/_close") == 200)
        for settings in [
            #"{"index.translog.flush_threshold_size":"1.5gb"}"#,
            #"{"analysis":{"analyzer":{"a":{"type":"custom","tokenizer":"nowhere"}}}}"#,
        ] {
            let answer = try await node.ask(.put, "/i/_settings", settings)
            #expect(answer.status == 400, "\(settings): \(answer.text.prefix(300))")
        }
        #expect(try await node.status(.put, "/i/_settings", #"{"index.translog.flush_threshold_size":"1gb"}"#) == 200)
        #expect(try await node.status(.post, "/i/_open") == 200)
    }

    @Test("Bounds of the cluster hold for buckets, scrolls and points in time") func cluster() async throws {
        for number in 0..<3 { #expect(try await node.status(.put, "/i/_doc/\(number)", #"{"n":\#(number)}"#) == 201) }
        #expect(try await node.status(.post, "/i/_refresh") == 200)
        let settings =
            #"{"persistent":{"search.max_buckets":2,"search.max_open_scroll_context":1,"search.max_open_pit_context":1}}"#
        #expect(try await node.status(.put, "/_cluster/settings", settings) == 200)
        let buckets = try await node.ask(
            .post, "/i/_search", #"{"size":0,"aggs":{"h":{"histogram":{"field":"n","interval":1}}}}"#)
        #expect(buckets.text.contains("Must be less than or equal to: [2]"), "\(buckets.text.prefix(300))")
        #expect(try await node.status(.post, "/i/_search?scroll=1m&size=1") == 200)
        let scroll = try await node.ask(.post, "/i/_search?scroll=1m&size=1")
        #expect(scroll.text.contains("Must be less than or equal to: [1]"), "\(scroll.text.prefix(300))")
        #expect(try await node.status(.post, "/i/_search/point_in_time?keep_alive=1m") == 200)
        #expect(try await node.status(.post, "/i/_search/point_in_time?keep_alive=1m") >= 400)
    }

    @Test("Queries without fields search those of the settings") func defaultFields() async throws {
        let settings = #"{"settings":{"index.query.default_field":["a^2","b"]}}"#
        #expect(try await node.status(.put, "/i", settings) == 200)
        #expect(try await node.status(.put, "/i/_doc/1?refresh", #"{"a":"x","b":"y","c":"z","n":1}"#) == 201)
        for (text, count) in [("x", 1), ("y", 1), ("z", 0)] {
            #expect(try await node.ask(.get, "/i/_count?q=\(text)")["count"].int == count, "\(text)")
            for name in ["simple_query_string", "multi_match"] {
                let answer = try await node.ask(.post, "/i/_count", #"{"query":{"\#(name)":{"query":"\#(text)"}}}"#)
                #expect(answer["count"].int == count, "\(name) \(text): \(answer.text.prefix(300))")
            }
        }
        #expect(try await node.status(.get, "/i/_count?q=n:word") == 400)
        #expect(try await node.status(.put, "/i/_settings", #"{"index.query_string.lenient":true}"#) == 200)
        #expect(try await node.status(.get, "/i/_count?q=n:word") == 200)
        #expect(try await node.status(.get, "/i/_count?q=n:word&lenient=false") == 400)
    }

    @Test("What one index has already stays there alone") func preserving() async throws {
        #expect(try await node.status(.put, "/a", #"{"settings":{"refresh_interval":"5s"}}"#) == 200)
        #expect(try await node.status(.put, "/b") == 200)
        #expect(
            try await node.status(.put, "/a,b/_settings?preserve_existing=true", #"{"refresh_interval":"7s"}"#) == 200)
        let answer = try await node.ask(.get, "/a,b/_settings")
        #expect(answer["a/settings/index/refresh_interval"] == "5s")
        #expect(answer["b/settings/index/refresh_interval"] == "7s")
    }
}
