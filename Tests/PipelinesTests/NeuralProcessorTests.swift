import JSON
import Pipelines
import SparseIndex
import Testing

/// The processors of OpenSearch's neural-search plug-in that change searches; texts are the plug-in's.
struct NeuralProcessorTests {
    private func changed(_ processor: String, _ query: String) throws -> (
        query: JSONValue?, twoPhase: TwoPhaseParameters?
    ) {
        let pipeline = try SearchPipelineTests.pipeline(#"{"request_processors":[\#(processor)]}"#)
        var body: JSONObject = ["query": try JSONValue(parsing: Array(query.utf8))]
        var context = PipelineContext()
        var trace = PipelineTrace(isOn: false)
        try pipeline.process(&body, &context, trace: &trace)
        return (body["query"], context.twoPhase)
    }

    private let enricher = #"{"neural_query_enricher":{"default_model_id":"d","neural_field_default_id":{"v":"m"}}}"#

    @Test("Queries without a model get that of their field, else the default one, wherever they are")
    func enriched() throws {
        let query =
            #"{"hybrid":{"queries":[{"neural":{"v":{"query_text":"a","k":3}}},{"bool":{"should":[{"neural_sparse":{"s":"#
            + #"{"query_text":"b"}}},{"nested":{"path":"n","query":{"neural":{"n.v":{"query_image":"c","filter":"#
            + #"{"neural":{"v":{"query_text":"d"}}}}}}}}]}}]}}"#
        let expected: JSONValue = [
            "hybrid": [
                "queries": [
                    ["neural": ["v": ["query_text": "a", "k": 3, "model_id": "m"]]],
                    [
                        "bool": [
                            "should": [
                                ["neural_sparse": ["s": ["query_text": "b", "model_id": "d"]]],
                                [
                                    "nested": [
                                        "path": "n",
                                        "query": [
                                            "neural": [
                                                "n.v": [
                                                    "query_image": "c",
                                                    "filter": ["neural": ["v": ["query_text": "d", "model_id": "m"]]],
                                                    "model_id": "d",
                                                ]
                                            ]
                                        ],
                                    ]
                                ],
                            ]
                        ]
                    ],
                ]
            ]
        ]
        #expect(try changed(enricher, query).query == expected)
    }

    @Test(
        "What has a model, tokens, an analyser or another meaning stays as it is",
        arguments: [
            #"{"neural":{"v":{"query_text":"a","model_id":"x"}}}"#,
            #"{"neural_sparse":{"v":{"query_tokens":{"a":1}}}}"#,
            #"{"neural_sparse":{"v":{"query_text":"a","analyzer":"bert-uncased"}}}"#,
            #"{"term":{"neural":{"value":"query_text"}}}"#, #"{"match":{"neural":"a"}}"#,
        ])
    func left(query: String) throws {
        #expect(try changed(enricher, query).query == (try JSONValue(parsing: Array(query.utf8))))
    }

    @Test("A query that no model is known for is refused")
    func withoutModel() {
        let only = #"{"neural_query_enricher":{"neural_field_default_id":{"v":"m"}}}"#
        #expect {
            _ = try changed(only, #"{"neural":{"w":{"query_text":"a"}}}"#)
        } throws: {
            "\($0)"
                == "illegal_argument_exception: model id must be provided in neural query or a default model id must be set in "
                + "search request processor"
        }
    }

    @Test(
        "Settings that are wrong are named",
        arguments: [
            (
                #"{"neural_query_enricher":{}}"#,
                "illegal_argument_exception: model Id or neural info map either of them should be provided"
            ),
            (
                #"{"neural_query_enricher":{"neural_field_default_id":3}}"#,
                "parse_exception: [neural_field_default_id] property isn't a map, but of type [java.lang.Integer]"
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"prune_ratio":1.5}}}"#,
                "illegal_argument_exception: Illegal prune_ratio 1.500000 for prune_type: max_ratio. prune_ratio should be in the "
                    + "range [0, 1)."
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"prune_type":"top_k","prune_ratio":0.4}}}"#,
                "illegal_argument_exception: Illegal prune_ratio 0.400000 for prune_type: top_k. prune_ratio should be positive "
                    + "integer."
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"prune_type":"abs_value","prune_ratio":-1}}}"#,
                "illegal_argument_exception: Illegal prune_ratio -1.000000 for prune_type: abs_value. prune_ratio should be "
                    + "non-negative."
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"prune_type":"best"}}}"#,
                "illegal_argument_exception: Unknown prune type: best"
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"expansion_rate":0.5}}}"#,
                "illegal_argument_exception: The two_phase_parameter.expansion_rate must >= 1.0. Received: 0.500000"
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"max_window_size":10}}}"#,
                "illegal_argument_exception: The two_phase_parameter.max_window_size must >= 50. Received: \n10"
            ),
            (
                #"{"neural_sparse_two_phase_processor":{"enabled":"maybe"}}"#,
                "parse_exception: [enabled] property isn't a boolean, but of type [java.lang.String]"
            ),
        ])
    func wrong(processor: String, fault: String) {
        #expect(SearchPipelineTests.fault(#"{"request_processors":[\#(processor)]}"#) == fault)
    }

    @Test("Scores of each query are not shown, and a pipeline that asks for them says so")
    func subQueryScores() throws {
        func definition(_ processor: String, _ value: String) -> String {
            #"{"phase_results_processors":[{"\#(processor)":{"sub_query_scores":\#(value)}}]}"#
        }
        for processor in ["normalization-processor", "score-ranker-processor"] {
            #expect(SearchPipelineTests.fault(definition(processor, "false")) == nil)
            #expect(
                SearchPipelineTests.fault(definition(processor, "true"))?.contains(
                    "[sub_query_scores] true is not supported")
                    == true)
        }
    }

    @Test("The two phases have OpenSearch's defaults, and there is one where nothing is pruned")
    func phases() throws {
        func parameters(_ settings: String) throws -> TwoPhaseParameters? {
            try changed(#"{"neural_sparse_two_phase_processor":\#(settings)}"#, #"{"match_all":{}}"#).twoPhase
        }
        #expect(try parameters("{}") == TwoPhaseParameters())
        #expect(
            try parameters(
                #"{"two_phase_parameter":{"prune_type":"top_k","prune_ratio":8,"expansion_rate":2.5,"max_window_size":60}}"#
            )
                == TwoPhaseParameters(pruning: .topK(8), expansionRate: 2.5, maxWindowSize: 60))
        #expect(try parameters(#"{"enabled":false}"#) == nil)
        #expect(try parameters(#"{"two_phase_parameter":{"prune_ratio":0}}"#) == nil)
        #expect(try parameters(#"{"two_phase_parameter":{"prune_type":"none"}}"#) == nil)
    }
}
