import HTTPTypes
import JSON
import Testing

/// Ingest pipelines over the API: kept, tried out, and in the way of writes.
struct IngestPipelineTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    private func put(_ id: String, _ processors: String) async throws {
        let answer = try await node.ask(.put, "/_ingest/pipeline/\(id)", #"{"processors":[\#(processors)]}"#)
        #expect(answer.json == ["acknowledged": true], "\(answer.text)")
    }

    private func source(_ target: String) async throws -> JSONValue { try await node.ask(.get, target)["_source"] }

    @Test("Pipelines are put, read, listed and deleted; what is wrong with one is said at once")
    func kept() async throws {
        #expect(try await node.ask(.get, "/_ingest/pipeline").json == [:])
        let definition = #"{"description":"d","version":3,"processors":[{"set":{"field":"a","value":1}}]}"#
        #expect(try await node.status(.put, "/_ingest/pipeline/one", definition) == 200)
        #expect(try await node.ask(.get, "/_ingest/pipeline/one").json == ["one": JSONValue(parsing: definition)])
        #expect(try await node.ask(.get, "/_ingest/pipeline/o*?summary=true").json == ["one": [:]])
        #expect(try await node.status(.get, "/_ingest/pipeline/two") == 404)
        let wrong = try await node.ask(
            .put, "/_ingest/pipeline/two", #"{"processors":[{"set":{"tag":"t","field":"a"}}]}"#)
        #expect(wrong.status == 400 && wrong["error/reason"] == "[value] required property is missing")
        #expect(wrong["error/processor_type"] == "set" && wrong["error/processor_tag"] == "t")
        #expect(wrong["error/property_name"] == "value")
        #expect(try await node.status(.get, "/_ingest/pipeline/two") == 404)
        #expect(try await node.status(.delete, "/_ingest/pipeline/one") == 200)
        let missing = try await node.ask(.delete, "/_ingest/pipeline/one")
        #expect(missing.status == 404 && missing["error/reason"] == "pipeline [one] is missing")
        #expect(try await node.ask(.get, "/_ingest/processor/grok")["patterns/WORD"] == #"\b\w+\b"#)
    }

    @Test("Pipelines are tried out on documents of the request")
    func simulated() async throws {
        try await put(
            "p", #"{"set":{"field":"x","value":"{{_id}}"}},{"drop":{"if":"ctx.drop == true"}},{"trim":{"field":"t"}}"#)
        let documents =
            #""docs":[{"_index":"i","_id":"7","_source":{"t":" a "}},{"_source":{"drop":true}},{"_source":{}}]"#
        let answer = try await node.ask(.post, "/_ingest/pipeline/p/_simulate", "{\(documents)}")
        #expect(answer.status == 200)
        #expect(answer["docs/0/doc/_id"] == "7" && answer["docs/0/doc/_source"] == ["t": "a", "x": "7"])
        #expect(answer["docs/0/doc/_ingest/timestamp"].string?.hasSuffix("Z") == true)
        #expect(answer["docs/1"] == .null)
        #expect(answer["docs/2/error/type"] == "illegal_argument_exception")
        #expect(answer["docs/2/error/root_cause/0/reason"] == "field [t] not present as part of path [t]")
        let verbose = try await node.ask(.get, "/_ingest/pipeline/p/_simulate?verbose=true", "{\(documents)}")
        #expect(verbose["docs/0/processor_results"].array?.count == 3)
        #expect(verbose["docs/1/processor_results/1/status"] == "dropped")
        #expect(verbose["docs/2/processor_results/2/error/type"] == "illegal_argument_exception")
        let inline = try await node.ask(
            .post, "/_ingest/pipeline/_simulate",
            #"{"pipeline":{"processors":[{"uppercase":{"field":"t"}}]},\#(documents)}"#)
        #expect(inline["docs/0/doc/_source/t"] == " A ")
        for (body, reason) in [
            ("{}", "[pipeline] required property is missing"),
            (#"{"pipeline":{"processors":[]}}"#, "[docs] required property is missing"),
            (#"{"pipeline":{"processors":[]},"docs":[]}"#, "must specify at least one document in [docs]"),
        ] {
            let fault = try await node.ask(.post, "/_ingest/pipeline/_simulate", body)
            #expect(fault.status == 400 && fault["error/reason"].string == reason, "\(fault.text)")
        }
        #expect(
            try await node.ask(.post, "/_ingest/pipeline/none/_simulate", "{\(documents)}")["error/reason"]
                == "pipeline [none] does not exist")
    }

    @Test("Writes go through the pipeline of the request, of the index, and the final one")
    func writes() async throws {
        try await put("up", #"{"uppercase":{"field":"t"}}"#)
        try await put("mark", #"{"append":{"field":"by","value":"mark"}}"#)
        try await put("last", #"{"append":{"field":"by","value":"last"}}"#)
        #expect(try await node.status(.put, "/b/_doc/1?pipeline=up", #"{"t":"a"}"#) == 201)
        #expect(try await source("/b/_doc/1") == ["t": "A"])
        let fault = try await node.ask(.put, "/b/_doc/2?pipeline=up", #"{"t":1}"#)
        #expect(fault.status == 400 && fault["error/type"] == "illegal_argument_exception")
        let unknown = try await node.ask(.put, "/b/_doc/2?pipeline=none", #"{"t":1}"#)
        #expect(unknown.status == 400 && unknown["error/reason"] == "pipeline with id [none] does not exist")
        let settings = #"{"index.default_pipeline":"mark","index.final_pipeline":"last"}"#
        #expect(try await node.status(.put, "/b/_settings", settings) == 200)
        #expect(try await node.status(.post, "/b/_doc/3", "{}") == 201)
        #expect(try await source("/b/_doc/3") == ["by": ["mark", "last"]])
        #expect(try await node.status(.put, "/b/_doc/4?pipeline=_none", "{}") == 201)
        #expect(try await source("/b/_doc/4") == ["by": ["last"]])
        #expect(try await node.status(.post, "/b/_update/5", #"{"doc":{"n":1},"doc_as_upsert":true}"#) == 201)
        #expect(try await source("/b/_doc/5") == ["n": 1, "by": ["mark", "last"]])
        #expect(
            try await node.status(
                .put, "/_index_template/t",
                #"{"index_patterns":["new*"],"template":{"settings":{"default_pipeline":"mark"}}}"#) == 200)
        #expect(try await node.status(.put, "/new1/_doc/1", "{}") == 201)
        #expect(try await source("/new1/_doc/1") == ["by": ["mark"]])
    }

    @Test("In a bulk request, documents fail, are dropped and change their index each by itself")
    func bulk() async throws {
        try await put(
            "p",
            #"{"drop":{"if":"ctx.n == 2"}},{"fail":{"if":"ctx.n == 3","message":"three"}},{"set":{"if":"ctx.n == 4","field":"_index","value":"other"}},{"set":{"if":"ctx.n == 5","field":"_id","value":"five"}},{"set":{"field":"ok","value":true}}"#
        )
        try await put("final", #"{"set":{"field":"final","value":true}}"#)
        #expect(try await node.status(.put, "/other", #"{"settings":{"index.final_pipeline":"final"}}"#) == 200)
        var lines = ""
        for number in 1...5 {
            lines += #"{"index":{"_index":"b","_id":"\#(number)"}}"# + "\n" + #"{"n":\#(number)}"# + "\n"
        }
        lines +=
            #"{"index":{"_index":"b","_id":"6","pipeline":"_none"}}"# + "\n{\"n\":6}\n"
            + #"{"delete":{"_index":"b","_id":"1"}}"# + "\n"
        let answer = try await node.ask(.post, "/_bulk?pipeline=p&refresh=true", lines)
        #expect(answer.status == 200 && answer["errors"] == true, "\(answer.text)")
        #expect(answer["items/0/index/status"] == 201)
        #expect(answer["items/1/index/result"] == "noop" && answer["items/1/index/_version"] == -3)
        #expect(answer["items/1/index/_seq_no"] == .null && answer["items/1/index/status"] == 200)
        #expect(
            answer["items/2/index/status"] == 500 && answer["items/2/index/error/type"] == "fail_processor_exception")
        #expect(answer["items/3/index/_index"] == "other" && answer["items/4/index/_id"] == "five")
        #expect(answer["items/6/delete/result"] == "deleted")
        #expect(try await source("/other/_doc/4") == ["n": 4, "ok": true, "final": true])
        #expect(try await source("/b/_doc/five") == ["n": 5, "ok": true])
        #expect(try await source("/b/_doc/6") == ["n": 6])
        #expect(try await node.status(.get, "/b/_doc/2") == 404)
        #expect(answer["took"].int != nil && answer["ingest_took"].int != nil)
        #expect(answer.json.object?.keys == ["took", "ingest_took", "errors", "items"])
        let plain = try await node.ask(.post, "/_bulk", "{\"index\":{\"_index\":\"b\"}}\n{}\n")
        #expect(plain.json.object?.keys == ["took", "errors", "items"])
        let counted = try await node.ask(.get, "/_nodes/stats/ingest")
        let statistics = counted.json["nodes"]?.object?.first { _ in true }?.value["ingest"] ?? .null
        #expect(statistics["total"]?["count"] == 6 && statistics["total"]?["failed"] == 1)
        #expect(statistics["pipelines"]?["p"]?["count"] == 5 && statistics["pipelines"]?["final"]?["count"] == 1)
        #expect(statistics["pipelines"]?["p"]?["current"] == 0 && statistics["pipelines"]?["p"]?["failed"] == 1)
        let drop = statistics["pipelines"]?["p"]?["processors"]?[0]?["drop"]
        #expect(drop?["type"] == "drop" && drop?["stats"]?["count"] == 1 && drop?["stats"]?["time_in_millis"] != nil)
    }

    @Test("A final pipeline cannot change the index; a document of another index gets that index's final pipeline")
    func finalIndex() async throws {
        try await put("move", #"{"set":{"field":"_index","value":"elsewhere"}}"#)
        #expect(try await node.status(.put, "/b", #"{"settings":{"index.final_pipeline":"move"}}"#) == 200)
        let answer = try await node.ask(.put, "/b/_doc/1", "{}")
        #expect(answer.status == 500 && answer["error/reason"] == "final pipeline [move] can't change the target index")
    }

    @Test("Copies and changes by query go through pipelines")
    func byQuery() async throws {
        try await put(
            "words",
            #"{"split":{"field":"title","separator":"\\s+","target_field":"words"}},{"script":{"source":"ctx.length = ctx.words.length"}},{"remove":{"field":"year"}},{"drop":{"if":"ctx.length > 4"}}"#
        )
        #expect(
            try await node.status(
                .post, "/movies/_doc/1?refresh=true", #"{"title":"Beauty and the Beast","year":1991}"#) == 201)
        #expect(
            try await node.status(.post, "/movies/_doc/2?refresh=true", #"{"title":"a b c d e","year":1991}"#) == 201)
        let copied = try await node.ask(
            .post, "/_reindex?refresh=true",
            #"{"source":{"index":"movies"},"dest":{"index":"videos","pipeline":"words"}}"#)
        #expect(copied.status == 200 && copied["created"] == 1 && copied["noops"] == 1, "\(copied.text)")
        #expect(
            try await source("/videos/_doc/1")
                == ["title": "Beauty and the Beast", "words": ["Beauty", "and", "the", "Beast"], "length": 4])
        let changed = try await node.ask(
            .post, "/movies/_update_by_query?pipeline=words", #"{"query":{"ids":{"values":["1"]}}}"#)
        #expect(changed["updated"] == 1, "\(changed.text)")
        #expect(try await source("/movies/_doc/1")["length"] == 4)
    }

    @Test("A stored script that changes changes the pipelines that name it")
    func storedScripts() async throws {
        func store(_ source: String) async throws {
            let body = #"{"script":{"lang":"painless","source":"\#(source)"}}"#
            #expect(try await node.status(.put, "/_scripts/s", body) == 200)
        }
        try await store("ctx.a = 1")
        try await put("p", #"{"script":{"id":"s"}}"#)
        #expect(try await node.status(.put, "/b/_doc/1?pipeline=p", "{}") == 201)
        #expect(try await source("/b/_doc/1") == ["a": 1])
        try await store("ctx.a = 2")
        #expect(try await node.status(.put, "/b/_doc/2?pipeline=p", "{}") == 201)
        #expect(try await source("/b/_doc/2") == ["a": 2])
        #expect(try await node.status(.delete, "/_scripts/s") == 200)
        #expect(try await node.status(.put, "/b/_doc/3?pipeline=p", "{}") == 404)
    }

    @Test("What pipelines say of versions is obeyed")
    func versions() async throws {
        try await put(
            "v",
            #"{"set":{"field":"_version","value":"{{v}}"}},{"set":{"field":"_version_type","value":"external"}}"#)
        #expect(try await node.status(.put, "/b/_doc/1?pipeline=v", #"{"v":7}"#) == 201)
        #expect(try await node.ask(.get, "/b/_doc/1")["_version"] == 7)
        #expect(try await node.status(.put, "/b/_doc/1?pipeline=v", #"{"v":6}"#) == 409)
        #expect(try await node.status(.put, "/b/_doc/1?pipeline=v", #"{"v":8}"#) == 200)
    }
}
