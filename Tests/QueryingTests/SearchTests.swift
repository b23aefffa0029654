import JSON
import Querying
import SearchIndex
import TestSupport
import Testing

/// Searches from body to response over small indices.
struct SearchTests {
    static let shop: Result<TestIndex, any Error> = Result {
        let documents: [JSONValue] = [
            ["name": "red apple", "price": 3, "tags": ["fruit", "red"], "day": "2024-01-01", "stock": true],
            ["name": "green apple", "price": 2.5, "tags": ["fruit", "green"], "day": "2024-02-01", "stock": false],
            ["name": "red car", "price": 9000, "tags": ["vehicle", "red"], "day": "2023-06-15"],
            ["name": "The quick brown fox", "price": 12, "tags": "animal", "day": "2022-12-31"],
            ["name": "apple pie with apple sauce", "tags": ["food"], "day": "2024-01-20", "size": 4],
        ]
        return try TestIndex(
            documents,
            mapping: [
                "properties": [
                    "name": ["type": "text", "fields": ["raw": ["type": "keyword"]]], "price": ["type": "double"],
                    "tags": ["type": "keyword"], "day": ["type": "date"], "stock": ["type": "boolean"],
                    "size": ["type": "integer"],
                ]
            ], segments: 2)
    }

    func ids(_ body: String, in index: TestIndex? = nil) throws -> [String] {
        try (index ?? Self.shop.get()).search(body).hits.hits.map(\.id)
    }

    func reason(_ body: String) -> String? {
        do {
            _ = try Self.shop.get().search(body)
            return nil
        } catch let error as SearchError { return "\(error.type): \(error.reason)" } catch { return "\(error)" }
    }

    @Test("Sorts by fields, with missing values where they are asked for")
    func sorting() throws {
        #expect(try ids(#"{"sort":["price"]}"#) == ["1", "0", "3", "2", "4"])
        #expect(try ids(#"{"sort":[{"price":"desc"}]}"#) == ["2", "3", "0", "1", "4"])
        #expect(try ids(#"{"sort":[{"price":{"order":"asc","missing":"_first"}}]}"#) == ["4", "1", "0", "3", "2"])
        #expect(try ids(#"{"sort":[{"price":{"order":"asc","missing":5}}]}"#) == ["1", "0", "4", "3", "2"])
        #expect(try ids(#"{"sort":[{"tags":"asc"},{"day":"desc"}]}"#) == ["3", "4", "1", "0", "2"])
        #expect(try ids(#"{"sort":[{"tags":{"order":"asc","mode":"max"}}]}"#) == ["3", "4", "1", "0", "2"])
        #expect(try ids(#"{"sort":["_doc"],"size":2,"from":1}"#) == ["1", "2"])
        #expect(
            reason(#"{"sort":["nope"]}"#) == "query_shard_exception: No mapping found for [nope] in order to sort on")
        #expect(try ids(#"{"sort":[{"nope":{"unmapped_type":"long"}}],"size":1}"#) == ["0"])
        let hit = try Self.shop.get().search(#"{"sort":[{"day":"desc"}],"size":1}"#).hits
        #expect(hit.hits[0].sort == [1_706_745_600_000])
        #expect(hit.hits[0].score == nil && hit.maxScore == nil)
        let missing = try Self.shop.get().search(#"{"sort":["size"]}"#).hits.hits.map { $0.sort[0] }
        #expect(
            missing == [
                4, .number(JSONNumber(Int.max)), .number(JSONNumber(Int.max)), .number(JSONNumber(Int.max)),
                .number(JSONNumber(Int.max)),
            ])
    }

    @Test("search_after walks through everything once", arguments: ["price", "name.raw", "day", "_doc", "_score"])
    func searchAfter(_ field: String) throws {
        let index = try Self.shop.get()
        var seen: [String] = []
        var after = ""
        for _ in 0..<10 {
            let page = try index.search(
                #"{"query":{"match_all":{}},"size":2,"sort":[{"\#(field)":"asc"},"_shard_doc"]\#(after)}"#)
            guard let last = page.hits.hits.last else { break }
            seen += page.hits.hits.map(\.id)
            after = #","search_after":\#(JSONValue.array(last.sort).serialized())"#
        }
        #expect(seen.count == 5 && Set(seen).count == 5)
    }

    @Test("Post filter narrows hits; min_score, terminate_after and totals")
    func bounds() throws {
        let index = try Self.shop.get()
        #expect(try ids(#"{"query":{"match":{"name":"red"}},"post_filter":{"term":{"tags":"fruit"}}}"#) == ["0"])
        #expect(try ids(#"{"query":{"match":{"name":"apple"}},"min_score":100}"#) == [])
        let ended = try index.search(#"{"terminate_after":2}"#)
        #expect(ended.terminatedEarly == true && ended.hits.total?.value == 2)
        #expect(try index.search(#"{"track_total_hits":2}"#).hits.total == .init(value: 2, isLowerBound: true))
        #expect(try index.search(#"{"track_total_hits":false}"#).hits.total == nil)
        #expect(try index.search(#"{"size":0}"#).hits.total == .init(value: 5, isLowerBound: false))
        #expect(
            reason(#"{"from":9999,"size":2}"#)?.contains(
                "Result window is too large, from + size must be less than or equal to: [10000] but was [10001]")
                == true)
    }

    @Test("Collapse keeps the best of each group")
    func collapse() throws {
        let index = try TestIndex(
            (0..<12).map { ["g": .string("g\($0 % 3)"), "n": .number(JSONNumber($0))] },
            mapping: ["properties": ["g": ["type": "keyword"], "n": ["type": "long"]]], segments: 3)
        let response = try index.search(
            #"{"sort":[{"n":"desc"}],"collapse":{"field":"g","inner_hits":{"name":"top","size":2,"sort":[{"n":"asc"}]}}}"#
        )
        #expect(response.hits.hits.map(\.id) == ["11", "10", "9"])
        #expect(response.hits.total?.value == 12)
        #expect(response.hits.hits[0].fields.first?.values == ["g2"])
        #expect(response.hits.hits[0].innerHits.first?.hits.hits.map(\.id) == ["2", "5"])
        #expect(response.hits.hits[0].innerHits.first?.hits.total?.value == 4)
    }

    @Test("Function scores: weights, fields, decay")
    func functionScore() throws {
        let index = try Self.shop.get()
        func scores(_ function: String) throws -> [String: Float] {
            let hits = try index.search(#"{"query":{"function_score":{"query":{"match_all":{}},\#(function)}}}"#).hits
                .hits
            return Dictionary(uniqueKeysWithValues: hits.map { ($0.id, $0.score ?? -1) })
        }
        #expect(try scores(#""weight":3"#)["0"] == 3)
        let factor = try scores(
            #""field_value_factor":{"field":"price","modifier":"log1p","factor":2,"missing":0},"boost_mode":"replace""#)
        #expect(abs((factor["0"] ?? 0) - 0.845098) < 1e-5)
        #expect(factor["4"] == 0)
        let gauss = try scores(#""gauss":{"price":{"origin":3,"scale":9}},"boost_mode":"replace""#)
        #expect(abs((gauss["3"] ?? 0) - 0.5) < 1e-5)
        #expect(gauss["0"] == 1)
        let linear = try scores(
            #""linear":{"day":{"origin":"2024-01-01","scale":"20d","decay":0.5}},"boost_mode":"replace""#)
        #expect(abs((linear["4"] ?? 0) - 0.525) < 1e-5)
        let both = try scores(
            #""functions":[{"filter":{"term":{"tags":"red"}},"weight":2},{"filter":{"term":{"tags":"fruit"}},"weight":5}],"score_mode":"sum""#
        )
        #expect(both == ["0": 7, "1": 5, "2": 2, "3": 1, "4": 1])
        #expect(try scores(#""random_score":{"seed":7}"#) == scores(#""random_score":{"seed":7}"#))
        #expect(try scores(#""random_score":{"seed":7}"#) != scores(#""random_score":{"seed":8}"#))
        #expect(
            reason(#"{"query":{"function_score":{"script_score":{"script":"1"}}}}"#)?.contains("scripts are not run")
                == true)
    }

    @Test("Sources, fields and doc values of hits")
    func contents() throws {
        let index = try Self.shop.get()
        let hit = try index.search(
            #"{"query":{"ids":{"values":["0"]}},"_source":["name","t*"],"fields":["day","name.raw",{"field":"day","format":"yyyy"}],"docvalue_fields":["tags","stock"],"version":true,"seq_no_primary_term":true}"#
        ).hits.hits[0]
        #expect(hit.source == ["name": "red apple", "tags": ["fruit", "red"]])
        let fields = Dictionary(uniqueKeysWithValues: hit.fields.map { ($0.name, $0.values) })
        #expect(fields["name.raw"] == ["red apple"])
        #expect(fields["day"] == ["2024"])
        #expect(fields["tags"] == ["fruit", "red"])
        #expect(fields["stock"] == [true])
        #expect(hit.version == 1 && hit.seqNo == 0 && hit.primaryTerm == 1)
        #expect(try index.search(#"{"_source":false,"size":1}"#).hits.hits[0].source == nil)
    }

    @Test("Named queries, explanations, slices and sub-indices")
    func names() throws {
        let index = try Self.shop.get()
        let hit = try index.search(
            #"{"query":{"bool":{"should":[{"match":{"name":{"query":"red","_name":"a"}}},{"term":{"tags":{"value":"fruit","_name":"b"}}}]}}}"#
        ).hits.hits.first { $0.id == "0" }
        #expect(hit?.matchedQueries.map(\.name) == ["a", "b"])
        let explained = try index.search(#"{"query":{"match":{"name":"red fox"}},"explain":true}"#).hits.hits
        for hit in explained { #expect(abs((hit.explanation?.value ?? 0) - (hit.score ?? -1)) < 1e-6) }
        let parts = try (0..<3).map { try ids(#"{"slice":{"id":\#($0),"max":3},"size":10}"#) }
        #expect(Set(parts.flatMap { $0 }).count == 5 && parts.map(\.count).reduce(0, +) == 5)
        let response = try Search.run(
            SearchRequest.parse(Array(#"{"sort":[{"price":"asc"}],"size":3}"#.utf8)), over: [index, index],
            context: TestIndex.context)
        #expect(response.hits.hits.map(\.id) == ["1", "1", "0"])
        #expect(response.hits.total?.value == 10 && response.shards == 2)
    }

    @Test("Highlights mark what the query matches")
    func highlight() throws {
        let index = try Self.shop.get()
        func fragments(_ query: String, _ options: String) throws -> [String] {
            try index.search(#"{"query":\#(query),"highlight":{\#(options)}}"#).hits.hits.first?.highlight.first?
                .fragments ?? []
        }
        #expect(
            try fragments(#"{"match":{"name":"fox"}}"#, #""fields":{"name":{}}"#) == ["The quick brown <em>fox</em>"])
        #expect(
            try fragments(
                #"{"match_phrase":{"name":"quick brown"}}"#, #""pre_tags":["["],"post_tags":["]"],"fields":{"name":{}}"#
            ) == ["The [quick] [brown] fox"])
        #expect(
            try fragments(#"{"prefix":{"name":"qui"}}"#, #""fields":{"n*":{"number_of_fragments":0}}"#) == [
                "The <em>quick</em> brown fox"
            ])
        #expect(try fragments(#"{"term":{"tags":"animal"}}"#, #""fields":{"name":{}}"#) == [])
        #expect(try fragments(#"{"term":{"tags":"animal"}}"#, #""fields":{"name":{"no_match_size":5}}"#) == ["The"])
        #expect(try fragments(#"{"term":{"tags":"animal"}}"#, #""fields":{"tags":{}}"#) == ["<em>animal</em>"])
    }

    @Test(
        "Fields are searched by their types",
        arguments: [
            (#"{"term":{"price":3}}"#, ["0"]), (#"{"range":{"price":{"gt":2.5,"lte":12}}}"#, ["0", "3"]),
            (#"{"range":{"day":{"gte":"2024-01-01","lt":"2024-01-31||+1d/d"}}}"#, ["0", "4"]),
            (#"{"range":{"day":{"lt":"now-300d"}}}"#, ["3"]), (#"{"term":{"stock":false}}"#, ["1"]),
            (#"{"exists":{"field":"stock"}}"#, ["0", "1"]), (#"{"terms":{"tags":["animal","food"]}}"#, ["3", "4"]),
            (#"{"bool":{"must_not":{"exists":{"field":"price"}}}}"#, ["4"]),
            (#"{"terms_set":{"tags":{"terms":["red","fruit","x"],"minimum_should_match":2}}}"#, ["0"]),
            (#"{"match":{"name":{"query":"red apple sauce","minimum_should_match":"2"}}}"#, ["0", "4"]),
            (#"{"match":{"name":{"query":"red apple","operator":"and"}}}"#, ["0"]),
            (#"{"match_phrase_prefix":{"name":"quick bro"}}"#, ["3"]),
            (#"{"match_bool_prefix":{"name":"sauce pi"}}"#, ["4"]),
            (#"{"query_string":{"query":"name:(red -car) OR tags:animal"}}"#, ["0", "3"]),
            (#"{"query_string":{"query":"price:[2 TO 3] AND name:app*"}}"#, ["0", "1"]),
            (#"{"query_string":{"query":"price:>100"}}"#, ["2"]),
            (#"{"query_string":{"query":"_exists_:stock"}}"#, ["0", "1"]),
            (#"{"query_string":{"query":"aple~1 AND grean~","default_field":"name"}}"#, ["1"]),
            (#"{"query_string":{"query":"\"brown fox\"~1","fields":["name"]}}"#, ["3"]),
            (#"{"query_string":{"query":"name:/gr.{3}/"}}"#, ["1"]),
            (#"{"simple_query_string":{"query":"red + apple","fields":["name"]}}"#, ["0"]),
            (
                #"{"simple_query_string":{"query":"(red | green) + -car","fields":["name"],"default_operator":"and"}}"#,
                ["0", "1"]
            ),
            (#"{"simple_query_string":{"query":"\"quick brown\" | sau*","fields":["name"]}}"#, ["3", "4"]),
            (#"{"multi_match":{"query":"red","fields":["name","tags"],"type":"cross_fields"}}"#, ["0", "2"]),
            (#"{"multi_match":{"query":"apple pie","fields":["nam*"],"operator":"and"}}"#, ["4"]),
            (#"{"wildcard":{"name.raw":"*car"}}"#, ["2"]),
            (#"{"wrapper":{"query":"eyJ0ZXJtIjp7InRhZ3MiOiJmb29kIn19"}}"#, ["4"]),
            (#"{"match_none":{}}"#, []), (#"{"term":{"_index":"test"}}"#, ["0", "1", "2", "3", "4"]),
            (#"{"terms":{"_id":["3","1","77"]}}"#, ["1", "3"]),
            (
                #"{"bool":{"should":[{"term":{"tags":"red"}},{"term":{"tags":"fruit"}}],"minimum_should_match":"100%"}}"#,
                ["0"]
            ),
            (
                #"{"boosting":{"positive":{"term":{"tags":"red"}},"negative":{"term":{"tags":"fruit"}},"negative_boost":0.1}}"#,
                ["0", "2"]
            ),
        ])
    func kinds(_ query: String, _ expected: [String]) throws {
        #expect(try ids(#"{"query":\#(query),"sort":["_doc"]}"#).sorted() == expected)
    }

    @Test(
        "Queries that do not fit the index are refused",
        arguments: [
            (#"{"term":{"price":"x"}}"#, "failed to create query: For input string: \"x\""),
            (#"{"query_string":{"query":"name:(red"}}"#, "Failed to parse query [name:(red]"),
            (#"{"match":{"name":{"query":"x","analyzer":"nope"}}}"#, "analyzer [nope] not found"),
            (#"{"prefix":{"price":"1"}}"#, "Can only use prefix queries on keyword, text and wildcard fields"),
            (#"{"match":{"name":{"query":"a b","minimum_should_match":"x"}}}"#, "For input string: \"x\""),
        ])
    func refusals(_ query: String, _ expected: String) throws {
        let found = reason(#"{"query":\#(query)}"#)
        #expect(found?.contains(expected) == true, "\(found ?? "no error")")
    }

    @Test("Too many clauses are refused")
    func clauses() throws {
        let many = (0..<1100).map { #"{"term":{"tags":"t\#($0)"}}"# }.joined(separator: ",")
        #expect(reason(#"{"query":{"bool":{"should":[\#(many)]}}}"#)?.contains("maxClauseCount is set to 1024") == true)
    }

    @Test("Cancelled and late searches end")
    func cancellation() throws {
        let index = try Self.shop.get()
        let cancelled = SearchContext(now: TestIndex.context.now, isCancelled: { true })
        #expect(throws: SearchError.self) {
            try Search.run(SearchRequest(), over: [index], context: cancelled)
        }
        var request = SearchRequest()
        request.timeout = 0
        #expect(try Search.run(request, over: [index], context: TestIndex.context).timedOut)
    }
}
