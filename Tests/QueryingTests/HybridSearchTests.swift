import JSON
import Querying
import TestSupport
import Testing

/// Hybrid queries from body to response.
struct HybridSearchTests {
    static let books: Result<TestIndex, any Error> = Result {
        try TestIndex(
            [
                ["title": "red apple", "year": 2001], ["title": "green apple tree", "year": 2002],
                ["title": "red car", "year": 2003], ["title": "blue car and red door", "year": 2004],
                ["title": "apple", "year": 2005],
            ],
            mapping: ["properties": ["title": ["type": "text"], "year": ["type": "integer"]]], segments: 2)
    }

    static func search(_ body: String, _ fusion: ScoreFusion? = nil) throws -> SearchResponse {
        let index = try books.get()
        var request = try SearchRequest.parse(Array(body.utf8))
        request.fusion = fusion
        return try Search.run(request, over: [index], context: TestIndex.context)
    }

    static func reason(_ body: String, _ fusion: ScoreFusion? = nil) -> String? {
        do {
            _ = try search(body, fusion)
            return nil
        } catch let error as SearchError { return error.reason } catch { return "\(error)" }
    }

    static let pair = #"{"match":{"title":"apple"}},{"match":{"title":"red"}}"#
    static let mean = ScoreFusion(.normalized(.minMax(lowerBounds: [], upperBounds: []), .arithmeticMean))

    @Test("A hit's score is the combination of its normalised scores, over what each query found")
    func combines() throws {
        let apple = try Self.search(#"{"query":{"match":{"title":"apple"}}}"#).hits.hits
        let red = try Self.search(#"{"query":{"match":{"title":"red"}}}"#).hits.hits
        func normalized(_ hits: [SearchHit]) -> [String: Float] {
            let scores = hits.compactMap(\.score)
            let parts = ScoreNormalization.minMax(lowerBounds: [], upperBounds: []).normalized(scores, query: 0)
            return Dictionary(uniqueKeysWithValues: zip(hits.map(\.id), parts))
        }
        let (first, second) = (normalized(apple), normalized(red))
        let found = try Self.search(#"{"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#, Self.mean)
        #expect(found.hits.total == SearchResponse.Total(value: 5, isLowerBound: false))
        #expect(found.hits.hits.count == 5)
        for hit in found.hits.hits {
            #expect(hit.score == ((first[hit.id] ?? 0) + (second[hit.id] ?? 0)) / 2)
        }
        #expect(found.hits.maxScore == found.hits.hits.first?.score)
        let scores = found.hits.hits.compactMap(\.score)
        #expect(scores == scores.sorted(by: >))
    }

    @Test("Without a pipeline the best raw score counts")
    func withoutPipeline() throws {
        let found = try Self.search(#"{"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#).hits.hits
        let apple = try Self.search(#"{"query":{"match":{"title":"apple"}}}"#).hits.hits
        #expect(found.first?.id == "4")
        #expect(found.first?.score == apple.first?.score)
    }

    @Test("The depth bounds what each query brings; filters, pages and the least score hold for the whole")
    func depth() throws {
        let shallow = try Self.search(
            #"{"query":{"hybrid":{"queries":[\#(Self.pair)],"pagination_depth":1}}}"#, Self.mean)
        #expect(shallow.hits.hits.count == 2)
        #expect(shallow.hits.total?.value == 5)
        let filtered = try Self.search(
            #"{"query":{"hybrid":{"queries":[\#(Self.pair)],"filter":{"range":{"year":{"gte":2003}}}}}}"#, Self.mean)
        #expect(Set(filtered.hits.hits.map(\.id)) == ["2", "3", "4"])
        let all = try Self.search(
            #"{"query":{"hybrid":{"queries":[\#(Self.pair)],"pagination_depth":10}}}"#, Self.mean)
        let page = try Self.search(
            #"{"from":2,"size":2,"query":{"hybrid":{"queries":[\#(Self.pair)],"pagination_depth":10}}}"#, Self.mean)
        #expect(page.hits.hits.map(\.id) == Array(all.hits.hits.map(\.id)[2..<4]))
        let least = try Self.search(#"{"min_score":0.5,"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#, Self.mean)
        #expect(!least.hits.hits.isEmpty && least.hits.hits.allSatisfy { ($0.score ?? 0) >= 0.5 })
    }

    @Test("Sorting by a field and aggregating see all that the queries find")
    func sortAndAggregate() throws {
        let body =
            #"{"sort":[{"year":"desc"}],"size":3,"aggs":{"y":{"max":{"field":"year"}}},"#
            + #""query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#
        let found = try Self.search(body, Self.mean)
        #expect(found.hits.hits.map(\.id) == ["4", "3", "2"])
        #expect(found.aggregations?["y"]?["value"] == 2005)
        let byScore = try Self.search(
            #"{"sort":["_score"],"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#, Self.mean)
        let plain = try Self.search(#"{"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#, Self.mean)
        #expect(byScore.hits.hits.map(\.id) == plain.hits.hits.map(\.id))
    }

    @Test("Pages by search_after follow each other in the combined order")
    func searchAfter() throws {
        let query = #""sort":["_score"],"query":{"hybrid":{"queries":[\#(Self.pair)]}}"#
        let all = try Self.search("{\(query)}", Self.mean).hits.hits
        let scores = all.compactMap(\.score)
        #expect(scores.count == 5)
        for score in Set(scores) {
            let rest = try Self.search("{\"search_after\":[\(score)],\(query)}", Self.mean).hits
            #expect(rest.hits.map(\.id) == all.filter { ($0.score ?? 0) < score }.map(\.id))
            #expect(rest.total?.value == 5)
        }
    }

    @Test("Explanations show the steps over the explanations of the queries")
    func explains() throws {
        let found = try Self.search(
            #"{"explain":true,"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#, Self.mean)
        for hit in found.hits.hits {
            let explanation = try #require(hit.explanation)
            #expect(explanation.value == hit.score)
            #expect(explanation.description == "arithmetic_mean combination of:")
            #expect(
                explanation.details.allSatisfy {
                    $0.description == "min_max normalization of:" && $0.details.count == 1
                })
        }
    }

    @Test(
        "What cannot be is refused with the reason",
        arguments: [
            (#"{"hybrid":{"queries":[]}}"#, "[hybrid] requires 'queries' field with at least one clause"),
            (
                #"{"hybrid":{"queries":[{"match_all":{}},{"match_all":{}},{"match_all":{}},{"match_all":{}},{"match_all":{}},{"match_all":{}}]}}"#,
                "Number of sub-queries exceeds maximum supported by [hybrid] query [5]"
            ),
            (
                #"{"bool":{"must":[{"hybrid":{"queries":[{"match_all":{}}]}}]}}"#,
                "hybrid query must be a top level query and cannot be wrapped into other queries"
            ),
            (
                #"{"hybrid":{"queries":[{"hybrid":{"queries":[{"match_all":{}}]}}]}}"#,
                "hybrid query cannot be nested in another hybrid query"
            ),
            (#"{"hybrid":{"boost":2,"queries":[{"match_all":{}}]}}"#, "[hybrid] query does not support [boost]"),
            (#"{"hybrid":{"pagination_depth":0,"queries":[{"match_all":{}}]}}"#, "pagination_depth must not be zero"),
            (
                #"{"hybrid":{"pagination_depth":10001,"queries":[{"match_all":{}}]}}"#,
                "pagination_depth should be less than or equal to index.max_result_window setting"
            ),
        ])
    func refusals(_ query: String, _ expected: String) {
        #expect(Self.reason(#"{"query":\#(query)}"#)?.contains(expected) == true)
    }

    @Test("Weights and bounds must be as many as the queries")
    func counts() {
        let body = #"{"query":{"hybrid":{"queries":[\#(Self.pair)]}}}"#
        let weights = ScoreFusion(.normalized(.l2, .arithmeticMean), weights: [0.2, 0.3, 0.5])
        #expect(
            Self.reason(body, weights) == "number of weights [3] must match number of sub-queries [2] in hybrid query")
        let bounds = ScoreFusion(
            .normalized(.minMax(lowerBounds: [ScoreBound(score: 0)], upperBounds: []), .arithmeticMean))
        #expect(Self.reason(body, bounds)?.hasPrefix("expected lower bounds array to contain 2 elements") == true)
    }
}
