import HTTPTypes
import JSON
import Testing

/// Searches that are reranked, over the API, with models that need no weights.
struct RerankEndpointTests {
    let node: TestNode
    /// What each document scores when it is reranked, by its place in the first stage.
    static let scores = [3, -1, 7, 0, 9, -4, 5, 2, 8, -6, 1, 6]

    init() async throws {
        node = try TestNode(encoder: NumberModels(), scorer: NumberModels())
        let mapping =
            #"{"settings":{"index.knn":true},"mappings":{"properties":{"v":{"type":"knn_vector","dimension":2,"space_type":"l2"},"s":{"type":"rank_features"}}}}"#
        #expect(try await node.status(.put, "/docs", mapping) == 200)
        var bulk = ""
        for (place, score) in Self.scores.enumerated() {
            bulk += #"{"index":{"_id":"\#(place)"}}"# + "\n"
            bulk +=
                #"{"text":"\#(score) text","rank":\#(100 - place),"v":[\#(place),0],"s":{"w\#(place % 3)":\#(place + 1)}}"#
                + "\n"
        }
        #expect(try await node.status(.post, "/docs/_bulk?refresh=true", bulk) == 200)
        #expect(try await node.status(.put, "/_search/pipeline/r", Self.pipeline()) == 200)
    }

    static func pipeline(_ options: String = "") -> String {
        #"{"response_processors":[{"rerank":{"ml_opensearch":{"model_id":"fake"\#(options)},"context":{"document_fields":["text"]}}}]}"#
    }

    /// A search whose first stage finds the documents in the order of their places.
    static func body(_ more: String = "", ext: String = "") -> String {
        #"{"query":{"function_score":{"query":{"match_all":{}},"field_value_factor":{"field":"rank"}}},"ext":{"rerank":{"query_context":{"query_text":"q"}\#(ext)}}\#(more)}"#
    }

    private func ids(_ answer: TestNode.Answer) -> [Int] {
        answer["hits/hits"].array?.compactMap { $0["_id"]?.string.flatMap { Int($0) } } ?? []
    }

    /// What a page is: the first hits of the first stage by their new scores, the others behind them.
    static func expected(window: Int?, from: Int, size: Int) -> [Int] {
        if let window {
            let count = min(window, scores.count)
            let order = (0..<count).sorted { scores[$0] > scores[$1] } + Array(count..<scores.count)
            return Array(order.dropFirst(from).prefix(size))
        }
        return Array(scores.indices.dropFirst(from).prefix(size)).sorted { scores[$0] > scores[$1] }
    }

    @Test("Hits of the page are reranked; the count stays, and without a pipeline nothing changes")
    func pages() async throws {
        let found = try await node.ask(.post, "/docs/_search?search_pipeline=r", Self.body(#","size":5"#))
        #expect(ids(found) == Self.expected(window: nil, from: 0, size: 5))
        #expect(found["hits/max_score"] == 9 && found["hits/hits/0/_score"] == 9)
        #expect(found["hits/hits/4/_score"] == -1)
        #expect(found["hits/total/value"] == 12 && found["ext"] == .null)
        let plain = try await node.ask(.post, "/docs/_search", Self.body(#","size":5"#))
        #expect(ids(plain) == [0, 1, 2, 3, 4])
        let none = try await node.ask(
            .post, "/docs/_search?search_pipeline=r", Self.body().replacing("match_all", with: "match_none"))
        #expect(none.status == 200 && none["hits/total/value"] == 0 && none["hits/max_score"] == .null)
    }

    @Test("Every page of a window is as if all were cut from one list", arguments: [1, 3, 5, 8, 12, 30])
    func windows(_ window: Int) async throws {
        for size in [1, 2, 5, 12] {
            var all: [Int] = []
            for from in stride(from: 0, to: 12, by: size) {
                let body = Self.body(#","from":\#(from),"size":\#(size)"#, ext: #","window_size":\#(window)"#)
                let found = try await node.ask(.post, "/docs/_search?search_pipeline=r", body)
                #expect(ids(found) == Self.expected(window: window, from: from, size: size))
                #expect(found["hits/max_score"].int == Self.scores.prefix(window).max())
                all += ids(found)
            }
            #expect(all.sorted() == Array(0..<12))
        }
    }

    @Test("A window goes with a point in time, oversampling and sizes of 0, and not beyond the result window")
    func windowCorners() async throws {
        let point = try await node.ask(.post, "/docs/_search/point_in_time?keep_alive=1m")
        let id = point["pit_id"].string ?? ""
        let paged = try await node.ask(
            .post, "/_search?search_pipeline=r",
            Self.body(#","from":2,"size":3,"pit":{"id":"\#(id)"}"#, ext: #","window_size":12"#))
        #expect(ids(paged) == Self.expected(window: 12, from: 2, size: 3))
        let sampled =
            #"{"request_processors":[{"oversample":{"sample_factor":2}}],"response_processors":[{"rerank":{"ml_opensearch":{"model_id":"fake"},"context":{"document_fields":["text"]}}},{"truncate_hits":{}}]}"#
        let cut = try await node.ask(.post, "/docs/_search", Self.body(#","size":3,"search_pipeline":\#(sampled)"#))
        #expect(ids(cut) == Array(Self.expected(window: nil, from: 0, size: 6).prefix(3)))
        let empty = try await node.ask(
            .post, "/docs/_search?search_pipeline=r", Self.body(#","size":0"#, ext: #","window_size":5"#))
        #expect(empty.status == 200 && ids(empty).isEmpty && empty["hits/total/value"] == 12)
        let far = try await node.ask(
            .post, "/docs/_search?search_pipeline=r", Self.body(ext: #","window_size":10001"#))
        #expect(far.status == 400 && far.text.contains("Result window is too large"))
    }

    @Test("A scroll goes through all hits, each page reranked by itself")
    func scrolls() async throws {
        let first = try await node.ask(
            .post, "/docs/_search?search_pipeline=r&scroll=1m", Self.body(#","size":5"#, ext: #","window_size":9"#))
        var pages = [ids(first)]
        let id = first["_scroll_id"].string ?? ""
        for _ in 0..<3 {
            pages.append(ids(try await node.ask(.post, "/_search/scroll", #"{"scroll_id":"\#(id)","scroll":"1m"}"#)))
        }
        let expected = [0, 5, 10].map { Self.expected(window: nil, from: $0, size: 5) } + [[]]
        #expect(pages == expected)
    }

    @Test("Several searches in one request, the default pipeline of an index, and none of it where that is said")
    func choices() async throws {
        let lines =
            #"{"index":"docs"}"# + "\n" + Self.body(#","size":4,"search_pipeline":"r""#) + "\n" + #"{"index":"docs"}"#
            + "\n" + Self.body(#","size":4"#) + "\n" + #"{"index":"docs"}"# + "\n"
            + #"{"query":{"match_all":{}},"search_pipeline":"r"}"# + "\n"
        let several = try await node.ask(.post, "/_msearch", lines)
        #expect(several["responses/0/hits/hits"].array?.compactMap { $0["_id"]?.string } == ["2", "0", "3", "1"])
        #expect(several["responses/1/hits/hits/0/_id"] == "0")
        #expect(several["responses/2/status"] == 400)
        #expect(several["responses/2/error/reason"].string?.hasPrefix("must specify query_context") == true)
        #expect(try await node.status(.put, "/docs/_settings", #"{"index.search.default_pipeline":"r"}"#) == 200)
        #expect(
            ids(try await node.ask(.post, "/docs/_search", Self.body(#","size":2"#, ext: #","window_size":12"#))) == [
                4, 8,
            ])
        #expect(
            ids(try await node.ask(.post, "/docs/_search?search_pipeline=_none", Self.body(#","size":2"#))) == [0, 1])
        let twice = try await node.ask(
            .post, "/docs/_search?search_pipeline=r", Self.body(#","search_pipeline":\#(Self.pipeline())"#))
        #expect(
            twice["error/reason"]
                == "Both named and inline search pipeline were specified. Please only specify one or the other.")
    }

    @Test("An unknown model fails the search as OpenSearch says it, and is shown with verbose_pipeline")
    func faults() async throws {
        let unknown = Self.pipeline().replacing("fake", with: "gone")
        let failed = try await node.ask(.post, "/docs/_search", Self.body(#","search_pipeline":\#(unknown)"#))
        #expect(failed.status == 404 && failed["error/type"] == "status_exception")
        #expect(failed["error/reason"] == "Failed to find model with the provided model id: gone")
        let lenient = unknown.replacing(#""context":"#, with: #""tag":"t","ignore_failure":true,"context":"#)
        let shown = try await node.ask(
            .post, "/docs/_search?verbose_pipeline=true", Self.body(#","size":1,"search_pipeline":\#(lenient)"#))
        #expect(shown.status == 200 && ids(shown) == [0])
        #expect(shown["processor_results/0/status"] == "fail" && shown["processor_results/0/tag"] == "t")
        #expect(
            shown["processor_results/0/error"] == "Failed to find model with the provided model id: gone")
    }

    @Test("How many fields a passage may have is a setting of the cluster")
    func fieldLimit() async throws {
        let three = Self.pipeline().replacing(#"["text"]"#, with: #"["a","b","c"]"#)
        #expect(try await node.status(.put, "/_search/pipeline/three", three) == 200)
        let setting = #"{"transient":{"plugins.neural_search.reranker_max_document_fields":2}}"#
        #expect(try await node.status(.put, "/_cluster/settings", setting) == 200)
        let refused = try await node.ask(.put, "/_search/pipeline/again", three)
        #expect(refused.status == 400)
        #expect(
            refused["error/reason"]
                == "document_fields must not contain more than 2 fields. Configure by setting plugins.neural_search.reranker_max_document_fields"
        )
    }

    @Test("A time budget that is over is told under ext; a search that is cancelled by its interval fails")
    func time() async throws {
        let slow = #"{"index":{"_id":"slow"}}"# + "\n" + #"{"text":"slow","rank":1000}"# + "\n"
        #expect(try await node.status(.post, "/docs/_bulk?refresh=true", slow) == 200)
        let cut = try await node.ask(
            .post, "/docs/_search?search_pipeline=r", Self.body(#","size":3"#, ext: #","timeout":"30ms""#))
        #expect(cut["ext/rerank"] == ["timed_out": true, "scored": 0, "candidates": 3])
        #expect(cut["hits/hits/0/_id"] == "slow")
        let cancelled = try await node.ask(
            .post, "/docs/_search?search_pipeline=r&cancel_after_time_interval=50ms", Self.body(#","size":3"#))
        #expect(cancelled.status == 400 && cancelled["error/type"] == "task_cancelled_exception")
    }

    @Test("Sparse and dense queries, their union reranked, and the best five, in one request")
    func hybrid() async throws {
        let pipeline =
            #"{"phase_results_processors":[{"normalization-processor":{"combination":{"technique":"arithmetic_mean"}}}],"response_processors":[{"rerank":{"ml_opensearch":{"model_id":"fake","window_size":12,"explain":true},"context":{"document_fields":["text"]}}}]}"#
        let body =
            #"{"size":5,"query":{"hybrid":{"queries":[{"neural_sparse":{"s":{"query_text":"w0","model_id":"sparse"}}},{"neural":{"v":{"query_text":"4 0","model_id":"dense","k":3}}}]}},"ext":{"rerank":{"query_context":{"query_text_path":"query.hybrid.queries.0.neural_sparse.s.query_text"}}},"search_pipeline":\#(pipeline)}"#
        let found = try await node.ask(.post, "/docs/_search", body)
        // The sparse query finds 0, 3, 6, 9, the dense one 3, 4, 5.
        let union = [0, 3, 6, 9, 4, 5].sorted { Self.scores[$0] > Self.scores[$1] }
        #expect(ids(found) == Array(union.prefix(5)))
        #expect(found["hits/total/value"] == 6)
        #expect(found["hits/hits/0/_rerank/previous_score"].double.map { 0...1 ~= $0 } == true)
    }

    @Test("A script changes the page, whether parameters or the body name it")
    func script() async throws {
        let pipeline =
            #"{"request_processors":[{"script":{"source":"if (ctx._source.size > 3) { ctx._source.size = 3; ctx._source.from = ctx._source.from + 1 }"}}]}"#
        #expect(try await node.status(.put, "/_search/pipeline/s", pipeline) == 200)
        let body = Self.body(#","from":1,"size":5"#)
        #expect(ids(try await node.ask(.post, "/docs/_search?search_pipeline=s", body)) == [2, 3, 4])
        #expect(ids(try await node.ask(.post, "/docs/_search?search_pipeline=s&size=2", body)) == [1, 2])
        #expect(ids(try await node.ask(.post, "/docs/_search?search_pipeline=s&from=4", body)) == [5, 6, 7])
    }

    /// What the one node says.
    private func ofNode(_ target: String) async throws -> JSONValue {
        let nodes = try await node.ask(.get, target).json["nodes"]?.object ?? [:]
        return nodes.keys.first.flatMap { nodes[$0] } ?? .null
    }

    @Test("The node tells how often pipelines ran, and which processors there are")
    func statistics() async throws {
        _ = try await node.ask(.post, "/docs/_search?search_pipeline=r", Self.body())
        _ = try await node.ask(.post, "/docs/_search?search_pipeline=r", "{}")
        let stats = try await ofNode("/_nodes/stats/search_pipeline")
        let own = stats["search_pipeline"]?["pipelines"]?["r"]
        #expect(own?["response"]?["count"] == 2 && own?["response"]?["failed"] == 1)
        #expect(own?["response_processors"]?[0]?["rerank"]?["type"] == "rerank")
        #expect(own?["request"]?["count"] == 0 && own?["request_processors"] == [])
        #expect(stats["search_pipeline"]?["total_response"]?["count"] == 2 && stats["indices"] == nil)
        #expect(try await node.status(.delete, "/_search/pipeline/r") == 200)
        #expect(try await node.status(.put, "/_search/pipeline/r", Self.pipeline()) == 200)
        let again = try await ofNode("/_nodes/stats")
        #expect(again["search_pipeline"]?["pipelines"]?["r"]?["response"]?["count"] == 0)
        let known = try await ofNode("/_nodes/search_pipelines")
        #expect(
            known["search_pipelines"]?["response_processors"]?.array?.contains(["type": "rerank"]) == true)
    }
}
