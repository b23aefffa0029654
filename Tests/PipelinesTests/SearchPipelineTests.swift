import JSON
import Pipelines
import Querying
import Testing

/// Search pipelines from definition to changed searches and hits.
struct SearchPipelineTests {
    static func pipeline(_ definition: String) throws -> SearchPipeline {
        try SearchPipeline(try #require(JSONValue(parsing: Array(definition.utf8)).object), name: "p")
    }

    static func fault(_ definition: String) -> String? {
        do {
            _ = try pipeline(definition)
            return nil
        } catch let error as PipelineError { return "\(error)" } catch { return "\(error)" }
    }

    static func hits(_ sources: [String]) throws -> SearchResponse.Hits {
        var hits = SearchResponse.Hits(total: nil, maxScore: 1, hits: [])
        for (i, source) in sources.enumerated() {
            var hit = SearchHit(index: "i", id: "\(i)")
            hit.score = 1 / Float(i + 1)
            hit.source = try JSONValue(parsing: Array(source.utf8))
            hits.hits.append(hit)
        }
        return hits
    }

    static func processed(_ definition: String, _ sources: [String]) async throws -> SearchResponse.Hits {
        var hits = try hits(sources)
        var context = PipelineContext()
        var trace = PipelineTrace(isOn: false)
        try await pipeline(definition).process(&hits, &context, trace: &trace)
        return hits
    }

    @Test("An empty pipeline is one")
    func empty() throws {
        let pipeline = try Self.pipeline("{}")
        #expect(!pipeline.changesRequests)
        #expect(pipeline.fusion == nil)
    }

    @Test(
        "Settings that are wrong are named",
        arguments: [
            (#"{"request_processors":[{"nope":{}}]}"#, "illegal_argument_exception: Invalid processor type nope"),
            (#"{"what":1}"#, "doesn't support one or more provided configuration parameters [what]"),
            (
                #"{"response_processors":[{"sort":{"field":"a","size":1}}]}"#,
                "processor [sort] doesn't support one or more provided configuration parameters: [size]"
            ),
            (#"{"response_processors":[{"sort":{}}]}"#, "[field] required property is missing"),
            (#"{"response_processors":[{"sort":{"field":"a","order":"up"}}]}"#, "Sort direction [up] not recognized"),
            (#"{"request_processors":[{"filter_query":{"query":{"nope":{}}}}]}"#, "unknown query [nope]"),
            (
                #"{"request_processors":[{"filter_query":{}}]}"#,
                "illegal_argument_exception: Did not specify the query property in processor of type filter_query"
            ),
            (#"{"request_processors":[{"oversample":{"sample_factor":0.5}}]}"#, "Value must be >= 1.0"),
            (#"{"response_processors":[{"split":{"field":"a","separator":"("}}]}"#, "is not a regular expression"),
            (
                #"{"phase_results_processors":[{"normalization-processor":{"combination":{"parameters":{"weights":[0.5,0.6]}}}}]}"#,
                "sum of weights for combination must be equal to 1.0"
            ),
            (
                #"{"phase_results_processors":[{"normalization-processor":{"combination":{"parameters":{"weights":[-0.5,1.5]}}}}]}"#,
                "all weights must be in range [0.0 ... 1.0]"
            ),
            (
                #"{"phase_results_processors":[{"normalization-processor":{"normalization":{"technique":"z_score"},"combination":{"technique":"geometric_mean"}}}]}"#,
                "Z Score supports only arithmetic_mean combination technique"
            ),
            (
                #"{"phase_results_processors":[{"normalization-processor":{"normalization":{"technique":"x"}}}]}"#,
                "provided normalization technique is not supported"
            ),
            (
                #"{"phase_results_processors":[{"score-ranker-processor":{"combination":{"rank_constant":0}}}]}"#,
                "rank constant must be in the interval between 1 and 10000, submitted rank constant: 0"
            ),
        ])
    func faults(_ definition: String, _ expected: String) {
        #expect(Self.fault(definition)?.contains(expected) == true)
    }

    @Test("Phase results processors say how hybrid queries are joined")
    func fusions() throws {
        let mean = try Self.pipeline(
            #"{"phase_results_processors":[{"normalization-processor":{"normalization":{"technique":"min_max","parameters":{"lower_bounds":[{"mode":"clip","min_score":0.1},{"mode":"ignore"}]}},"combination":{"technique":"harmonic_mean","parameters":{"weights":[0.3,0.7]}}}}]}"#
        )
        let bounds = [ScoreBound(mode: .clip, score: 0.1), ScoreBound(mode: .ignore, score: 0)]
        #expect(
            mean.fusion
                == ScoreFusion(
                    .normalized(.minMax(lowerBounds: bounds, upperBounds: []), .harmonicMean), weights: [0.3, 0.7]))
        let rrf = try Self.pipeline(
            #"{"phase_results_processors":[{"score-ranker-processor":{"combination":{"technique":"rrf","rank_constant":40}}}]}"#
        )
        #expect(rrf.fusion == ScoreFusion(.reciprocalRank(constant: 40)))
    }

    @Test("Request processors change the body")
    func requests() throws {
        let pipeline = try Self.pipeline(
            #"{"request_processors":[{"filter_query":{"query":{"term":{"a":1}}}},{"oversample":{"sample_factor":2.5}}]}"#
        )
        var body: JSONObject = ["query": ["match_all": [:]], "size": 3]
        var context = PipelineContext()
        var trace = PipelineTrace(isOn: true)
        try pipeline.process(&body, &context, trace: &trace)
        #expect(body["size"] == 8)
        #expect(body["query"] == ["bool": ["filter": [["term": ["a": 1]]], "must": [["match_all": [:]]]]])
        #expect(context.attributes["original_size"] == 3)
        #expect(trace.results.map { $0["processor_name"]?.string } == ["filter_query", "oversample"])
        #expect(trace.results.allSatisfy { $0["status"] == "success" })
        var hybrid: JSONObject = ["query": ["hybrid": ["queries": [["match_all": [:]]]]]]
        try pipeline.process(&hybrid, &context, trace: &trace)
        #expect(hybrid["query"]?["hybrid"]?["filter"] == ["term": ["a": 1]])
    }

    @Test("Response processors split, sort, rename, collapse and cut")
    func responses() async throws {
        let split = try await Self.processed(
            #"{"response_processors":[{"split":{"field":"n","separator":",","target_field":"list"}},{"sort":{"field":"list","order":"desc","target_field":"sorted"}}]}"#,
            [#"{"n":"zero,one,two,three,,"}"#])
        #expect(split.hits[0].source?["list"] == ["zero", "one", "two", "three"])
        #expect(split.hits[0].source?["sorted"] == ["zero", "two", "three", "one"])
        let renamed = try await Self.processed(
            #"{"response_processors":[{"rename_field":{"field":"a.b","target_field":"c"}}]}"#, [#"{"a":{"b":1,"d":2}}"#]
        )
        #expect(renamed.hits[0].source == ["a": ["d": 2], "c": 1])
        let collapsed = try await Self.processed(
            #"{"response_processors":[{"collapse":{"field":"g"}},{"truncate_hits":{"target_size":2}}]}"#,
            [#"{"g":1}"#, #"{"g":1}"#, #"{"g":2}"#, #"{"g":3}"#])
        #expect(collapsed.hits.map(\.id) == ["0", "2"])
    }

    @Test("A field's value becomes the score; hits without it fail, unless failures are ignored")
    func rerank() async throws {
        let definition =
            #"{"response_processors":[{"rerank":{"ignore_failure":false,"by_field":{"target_field":"s.v","keep_previous_score":true,"remove_target_field":true}}}]}"#
        let found = try await Self.processed(definition, [#"{"s":{"v":1}}"#, #"{"s":{"v":7}}"#, #"{"s":{"v":7}}"#])
        #expect(found.hits.map(\.id) == ["1", "2", "0"])
        #expect(found.maxScore == 7)
        #expect(found.hits[0].source == ["previous_score": 0.5])
        await #expect(throws: PipelineError.self) { try await Self.processed(definition, [#"{"s":{}}"#]) }
        let lenient = definition.replacing("\"ignore_failure\":false", with: "\"ignore_failure\":true")
        let kept = try await Self.processed(lenient, [#"{"s":{"v":1}}"#, #"{"s":{}}"#])
        #expect(kept.hits.map(\.id) == ["0", "1"])
    }
}
