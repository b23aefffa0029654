import JSON
import Pipelines
import Querying
import Testing

/// The request processor `script`: what programs see of a search, and what they may change.
struct SearchScriptTests {
    private func changed(_ script: String, _ body: JSONObject) throws -> JSONObject {
        let definition = try JSONValue(parsing: Array(#"{"request_processors":[{"script":{\#(script)}}]}"#.utf8))
        var environment = PipelineEnvironment()
        environment.storedScript = { $0 == "kept" ? "ctx._source.size = 1" : nil }
        let pipeline = try SearchPipeline(try #require(definition.object), name: "p", environment: environment)
        var body = body
        var context = PipelineContext()
        var trace = PipelineTrace(isOn: false)
        try pipeline.process(&body, &context, trace: &trace)
        return body
    }

    private func fault(_ script: String, _ body: JSONObject = [:]) async -> PipelineError? {
        await RerankTests.fault { _ = try changed(script, body) }
    }

    @Test("A program changes a search as OpenSearch's documentation shows it")
    func documented() throws {
        let script = #""lang":"painless","source":"if(ctx._source['size'] > 100) { ctx._source['explain'] = false; }""#
        #expect(try changed(script, ["size": 101, "explain": true]) == ["size": 101, "explain": false])
        #expect(try changed(script, ["size": 100, "explain": true]) == ["size": 100, "explain": true])
        #expect(try changed(script, ["explain": true]) == ["explain": true])
    }

    @Test(
        "Programs see what is given or the builder's values, and write what they change",
        arguments: [
            (#""source":"ctx._source.from = ctx._source.size + 3""#, "{}", #"{"from":2}"#),
            (#""source":"ctx._source.size = params.n","params":{"n":7}"#, #"{"size":2}"#, #"{"size":7}"#),
            (#""id":"kept""#, #"{"size":2}"#, #"{"size":1}"#),
            (
                #""source":"ctx._source.min_score = 0.5; ctx._source.terminate_after = 9""#, "{}",
                #"{"min_score":0.5,"terminate_after":9}"#
            ),
            (
                #""source":"ctx._source.track_total_hits = 5""#, #"{"track_total_hits":true}"#,
                #"{"track_total_hits":5}"#
            ),
            (
                #""source":"ctx._source.size = ctx._source.size""#, #"{"query":{"match_all":{}}}"#,
                #"{"query":{"match_all":{}}}"#
            ),
        ])
    func values(_ script: String, _ body: String, _ expected: String) throws {
        let found = try changed(script, try #require(JSONValue(parsing: Array(body.utf8)).object))
        let wanted = try #require(JSONValue(parsing: Array(expected.utf8)).object)
        #expect(found.count == wanted.count && wanted.allSatisfy { found[$0.key] == $0.value })
    }

    @Test("What a program may not do is told in OpenSearch's words")
    func faults() async throws {
        let query = await fault(#""source":"ctx._source.query = 1""#, ["query": ["match_all": [:]]])
        #expect(query?.reason == "Unsupported key: query")
        let added = await fault(#""source":"ctx._source.sort = 'a'""#)
        #expect(added?.reason == "Unsupported key: sort" && added?.status == 500)
        let kind = await fault(#""source":"ctx._source.size = 'many'""#)
        #expect(kind?.reason == "Error while setting value for SearchRequest source property: size")
        let language = await fault(#""lang":"mustache","source":"x""#)
        #expect(language?.reason == "script_lang not supported [mustache]" && language?.status == 400)
        let none = await fault(#""params":{}"#)
        #expect(none?.reason == "must specify either [source] for an inline script or [id] for a stored script")
        let missing = await fault(#""id":"gone""#)
        #expect(missing?.reason == "unable to find script [gone] in cluster state" && missing?.status == 404)
        let broken = await fault(#""source":"ctx._source.size = ;""#)
        #expect(broken?.type == "script_exception" && broken?.reason.hasPrefix("compile error: ") == true)
        let run = await fault(#""source":"ctx._source.nothing.deep = 1""#)
        #expect(run?.type == "script_exception" && run?.status == 400)
    }
}
