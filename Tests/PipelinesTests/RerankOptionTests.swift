import JSON
import Pipelines
import Querying
import Testing

/// What `rerank` does beyond OpenSearch, in the pipeline's definition and in the search.
struct RerankOptionTests {
    private static let texts = ["a", "b", "c", "d", "e"]
    private static let scores: [String: Float] = ["a": 1, "b": 5, "c": -3, "d": 4, "e": 2]

    /// Options come with the definition or with the search, to the same effect.
    private static func both(
        _ options: String, _ body: (String, JSONObject) async throws -> Void
    ) async throws {
        try await body(RerankTests.definition("," + options), try RerankTests.search())
        try await body(
            RerankTests.definition(), try RerankTests.search(#"{"query_context":{"query_text":"red car"},\#(options)}"#)
        )
    }

    @Test("Texts of several fields are joined as is said; empty ones leave no trace")
    func separators() async throws {
        let scorer = FakeScorer()
        _ = try await RerankTests.reranked(
            RerankTests.definition(context: #"{"document_fields":["t","u","v"],"separator":" | "}"#),
            RerankTests.hits([["_source": ["t": "a", "v": "c"]]]), by: scorer)
        #expect(scorer.calls.first?.passages == ["a | c"])
    }

    @Test("A window is reranked, what is behind it follows without a score, and the page is cut from both")
    func windows() async throws {
        try await Self.both(#""window_size":3"#) { definition, body in
            let pipeline = try SearchPipelineTests.pipeline(definition)
            #expect(pipeline.window(for: body) == 3)
            var hits = RerankTests.hits(texts: Self.texts)
            var context = PipelineContext()
            (context.body, context.scorer, context.page) = (body, FakeScorer(Self.scores), 1..<4)
            var trace = PipelineTrace(isOn: false)
            try await pipeline.process(&hits, &context, trace: &trace)
            #expect(hits.hits.map(\.id) == ["0", "2", "3"])
            #expect(hits.hits.map(\.score) == [1, -3, nil])
            #expect(hits.maxScore == 5)
        }
        #expect(try SearchPipelineTests.pipeline(RerankTests.definition()).window(for: RerankTests.search()) == nil)
    }

    @Test("The page is cut though reranking failed and may fail, and before the processors behind it")
    func cutting() async throws {
        let failing =
            #"{"response_processors":[{"rerank":{"ignore_failure":true,"ml_opensearch":{"model_id":"nobody","window_size":5},"context":{"document_fields":["t"]}}},{"collapse":{"field":"t"}}]}"#
        var hits = RerankTests.hits(texts: Self.texts)
        var context = PipelineContext()
        (context.body, context.scorer, context.page) = (try RerankTests.search(), FakeScorer(), 2..<4)
        var trace = PipelineTrace(isOn: true)
        try await SearchPipelineTests.pipeline(failing).process(&hits, &context, trace: &trace)
        #expect(hits.hits.map(\.id) == ["2", "3"])
        #expect(trace.results.map { $0["status"]?.string } == ["fail", "success"])
        #expect(trace.results[0]["error"] == "Failed to find model with the provided model id: nobody")
        #expect(trace.results[1]["input_data"]?.array?.count == 2)
    }

    @Test("The score of the first stage is kept in the source, or beside it where there is none")
    func previousScores() async throws {
        try await Self.both(#""keep_previous_score":true"#) { definition, body in
            var hits = RerankTests.hits(texts: ["a", "b"])
            hits.hits[0].source = nil
            let (found, _) = try await RerankTests.reranked(definition, hits, body, by: FakeScorer(["": 1, "b": 2]))
            #expect(found.hits[0].source == ["t": "b", "previous_score": 99])
            #expect(found.hits[1].fields.map(\.name) == ["previous_score"])
            #expect(found.hits[1].fields.map(\.values) == [[100]])
        }
        try await Self.both(#""keep_previous_score":true,"previous_score_field":"was.score""#) { definition, body in
            let (found, _) = try await RerankTests.reranked(definition, RerankTests.hits(texts: ["a"]), body)
            #expect(found.hits[0].source?["was"]?["score"] == 100)
        }
    }

    @Test(
        "The sigmoid of the raw score is the score; the order is that of the raw scores, also where the sigmoid has none"
    )
    func activations() async throws {
        try await Self.both(#""activation":"sigmoid","explain":true"#) { definition, body in
            let scorer = FakeScorer(["a": 0, "b": 40, "c": 50])
            let (found, _) = try await RerankTests.reranked(
                definition, RerankTests.hits(texts: ["a", "b", "c"]), body, by: scorer)
            #expect(found.hits.map(\.id) == ["2", "1", "0"])
            #expect(found.hits.map(\.score) == [1, 1, 0.5])
            #expect(found.hits.map { $0.rerank?["raw_score"] } == [50, 40, 0])
        }
    }

    @Test("Each hit tells how its score came about")
    func explanations() async throws {
        try await Self.both(#""explain":true"#) { definition, body in
            let (found, _) = try await RerankTests.reranked(
                definition, RerankTests.hits(texts: ["a", "b"]), body, by: FakeScorer(["a": -1.1, "b": 2]))
            #expect(
                found.hits[1].json["_rerank"]
                    == [
                        "model_id": "m", "raw_score": -1.1, "previous_score": 100, "previous_rank": 1, "passage": "a",
                    ])
            #expect(found.hits[0].json["_rerank"]?["previous_rank"] == 2)
        }
    }

    @Test(
        "Long texts are scored in chunks of words",
        arguments: [
            (#""max_tokens":2"#, ["one two, ", "three four ", "five."], 4),
            (#""max_tokens":3,"overlap":1"#, ["one two, three ", "three four five."], 3),
            (#""max_tokens":2,"max_chunks":2"#, ["one two, ", "three four "], 4),
            (#""max_tokens":2,"score":"mean""#, ["one two, ", "three four ", "five."], 2),
            (#""max_tokens":2,"score":"mean","first_k":2"#, ["one two, ", "three four "], 2.5),
            (#""max_tokens":5"#, ["one two, three four five."], -2.5),
        ])
    func chunks(_ chunking: String, _ expected: [String], _ score: Float) async throws {
        let known: [String: Float] = [
            "one two, ": 1, "three four ": 4, "five.": 1, "one two, three ": 3, "three four five.": 2,
        ]
        try await Self.both(#""chunking":{\#(chunking)},"explain":true"#) { definition, body in
            let scorer = FakeScorer(known)
            let (found, _) = try await RerankTests.reranked(
                definition, RerankTests.hits(texts: ["one two, three four five."]), body, by: scorer)
            #expect(scorer.calls.count == 1 && scorer.calls.first?.passages == expected)
            #expect(found.hits[0].score == score)
            #expect(found.hits[0].rerank?["chunk_scores"]?.array?.count == expected.count)
            let best = try #require(found.hits[0].rerank?["chunk"]?.int)
            #expect(found.hits[0].rerank?["passage"] == .string(expected[best]))
        }
    }

    @Test("What a model has not scored in time keeps its order behind what it has, and the answer says so")
    func timeouts() async throws {
        try await Self.both(#""timeout":"7s""#) { definition, body in
            var texts = (0..<40).map { "t\($0)" }
            // Groups have 16 texts, and two are under way: the third comes when one of the others is ready.
            texts[20] = "slow"
            let scorer = FakeScorer(Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, Float($0)) }))
            let (found, context) = try await RerankTests.reranked(
                definition, RerankTests.hits(texts: texts), body, by: scorer,
                wait: { time in
                    #expect(time == .seconds(7))
                    while scorer.answers < 2 { try await Task.sleep(for: .milliseconds(1)) }
                })
            let scored = Array((32..<40).reversed()) + (0..<16).reversed()
            #expect(found.hits.map(\.id) == (scored + Array(16..<32)).map { "\($0)" })
            #expect(found.hits.suffix(16).allSatisfy { $0.score == nil } && found.hits[23].score == 0)
            #expect(context.extensions["rerank"] == ["timed_out": true, "scored": 24, "candidates": 40])
        }
    }

    @Test("Without a score in time the answer is that of the first stage; with time enough nothing is said")
    func noTime() async throws {
        let slow = try await RerankTests.reranked(
            RerankTests.definition(#","timeout":"20ms""#), RerankTests.hits(texts: ["slow", "b"]))
        #expect(slow.hits.hits.map(\.score) == [100, 99] && slow.hits.maxScore == 100)
        #expect(slow.context.extensions["rerank"] == ["timed_out": true, "scored": 0, "candidates": 2])
        let scorer = FakeScorer(Self.scores)
        let fast = try await RerankTests.reranked(
            RerankTests.definition(#","timeout":"1h""#), RerankTests.hits(texts: Self.texts), by: scorer)
        #expect(fast.hits.hits.map(\.id) == ["1", "3", "4", "0", "2"] && fast.context.extensions.isEmpty)
    }

    @Test("A search that is cancelled ends, though failures are ignored")
    func cancelled() async throws {
        let definition = RerankTests.definition().replacing(#""context":"#, with: #""ignore_failure":true,"context":"#)
        let task = Task { try await RerankTests.reranked(definition, RerankTests.hits(texts: ["slow"])) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("Windows, sizes and origins at random are as the definition says")
    func random() async throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let count = Int.random(in: 0...30, using: &generator)
            let texts = (0..<count).map { "x\($0)" }
            let scores = texts.map { _ in Float(Int.random(in: -5...5, using: &generator)) }
            let window = Int.random(in: 1...35, using: &generator)
            let from = Int.random(in: 0...20, using: &generator)
            let size = Int.random(in: 1...20, using: &generator)
            // What the first stage gives when it is asked for the window or the page's end, whichever is more.
            let fetched = Array(texts.prefix(max(window, from + size)))
            let order = (0..<min(window, fetched.count)).sorted { (scores[$1], $0) < (scores[$0], $1) }
            let expected = (order + Array(min(window, fetched.count)..<fetched.count)).dropFirst(from).prefix(size)

            var hits = RerankTests.hits(texts: fetched)
            var context = PipelineContext()
            context.body = try RerankTests.search(#"{"query_context":{"query_text":"q"},"window_size":\#(window)}"#)
            context.scorer = FakeScorer(Dictionary(uniqueKeysWithValues: zip(texts, scores)))
            context.page = from..<(from + size)
            var trace = PipelineTrace(isOn: false)
            try await SearchPipelineTests.pipeline(RerankTests.definition()).process(&hits, &context, trace: &trace)
            let hasOrder = hits.hits.map(\.id) == expected.map { "\($0)" }
            let hasScores = hits.hits.map(\.score) == expected.map { $0 < window ? scores[$0] : nil }
            #expect(hasOrder && hasScores, "\(count) hits, window \(window), from \(from), size \(size)")
        }
    }
}
