import JSON
import Querying
import TestSupport
import Testing

/// Searches over nested objects.
struct NestedTests {
    @Test("Nested objects: scores, inner hits, sorting, parents")
    func nested() throws {
        let index = try TestIndex(
            [
                ["t": "a", "c": [["who": "ann", "stars": 5], ["who": "bob", "stars": 1]]],
                ["t": "b", "c": [["who": "ann", "stars": 1]]], ["t": "c"],
                ["t": "d", "c": [["who": "bob", "stars": 5], ["who": "ann", "stars": 2]]],
            ],
            mapping: [
                "properties": [
                    "t": ["type": "keyword"],
                    "c": ["type": "nested", "properties": ["who": ["type": "keyword"], "stars": ["type": "integer"]]],
                ]
            ], deleting: [1])
        #expect(try index.search("{}").hits.total?.value == 3)
        let both = #"{"bool":{"must":[{"term":{"c.who":"ann"}},{"range":{"c.stars":{"gte":2}}}]}}"#
        let found = try index.search(
            #"{"query":{"nested":{"path":"c","query":\#(both),"inner_hits":{}}},"sort":["t"]}"#
        ).hits
        #expect(found.hits.map(\.id) == ["0", "3"])
        let inner = try #require(found.hits[1].innerHits.first)
        #expect(inner.name == "c" && inner.hits.hits.map { $0.nested[0].offset } == [1])
        #expect(inner.hits.hits[0].source == ["who": "ann", "stars": 2])
        #expect(try SearchTests().ids(#"{"query":{"term":{"c.who":"ann"}}}"#, in: index) == [])
        let sorted = #"{"sort":[{"c.stars":{"order":"asc","mode":"max","nested":{"path":"c"}}}]}"#
        #expect(try SearchTests().ids(sorted, in: index) == ["0", "3", "2"])
        let ann = #"{"sort":[{"c.stars":{"order":"desc","nested":{"path":"c","filter":{"term":{"c.who":"ann"}}}}}]}"#
        #expect(try SearchTests().ids(ann, in: index) == ["0", "3", "2"])
        let excluded = #"{"query":{"bool":{"must_not":{"nested":{"path":"c","query":{"term":{"c.who":"bob"}}}}}}}"#
        #expect(try SearchTests().ids(excluded, in: index) == ["2"])
        let modes = try ["sum", "max", "avg", "min", "none"].map { mode in
            try index.search(
                #"{"query":{"nested":{"path":"c","score_mode":"\#(mode)","query":{"function_score":{"query":{"match_all":{}},"field_value_factor":{"field":"c.stars"}}}}},"sort":["t"],"track_scores":true}"#
            )
            .hits.hits.map { $0.score ?? -1 }
        }
        #expect(modes == [[6, 7], [5, 5], [3, 3.5], [1, 2], [0, 0]])
        #expect(
            SearchTests().reason(#"{"query":{"nested":{"path":"c","query":{"match_all":{}}}}}"#)?.contains(
                "failed to find nested object under path [c]") == true)
    }

    @Test("Inner hits of objects within objects know their way from the document")
    func levels() throws {
        let index = try TestIndex(
            [
                [
                    "driver": [
                        ["name": "ann", "car": [["make": "a", "color": "red"], ["make": "b", "color": "blue"]]],
                        ["name": "bob", "car": [["make": "c", "color": "red"], ["make": "d", "color": "blue"]]],
                    ]
                ], ["driver": ["name": "eve", "car": ["make": "e", "color": "green"]]],
            ],
            mapping: [
                "properties": [
                    "driver": [
                        "type": "nested",
                        "properties": [
                            "name": ["type": "keyword"],
                            "car": [
                                "type": "nested",
                                "properties": ["make": ["type": "keyword"], "color": ["type": "keyword"]],
                            ],
                        ],
                    ]
                ]
            ])
        let cars = #"{"nested":{"path":"driver.car","query":{"term":{"driver.car.color":"blue"}},"inner_hits":{}}}"#
        let direct = try index.search(#"{"query":\#(cars)}"#).hits.hits
        #expect(direct.map(\.id) == ["0"])
        let found = try #require(direct.first?.innerHits.first)
        #expect(found.name == "driver.car" && found.hits.total?.value == 2)
        #expect(found.hits.hits.map { $0.nested.map(\.field) } == [["driver", "car"], ["driver", "car"]])
        #expect(found.hits.hits.map { $0.nested.map(\.offset) } == [[0, 1], [1, 1]])
        #expect(found.hits.hits.map(\.source) == [["make": "b", "color": "blue"], ["make": "d", "color": "blue"]])

        let both = #"{"query":{"nested":{"path":"driver","query":\#(cars),"inner_hits":{"_source":["driver.name"]}}}}"#
        let outer = try #require(try index.search(both).hits.hits.first?.innerHits)
        // Inner hits of a query within one that has them are those of its hits.
        #expect(outer.map(\.name) == ["driver"])
        #expect(outer[0].hits.hits.map(\.source) == [["name": "ann"], ["name": "bob"]])
        let second = try #require(outer[0].hits.hits.last?.innerHits.first)
        #expect(second.hits.hits.map { $0.nested.map(\.offset) } == [[1, 1]])
        #expect(second.hits.hits.first?.source?["make"] == "d")
        let without = #"{"query":{"nested":{"path":"driver","query":\#(cars)}}}"#
        #expect(try index.search(without).hits.hits.first?.innerHits.isEmpty == true)
    }
}
