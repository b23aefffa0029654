import JSON
import Querying
import Testing

@Suite struct BucketAggregationTests {
    private let index = try! AggregationIndex(
        [
            "properties": [
                "tag": ["type": "keyword"], "n": ["type": "integer"], "price": ["type": "double"],
                "on": ["type": "date"], "ok": ["type": "boolean"], "ip": ["type": "ip"],
                "c": ["type": "nested", "properties": ["who": ["type": "keyword"], "stars": ["type": "long"]]],
            ]
        ],
        [
            [
                #"{"tag": ["a", "b"], "n": 1, "price": 10, "on": "2015-01-05", "ok": true, "ip": "10.0.0.1", "c": [{"who": "x", "stars": 5}, {"who": "y", "stars": 1}]}"#,
                #"{"tag": "a", "n": 2, "price": 20, "on": "2015-01-20T10:00:00Z", "ok": false, "ip": "10.0.0.200"}"#,
                #"{"tag": "c", "n": [2, 2], "price": 5, "on": "2015-03-01", "c": {"who": "x", "stars": 3}}"#,
            ],
            [
                #"{"tag": "b", "n": 15, "price": 1, "on": "2015-03-31T23:30:00Z", "ok": true, "ip": "192.168.1.1"}"#,
                #"{"tag": "a", "n": 7, "price": 4}"#, #"{"n": 30}"#,
            ],
        ])

    private func keys(_ reply: JSONValue) -> [JSONValue] { (reply["buckets"]?.array ?? []).map { $0["key"] ?? .null } }
    private func counts(_ reply: JSONValue) -> [Int] {
        (reply["buckets"]?.array ?? []).map { $0["doc_count"]?.int ?? -1 }
    }

    @Test func terms() throws {
        #expect(
            try index.run(["terms": ["field": "tag"]]) == [
                "doc_count_error_upper_bound": 0, "sum_other_doc_count": 0,
                "buckets": [
                    ["key": "a", "doc_count": 3], ["key": "b", "doc_count": 2], ["key": "c", "doc_count": 1],
                ],
            ])
        let cut = try index.run(["terms": ["field": "tag", "size": 1]])
        #expect(cut["sum_other_doc_count"] == 3 && keys(cut) == ["a"])
        let missing = try index.run(["terms": ["field": "tag", "missing": "none", "order": ["_key": "desc"]]])
        #expect(keys(missing) == ["none", "c", "b", "a"])
        #expect(keys(try index.run(["terms": ["field": "tag", "include": "[ab]", "exclude": ["b"]]])) == ["a"])
        #expect(keys(try index.run(["terms": ["field": "tag", "min_doc_count": 2]])) == ["a", "b"])
        #expect(keys(try index.run(["terms": ["field": "tag", "min_doc_count": 2_147_483_648]])) == [])
        #expect(counts(try index.run(["terms": ["field": "tag", "min_doc_count": 0]], only: [1])) == [1, 0, 0])
        #expect(keys(try index.run(["rare_terms": ["field": "tag", "max_doc_count": 2]])) == ["c", "b"])
        let partitions = try (0..<3).map {
            keys(
                try index.run([
                    "terms": ["field": "tag", "include": ["partition": .number(JSONNumber($0)), "num_partitions": 3]]
                ]))
        }
        #expect(partitions.flatMap { $0 }.count == 3)
    }

    @Test func termsOfOtherTypes() throws {
        #expect(
            try index.run(["terms": ["field": "ok"]])["buckets"] == [
                ["key": 1, "key_as_string": "true", "doc_count": 2],
                ["key": 0, "key_as_string": "false", "doc_count": 1],
            ])
        #expect(keys(try index.run(["terms": ["field": "n", "include": [2, 7]]])) == [2, 7])
        #expect(
            keys(try index.run(["terms": ["field": "ip", "order": ["_key": "asc"]]])) == [
                "10.0.0.1", "10.0.0.200", "192.168.1.1",
            ])
        #expect(
            try index.run(["terms": ["field": "on", "size": 1, "order": ["_key": "asc"], "format": "yyyy-MM"]])[
                "buckets"] == [
                    ["key": 1_420_416_000_000, "key_as_string": "2015-01", "doc_count": 1]
                ])
        #expect(try index.run(["terms": ["field": "none"]])["buckets"] == [])
        let typed = try index.run(["terms": ["field": "n"]], typedKeys: true)
        #expect(typed.object?.keys == ["lterms#a"])
    }

    @Test func unsignedKeysAreExact() throws {
        let unsigned = try AggregationIndex(
            ["properties": ["u": ["type": "unsigned_long"]]],
            [[#"{"u": 12345678901234567890}"#, #"{"u": 18446744073709551615}"#, #"{"u": 12345678901234567890}"#]])
        let reply = try unsigned.run(["terms": ["field": "u"]])
        #expect(
            reply.serialized().hasSuffix(
                #"[{"key":12345678901234567890,"doc_count":2},{"key":18446744073709551615,"doc_count":1}]}"#))
        let formatted = try unsigned.run(["terms": ["field": "u", "format": "0,000", "size": 1]])
        #expect(formatted["buckets"]?[0]?["key_as_string"] == "12345678901234567890")
    }

    @Test func termsOrderedByMetrics() throws {
        let reply = try index.run([
            "terms": ["field": "tag", "order": ["m": "desc"]],
            "aggs": ["m": ["max": ["field": "price"]], "s": ["stats": ["field": "n"]]],
        ])
        #expect(keys(reply) == ["a", "b", "c"])
        #expect(reply["buckets"]?[1]?["m"] == ["value": 10])
        #expect(reply["buckets"]?[0]?["s"]?["sum"] == 10)
        let other = try index.run([
            "terms": ["field": "tag", "order": ["s.avg": "asc"]], "aggs": ["s": ["stats": ["field": "n"]]],
        ])
        #expect(keys(other) == ["c", "a", "b"])
        #expect(throws: SearchError.self) { try index.run(["terms": ["field": "tag", "order": ["nope": "asc"]]]) }
    }

    @Test func histograms() throws {
        let reply = try index.run(["histogram": ["field": "n", "interval": 10]])
        #expect(keys(reply) == [0, 10, 20, 30] && counts(reply) == [4, 1, 0, 1])
        let formatted = try index.run(["histogram": ["field": "n", "interval": 100, "format": "##0.0"]])
        #expect(formatted["buckets"] == [["key_as_string": "0.0", "key": 0, "doc_count": 6]])
        let bounded = try index.run([
            "histogram": [
                "field": "n", "interval": 10, "offset": 5, "extended_bounds": ["min": -10, "max": 40], "keyed": true,
            ]
        ])
        #expect(bounded["buckets"]?.object?.keys == ["-15.0", "-5.0", "5.0", "15.0", "25.0", "35.0"])
        #expect(counts(try index.run(["histogram": ["field": "n", "interval": 10, "min_doc_count": 1]])) == [4, 1, 1])
        #expect(throws: SearchError.self) {
            try index.run(["histogram": ["field": "n", "interval": 0.0001]])
        }
    }

    @Test func dateHistograms() throws {
        let months = try index.run(["date_histogram": ["field": "on", "calendar_interval": "month"]])
        #expect(
            months["buckets"] == [
                ["key_as_string": "2015-01-01T00:00:00.000Z", "key": 1_420_070_400_000, "doc_count": 2],
                ["key_as_string": "2015-02-01T00:00:00.000Z", "key": 1_422_748_800_000, "doc_count": 0],
                ["key_as_string": "2015-03-01T00:00:00.000Z", "key": 1_425_168_000_000, "doc_count": 2],
            ])
        let berlin = try index.run([
            "date_histogram": [
                "field": "on", "calendar_interval": "1M", "time_zone": "Europe/Berlin", "format": "yyyy-MM",
                "min_doc_count": 1,
            ]
        ])
        #expect((berlin["buckets"]?.array ?? []).map { $0["key_as_string"] } == ["2015-01", "2015-03", "2015-04"])
        let fixed = try index.run([
            "date_histogram": ["field": "on", "fixed_interval": "30d", "offset": "+1d", "min_doc_count": 1]
        ])
        #expect(counts(fixed).reduce(0, +) == 4)
        #expect(
            keys(fixed).allSatisfy {
                ($0.int ?? 1) % 86_400_000 == 0 && (($0.int ?? 0) - 86_400_000) % 2_592_000_000 == 0
            })
        #expect(throws: SearchError.self) {
            try index.run(["date_histogram": ["field": "on", "calendar_interval": "2M"]])
        }
    }

    @Test func ranges() throws {
        #expect(
            try index.run([
                "range": [
                    "field": "price", "ranges": [["from": 5, "to": 20], ["to": 5], ["key": "big", "from": 10]],
                ]
            ])
                == [
                    "buckets": [
                        ["key": "*-5.0", "to": 5, "doc_count": 2],
                        ["key": "5.0-20.0", "from": 5, "to": 20, "doc_count": 2],
                        ["key": "big", "from": 10, "doc_count": 2],
                    ]
                ])
        let dates = try index.run([
            "date_range": [
                "field": "on", "format": "yyyy-MM", "keyed": true,
                "ranges": [["from": "2015-03||/M"], ["to": "2015-02"]],
            ]
        ])
        #expect(
            dates["buckets"] == [
                "*-2015-02": ["to": 1_422_748_800_000, "to_as_string": "2015-02", "doc_count": 2],
                "2015-03-*": ["from": 1_425_168_000_000, "from_as_string": "2015-03", "doc_count": 2],
            ])
        let addresses = try index.run([
            "ip_range": [
                "field": "ip", "ranges": [["mask": "10.0.0.0/25"], ["from": "10.0.0.128", "to": "11.0.0.0"]],
            ]
        ])
        #expect(
            addresses["buckets"] == [
                ["key": "10.0.0.0/25", "from": "10.0.0.0", "to": "10.0.0.128", "doc_count": 1],
                ["key": "10.0.0.128-11.0.0.0", "from": "10.0.0.128", "to": "11.0.0.0", "doc_count": 1],
            ])
    }

    @Test func filtersAndGlobals() throws {
        let cheap = try Query(parsing: ["range": ["price": ["lt": 10]]])
        let a = try Query(parsing: ["term": ["tag": "a"]])
        index.matching = [(cheap, [2, 3, 4]), (a, [0, 1, 4])]
        let filter = try index.run([
            "filter": ["term": ["tag": "a"]], "aggs": ["n": ["sum": ["field": "n"]]],
        ])
        #expect(filter == ["doc_count": 3, "n": ["value": 10]])
        let filters = try index.run([
            "filters": [
                "other_bucket_key": "rest",
                "filters": ["a": ["term": ["tag": "a"]], "cheap": ["range": ["price": ["lt": 10]]]],
            ]
        ])
        #expect(
            filters == ["buckets": ["a": ["doc_count": 3], "cheap": ["doc_count": 3], "rest": ["doc_count": 1]]])
        let anonymous = try index.run(["filters": ["filters": [["term": ["tag": "a"]]]]], only: [0, 5])
        #expect(anonymous == ["buckets": [["doc_count": 1]]])
        let global = try index.run(["global": [:], "aggs": ["s": ["value_count": ["field": "tag"]]]], only: [0])
        #expect(global == ["doc_count": 6, "s": ["value": 6]])
        #expect(try index.run(["missing": ["field": "tag"]]) == ["doc_count": 1])
    }

    @Test func nested() throws {
        let reply = try index.run([
            "nested": ["path": "c"],
            "aggs": [
                "who": [
                    "terms": ["field": "c.who"],
                    "aggs": [
                        "stars": ["avg": ["field": "c.stars"]],
                        "back": ["reverse_nested": [:], "aggs": ["tags": ["terms": ["field": "tag"]]]],
                    ],
                ]
            ],
        ])
        #expect(reply["doc_count"] == 3)
        let buckets = try #require(reply["who"]?["buckets"]?.array)
        #expect(buckets.map { $0["key"] } == ["x", "y"])
        #expect(buckets[0]["stars"] == ["value": 4])
        #expect(buckets[0]["back"]?["doc_count"] == 2)
        #expect((buckets[0]["back"]?["tags"]?["buckets"]?.array ?? []).map { $0["key"] } == ["a", "b", "c"])
        #expect(try index.run(["nested": ["path": "nothing"]]) == ["doc_count": 0])
    }

    @Test func composite() throws {
        let sources: JSONValue = [
            ["tag": ["terms": ["field": "tag", "missing_bucket": true]]],
            ["n": ["histogram": ["field": "n", "interval": 10]]],
        ]
        var all: [JSONValue] = []
        var after: JSONValue?
        while true {
            var body: JSONObject = ["size": 2, "sources": sources]
            body["after"] = after
            let page = try index.run(["composite": .object(body)])
            let buckets = page["buckets"]?.array ?? []
            all += buckets
            guard let key = page["after_key"] else { break }
            #expect(key == buckets.last?["key"])
            after = key
        }
        #expect(
            all == [
                ["key": ["tag": .null, "n": 30], "doc_count": 1], ["key": ["tag": "a", "n": 0], "doc_count": 3],
                ["key": ["tag": "b", "n": 0], "doc_count": 1], ["key": ["tag": "b", "n": 10], "doc_count": 1],
                ["key": ["tag": "c", "n": 0], "doc_count": 1],
            ])
    }

    @Test func topHits() throws {
        let reply = try index.run([
            "terms": ["field": "tag", "size": 1],
            "aggs": [
                "best": ["top_hits": ["size": 2]], "cheap": ["top_hits": ["size": 1, "sort": [["price": "asc"]]]],
            ],
        ])
        let best = try #require(reply["buckets"]?[0]?["best"]?["hits"])
        #expect(best["total"] == ["value": 3, "relation": "eq"] && best["max_score"] == 4)
        #expect((best["hits"]?.array ?? []).map { $0["_id"] } == ["4", "1"])
        let cheap = try #require(reply["buckets"]?[0]?["cheap"]?["hits"])
        #expect(cheap["hits"] == [["_id": "4", "sort": [4]]] && cheap["max_score"] == .null)
    }

    @Test func resultsOfIndicesAreMerged() throws {
        let other = try AggregationIndex(
            ["properties": ["tag": ["type": "keyword"], "n": ["type": "double"]]], [[#"{"tag": ["c", "d"], "n": 1.5}"#]]
        )
        let request = try AggregationRequest(parsing: [
            "t": ["terms": ["field": "tag", "size": 2], "aggs": ["n": ["sum": ["field": "n"]]]],
            "v": ["terms": ["field": "n", "order": ["_key": "asc"]]],
        ])
        let reply = try request.reduce(
            [try index.collect(request, isOnlyIndex: false), try other.collect(request, isOnlyIndex: false)],
            now: index.now)
        #expect(
            reply["t"]?["buckets"] == [
                ["key": "a", "doc_count": 3, "n": ["value": 10]], ["key": "b", "doc_count": 2, "n": ["value": 16]],
            ])
        #expect(reply["t"]?["sum_other_doc_count"] == 3)
        #expect((reply["v"]?["buckets"]?.array ?? []).prefix(3).map { $0["key"] } == [1, 1.5, 2])
    }

    @Test func pipelines() throws {
        let reply = try index.run([
            "date_histogram": ["field": "on", "calendar_interval": "month"],
            "aggs": [
                "p": ["sum": ["field": "price"]], "sum": ["cumulative_sum": ["buckets_path": "p"]],
                "change": ["derivative": ["buckets_path": "_count"]],
                "order": ["bucket_sort": ["sort": [["p": ["order": "desc"]]], "size": 2]],
            ],
        ])
        #expect((reply["buckets"]?.array ?? []).map { $0["p"]?["value"] } == [30, 6])
        #expect(reply["buckets"]?[1]?["sum"] == ["value": 36])
        let request = try AggregationRequest(parsing: [
            "m": ["terms": ["field": "tag"], "aggs": ["p": ["max": ["field": "price"]]]],
            "best": ["max_bucket": ["buckets_path": "m>p"]], "mean": ["avg_bucket": ["buckets_path": "m>_count"]],
            "all": ["stats_bucket": ["buckets_path": "m>p"]],
        ])
        let siblings = try request.reduce([try index.collect(request)], now: index.now)
        #expect(siblings["best"] == ["value": 20, "keys": ["a"]])
        #expect(siblings["mean"] == ["value": 2])
        #expect(siblings["all"]?["sum"] == 35)
    }

    @Test func bucketsAreBounded() throws {
        let request = try AggregationRequest(parsing: ["t": ["terms": ["field": "tag"]]])
        let partial = try index.collect(request)
        do {
            _ = try request.reduce([partial], maximumBuckets: 2, now: index.now)
            Issue.record("three buckets passed a limit of two")
        } catch let error as SearchError {
            #expect(error.type == "too_many_buckets_exception" && error.status == 503)
        }
    }
}
