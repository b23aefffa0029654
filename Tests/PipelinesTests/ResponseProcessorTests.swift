import JSON
import Pipelines
import Querying
import Testing

/// Response processors where OpenSearch's behaviour is not what one would guess.
struct ResponseProcessorTests {
    private func fault(_ processor: String, _ sources: [String]) async -> PipelineError? {
        await RerankTests.fault {
            _ = try await SearchPipelineTests.processed(#"{"response_processors":[\#(processor)]}"#, sources)
        }
    }

    private func ids(_ processor: String, _ sources: [String]) async throws -> [String] {
        try await SearchPipelineTests.processed(#"{"response_processors":[\#(processor)]}"#, sources).hits.map(\.id)
    }

    @Test(
        "by_field: what is wrong with a hit is told in OpenSearch's words, and objects that are empty then go with the field"
    )
    func byField() async throws {
        let processor =
            #"{"rerank":{"by_field":{"target_field":"a.b","remove_target_field":true,"keep_previous_score":true,"previous_score_field":"old"}}}"#
        let found = try await SearchPipelineTests.processed(
            #"{"response_processors":[\#(processor)]}"#, [#"{"a":{"b":1}}"#, #"{"a":{"b":2.5,"c":1}}"#])
        #expect(found.hits.map(\.source) == [["a": ["c": 1], "old": 0.5], ["old": 1]])
        #expect(found.hits.map(\.score) == [2.5, 1] && found.maxScore == 2.5)
        #expect(await fault(processor, ["{}"])?.reason == "The field to rerank by is not found at hit [0]")
        #expect(
            await fault(processor, [#"{"a":{"b":null}}"#])?.reason == "The field to rerank by is not found at hit [0]")
        #expect(
            await fault(processor, [#"{"a":{"b":1}}"#, #"{"a":{"b":"x"}}"#])?.reason
                == "The field mapping to rerank by [x] is not Numerical")
        let bare = await RerankTests.fault {
            _ = try await RerankTests.reranked(#"{"response_processors":[\#(processor)]}"#, RerankTests.hits([[:]]))
        }
        #expect(
            bare?.reason == "There is no source field to be able to perform rerank on hit [0]" && bare?.status == 400)
    }

    @Test("collapse keeps the best hit of each value by score; hits without a value are one group")
    func collapse() async throws {
        #expect(
            try await ids(
                #"{"collapse":{"field":"g"}}"#, [#"{"g":1}"#, "{}", #"{"g":"1"}"#, #"{"g":null}"#, #"{"g":2}"#])
                == ["0", "1", "4"])
        let several = await RerankTests.fault {
            _ = try await RerankTests.reranked(
                #"{"response_processors":[{"collapse":{"field":"g"}}]}"#, RerankTests.hits([["fields": ["g": [1, 2]]]]))
        }
        #expect(several?.type == "illegal_state_exception" && several?.status == 500)
        #expect(several?.reason == "Document 0 has multiple values for field g")
    }

    @Test("rename_field misses a field only while no hit had it, and not at all if told so")
    func rename() async throws {
        let processor = #"{"rename_field":{"field":"a","target_field":"b"}}"#
        #expect(await fault(processor, ["{}"])?.reason == "Document with id 0 is missing field a")
        #expect(try await ids(processor, [#"{"a":1}"#, "{}"]) == ["0", "1"])
        #expect(
            try await ids(#"{"rename_field":{"field":"a","target_field":"b","ignore_missing":true}}"#, ["{}"]) == ["0"])
    }

    @Test("sort and split leave alone what is of another kind")
    func otherKinds() async throws {
        let found = try await SearchPipelineTests.processed(
            #"{"response_processors":[{"sort":{"field":"a"}},{"split":{"field":"a","separator":","}}]}"#, [#"{"a":7}"#])
        #expect(found.hits[0].source == ["a": 7])
        #expect(
            await fault(#"{"sort":{"field":"a"}}"#, [#"{"a":[1,null]}"#])?.reason == "field [a] contains a null value.]"
        )
    }

    @Test("truncate_hits without a size needs an earlier one; below 0 is none")
    func truncate() async throws {
        for size in ["", #""target_size":-1"#] {
            let fault = await fault(#"{"truncate_hits":{\#(size)}}"#, ["{}"])
            #expect(fault?.type == "illegal_state_exception" && fault?.status == 500)
            #expect(fault?.reason == "Must specify target_size unless an earlier processor set original_size")
        }
        #expect(try await ids(#"{"truncate_hits":{"target_size":1}}"#, ["{}", "{}"]) == ["0"])
    }

    @Test(
        "Runs and failures are counted for all, by pipeline and by processor; pipelines of a search in the totals only")
    func statistics() async throws {
        let statistics = PipelineStatistics()
        let definition =
            #"{"request_processors":[{"oversample":{"sample_factor":2,"tag":"o"}}],"response_processors":[{"truncate_hits":{}},{"rename_field":{"field":"a","target_field":"b"}}]}"#
        let pipeline = try SearchPipelineTests.pipeline(definition)
        let object = try #require(JSONValue(parsing: Array(definition.utf8)).object)
        let temporary = try SearchPipeline(object, name: SearchPipeline.temporaryName)
        for (pipeline, fails) in [(pipeline, false), (pipeline, true), (temporary, false)] {
            var body: JSONObject = [:]
            var context = PipelineContext()
            context.statistics = statistics
            var trace = PipelineTrace(isOn: false)
            try pipeline.process(&body, &context, trace: &trace)
            var hits = try SearchPipelineTests.hits([fails ? "{}" : #"{"a":1}"#])
            try? await pipeline.process(&hits, &context, trace: &trace)
        }
        let json = statistics.json(of: [pipeline])
        func counts(_ value: JSONValue?) -> [Int?] { ["count", "current", "failed"].map { value?[$0]?.int } }
        #expect(counts(json["total_request"]) == [3, 0, 0])
        #expect(counts(json["total_response"]) == [3, 0, 1])
        let own = json["pipelines"]?["p"]
        #expect(counts(own?["request"]) == [2, 0, 0] && counts(own?["response"]) == [2, 0, 1])
        #expect(counts(own?["request_processors"]?[0]?["oversample:o"]?["stats"]) == [2, 0, 0])
        #expect(own?["request_processors"]?[0]?["oversample:o"]?["type"] == "oversample")
        #expect(counts(own?["response_processors"]?[1]?["rename_field"]?["stats"]) == [2, 0, 1])
        statistics.forget(["p"])
        #expect(counts(statistics.json(of: [pipeline])["pipelines"]?["p"]?["request"]) == [0, 0, 0])
    }

    @Test("An element of a list may have several processors; what is no processor is refused")
    func elements() async throws {
        let both = #"{"response_processors":[{"truncate_hits":{"target_size":1},"collapse":{"field":"a"}}]}"#
        #expect(try await SearchPipelineTests.processed(both, ["{}", "{}"]).hits.count == 1)
        #expect(
            SearchPipelineTests.fault(#"{"response_processors":[7]}"#)?.contains("a processor must be an object")
                == true)
        #expect(
            SearchPipelineTests.fault(#"{"version":"one"}"#)?.hasSuffix(
                "[version] property cannot be converted to an int [one]") == true)
        #expect(
            SearchPipelineTests.fault(#"{"description":["d"]}"#)?.contains("[description] property isn't a string")
                == true)
    }
}
