import JSON
import Pipelines
import Querying
import Testing

/// `rerank` by `ml_opensearch`: what it asks of a model, and what becomes of the hits.
struct RerankTests {
    /// A hit from JSON: `_source`, and `fields` where there are.
    static func hits(_ hits: [JSONValue]) -> SearchResponse.Hits {
        var all = SearchResponse.Hits(
            total: SearchResponse.Total(value: hits.count, isLowerBound: false), maxScore: 100, hits: [])
        for (place, members) in hits.enumerated() {
            var hit = SearchHit(index: "i", id: "\(place)")
            hit.score = Float(100 - place)
            hit.source = members["_source"]
            hit.fields = (members["fields"]?.object ?? [:]).map { ($0.key, $0.value.array ?? [$0.value]) }
            all.hits.append(hit)
        }
        return all
    }

    /// Hits with one text each.
    static func hits(texts: [String]) -> SearchResponse.Hits { hits(texts.map { ["_source": ["t": .string($0)]] }) }

    static func definition(
        _ options: String = "", context: String = #"{"document_fields":["t"]}"#, rest: String = ""
    ) -> String {
        #"{"response_processors":[{"rerank":{"ml_opensearch":{"model_id":"m"\#(options)},"context":\#(context)\#(rest)}}]}"#
    }

    static func search(_ ext: String = #"{"query_context":{"query_text":"red car"}}"#, _ more: String = "") throws
        -> JSONObject
    {
        let body = try JSONValue(parsing: Array(#"{"ext":{"rerank":\#(ext)}\#(more)}"#.utf8))
        return try #require(body.object)
    }

    /// Runs a pipeline over hits.
    static func reranked(
        _ definition: String, _ hits: SearchResponse.Hits, _ body: JSONObject? = nil,
        by scorer: FakeScorer? = FakeScorer(),
        sent: JSONObject = [:], wait: (@Sendable (Duration) async throws -> Void)? = nil
    ) async throws -> (hits: SearchResponse.Hits, context: PipelineContext) {
        var hits = hits
        var context = PipelineContext()
        context.body = try body ?? search()
        context.sentBody = sent
        context.scorer = scorer
        if let wait { context.wait = wait }
        var trace = PipelineTrace(isOn: false)
        try await SearchPipelineTests.pipeline(definition).process(&hits, &context, trace: &trace)
        return (hits, context)
    }

    static func fault(_ body: () async throws -> Void) async -> PipelineError? {
        do {
            try await body()
            return nil
        } catch { return error as? PipelineError }
    }

    // MARK: As OpenSearch

    @Test(
        "Raw scores become those of the hits, in one call; equal scores keep their order; max_score is the first score")
    func scores() async throws {
        let scorer = FakeScorer(["a": -7.25, "b": 3.5, "c": -7.25, "d": 3.5])
        let (hits, context) = try await Self.reranked(
            Self.definition(), Self.hits(texts: ["a", "b", "c", "d"]), by: scorer)
        #expect(hits.hits.map(\.id) == ["1", "3", "0", "2"])
        #expect(hits.hits.map(\.score) == [3.5, 3.5, -7.25, -7.25])
        #expect(hits.maxScore == 3.5 && hits.total?.value == 4)
        #expect(
            scorer.calls == [FakeScorer.Call(passages: ["a", "b", "c", "d"], query: "red car", model: "m")])
        #expect(hits.hits.allSatisfy { $0.rerank == nil && $0.source?["previous_score"] == nil })
        #expect(context.extensions.isEmpty)
    }

    @Test(
        "A passage is the fields' values without anything between them: `fields` first, lists joined by blanks, nothing for what is missing",
        arguments: [
            (#"{"_source":{"t":"red","u":"car"}}"#, "redcar"),
            (#"{"_source":{"t":"red"}}"#, "red"),
            (#"{"_source":{}}"#, ""),
            (#"{}"#, ""),
            (#"{"_source":{"t":"no","u":"!"},"fields":{"t":["first","second"]}}"#, "first!"),
            (#"{"_source":{"t":["a","b"],"u":7}}"#, "a b7"),
            (#"{"_source":{"t":{"x":"in"},"u":true}}"#, #"{"x":"in"}true"#),
        ])
    func passages(_ hit: String, _ expected: String) async throws {
        let scorer = FakeScorer()
        _ = try await Self.reranked(
            Self.definition(context: #"{"document_fields":["t","u"]}"#),
            Self.hits([try JSONValue(parsing: Array(hit.utf8))]), by: scorer)
        #expect(scorer.calls.first?.passages == [expected])
    }

    @Test("Paths lead through objects and lists of objects, at any depth")
    func paths() async throws {
        let scorer = FakeScorer()
        let source: JSONValue = [
            "a": ["b": ["c": "1"]], "l": [["m": [["n": "2"], ["n": "3"]]], ["m": [["n": "4"]]], ["x": 1]], "d.e": "5",
        ]
        _ = try await Self.reranked(
            Self.definition(context: #"{"document_fields":["a.b.c","l.m.n","d.e","l.m.q"]}"#),
            Self.hits([["_source": source]]), by: scorer)
        #expect(scorer.calls.first?.passages == ["12 3 45"])
    }

    @Test("Without hits nothing is asked, and what is wrong with the query is told all the same")
    func nothing() async throws {
        let scorer = FakeScorer()
        let (hits, _) = try await Self.reranked(Self.definition(), Self.hits([]), by: scorer)
        #expect(hits.hits.isEmpty && scorer.calls.isEmpty)
        let fault = await Self.fault {
            _ = try await Self.reranked(Self.definition(), Self.hits([]), [:], by: scorer)
        }
        #expect(fault?.reason.hasPrefix("must specify query_context") == true && fault?.status == 400)
    }

    @Test(
        "What is wrong with a query context is told in OpenSearch's words",
        arguments: [
            ("{}", "must specify query_context"), (#"{"query_context":7}"#, "query_context must be a map"),
            (
                #"{"query_context":{"query_text":"a","query_text_path":"b"}}"#,
                #"Cannot specify both "query_text" and "query_text_path""#
            ),
            (#"{"query_context":{}}"#, #"Must specify either "query_text" or "query_text_path""#),
            (#"{"query_context":{"query_text_path":"query.nowhere"}}"#, "query_text_path must point to a string field"),
            (#"{"query_context":{"query_text_path":"query"}}"#, "query_text_path must point to a string field"),
            (
                #"{"query_context":{"query_text_path":"\#(String(repeating: "a", count: 1001))"}}"#,
                "query_text_path exceeded the maximum path length of 1000 characters"
            ),
            (
                #"{"query_context":{"query_text_path":"a\#(String(repeating: ".a", count: 20))"}}"#,
                "query_text_path exceeded the maximum path length of 20 nested fields"
            ),
        ])
    func queryFaults(_ ext: String, _ expected: String) async throws {
        let fault = await Self.fault {
            _ = try await Self.reranked(
                Self.definition(), Self.hits(texts: ["a"]), try Self.search(ext, #","query":{"match_all":{}}"#))
        }
        #expect(fault?.type == "illegal_argument_exception" && fault?.reason == expected)
    }

    @Test(
        "A path leads to a text of the search, in its long form as in its short one, and through lists",
        arguments: [
            ("query.match.title.query", #"{"match":{"title":{"query":"found"}}}"#),
            ("query.match.title.query", #"{"match":{"title":"found"}}"#),
            ("query.match.title", #"{"match":{"title":"found"}}"#),
            ("query.match.a.b", #"{"match":{"a.b":"found"}}"#),
            ("query.neural.v.query_text", #"{"neural":{"v":{"query_text":"found","k":3}}}"#),
            (
                "query.hybrid.queries.1.match.t.query",
                #"{"hybrid":{"queries":[{"match_all":{}},{"match":{"t":"found"}}]}}"#
            ),
        ])
    func queryPaths(_ path: String, _ query: String) async throws {
        let ext = #"{"query_context":{"query_text_path":"\#(path)"}}"#
        for isSent in [false, true] {
            let scorer = FakeScorer()
            let body = try Self.search(ext, #","query":\#(query)"#)
            _ = try await Self.reranked(
                Self.definition(), Self.hits(texts: ["a"]), isSent ? try Self.search(ext) : body, by: scorer,
                sent: isSent ? body : [:])
            #expect(scorer.calls.first?.query == "found")
        }
    }

    @Test(
        "What is wrong with a definition is told in OpenSearch's words",
        arguments: [
            (
                #"{"rerank":{"context":{"document_fields":["t"]}}}"#,
                "No rerank type found. Possible rerank types are: [ml_opensearch, by_field]"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m"},"by_field":{"target_field":"t"},"context":{"document_fields":["t"]}}}"#,
                "Multiple rerank types found: [ml_opensearch, by_field]. Only one is permitted."
            ),
            (#"{"rerank":{"ml_opensearch":{"model_id":"m"}}}"#, "[context] required property is missing"),
            (
                #"{"rerank":{"ml_opensearch":{},"context":{"document_fields":["t"]}}}"#,
                "[model_id] required property is missing"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m"},"context":{"document_fields":"t"}}}"#,
                "document_fields must be a list of field names"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m"},"context":{"document_fields":[]}}}"#,
                "document_fields must be nonempty"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m"},"context":{"fields":["t"]}}}"#,
                "unrecognized context field: fields"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m"},"context":{"document_fields":[\#((0...50).map { "\"f\($0)\"" }.joined(separator: ","))]}}}"#,
                "document_fields must not contain more than 50 fields. Configure by setting plugins.neural_search.reranker_max_document_fields"
            ),
            (
                #"{"rerank":{"tag":"x","ml_opensearch":{"model_id":"m"},"context":{"document_fields":["t"]},"size":3}}"#,
                "processor [rerank:x] doesn't support one or more provided configuration parameters: [size]"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m","window":9},"context":{"document_fields":["t"]}}}"#,
                "processor [rerank] doesn't support one or more provided configuration parameters: [window]"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m","window_size":0},"context":{"document_fields":["t"]}}}"#,
                "[window_size] must be 1 or more, but is [0]"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m","activation":"tanh"},"context":{"document_fields":["t"]}}}"#,
                "[activation] [tanh] is not known: it is one of [none, sigmoid]"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m","timeout":"5"},"context":{"document_fields":["t"]}}}"#,
                "failed to parse setting [timeout] with value [5] as a time value: unit is missing or unrecognized"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m","chunking":{"max_tokens":5,"overlap":5}},"context":{"document_fields":["t"]}}}"#,
                "[overlap] must be 0 or more and less than max_tokens [5], but is [5]"
            ),
            (
                #"{"rerank":{"ml_opensearch":{"model_id":"m","chunking":{"first_k":2}},"context":{"document_fields":["t"]}}}"#,
                "[first_k] goes with \"score\": \"mean\" only"
            ),
        ])
    func definitionFaults(_ processor: String, _ expected: String) {
        let fault = SearchPipelineTests.fault(#"{"response_processors":[\#(processor)]}"#)
        #expect(fault?.hasSuffix(expected) == true)
    }

    @Test("The documentation's spelling of the type is taken, and how many fields there may be is a setting")
    func spelling() throws {
        let text = Self.definition(context: #"{"document_fields":["t","u"]}"#)
        _ = try SearchPipelineTests.pipeline(text.replacing("ml_opensearch", with: "ml-opensearch"))
        let definition = try #require(JSONValue(parsing: Array(text.utf8)).object)
        var environment = PipelineEnvironment()
        environment.maximumDocumentFields = 1
        #expect(throws: PipelineError.self) { try SearchPipeline(definition, name: "p", environment: environment) }
    }

    @Test(
        "What a model cannot do fails the search, unless failures are ignored; a definition without fields fails when it is used"
    )
    func failures() async throws {
        let unknown = Self.definition().replacing("\"m\"", with: "\"nobody\"")
        let fault = await Self.fault { _ = try await Self.reranked(unknown, Self.hits(texts: ["a"])) }
        #expect(fault?.type == "status_exception" && fault?.status == 404)
        #expect(fault?.reason == "Failed to find model with the provided model id: nobody")
        let none = await Self.fault { _ = try await Self.reranked(Self.definition(), Self.hits(texts: ["a"]), by: nil) }
        #expect(none?.reason == "Failed to find model with the provided model id: m")
        let lenient = unknown.replacing(#""context":"#, with: #""ignore_failure":true,"context":"#)
        let (hits, _) = try await Self.reranked(lenient, Self.hits(texts: ["a", "b"]))
        #expect(hits.hits.map(\.score) == [100, 99])
        let bare = await Self.fault {
            _ = try await Self.reranked(Self.definition(context: "{}"), Self.hits(texts: ["a"]))
        }
        #expect(bare?.type == "illegal_state_exception" && bare?.status == 500)
        #expect(bare?.reason.hasPrefix("No document context found!") == true)
        let short = await Self.fault {
            _ = try await Self.reranked(Self.definition(), Self.hits(texts: ["a", "b"]), by: FakeScorer(missing: 1))
        }
        #expect(short?.reason == "scores and hits are not the same length")
    }
}
