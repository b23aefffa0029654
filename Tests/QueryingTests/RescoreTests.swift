import Querying
import TestSupport
import Testing

/// Second queries over the first hits.
struct RescoreTests {
    @Test("Rescoring changes the order of the first hits")
    func rescore() throws {
        let plain = try SearchTests.shop.get().search(#"{"query":{"match":{"name":"apple"}}}"#).hits.hits
        let body =
            #"{"query":{"match":{"name":"apple"}},"rescore":{"window_size":3,"query":{"rescore_query":{"constant_score":{"filter":{"term":{"tags":"green"}},"boost":50}}}}}"#
        let rescored = try SearchTests.shop.get().search(body).hits.hits
        #expect(rescored[0].id == "1")
        let before = try #require(plain.first { $0.id == "1" }?.score)
        #expect(rescored[0].score == before + 50)
    }

    @Test("Hits behind the window are sorted among the others, and explanations tell of both queries")
    func window() throws {
        let index = try SearchTests.shop.get()
        let query = #"{"function_score":{"query":{"match_all":{}},"field_value_factor":{"field":"price","missing":1}}}"#
        let second = #""rescore_query":{"term":{"tags":"vehicle"}},"query_weight":0.0001,"rescore_query_weight":0"#
        let body = #"{"query":\#(query),"rescore":{"window_size":1,"query":{\#(second),"score_mode":"multiply"}}}"#
        // The car is first by its price, matches both queries, and falls behind those that were not looked at.
        let hits = try index.search(body).hits
        #expect(hits.hits.map(\.id) == ["3", "0", "1", "4", "2"])
        #expect(hits.maxScore == hits.hits[0].score)
        let explained = try index.search(String(body.dropLast()) + #","explain":true}"#).hits.hits
        for hit in explained { #expect(hit.explanation?.value == hit.score) }
        #expect(explained[4].explanation?.description == "product of:")
        #expect(explained[4].explanation?.details.map(\.description) == ["product of:", "product of:"])
        #expect(explained[0].explanation?.details.last?.description == "primaryWeight")
    }
}
