import Ingest
import JSON
import Pipelines
import Testing

/// The way of documents through pipelines: conditions, failures, other pipelines, loops.
struct PipelineTests {
    @Test(
        "Conditions are evaluated over the document",
        arguments: [
            ("ctx.a == 'x'", true), ("ctx.n > 3 && ctx.n <= 5.0", true), ("ctx.tags.contains('red')", true),
            ("ctx.missing == null", true), ("ctx?.missing?.x == null", true), ("ctx.containsKey('a')", true),
            ("!(ctx.a instanceof String)", false), ("ctx.o['k'] == 1 ? ctx.n == 5 : false", true),
            ("ctx.a.startsWith('y') || ctx['tags'].size() == 2", true), ("ctx._index == 'books'", true),
            ("if (ctx.n == 5) { return true } else { return false }", true),
            ("def s = 0; for (t in ctx.tags) { s += t.length() } return s == 7", true),
        ] as [(String, Bool)])
    func conditions(_ condition: String, _ holds: Bool) async throws {
        let found = try await Simulation.one(
            #"{"set":{"if":"\#(condition)","field":"hit","value":true}}"#,
            #"{"a":"x","n":5,"tags":["red","blue"],"o":{"k":1}}"#)
        #expect((found["hit"] == true) == holds, "\(found)")
    }

    @Test("A condition that fails lets its document fail, in OpenSearch's words for scripts")
    func failingCondition() async throws {
        let found = try await Simulation.run(
            #"{"processors":[{"set":{"if":"ctx.a.b == 1","field":"x","value":1}}]}"#, ["{}", #"{"a":{"b":1}}"#])
        #expect(found[0].failure?.type == "script_exception" && found[0].failure?.reason == "runtime error")
        #expect(found[0].failure?.causes.first?.type == "null_pointer_exception")
        #expect(found[1].document.fields["x"] == 1)
    }

    @Test("Scripts change documents")
    func scripts() async throws {
        #expect(
            try await Simulation.one(
                #"{"script":{"lang":"painless","source":"ctx.length = ctx.words.length; ctx.n += params.by; ctx.words.add('c'); ctx.o.put('k', ctx.remove('old'))","params":{"by":2}}}"#,
                #"{"words":["a","b"],"n":1,"o":{},"old":7}"#) == [
                    "words": ["a", "b", "c"], "n": 3, "o": ["k": 7], "length": 2,
                ])
        #expect(try await Simulation.one(#"{"script":"ctx.x = 'y'"}"#, "{}") == ["x": "y"])
    }

    @Test("What deals with a failure knows it, and the document goes on behind the processor or ends with the pipeline")
    func failures() async throws {
        let told =
            #"{"set":{"field":"e","value":"{{_ingest.on_failure_message}}|{{_ingest.on_failure_processor_type}}|{{_ingest.on_failure_processor_tag}}"}}"#
        var slots = try await Simulation.run(
            #"{"processors":[{"trim":{"tag":"t1","field":"a","on_failure":[\#(told)]}},{"set":{"field":"b","value":1}}]}"#,
            ["{}"])
        #expect(slots[0].document.source == ["e": "field [a] not present as part of path [a]|trim|t1", "b": 1])
        #expect(slots[0].document.ingest["on_failure_message"] == nil)
        slots = try await Simulation.run(
            #"{"processors":[{"convert":{"field":"a","type":"long"}},{"set":{"field":"b","value":1}}],"on_failure":[\#(told)]}"#,
            [#"{"a":"x"}"#, #"{"a":"1"}"#])
        #expect(
            slots[0].document.source == ["a": "x", "e": #"For input string: \"x\"|convert|"#],
            "\(slots[0].document.source)")
        #expect(slots[1].document.source == ["a": 1, "b": 1])
        slots = try await Simulation.run(
            #"{"processors":[{"trim":{"field":"a","ignore_failure":true}},{"set":{"field":"b","value":1}}]}"#, ["{}"])
        #expect(slots[0].document.source == ["b": 1])
        slots = try await Simulation.run(
            #"{"processors":[{"trim":{"field":"a","on_failure":[{"fail":{"message":"no {{_id}}: {{_ingest.on_failure_message}}"}}]}}]}"#,
            ["{}"])
        #expect(slots[0].failure?.type == "fail_processor_exception" && slots[0].failure?.status == 500)
        #expect(slots[0].failure?.reason == "no 1: field [a] not present as part of path [a]")
    }

    @Test("Documents are dropped, others of the batch are not")
    func drops() async throws {
        let slots = try await Simulation.run(
            #"{"processors":[{"drop":{"if":"ctx.a == 1"}},{"set":{"field":"b","value":1}}]}"#,
            [#"{"a":1}"#, #"{"a":2}"#])
        #expect(slots[0].isDropped && !slots[1].isDropped && slots[1].document.fields["b"] == 1)
    }

    @Test("Elements of lists are changed one by one")
    func loops() async throws {
        #expect(
            try await Simulation.one(
                #"{"foreach":{"field":"v","processor":{"uppercase":{"field":"_ingest._value"}}}}"#,
                #"{"v":["foo","bar"]}"#)
                == ["v": ["FOO", "BAR"]])
        #expect(
            try await Simulation.one(
                #"{"foreach":{"field":"v","processor":{"remove":{"field":"_ingest._value.id"}}}}"#,
                #"{"v":[{"id":1,"n":2},{"id":3}]}"#)
                == ["v": [["n": 2], [:]]])
        #expect(
            try await Simulation.one(
                #"{"foreach":{"field":"v","processor":{"foreach":{"field":"_ingest._value","processor":{"append":{"field":"all","value":"{{_ingest._value}}"}}}}}}"#,
                #"{"v":[["a"],["b","c"]]}"#)["all"] == ["a", "b", "c"])
        #expect(
            try await Simulation.one(
                #"{"foreach":{"field":"v","processor":{"trim":{"field":"_ingest._value"}}}}"#, "{}")
                == "illegal_argument_exception: field [v] not present as part of path [v]")
    }

    @Test("Pipelines call others; circles, missing ones and long chains are faults")
    func pipelines() async throws {
        let call =
            #"{"processors":[{"pipeline":{"name":"{{to}}"}},{"set":{"field":"after","value":"{{_ingest.pipeline}}"}}]}"#
        let others = [
            "inner": #"{"processors":[{"set":{"field":"in","value":"{{_ingest.pipeline}}"}}]}"#,
            "back": #"{"processors":[{"pipeline":{"name":"p"}}]}"#,
        ]
        let slots = try await Simulation.run(
            call, [#"{"to":"inner"}"#, #"{"to":"back"}"#, #"{"to":"none"}"#], others: others)
        #expect(slots[0].document.source == ["to": "inner", "in": "inner", "after": "p"])
        #expect(slots[1].failure?.description == "illegal_state_exception: Cycle detected for pipeline: p")
        #expect(slots[2].failure?.reason == "Pipeline processor configured for non-existent pipeline [none]")
        var chain: [String: String] = [:]
        for number in 0..<500 { chain["c\(number)"] = #"{"processors":[{"pipeline":{"name":"c\#(number + 1)"}}]}"# }
        let long = try await Simulation.run(#"{"processors":[{"pipeline":{"name":"c0"}}]}"#, ["{}"], others: chain)
        #expect(long[0].failure?.reason.hasPrefix("more than 100 pipelines inside one another") == true)
    }

    @Test("A verbose run tells what each processor did")
    func traces() async throws {
        let slots = try await Simulation.run(
            #"{"processors":[{"set":{"tag":"s","field":"a","value":1}},{"set":{"if":"ctx.a == 2","field":"b","value":1}},{"trim":{"field":"x","ignore_failure":true}},{"pipeline":{"name":"inner"}},{"drop":{}}]}"#,
            ["{}"],
            others: [
                "inner": #"{"processors":[{"uppercase":{"field":"y"}}],"on_failure":[{"set":{"field":"c","value":1}}]}"#
            ],
            isTraced: true)
        let shown = (slots[0].trace ?? []).map { $0.shown { ["error": .string($0.reason)] } }
        #expect(
            shown.map { $0["processor_type"] } == ["set", "set", "trim", "pipeline", "uppercase", "set", "drop"],
            "\(shown)")
        #expect(
            shown.map { $0["status"] }
                == ["success", "skipped", "error_ignored", "success", "error", "success", "dropped"], "\(shown)")
        #expect(
            shown[0]["tag"] == "s" && shown[0]["doc"]?["_source"] == ["a": 1] && shown[0]["doc"]?["_index"] == "books")
        #expect(shown[1]["if"] == ["condition": "ctx.a == 2", "result": false])
        #expect(shown[2]["ignored_error"]?["error"] != nil && shown[4]["error"] != nil)
    }

    @Test("Documents cannot be nested without bound, nor definitions")
    func nesting() async throws {
        let path = (0..<200).map { "k\($0)" }.joined(separator: ".")
        let deeper =
            #"{"copy":{"source_field":"a","target_field":"b.\#(path)","remove_source":true}},{"rename":{"field":"b","target_field":"a"}}"#
        let slots = try await Simulation.run(
            #"{"processors":[\#([String](repeating: deeper, count: 10).joined(separator: ","))]}"#, [#"{"a":{"x":1}}"#])
        #expect(slots[0].failure?.reason.contains("would nest deeper than 512 levels") == true)
        let long = (0..<1000).map { "k\($0)" }.joined(separator: ".")
        #expect(Simulation.fault(#"{"trim":{"field":"\#(long)"}}"#)?.reason.contains("more than 256 members") == true)
        var nested = #"{"trim":{"field":"a"}}"#
        for _ in 0..<100 { nested = #"{"foreach":{"field":"a","processor":\#(nested)}}"# }
        #expect(Simulation.fault(nested)?.type == "json")
        var handled = #"{"trim":{"field":"a"}}"#
        for _ in 0..<30 { handled = #"{"foreach":{"field":"a","processor":\#(handled)}}"# }
        #expect(Simulation.fault(handled) == nil)
    }

    @Test("What pipelines and their processors do is counted")
    func statistics() async throws {
        let statistics = IngestStatistics()
        let inner = try IngestPipeline(
            JSONValue(parsing: #"{"processors":[{"trim":{"field":"b"}}]}"#).object ?? [:], id: "q")
        let outer = try IngestPipeline(
            JSONValue(
                parsing:
                    #"{"processors":[{"trim":{"tag":"t","field":"a","if":"ctx.n > 1"}},{"pipeline":{"name":"q"}},{"set":{"field":"c","value":1}}]}"#
            ).object ?? [:], id: "p")
        let environment = IngestEnvironment(pipeline: { $0 == "q" ? inner : nil }, statistics: statistics)
        var slots = try [#"{"n":1,"b":""}"#, #"{"n":2,"b":""}"#, #"{"n":3,"a":"","b":""}"#, #"{"n":0}"#].map { text in
            IngestSlot(
                IngestDocument(
                    index: "i", id: "1", routing: nil, source: try JSONValue(parsing: text).object ?? [:], now: 0))
        }
        await IngestRun(environment).run(outer, &slots)
        #expect(statistics.total.count == 4 && statistics.total.failed == 2 && statistics.total.current == 0)
        let counts = statistics.counts(of: outer)
        #expect(counts.pipeline.count == 4 && counts.pipeline.failed == 2)
        #expect(counts.processors.map(\.name) == ["trim:t", "pipeline:q", "set"])
        #expect(
            counts.processors.map(\.metric.count) == [2, 3, 2] && counts.processors.map(\.metric.failed) == [1, 1, 0])
        #expect(statistics.counts(of: inner).pipeline.count == 3)
        let other = try IngestPipeline(
            JSONValue(parsing: #"{"processors":[{"lowercase":{"field":"b"}}]}"#).object ?? [:], id: "q")
        #expect(
            statistics.counts(of: other).pipeline.count == 3
                && statistics.counts(of: other).processors[0].metric.count == 0)
        statistics.forget(["q"])
        #expect(statistics.counts(of: inner).pipeline.count == 0)
    }
}
