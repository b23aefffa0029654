import Inference
import Telemetry
import Testing

@Suite("What an engine tells about itself", .timeLimit(.minutes(5)))
struct MetricTests {
    @Test("Requests, texts, tokens and durations are counted under our names and TEI's")
    func counts() async throws {
        let metrics = MetricRegistry()
        let engine = try await TestModel.engine("bert-cross", "bert-dense", metrics: metrics)
        let long = Array(repeating: "river", count: 500).joined(separator: " ")
        let scored = try await engine.score(ScoreRequest(query: "a", texts: ["b", "c", long]))
        let embedded = try await engine.embed(EmbedRequest(inputs: [.text("a")]))
        _ = await inferenceError { _ = try await engine.score(ScoreRequest(model: "x", inputs: [.init("a")])) }
        _ = await inferenceError { _ = try await engine.score(ScoreRequest(inputs: [])) }
        let ok = #"{model="bert-cross",task="score",outcome="ok"}"#
        #expect(metrics.value("needletail_inference_requests_total" + ok) == 1)
        #expect(
            metrics.value(#"needletail_inference_requests_total{model="",task="score",outcome="noModel"}"#) == 1)
        #expect(metrics.value(#"needletail_inference_texts_total{model="bert-cross"}"#) == 3)
        #expect(metrics.value(#"needletail_inference_truncated_texts_total{model="bert-cross"}"#) == 1)
        #expect(
            metrics.value(#"needletail_inference_tokens_total{model="bert-cross"}"#) == Double(scored.timing.tokenCount)
        )
        for part in ["duration", "queue", "tokenization", "compute"] {
            #expect(metrics.value("needletail_inference_\(part)_seconds_count{model=\"bert-cross\"}") == 1)
        }
        #expect(metrics.value(#"needletail_model_state{model="bert-dense",state="ready"}"#) == 1)
        #expect(metrics.value(#"needletail_model_state{model="bert-dense",state="loading"}"#) == 0)
        #expect(metrics.value("needletail_inference_waiting_requests") == 0)
        #expect(metrics.value("needletail_inference_waiting_tokens") == 0)
        #expect(metrics.value(#"te_request_count{method="single"}"#) == 3)
        #expect(metrics.value(#"te_request_count{method="batch"}"#) == 1)
        #expect(metrics.value(#"te_request_success{method="single"}"#) == 1)
        #expect(metrics.value(#"te_request_failure{err="validation"}"#) == 2)
        #expect(metrics.value("te_embed_success") == 1)
        #expect(metrics.value("te_predict_success") == 3)
        #expect(metrics.value("te_request_input_length_count") == 4)
        #expect(
            metrics.value("te_batch_next_tokens_sum") == Double(scored.timing.tokenCount + embedded.timing.tokenCount))
        #expect(metrics.value("te_queue_size") == 0)
    }

    @Test("The list of series is complete")
    func definitions() async throws {
        let metrics = MetricRegistry()
        let engine = try await TestModel.engine("bert-cross", "bert-dense", metrics: metrics)
        _ = try await engine.score(ScoreRequest(query: "a", texts: ["b"]))
        _ = try await engine.embed(EmbedRequest(inputs: [.text("a")]))
        _ = await inferenceError { _ = try await engine.score(ScoreRequest(inputs: [])) }
        let names = Set(InferenceMetrics.all.map(\.name))
        #expect(names.count == InferenceMetrics.all.count)
        #expect(Set(metrics.definitions.map(\.name)) == names)
        #expect(
            InferenceMetrics.all.allSatisfy {
                $0.kind != .counter || $0.name.hasSuffix("_total") || $0.name.hasPrefix("te_")
            })
    }

    @Test("The parts of a request's time sum up to no more than all of it")
    func timing() async throws {
        let engine = try await TestModel.engine("bert-cross")
        let request = ScoreRequest(query: "é\u{1F600}", texts: (0..<50).map { "text \($0)" })
        let timing = try await engine.score(request).timing
        #expect(timing.tokenization > .zero && timing.inference > .zero && timing.queue >= .zero)
        #expect(timing.tokenization + timing.queue + timing.inference <= timing.total)
        #expect(timing.characterCount == 50 * 2 + (0..<50).reduce(0) { $0 + "text \($1)".count })
    }
}
