import HTTPTypes
import JSON
import Testing

/// Search pipelines over the API: kept, chosen, run, and shown when asked for.
struct SearchPipelineEndpointTests {
    let node: TestNode

    init() async throws {
        node = try TestNode()
        let bulk =
            #"{"index":{"_id":"1"}}"# + "\n" + #"{"title":"red apple","year":1960}"# + "\n" + #"{"index":{"_id":"2"}}"#
            + "\n" + #"{"title":"green apple tree","year":2011}"# + "\n" + #"{"index":{"_id":"3"}}"# + "\n"
            + #"{"title":"red car","year":2012}"# + "\n"
        #expect(try await node.status(.post, "/books/_bulk?refresh=true", bulk) == 200)
    }

    private func ids(_ target: String, _ body: String) async throws -> [String] {
        try await node.ask(.post, target, body)["hits/hits"].array?.compactMap { $0["_id"]?.string } ?? []
    }

    @Test("Pipelines are put, read, listed and deleted; what is wrong with one is said at once")
    func kept() async throws {
        let none = try await node.ask(.get, "/_search/pipeline")
        #expect(none.json == [:] && none.status == 404)
        #expect(try await node.ask(.put, "/_search/pipeline/empty", "{}").json == ["acknowledged": true])
        let definition = #"{"description":"d","request_processors":[{"filter_query":{"query":{"match_all":{}}}}]}"#
        #expect(try await node.status(.put, "/_search/pipeline/f", definition) == 200)
        #expect(try await node.ask(.get, "/_search/pipeline/f")["f/description"] == "d")
        #expect(try await node.ask(.get, "/_search/pipeline").json.object?.keys == ["empty", "f"])
        #expect(try await node.status(.get, "/_search/pipeline/none") == 404)
        #expect(try await node.status(.delete, "/_search/pipeline/f") == 200)
        let missing = try await node.ask(.delete, "/_search/pipeline/f")
        #expect(missing.status == 404 && missing["error/reason"] == "pipeline [f] is missing")
        let wrong = try await node.ask(
            .put, "/_search/pipeline/w", #"{"response_processors":[{"sort":{"tag":"t","field":1,"x":2}}]}"#)
        #expect(wrong.status == 400 && wrong["error/processor_type"] == "sort" && wrong["error/processor_tag"] == "t")
        #expect(try await node.status(.get, "/_search/pipeline/w") == 404)
    }

    @Test("The request, its body or the index choose the pipeline")
    func chosen() async throws {
        let definition = #"{"request_processors":[{"filter_query":{"query":{"range":{"year":{"lte":2000}}}}}]}"#
        #expect(try await node.status(.put, "/_search/pipeline/old", definition) == 200)
        #expect(try await ids("/books/_search?search_pipeline=old", "{}") == ["1"])
        #expect(try await ids("/books/_search", #"{"search_pipeline":"old"}"#) == ["1"])
        #expect(try await ids("/books/_search", #"{"search_pipeline":\#(definition)}"#) == ["1"])
        #expect(try await ids("/books/_search?q=title:apple&size=5&search_pipeline=old", "") == ["1"])
        let unknown = try await node.ask(.get, "/books/_search?search_pipeline=none")
        #expect(unknown.status == 400 && unknown["error/reason"] == "Pipeline none is not defined")
        #expect(
            try await node.status(.put, "/books/_settings", #"{"index.search.default_pipeline":"old"}"#) == 200)
        #expect(try await ids("/books/_search", "{}") == ["1"])
        #expect(try await ids("/books/_search?search_pipeline=_none", "{}").count == 3)
        let lines = #"{"index":"books"}"# + "\n" + #"{"query":{"match_all":{}}}"# + "\n"
        let several = try await node.ask(.post, "/_msearch", lines)
        #expect(several["responses/0/hits/total/value"] == 1)
    }

    @Test("A hybrid query is normalised and combined as its pipeline says; verbose_pipeline shows the steps")
    func hybrid() async throws {
        let pipeline =
            #"{"request_processors":[{"oversample":{"sample_factor":2}}],"phase_results_processors":[{"normalization-processor":{}}],"response_processors":[{"truncate_hits":{"tag":"cut"}}]}"#
        #expect(try await node.status(.put, "/_search/pipeline/h", pipeline) == 200)
        let body =
            #"{"size":2,"query":{"hybrid":{"queries":[{"match":{"title":"apple"}},{"match":{"title":"red"}}]}}}"#
        let found = try await node.ask(.post, "/books/_search?search_pipeline=h&verbose_pipeline=true", body)
        #expect(found["hits/hits"].array?.count == 2)
        #expect(found["hits/total/value"] == 3)
        #expect(found["hits/hits/0/_id"] == "1")
        #expect(found["hits/max_score"].double.map { $0 <= 1 } == true)
        #expect(
            found["processor_results"].array?.compactMap { $0["processor_name"]?.string }
                == ["oversample", "truncate_hits"])
        #expect(found["processor_results/1/tag"] == "cut")
        let plain = try await node.ask(.post, "/books/_search", body)
        #expect(plain["hits/hits"].array?.allSatisfy { ($0["_score"]?.double ?? -1) > 0 } == true)
    }
}
