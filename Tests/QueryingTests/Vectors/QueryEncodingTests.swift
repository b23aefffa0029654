import JSON
import Querying
import Synchronization
import TestSupport
import Testing

/// Texts of queries become vectors before a search is planned.
struct QueryEncodingTests {
    /// An encoder that remembers what it was asked.
    final class Recorder: QueryEncoding {
        let calls = Mutex<[String]>([])

        func denseVectors(of texts: [String], model: String) async throws -> [[Float]] {
            calls.withLock { $0.append("\(model): \(texts.joined(separator: ","))") }
            guard model.hasPrefix("dense") else { throw SearchError.unknownModel(model) }
            return texts.map { text in (0..<RandomVectors.dimension).map { Float(text.utf8.count + $0) } }
        }

        func sparseVectors(of texts: [String], by encoder: SparseQueryEncoder) async throws -> [[WeightedToken]] {
            calls.withLock { $0.append("\(encoder): \(texts.joined(separator: ","))") }
            return texts.map { text in [WeightedToken(token: "t\(text.utf8.count)", weight: 2)] }
        }
    }

    static let random: Result<RandomVectors, any Error> = Result { try RandomVectors(count: 60, seed: 7) }

    static func search(_ body: String, _ encoder: (any QueryEncoding)?) async throws -> SearchResponse {
        let index = try random.get().index
        let request = try SearchRequest.parse(Array(body.utf8))
        var context = TestIndex.context
        context.encodings = try await QueryEncodings(
            of: request.queries, mappings: [index.mapping], by: encoder)
        return try Search.run(request, over: [index], context: context)
    }

    @Test("Each model is asked once, with all different texts of the request")
    func batches() async throws {
        let recorder = Recorder()
        let neural = { (text: String, model: String) in
            #"{"neural":{"v":{"query_text":"\#(text)","model_id":"\#(model)","k":3}}}"#
        }
        let found = try await Self.search(
            #"{"query":{"hybrid":{"queries":[\#(neural("a", "dense1")),{"bool":{"should":[\#(neural("bb", "dense1")),\#(neural("a", "dense2"))]}},"#
                + #"{"neural_sparse":{"f":{"query_text":"ccc","model_id":"s"}}}]}},"post_filter":\#(neural("a", "dense1")),"#
                + #""aggs":{"x":{"filter":\#(neural("dddd", "dense1"))}}}"#, recorder)
        #expect(
            recorder.calls.withLock { $0 } == [
                "dense1: a,bb,dddd", "dense2: a", "\(SparseQueryEncoder.model("s")): ccc",
            ])
        #expect(found.hits.hits.count == 3)
    }

    @Test("A text finds what its vector finds, or its tokens where the field has features")
    func equalsVector() async throws {
        let recorder = Recorder()
        let text = try await Self.search(
            #"{"query":{"neural":{"v":{"query_text":"abc","model_id":"dense","k":4,"filter":{"term":{"tag":"a"}}}}}}"#,
            recorder
        ).hits.hits
        let vector = try await Self.search(
            #"{"query":{"knn":{"v":{"vector":[3,4,5,6,7,8],"k":4,"filter":{"term":{"tag":"a"}}}}}}"#, nil
        ).hits.hits
        #expect(text.map(\.id) == vector.map(\.id) && text.map(\.score) == vector.map(\.score))
        #expect(!text.isEmpty)
        let tokens = try await Self.search(#"{"query":{"neural":{"f":{"query_text":"abc","model_id":"s"}}}}"#, recorder)
        let given = try await Self.search(#"{"query":{"neural_sparse":{"f":{"query_tokens":{"t3":2}}}}}"#, nil)
        #expect(tokens.hits.hits.map(\.id) == given.hits.hits.map(\.id))
        #expect(tokens.hits.hits.map(\.score) == given.hits.hits.map(\.score))
        #expect(!given.hits.hits.isEmpty)
    }

    @Test("A model that is not there is told with 404, a missing one with what to do")
    func missing() async throws {
        let body = #"{"query":{"neural":{"v":{"query_text":"abc","model_id":"nope","k":4}}}}"#
        for encoder: (any QueryEncoding)? in [Recorder(), nil] {
            let error = await #expect(throws: SearchError.self) { _ = try await Self.search(body, encoder) }
            #expect(error?.status == 404)
            #expect(error?.reason == "Failed to find model with the provided model id: nope")
        }
        let none = await #expect(throws: SearchError.self) {
            _ = try await Self.search(#"{"query":{"neural":{"v":{"query_text":"abc"}}}}"#, nil)
        }
        #expect(none?.reason.contains("neural_query_enricher") == true)
        let analyzer = await #expect(throws: SearchError.self) {
            _ = try await Self.search(#"{"query":{"neural_sparse":{"f":{"query_text":"abc"}}}}"#, nil)
        }
        #expect(analyzer?.reason.hasPrefix("Analyzer [bert-uncased] not found in shard context.") == true)
        let empty = await #expect(throws: SearchError.self) {
            _ = try await Self.search(#"{"query":{"neural":{"v":{"query_text":" ","model_id":"dense"}}}}"#, nil)
        }
        #expect(empty?.reason == "Either query text or image text must be provided for neural query")
    }
}
