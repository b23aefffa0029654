import JSON
import Querying
import Testing

@Suite struct MetricAggregationTests {
    private let index = try! AggregationIndex(
        [
            "properties": [
                "n": ["type": "long"], "d": ["type": "double"], "t": ["type": "date"], "k": ["type": "keyword"],
                "w": ["type": "integer"], "x": ["type": "text"], "s": ["type": "scaled_float", "scaling_factor": 100],
            ]
        ],
        [
            [
                #"{"n": 1, "d": 0.5, "t": "2015-01-01", "k": ["a", "b"], "w": 3, "s": 1.25}"#,
                #"{"n": [2, 6], "d": -1, "t": "2015-01-03", "k": "a", "w": 1}"#,
            ],
            [#"{"n": 3, "k": "c"}"#, #"{"w": 2}"#],
        ])

    @Test func singleValues() throws {
        #expect(try index.run(["avg": ["field": "n"]]) == ["value": 3])
        #expect(try index.run(["sum": ["field": "n"]]) == ["value": 12])
        #expect(try index.run(["min": ["field": "d"]]) == ["value": -1])
        #expect(try index.run(["max": ["field": "s"]]) == ["value": 1.25])
        #expect(try index.run(["value_count": ["field": "k"]]) == ["value": 4])
        #expect(try index.run(["cardinality": ["field": "k"]]) == ["value": 3])
        #expect(try index.run(["avg": ["field": "n", "missing": 13]]) == ["value": 5])
        #expect(
            try index.run(["max": ["field": "t"]])
                == ["value": 1_420_243_200_000, "value_as_string": "2015-01-03T00:00:00.000Z"])
        #expect(
            try index.run(["avg": ["field": "n", "format": "0.00"]]) == ["value": 3, "value_as_string": "3.00"])
        #expect(try index.run(["avg": ["script": ["source": "doc['n'].value"]]]) == ["value": 3])
    }

    @Test func withoutValues() throws {
        #expect(try index.run(["avg": ["field": "none"]]) == ["value": .null])
        #expect(try index.run(["sum": ["field": "none"]]) == ["value": 0])
        #expect(try index.run(["max": ["field": "n"]], only: []) == ["value": .null])
        #expect(try index.run(["cardinality": ["field": "none"]]) == ["value": 0])
        #expect(
            try index.run(["stats": ["field": "none"]])
                == ["count": 0, "min": .null, "max": .null, "avg": .null, "sum": 0])
    }

    @Test func statistics() throws {
        #expect(
            try index.run(["stats": ["field": "n"]]) == ["count": 4, "min": 1, "max": 6, "avg": 3, "sum": 12])
        let extended = try index.run(["extended_stats": ["field": "n"]])
        #expect(extended["sum_of_squares"] == 50)
        #expect(extended["variance"] == 3.5)
        #expect(try #require(extended["variance_sampling"]?.double) == 14.0 / 3)
        #expect(try #require(extended["std_deviation_bounds"]?["upper"]?.double) == 3 + 2 * 3.5.squareRoot())
        #expect(
            try index.run(["weighted_avg": ["value": ["field": "n"], "weight": ["field": "w", "missing": 1]]])
                == ["value": .number(JSONNumber((1 * 3 + 2 + 6 + 3.0) / 6))])
    }

    @Test func percentilesOfFewValues() throws {
        let reply = try index.run(["percentiles": ["field": "n", "percents": [0, 50, 100]]])
        #expect(reply == ["values": ["0.0": 1, "50.0": 3, "100.0": 6]])
        let ranks = try index.run(["percentile_ranks": ["field": "n", "values": [3], "keyed": false]])
        #expect(ranks["values"]?[0]?["key"] == 3)
        #expect(try #require(ranks["values"]?[0]?["value"]?.double) == 62.5)
    }

    /// The values that OpenSearch's own test of `percentiles` with `hdr` expects.
    @Test func percentilesOfHighDynamicRange() throws {
        let four = try AggregationIndex(
            ["properties": ["n": ["type": "integer"]]],
            [[#"{"n": 101}"#, #"{"n": 1}"#], [#"{"n": 151}"#, #"{"n": 51}"#]])
        let method: JSONValue = ["number_of_significant_value_digits": 3]
        let reply = try four.run(["percentiles": ["field": "n", "hdr": method]])
        #expect(
            reply == [
                "values": [
                    "1.0": 1, "5.0": 1, "25.0": 1, "50.0": 51.0302734375, "75.0": 101.0615234375,
                    "95.0": 151.1240234375, "99.0": 151.1240234375,
                ]
            ])
        let ranks = try four.run(["percentile_ranks": ["field": "n", "values": [0, 51, 200], "hdr": method]])
        #expect(ranks == ["values": ["0.0": 0, "51.0": 50, "200.0": 100]])
        #expect(throws: SearchError.self) { try index.run(["percentiles": ["field": "d", "hdr": [:]]]) }
    }

    @Test func manyValues() throws {
        let documents = (0..<20_000).map { #"{"n": \#(($0 * 7919) % 20_000)}"# }
        let many = try AggregationIndex(["properties": ["n": ["type": "long"]]], [documents])
        let percentiles = try many.run(["percentiles": ["field": "n", "percents": [1, 50, 99]]])
        for (percent, value) in [("1.0", 200.0), ("50.0", 10_000), ("99.0", 19_800)] {
            let found = try #require(percentiles["values"]?[percent]?.double)
            #expect(abs(found - value) < 20)
        }
        let counted = try #require(try many.run(["cardinality": ["field": "n"]])["value"]?.int)
        #expect(abs(counted - 20_000) < 600)
        #expect(
            try many.run(["cardinality": ["field": "n", "precision_threshold": 40_000]]) == ["value": 20_000])
    }

    @Test func errors() throws {
        func reason(_ aggregation: JSONValue) -> String {
            do { _ = try index.run(aggregation) } catch let error as SearchError { return error.reason } catch {
                return "\(error)"
            }
            return "no error"
        }
        #expect(reason(["avg": ["field": "k"]]) == "Field [k] of type [keyword] is not supported for aggregation [avg]")
        #expect(reason(["terms": ["field": "x"]]).hasPrefix("Text fields are not optimised for operations"))
        #expect(reason(["strange": [:]]) == "Unknown aggregation type [strange]")
        #expect(reason(["avg": ["field": "n", "foo": 1]]) == "[avg] unknown field [foo]")
        #expect(
            reason(["avg": ["field": "n"], "aggs": ["b": ["sum": ["field": "n"]]]]).contains(
                "cannot accept sub-aggregations"))
        #expect(reason(["terms": ["field": "k", "size": 0]]).hasPrefix("[size] must be greater than 0."))
        #expect(reason(["significant_terms": ["field": "k"]]).contains("does not have aggregations of type"))
        #expect(reason(["reverse_nested": [:]]).contains("can only be used inside a [nested] aggregation"))
    }
}
