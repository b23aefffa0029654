import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Numbers of requests at the ends of their ranges: they are refused, or mean what the nearest possible number means; the server goes on.
struct BoundTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    private func fill() async throws {
        let mapping =
            #"{"mappings":{"properties":{"t":{"type":"text"},"k":{"type":"keyword"},"n":{"type":"long"},"d":{"type":"date"}}}}"#
        #expect(try await node.status(.put, "/i", mapping) == 200)
        for (id, source) in [
            #"{"t":"abcd efgh","k":"x","n":[9223372036854775807,9223372036854775807],"d":"2024-01-01"}"#,
            #"{"t":"abcd","k":"y","n":1,"d":"2024-01-02"}"#,
        ].enumerated() {
            #expect(try await node.status(.put, "/i/_doc/\(id)", source) == 201)
        }
        #expect(try await node.status(.post, "/i/_refresh") == 200)
    }

    @Test(
        "Refused",
        arguments: [
            (
                #"{"query":{"match":{"t":{"query":"abcd efgh","minimum_should_match":"9223372036854775807%"}}}}"#,
                "input string"
            ),
            (
                #"{"query":{"match":{"t":{"query":"abcd efgh","minimum_should_match":"9223372036854775807<1"}}}}"#,
                "input string"
            ),
            (
                #"{"query":{"match":{"t":"abcd"}},"highlight":{"fields":{"t":{"fragment_size":-1000}}}}"#,
                "fragment_size"
            ),
            (
                #"{"query":{"match":{"t":"abcd"}},"highlight":{"fields":{"t":{"number_of_fragments":-1}}}}"#,
                "number_of_fragments"
            ),
            (#"{"query":{"match":{"k":"abcd"}},"highlight":{"fields":{"t":{"no_match_size":-1}}}}"#, "no_match_size"),
            (#"{"rescore":{"window_size":-1,"query":{"rescore_query":{"match_all":{}}}}}"#, "window_size"),
            (#"{"query":{"fuzzy":{"t":{"value":"abcd","max_expansions":-1}}}}"#, "maxExpansions must be positive."),
            (
                #"{"query":{"query_string":{"query":"abcd~","fuzzy_max_expansions":-1}}}"#,
                "maxExpansions must be positive."
            ),
            (
                #"{"query":{"simple_query_string":{"query":"abcd~","fuzzy_max_expansions":-1}}}"#,
                "maxExpansions must be positive."
            ),
            (#"{"query":{"query_string":{"query":"\"abcd efgh\"","phrase_slop":-1}}}"#, "Slop must be >= 0"),
            (
                #"{"query":{"regexp":{"k":{"value":"((a{1000}){1000}){1000}","max_determinized_states":2147483647}}}}"#,
                "max_determinized_states"
            ),
        ]) func refusals(body: String, message: String) async throws
    {
        try await fill()
        let answer = try await node.ask(.post, "/i/_search", body)
        #expect(answer.status == 400 && answer.text.contains(message), "\(body): \(answer.text.prefix(400))")
    }

    @Test(
        "Pipelines over buckets are refused",
        arguments: [
            (#""p":{"bucket_sort":{"size":-1}}"#, "[size] must be a positive integer"),
            (#""p":{"bucket_sort":{"from":-1}}"#, "[from] must be a non-negative integer"),
            (#""p":{"serial_diff":{"buckets_path":"_count","lag":-1}}"#, "Lag must be a positive, non-zero integer"),
        ]) func pipelines(pipeline: String, message: String) async throws
    {
        try await fill()
        let body =
            #"{"size":0,"aggs":{"h":{"date_histogram":{"field":"d","calendar_interval":"day"},"aggs":{\#(pipeline)}}}}"#
        let answer = try await node.ask(.post, "/i/_search", body)
        #expect(answer.status == 400 && answer.text.contains(message), "\(body): \(answer.text.prefix(400))")
    }

    @Test("Percentiles of buckets are of 0 to 100", arguments: ["200", "1e300", "-1"])
    func percentiles(percent: String) async throws {
        try await fill()
        let body = """
            {"size":0,"aggs":{"h":{"terms":{"field":"k"}},
            "p":{"percentiles_bucket":{"buckets_path":"h>_count","percents":[\(percent)]}}}}
            """
        let answer = try await node.ask(.post, "/i/_search", body)
        #expect(answer.status == 400 && answer.text.contains("0.0-100.0"), "\(answer.text.prefix(400))")
    }

    @Test("Answered") func answers() async throws {
        try await fill()
        let slop = try await node.ask(.get, "/i/_search?q=%22abcd%20efgh%22~99999999999999999999")
        #expect(slop["hits/total/value"] == 1, "\(slop.text.prefix(400))")
        #expect(try await node.ask(.get, "/i/_search?q=abcd~99999999999999999999")["hits/total/value"] == 2)
        let past = try await node.ask(.post, "/i/_search", #"{"query":{"range":{"d":{"lte":"now-400000000y/y"}}}}"#)
        #expect(past["hits/total/value"] == 0, "\(past.text.prefix(400))")
        let recent = try await node.ask(.post, "/i/_search", #"{"query":{"range":{"d":{"lte":"2024-01-01||/d"}}}}"#)
        #expect(recent["hits/total/value"] == 1, "\(recent.text.prefix(400))")
        for mode in ["median", "avg", "sum", "max"] {
            let sorted = try await node.ask(.post, "/i/_search", #"{"sort":[{"n":{"mode":"\#(mode)"}}]}"#)
            #expect(sorted.status == 200 && sorted["hits/total/value"] == 2, "\(mode): \(sorted.text.prefix(400))")
        }
        for number in ["9223372036854775807", "-1"] {
            let update = try await node.ask(
                .post, "/_bulk",
                #"{"update":{"_index":"i","_id":"1","retry_on_conflict":\#(number)}}"# + "\n" + #"{"doc":{}}"# + "\n")
            #expect(update["errors"] == false, "\(number): \(update.text.prefix(400))")
        }
    }

    @Test("A number that ends an index's name may be the highest") func rollover() async throws {
        let name = "x-9223372036854775807"
        #expect(try await node.status(.put, "/\(name)", #"{"aliases":{"x":{"is_write_index":true}}}"#) == 200)
        let answer = try await node.ask(.post, "/x/_rollover")
        #expect(answer.status == 400 && answer.text.contains("the highest there is"), "\(answer.text.prefix(400))")
    }

    @Test("A pause between batches is an hour at most, and ends with the task") func pauses() async throws {
        try await fill()
        let begun = try await node.ask(
            .post, "/i/_update_by_query?requests_per_second=1e-30&wait_for_completion=false")
        let task = begun["task"].string ?? ""
        // The pause begins when the documents are changed, however long that takes.
        while try await node.ask(.get, "/_tasks/\(task)")["task/status/updated"] != 2 {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await node.status(.post, "/_tasks/\(task)/_cancel") == 200)
        let ended = try await node.ask(.get, "/_tasks/\(task)?wait_for_completion=true")
        #expect(ended["completed"] == true && ended["response/updated"] == 2, "\(ended.text.prefix(400))")
        #expect(ended["response/throttled_millis"] == 3_600_000, "\(ended.text.prefix(400))")
    }
}
