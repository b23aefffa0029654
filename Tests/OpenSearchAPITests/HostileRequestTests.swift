import HTTPTypes
import JSON
import Testing

/// Requests that ask for too much are answered with an error, in bounded time and memory, while others go on.
struct HostileRequestTests {
    let node: TestNode

    init() async throws {
        node = try TestNode()
        let mapping =
            #"{"mappings":{"properties":{"t":{"type":"text"},"k":{"type":"keyword"},"n":{"type":"double"},"d":{"type":"date"},"c":{"type":"nested","properties":{"x":{"type":"keyword"}}}}}}"#
        _ = try await node.ask(.put, "/h", mapping)
        var lines = ""
        for number in 0..<2_000 {
            let word = String(number &* 2_654_435_761 % 1_000_003, radix: 36)
            lines += #"{"index":{"_id":"\#(number)"}}"# + "\n"
            lines +=
                #"{"t":"some words \#(word) aaaaaaaaaaaaaaaaaaaaaaaa\#(number % 7)","k":"key-\#(word)","n":\#(number * 1_000_000),"d":\#(number * 86_400_000),"c":[{"x":"\#(word)"}]}"#
                + "\n"
        }
        let filled = try await node.ask(.post, "/h/_bulk?refresh", lines)
        try #require(filled["errors"] == false)
    }

    private func times(_ count: Int, _ text: String, _ separator: String = ",") -> String {
        repeatElement(text, count: count).joined(separator: separator)
    }

    private func nested(_ depth: Int, _ open: String, _ inner: String, _ close: String) -> String {
        String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
    }

    /// A search that must be refused with a status, and with a word in the answer.
    private func refused(
        _ body: String, _ word: String, status: Int = 400, path: String = "/h/_search",
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await node.ask(.post, path, body)
        #expect(answer.status == status, "\(answer.text.prefix(300))", sourceLocation: location)
        #expect(
            answer["error/type"].string != nil && answer.text.contains(word), "\(answer.text.prefix(600))",
            sourceLocation: location)
    }

    /// A search that is answered, whatever it finds.
    private func answered(
        _ body: String, path: String = "/h/_search", location: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await node.ask(.post, path, body)
        #expect(answer.status == 200, "\(answer.text.prefix(600))", sourceLocation: location)
    }

    @Test("Clauses without number") func clauses() async throws {
        let term = #"{"term":{"k":"x"}}"#
        for kind in ["must", "should", "must_not", "filter"] {
            try await refused(#"{"query":{"bool":{"\#(kind)":[\#(times(10_000, term))]}}}"#, "maxClauseCount")
        }
        try await refused(#"{"query":{"dis_max":{"queries":[\#(times(10_000, term))]}}}"#, "maxClauseCount")
        let branches = times(40, #"{"bool":{"should":[\#(times(40, term))]}}"#)
        try await refused(#"{"query":{"bool":{"should":[\#(branches)]}}}"#, "maxClauseCount")
        let words = (0..<10_000).map { "w\($0)" }.joined(separator: " ")
        for query in [
            #"{"match":{"t":"\#(words)"}}"#, #"{"query_string":{"query":"\#(words)"}}"#,
            #"{"simple_query_string":{"query":"\#(words)"}}"#,
            #"{"multi_match":{"query":"\#(words)","fields":["t","k"]}}"#,
            #"{"match_bool_prefix":{"t":"\#(words)"}}"#,
        ] {
            try await refused(#"{"query":\#(query)}"#, "maxClauseCount")
        }
        let functions = times(5_000, #"{"filter":{"match_all":{}},"weight":2}"#)
        try await answered(#"{"query":{"function_score":{"functions":[\#(functions)]}}}"#)
        try await answered(#"{"query":{"match_phrase":{"t":{"query":"\#(words)","slop":2000000000}}}}"#)
    }

    @Test("Nesting without end") func nesting() async throws {
        for depth in [1_000, 100_000] {
            try await refused(
                #"{"query":\#(nested(depth, #"{"bool":{"must":"#, #"{"match_all":{}}"#, "}}"))}"#, "inside one another")
            try await refused(
                #"{"query":\#(nested(depth, #"{"constant_score":{"filter":"#, #"{"match_all":{}}"#, "}}"))}"#,
                "inside one another")
            try await refused(nested(depth, "[", "", "]"), "")
            try await refused(#"{"query":{"term":{"k":\#(nested(depth, "[", "1", "]"))}}}"#, "inside one another")
            try await refused(
                #"{"size":0,"aggs":\#(nested(depth, #"{"a":{"terms":{"field":"k"},"aggs":"#, "{}", "}}"))}"#,
                "inside one another")
            try await refused(
                #"{"query":{"query_string":{"query":"\#(nested(depth, "(", "a", ")"))"}}}"#, "Failed to parse")
            try await answered(
                #"{"query":{"simple_query_string":{"query":"\#(nested(depth, "(", "a", ")"))"}}}"#)
            let document = try await node.ask(.put, "/h/_doc/deep", nested(depth, #"{"a":"#, "1", "}"))
            #expect(document.status == 400)
            #expect(document["error/type"] == "mapper_parsing_exception", "\(document.text.prefix(300))")
            let script = try await node.ask(
                .post, "/h/_update/1", #"{"script":"ctx._source.n = \#(nested(depth, "(", "1", ")"))"}"#)
            #expect(script.status == 400, "\(script.text.prefix(300))")
        }
        for empty in [
            #"{"A":{"":{"type":"ip"}}}"#, #"{"":1}"#, #"{"A":[{"":1}]}"#, #"{"A":{"b":{"":1}}}"#, #"{"A.b":{"":[1]}}"#,
        ] {
            let nameless = try await node.ask(.post, "/h/_doc", empty)
            #expect(
                nameless.status == 400 && nameless["error/type"] == "mapper_parsing_exception",
                "\(empty): \(nameless.text)")
        }
        let fields = (0..<3_000).map { #""f\#($0)":1"# }.joined(separator: ",")
        let wide = try await node.ask(.put, "/h/_doc/wide", "{\(fields)}")
        #expect(wide.status == 400 && wide.text.contains("Limit of total fields [1000]"), "\(wide.text.prefix(300))")
    }

    @Test("Operators in turn and parentheses without partners") func operators() async throws {
        for text in [
            times(30_000, "a + b |", " "), times(60_000, "(", ""), times(60_000, "-", "") + "a", times(60_000, "+", ""),
        ] {
            for kind in ["simple_query_string", "query_string"] {
                let status = try await node.status(.post, "/h/_search", #"{"query":{"\#(kind)":{"query":"\#(text)"}}}"#)
                #expect([200, 400].contains(status), "\(kind) \(text.prefix(20))")
            }
        }
        let turns = times(30_000, "a AND b OR", " ") + " c"
        try await refused(#"{"query":{"query_string":{"query":"\#(turns)"}}}"#, "maxClauseCount")
        try await refused(#"{"query":{"query_string":{"query":"\#(times(60_000, "NOT", " ")) a"}}}"#, "")
    }

    @Test("Filters of answers with any segments again and again") func filters() async throws {
        let path = times(200, "**.", "") + "_id"
        let answer = try await node.ask(.post, "/h/_search?filter_path=\(path)", "{}")
        #expect(answer.status == 200)
        let turns = times(60, "**.hits.", "") + "_id,-" + times(60, "**.a.", "") + "b"
        #expect(try await node.status(.post, "/h/_search?filter_path=\(turns)", "{}") == 200)
    }

    @Test("Pages beyond all bounds") func pages() async throws {
        let huge = "9223372036854775807"
        for body in [
            #"{"from":\#(huge)}"#, #"{"size":\#(huge)}"#, #"{"from":\#(huge),"size":\#(huge)}"#,
            #"{"from":2147483647,"size":2147483647}"#, #"{"size":10001}"#, #"{"from":9999,"size":2}"#, #"{"from":-1}"#,
            #"{"size":-5}"#, #"{"size":1e300}"#, #"{"size":99999999999999999999999}"#, #"{"terminate_after":-1}"#,
            #"{"rescore":{"window_size":\#(huge),"query":{"rescore_query":{"match_all":{}}}}}"#,
            #"{"docvalue_fields":[\#(times(200, #""n""#))]}"#,
            #"{"collapse":{"field":"k","inner_hits":{"name":"a","size":100000}}}"#,
            #"{"query":{"nested":{"path":"c","query":{"match_all":{}},"inner_hits":{"size":100000}}}}"#,
            #"{"aggs":{"a":{"top_hits":{"size":100000}}}}"#,
        ] {
            let answer = try await node.ask(.post, "/h/_search", body)
            #expect(answer.status == 400, "\(body.prefix(80)): \(answer.text.prefix(300))")
            #expect(answer["error/type"].string != nil)
        }
        for target in [
            "/h/_search?from=\(huge)&size=\(huge)", "/h/_search?size=10001&scroll=1m", "/h/_search?scroll=100000d",
            "/h/_search/point_in_time?keep_alive=100000d", "/h/_search?size=-3", "/h/_search?terminate_after=-2",
            "/h/_search?from=2147483647&size=2147483647", "/h/_search?size=2147483648",
        ] {
            let answer = try await node.ask(.post, target, "")
            #expect(answer.status == 400, "\(target): \(answer.text.prefix(300))")
        }
        try await answered(#"{"track_total_hits":2147483647,"terminate_after":2147483647}"#)
        try await answered(#"{"search_after":[\#(huge)],"sort":["_doc"]}"#)
    }

    @Test("Patterns that explode") func patterns() async throws {
        let wild = times(400, "*a", "")
        let patterns = [
            #"{"regexp":{"k":"(((((a{1,100}){1,100}){1,100}){1,100}){1,100})"}}"#,
            #"{"regexp":{"k":"(.*a){40}.{40}"}}"#,
            #"{"regexp":{"k":{"value":"(a|b|c|.)*d.{30}","max_determinized_states":2000000000}}}"#,
            #"{"regexp":{"k":"[^a]*b(.?){200}c"}}"#, #"{"regexp":{"k":"~(.*a.{20})&~(.*b.{20})"}}"#,
            #"{"regexp":{"k":"<0-999999999999999999>"}}"#, #"{"regexp":{"k":"\#(times(5_000, "a", ""))"}}"#,
            #"{"regexp":{"k":"\#(nested(800, "(", "a", ")"))"}}"#, #"{"regexp":{"k":"((((((("}}"#,
            #"{"regexp":{"k":"a{2147483647}"}}"#, #"{"regexp":{"k":"a{99999999999999999999}"}}"#,
            #"{"wildcard":{"k":"\#(wild)"}}"#, #"{"wildcard":{"k":"\#(times(20_000, "?", ""))"}}"#,
            #"{"wildcard":{"k":"\#(times(20_000, "*", ""))"}}"#, #"{"prefix":{"k":""}}"#,
            #"{"fuzzy":{"t":{"value":"\#(times(3_000, "a", ""))","fuzziness":2,"max_expansions":2147483647}}}"#,
            #"{"fuzzy":{"t":{"value":"some","fuzziness":2,"prefix_length":2147483647}}}"#,
            #"{"match":{"t":{"query":"\#(times(300, "aaaaaaaaaaaaaaaaaaaaaaaa9", " "))","fuzziness":2,"max_expansions":100000}}}"#,
            #"{"query_string":{"query":"\#(times(300, "*a*", " OR "))","fields":["t","k"]}}"#,
            #"{"query_string":{"query":"/(((a|b|.)*c){9}){9}/ AND \#(times(300, "a~2", " "))"}}"#,
            #"{"match_phrase_prefix":{"t":{"query":"some words a","max_expansions":2147483647}}}"#,
        ]
        for pattern in patterns {
            let answer = try await node.ask(.post, "/h/_search", #"{"query":\#(pattern)}"#)
            #expect([200, 400].contains(answer.status), "\(pattern.prefix(80)): \(answer.text.prefix(300))")
        }
        let include = #"{"size":0,"aggs":{"a":{"terms":{"field":"k","include":"(.*a){40}.{40}"}}}}"#
        #expect([200, 400].contains(try await node.status(.post, "/h/_search", include)))
    }

    @Test("Lists without end") func lists() async throws {
        let many = (0..<70_000).map { "\"\($0)\"" }.joined(separator: ",")
        try await refused(#"{"query":{"terms":{"k":[\#(many)]}}}"#, "index.max_terms_count")
        try await answered(#"{"query":{"ids":{"values":[\#(many)]}}}"#)
        try await answered(#"{"sort":[\#(times(500, #"{"n":"asc"}"#))],"size":3}"#)
        try await answered(#"{"_source":["\#(times(2_000, "*a*", "\",\""))"],"size":3}"#)
        try await answered(#"{"fields":["\#(times(500, "*", "\",\""))"],"size":3}"#)
        let documents = (0..<20_000).map { #"{"_id":"\#($0)"}"# }.joined(separator: ",")
        try await answered(#"{"docs":[\#(documents)]}"#, path: "/h/_mget")
        let searches = times(200, "{}\n{\"size\":0}\n", "")
        try await answered(searches, path: "/h/_msearch")
        try await refused("{}\n{\"size\":0", "", path: "/h/_msearch")
        let long = times(30_000, "word", " ")
        try await refused(#"{"text":"\#(long)"}"#, "max_token_count", status: 500, path: "/h/_analyze")
    }

    @Test("Buckets without end") func buckets() async throws {
        let exploding = [
            #"{"histogram":{"field":"n","interval":0.001,"min_doc_count":0}}"#,
            #"{"histogram":{"field":"n","interval":1,"min_doc_count":0,"extended_bounds":{"min":-1e18,"max":1e18}}}"#,
            #"{"date_histogram":{"field":"d","fixed_interval":"1ms","min_doc_count":0}}"#,
        ]
        for aggregation in exploding {
            let answer = try await node.ask(.post, "/h/_search", #"{"size":0,"aggs":{"a":\#(aggregation)}}"#)
            #expect(answer.status >= 400 && answer.text.contains("too_many_buckets"), "\(answer.text.prefix(400))")
        }
        var deep = "{}"
        for level in 0..<60 {
            deep = #"{"a\#(level)":{"terms":{"field":"k","size":2147483647},"aggs":\#(deep)}}"#
        }
        let answer = try await node.ask(.post, "/h/_search", #"{"size":0,"aggs":\#(deep)}"#)
        #expect(answer.status >= 400 && answer.text.contains("too_many_buckets"), "\(answer.text.prefix(400))")
        let wide = (0..<300).map { #""a\#($0)":{"terms":{"field":"k","size":1000}}"# }.joined(separator: ",")
        let many = try await node.ask(.post, "/h/_search", #"{"size":0,"aggs":{\#(wide)}}"#)
        #expect(many.status >= 400 && many.text.contains("too_many_buckets"), "\(many.text.prefix(400))")
        for aggregation in [
            #"{"histogram":{"field":"n","interval":0}}"#, #"{"histogram":{"field":"n","interval":-1}}"#,
            #"{"histogram":{"field":"n","interval":1e-300}}"#,
            #"{"date_histogram":{"field":"d","fixed_interval":"0ms"}}"#,
            #"{"terms":{"field":"k","size":9223372036854775807,"shard_size":9223372036854775807}}"#,
            #"{"terms":{"field":"k","include":{"partition":0,"num_partitions":0}}}"#,
            #"{"terms":{"field":"k","include":{"partition":0,"num_partitions":-1}}}"#,
            #"{"top_hits":{"from":9223372036854775807,"size":9223372036854775807}}"#,
            #"{"terms":{"field":"k","size":0}}"#, #"{"terms":{"field":"k","size":-1}}"#,
            #"{"percentiles":{"field":"n","percents":[-1,200]}}"#,
        ] {
            let answer = try await node.ask(.post, "/h/_search", #"{"size":0,"aggs":{"a":\#(aggregation)}}"#)
            #expect(
                answer.status == 400 || answer.text.contains("too_many_buckets"),
                "\(aggregation): \(answer.text.prefix(300))")
        }
        for aggregation in [
            #"{"cardinality":{"field":"k","precision_threshold":2147483647}}"#,
            #"{"composite":{"size":10,"sources":[{"a":{"terms":{"field":"n"}}}],"after":{"a":1e300}}}"#,
            #"{"composite":{"size":10,"sources":[{"a":{"date_histogram":{"field":"d","fixed_interval":"1d"}}}],"after":{"a":-1e300}}}"#,
            #"{"terms":{"field":"k","size":2147483647,"shard_size":2147483647}}"#,
            #"{"date_histogram":{"field":"d","fixed_interval":"9223372036854775807ms"}}"#,
            #"{"date_histogram":{"field":"d","calendar_interval":"year","offset":"-9223372036854775807ms"}}"#,
            #"{"histogram":{"field":"n","interval":1e300,"offset":1e299}}"#,
            #"{"range":{"field":"n","ranges":[{"from":-1e308,"to":1e308}]}}"#,
            #"{"date_range":{"field":"d","ranges":[{"from":"now-9223372036854775807y"}]}}"#,
            #"{"percentiles":{"field":"n","tdigest":{"compression":1e9}}}"#,
            #"{"range":{"field":"n","ranges":[\#(times(3_000, #"{"from":1,"to":2}"#))]}}"#,
            #"{"filters":{"filters":[\#(times(3_000, #"{"match_all":{}}"#))]}}"#,
        ] {
            let answer = try await node.ask(.post, "/h/_search", #"{"size":0,"aggs":{"a":\#(aggregation)}}"#)
            #expect([200, 400].contains(answer.status), "\(aggregation.prefix(80)): \(answer.text.prefix(300))")
        }
    }

    @Test("A field of megabytes is highlighted up to the limit of its index") func highlights() async throws {
        let text = times(300_000, "some words", " ")
        #expect(try await node.status(.put, "/h/_doc/long?refresh", #"{"t":"\#(text)"}"#) == 201)
        try await refused(
            #"{"query":{"bool":{"filter":{"ids":{"values":["long"]}},"must":{"match":{"t":"words"}}}},"highlight":{"fields":{"t":{}}}}"#,
            "max_analyzed_offset")
        let huge = 2_147_483_647
        try await answered(
            #"{"query":{"bool":{"must":{"match":{"t":"words"}},"filter":{"ids":{"values":["1","2"]}}}},"highlight":{"fields":{"t":{"number_of_fragments":\#(huge),"fragment_size":\#(huge)}}}}"#
        )
        let fields = times(500, #"{"*":{}}"#)
        try await answered(
            #"{"query":{"bool":{"must":{"match":{"t":"some"}},"filter":{"ids":{"values":["1","2"]}}}},"highlight":{"fields":[\#(fields)]}}"#
        )
    }

    @Test("Broken lines of a bulk are refused, each with its own error, and the others are stored") func bulks()
        async throws
    {
        let mixed = """
            {"index":{"_index":"m","_id":"1"}}
            {"a":1}
            {"index":{"_index":"m","_id":"2"}}
            {"a":
            {"index":{"_index":"m","_id":"3"}}
            [1,2]
            {"index":{"_index":"m","_id":"4"}}
            \(nested(5_000, #"{"a":"#, "1", "}"))
            {"delete":{"_index":"m","_id":"none"}}
            {"index":{"_index":"m","_id":"5"}}
            {"b":"\u{1}"}
            {"index":{"_index":"m","_id":"6"}}
            {"a":6}

            """
        let answer = try await node.ask(.post, "/_bulk?refresh", mixed)
        #expect(answer.status == 200, "\(answer.text.prefix(400))")
        #expect(answer["errors"] == true)
        let statuses = answer["items"].array?.map { item in
            item.object.flatMap { $0.first { _ in true } }?.value["status"]?.int ?? 0
        }
        #expect(statuses == [201, 400, 400, 400, 404, 400, 201], "\(answer.text.prefix(900))")
        #expect(try await node.ask(.post, "/m/_count", "")["count"] == 2)
        for body in [
            "{\"index\":{\"_index\":\"m\"}}\n{\"a\":1}", "not json\n{}\n", "{\"index\":{\"_index\":\"m\"\n{}\n",
            "{\"fly\":{\"_index\":\"m\"}}\n{}\n", "[]\n{}\n", "\n\n\n", "{\"index\":[]}\n{}\n", "{}\n{}\n",
            "\(nested(100_000, "[", "", "]"))\n{}\n",
        ] {
            let answer = try await node.ask(.post, "/_bulk", body)
            #expect(answer.status == 400, "\(body.prefix(60)): \(answer.status) \(answer.text.prefix(300))")
            #expect(answer["error/type"].string != nil)
        }
    }

    @Test("Settings and mappings with numbers beyond all bounds") func numbers() async throws {
        let huge = "9223372036854775807"
        for (name, body) in [
            ("gap", #"{"mappings":{"properties":{"t":{"type":"text","position_increment_gap":2147483647}}}}"#),
            ("gaps", #"{"mappings":{"properties":{"t":{"type":"text","position_increment_gap":\#(huge)}}}}"#),
            ("above", #"{"mappings":{"properties":{"t":{"type":"keyword","ignore_above":\#(huge)}}}}"#),
            ("scaled", #"{"mappings":{"properties":{"t":{"type":"scaled_float","scaling_factor":1e308}}}}"#),
            (
                "limit",
                #"{"settings":{"index.mapping.total_fields.limit":\#(huge),"index.mapping.depth.limit":\#(huge)}}"#
            ),
            ("window", #"{"settings":{"index.max_result_window":\#(huge)}}"#),
            ("shards", #"{"settings":{"number_of_shards":\#(huge)}}"#),
            ("interval", #"{"settings":{"refresh_interval":"\#(huge)d"}}"#),
            ("flush", #"{"settings":{"translog.flush_threshold_size":"1048575tb"}}"#),
        ] {
            let made = try await node.ask(.put, "/\(name)", body)
            #expect([200, 400].contains(made.status), "\(name): \(made.text.prefix(300))")
            for value in [#"["a b","c d","e f"]"#, "1e308", "-1e308", huge, "\"\(huge)\"", "1e400"] {
                let stored = try await node.ask(.post, "/\(name)/_doc?refresh", #"{"t":\#(value)}"#)
                #expect([201, 400].contains(stored.status), "\(name): \(stored.text.prefix(300))")
            }
            let found = try await node.ask(
                .post, "/\(name)/_search", #"{"query":{"match_phrase":{"t":{"query":"b c","slop":\#(2_147_483_647)}}}}"#
            )
            #expect([200, 400].contains(found.status), "\(name): \(found.text.prefix(300))")
            let page = try await node.ask(.post, "/\(name)/_search", #"{"from":2147483647,"size":2147483647}"#)
            #expect([200, 400].contains(page.status), "\(name): \(page.text.prefix(300))")
        }
    }

    @Test("Versions at the end of all numbers stay there") func versions() async throws {
        let highest = "9223372036854775807"
        #expect(try await node.status(.put, "/h/_doc/v?version=\(highest)&version_type=external", "{}") == 201)
        let again = try await node.ask(.put, "/h/_doc/v", "{}")
        #expect(again.status == 200 && again["_version"].description == highest, "\(again.text)")
        for target in [
            "/h/_doc/v?version=99999999999999999999&version_type=external",
            "/h/_doc/v?version=-1&version_type=external",
            "/h/_doc/v?if_seq_no=99999999999999999999&if_primary_term=1", "/h/_doc/v?if_seq_no=-1&if_primary_term=0",
        ] {
            #expect(try await node.status(.put, target, "{}") == 400, "\(target)")
        }
    }

    @Test("Others are served while hostile requests are under way") func others() async throws {
        let heavy = [
            #"{"query":{"regexp":{"k":"(.*a){40}.{40}"}}}"#,
            #"{"query":{"query_string":{"query":"\#(times(300, "*a*", " OR "))","fields":["t","k"]}}}"#,
            #"{"size":0,"aggs":{"a":{"histogram":{"field":"n","interval":0.001,"min_doc_count":0}}}}"#,
            #"{"query":{"bool":{"should":[\#(times(10_000, #"{"term":{"k":"x"}}"#))]}}}"#,
        ]
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for round in 0..<12 {
                group.addTask { try await node.status(.post, "/h/_search", heavy[round % heavy.count]) > 0 }
            }
            for number in 0..<20 {
                group.addTask {
                    let made = try await node.status(.put, "/other/_doc/\(number)", #"{"a":\#(number)}"#)
                    let found = try await node.status(.get, "/other/_doc/\(number)")
                    return made == 201 && found == 200
                }
            }
            for try await isFine in group { #expect(isFine) }
        }
    }
}
