import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Predictions by both paths: the envelopes and tensors of OpenSearch, and its errors.
@Suite struct PredictTests {
    @Test func pairsAreScored() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            // `text_query` is what guides write; OpenSearch itself wants `query_text`.
            for (path, name) in [
                ("/models/\(id)/_predict", "query_text"), ("/_predict/text_similarity/\(id)", "query_text"),
                ("/_predict/TEXT_SIMILARITY/\(id)/", "query_text"), ("/models/\(id)/_predict", "text_query"),
            ] {
                var body: JSONObject = ["text_docs": ["a cat", "a dog"], "unknown": [1, [2]]]
                body[name] = "cat"
                let answer = try await place.call(.post, path, .object(body))
                #expect(answer.status == 200)
                let results = try #require(answer["inference_results"]?.array)
                #expect(results.count == 2)
                #expect(
                    results[0] == [
                        "output": [
                            [
                                "name": "similarity", "data_type": "FLOAT32", "shape": [1], "data": [10.223609],
                                "byte_buffer": ["array": "55MjQQ==", "order": "LITTLE_ENDIAN"],
                            ]
                        ]
                    ])
                #expect(results[1]["output"]?[0]?["data"] == [-6.077798])
            }
        }
    }

    @Test func textsAreEmbedded() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed(FakeSupply.embedding)
            func output(_ body: JSONValue) async throws -> [JSONValue] {
                let answer = try await place.call(.post, "/_predict/text_embedding/\(id)", body)
                #expect(answer.status == 200, "\(answer.reason ?? "")")
                return answer["inference_results"]?[0]?["output"]?.array ?? []
            }
            // Everything that the graph gives, in its order.
            let all = try await output(["text_docs": ["ab"]])
            #expect(
                all == [
                    ["name": "input_ids", "data_type": "INT64", "shape": [3], "data": [101, 2, 102]],
                    ["name": "attention_mask", "data_type": "INT64", "shape": [3], "data": [1, 1, 1]],
                    [
                        "name": "token_embeddings", "data_type": "FLOAT32", "shape": [3, 2],
                        "data": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
                    ],
                    ["name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2], "data": [2.0, 0.1]],
                ])
            let one: JSONValue = [
                "name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2], "data": [2.0, 0.1],
            ]
            #expect(
                try await output([
                    "text_docs": ["ab"], "return_number": true, "target_response": ["sentence_embedding"],
                ])
                    == [one])
            #expect(try await output(["text_docs": ["ab"], "target_response_positions": [3]]) == [one])
            #expect(try await output(["text_docs": ["ab"], "target_response": ["nothing"]]) == [])
            let bytes = try await output([
                "text_docs": ["ab"], "return_bytes": true, "return_number": false, "target_response_positions": [0, 3],
            ])
            #expect(
                bytes == [
                    [
                        "name": "input_ids", "data_type": "INT64", "shape": [3],
                        "byte_buffer": [
                            "array": "ZQAAAAAAAAACAAAAAAAAAGYAAAAAAAAA", "order": "LITTLE_ENDIAN",
                        ],
                    ],
                    [
                        "name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2],
                        "byte_buffer": ["array": "AAAAQM3MzD0=", "order": "LITTLE_ENDIAN"],
                    ],
                ])
        }
    }

    @Test func graphsThatPoolOutsideGiveOneTensor() async throws {
        try await Workplace.with { place in
            let id = try await place.register(FakeSupply.embedding)
            try await place.call(
                .put, "/models/\(id)", ["model_config": ["framework_type": "huggingface_transformers"]])
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            let answer = try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["ab", "c"]])
            let results = try #require(answer["inference_results"]?.array)
            #expect(results.map { $0["output"]?.array?.count } == [1, 1])
            #expect(results[0]["output"]?[0]?["name"] == "sentence_embedding")
        }
    }

    @Test func textsAreExpanded() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed(FakeSupply.sparse)
            let answer = try await place.call(
                .post, "/_predict/sparse_encoding/\(id)", ["text_docs": ["hello ##world", "x"]])
            #expect(
                answer["inference_results"] == [
                    ["output": [["name": "output", "dataAsMap": ["response": [["hello": 0.1, "##world": 0.1]]]]]],
                    ["output": [["name": "output", "dataAsMap": ["response": [["x": 0.1]]]]]],
                ])
            for (format, key) in [("word", "x"), ("lexical", "x"), ("TOKEN_ID", "1000")] {
                let answer = try await place.call(
                    .post, "/models/\(id)/_predict",
                    ["text_docs": ["x"], "parameters": ["sparse_embedding_format": .string(format)]])
                let weights = answer["inference_results"]?[0]?["output"]?[0]?["dataAsMap"]?["response"]?[0]
                #expect(weights?.object?.keys == [key] && weights?[key] == 0.1)
            }
            let wrong = try await place.call(
                .post, "/models/\(id)/_predict", ["text_docs": ["x"], "parameters": ["sparse_embedding_format": "a"]])
            #expect(wrong.status == 400)
            let tokenizer = try await place.deployed(FakeSupply.tokenizer)
            let query = try await place.call(.post, "/_predict/sparse_tokenize/\(tokenizer)", ["text_docs": ["x"]])
            #expect(
                query["inference_results"] == [["output": [["dataAsMap": ["response": [["x": 2.5]]]]]]])
        }
    }

    @Test func asymmetricModelsWantToKnow() async throws {
        try await Workplace.with { place in
            let plain = try await place.deployed(FakeSupply.embedding)
            let body: JSONValue = ["text_docs": ["ab"], "target_response": ["sentence_embedding"]]
            func typed(_ type: String) -> JSONValue {
                var object = body.object ?? [:]
                object["parameters"] = ["content_type": .string(type)]
                return .object(object)
            }
            let refused = try await place.call(.post, "/models/\(plain)/_predict", typed("query"))
            #expect(
                refused.reason
                    == "When passing AsymmetricTextEmbeddingParameters, the model requires to be registered with at least one of `query_prefix` or `passage_prefix`."
            )
            try await place.call(.post, "/models/\(plain)/_undeploy")
            try await place.call(
                .put, "/models/\(plain)", ["model_config": ["query_prefix": "query: ", "passage_prefix": "p: "]])
            try await place.call(.post, "/models/\(plain)/_deploy")
            await place.commons.settle()
            let missing = try await place.call(.post, "/models/\(plain)/_predict", body)
            #expect(missing.status == 400)
            #expect(
                missing.reason
                    == "The embedding model chosen is asymmetric. To use it, you must declare whether the input is of type `QUERY` or of type `PASSAGE`."
            )
            for (type, length) in [("query", 9.0), ("PASSAGE", 5.0)] {
                let answer = try await place.call(.post, "/models/\(plain)/_predict", typed(type))
                #expect(answer["inference_results"]?[0]?["output"]?[0]?["data"]?[0]?.double == length)
            }
            #expect(try await place.call(.post, "/models/\(plain)/_predict", typed("other")).status == 400)
            #expect(try await place.commons.embeddings(of: ["ab"], model: plain, asQueries: true) == [[9, 0.1]])
            #expect(try await place.commons.embeddings(of: ["ab"], model: plain, asQueries: false) == [[5, 0.1]])
        }
    }

    @Test func whatCannotBePredictedSaysWhy() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            let pair: JSONValue = ["query_text": "a", "text_docs": ["b"]]
            let cases: [(String, JSONValue?, Int, String)] = [
                ("/models/\(id)/_predict", pair, 400, "Model not ready yet. Please deploy the model first."),
                ("/models/nobody/_predict", pair, 404, "Failed to find model with the provided model id: nobody"),
                (
                    "/_predict/text_similarity/nobody", pair, 404,
                    "Failed to find model with the provided model id: nobody"
                ),
                ("/_predict/guess/\(id)", pair, 400, "Wrong function name"),
                ("/models/\(id)/_predict", ["text_docs": ["b"]], 400, "No query text was provided"),
                ("/models/\(id)/_predict", ["query_text": "b"], 400, "No text documents were provided"),
                (
                    "/models/\(id)/_predict", ["query_text": "b", "text_docs": []], 400,
                    "No text documents were provided"
                ),
                ("/_predict/text_embedding/\(id)", ["text_docs": []], 400, "empty docs"),
                ("/models/\(id)/_predict", nil, 400, "request body is required"),
            ]
            for (path, body, status, reason) in cases {
                let answer = try await place.call(.post, path, body)
                #expect(answer.status == status && answer.reason == reason, "\(path): \(answer.reason ?? "")")
            }
            let other = try await place.call(.post, "/_predict/text_embedding/\(id)", ["text_docs": ["a"]])
            #expect(other.status == 400 && other.reason?.contains("is of function TEXT_SIMILARITY") == true)
            let far = try await place.call(.post, "/_predict/kmeans/\(id)", [:])
            #expect(far.status == 400 && far.reason?.hasPrefix("KMEANS is not supported") == true)
            try await place.call(.put, "/models/\(id)", ["is_enabled": false])
            let disabled = try await place.call(.post, "/models/\(id)/_predict", pair)
            #expect(disabled.status == 403 && disabled.reason == "Model is disabled.")
        }
    }

    @Test func hostsFaultsKeepTheirStatus() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            for (status, type) in [
                (400, "illegal_argument_exception"), (429, "rejected_execution_exception"), (500, "m_l_exception"),
            ] {
                place.host.fail(ModelHostError(status, "because"))
                let answer = try await place.call(
                    .post, "/models/\(id)/_predict", ["query_text": "a", "text_docs": ["b"]])
                #expect(answer.status == status && answer.type == type && answer.reason == "because")
            }
        }
    }

    @Test func ratesAreLimited() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            try await place.call(.put, "/models/\(id)", ["rate_limiter": ["limit": 2, "unit": "MINUTES"]])
            let pair: JSONValue = ["query_text": "a", "text_docs": ["b"]]
            func status() async throws -> Int { try await place.call(.post, "/models/\(id)/_predict", pair).status }
            #expect(try await [status(), status(), status()] == [200, 200, 429])
            place.clock.advance(milliseconds: 30_000)
            #expect(try await [status(), status()] == [200, 429])
        }
    }

    @Test func pipelinesAskWithoutBodies() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            let sparse = try await place.deployed(FakeSupply.sparse)
            #expect(
                try await place.commons.scores(of: ["a cat", "b"], for: "cat", model: id) == [10.223609, -6.077798])
            #expect(
                try await place.commons.sparseVectors(of: ["x"], model: sparse) == [
                    [TokenWeight(token: "x", id: 1000, weight: 0.1)]
                ])
            #expect(place.commons.function(ofModel: id) == .textSimilarity)
            #expect(place.commons.function(ofModel: "nobody") == nil)
            await #expect(throws: MLError.self) { try await place.commons.scores(of: ["a"], for: "b", model: sparse) }
        }
    }
}
