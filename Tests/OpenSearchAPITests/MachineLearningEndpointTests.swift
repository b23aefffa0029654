import HTTPTypes
import JSON
import MLCommons
import Testing

/// The paths of ML Commons as clients reach them; what the operations do is tested where they are.
@Suite("Endpoints of ML Commons")
struct MachineLearningEndpointTests {
    @Test("settings of ML Commons are known by name, nested or with dots, and have defaults")
    func settings() async throws {
        let node = try TestNode()
        let answer = try await node.ask(
            .put, "/_cluster/settings",
            """
            {"persistent": {"plugins": {"ml_commons": {"allow_registering_model_via_url": "true", \
            "only_run_on_ml_node": "false", "model_access_control_enabled": "true", "native_memory_threshold": "99"}}}}
            """)
        try #require(answer.status == 200)
        #expect(answer["persistent/plugins/ml_commons/native_memory_threshold"].string == "99")
        let wrong = try await node.ask(
            .put, "/_cluster/settings", #"{"persistent": {"plugins.ml_commons.native_memory_threshold": 101}}"#)
        #expect(wrong.status == 400)
        #expect(wrong["error/reason"].string?.contains("must be <= 100") == true)
        let all = try await node.ask(.get, "/_cluster/settings?include_defaults=true&flat_settings=true")
        let defaults = all["defaults"]
        #expect(defaults["plugins.ml_commons.max_model_on_node"]?.string == "10")
        #expect(defaults["plugins.ml_commons.native_memory_threshold"] == nil)
    }

    @Test("errors of ML Commons come in OpenSearch's envelope")
    func errors() async throws {
        let node = try TestNode()
        let task = try await node.ask(.get, "/_plugins/_ml/tasks/none")
        #expect(task.status == 404)
        #expect(task["error/type"].string == "status_exception")
        #expect(task["error/reason"].string == "Failed to find task")
        #expect(task["error/root_cause/0/reason"].string == "Failed to find task")
        #expect(task["status"].int == 404)
        let broken = try await node.ask(.post, "/_plugins/_ml/model_groups/_register", "{")
        #expect(broken.status == 400)
        #expect(broken["error/type"].string == "parsing_exception")
        let empty = try await node.ask(.post, "/_plugins/_ml/model_groups/_register")
        #expect(empty.status == 400)
        #expect(try await node.status(.get, "/_plugins/_ml/tasks/none?wrong=1") == 400)
    }

    @Test("a model is registered, deployed, asked on both paths, undeployed and deleted")
    func life() async throws {
        let node = try TestNode()
        let id = try await node.model("bert-cross", "TEXT_SIMILARITY")
        #expect(try await node.ask(.get, "/_plugins/_ml/models/\(id)")["model_state"].string == "DEPLOYED")
        let body = #"{"query_text": "small model", "text_docs": ["a small model", "nothing"]}"#
        for path in ["/models/\(id)/_predict", "/_predict/text_similarity/\(id)", "/models/\(id)/_predict/"] {
            let answer = try await node.ask(.post, "/_plugins/_ml\(path)", body)
            #expect(answer.status == 200, "\(path)")
            #expect(answer["inference_results/0/output/0/data/0"].double == 1.5)
            #expect(answer["inference_results/1/output/0/data/0"].double == -0.5)
        }
        let alias = try await node.ask(
            .post, "/_plugins/_ml/models/\(id)/_predict", #"{"text_query": "small", "text_docs": ["small"]}"#)
        #expect(alias["inference_results/0/output/0/data/0"].double == 0.5)
        let filtered = try await node.ask(
            .post, "/_plugins/_ml/models/\(id)/_predict?filter_path=inference_results.output.data&pretty", body)
        #expect(filtered["inference_results/0/output/0/data/0"].double == 1.5)
        #expect(filtered["inference_results/0/output/0/name"].isNull)
        #expect(try await node.status(.delete, "/_plugins/_ml/models/\(id)") == 400)
        #expect(try await node.status(.post, "/_plugins/_ml/models/\(id)/_unload") == 200)
        let late = try await node.ask(.post, "/_plugins/_ml/models/\(id)/_predict", body)
        #expect(late.status == 400)
        #expect(late["error/reason"].string == "Model not ready yet. Please deploy the model first.")
        #expect(try await node.status(.delete, "/_plugins/_ml/models/\(id)") == 200)
        #expect(try await node.status(.get, "/_plugins/_ml/models/\(id)") == 404)
    }

    @Test("names from earlier versions are still answered")
    func oldNames() async throws {
        let node = try TestNode()
        let id = try await node.model("bert-cross", "TEXT_SIMILARITY", deploys: false)
        #expect(try await node.status(.post, "/_plugins/_ml/models/\(id)/_load") == 200)
        await node.machineLearning.settle()
        #expect(
            try await node.status(.post, "/_plugins/_ml/models/_unload", #"{"model_ids": ["\#(id)"]}"#) == 200)
        let upload = try await node.ask(
            .post, "/_plugins/_ml/models/_upload",
            #"{"name": "nobody/has/this", "version": "1", "model_format": "ONNX"}"#)
        await node.machineLearning.settle()
        let task = try await node.ask(.get, "/_plugins/_ml/tasks/\(upload["task_id"].string ?? "")")
        #expect(task["state"].string == "FAILED")
        #expect(
            task["error"].string == "This model is not in the pre-trained model list, please check your parameters.")
    }

    @Test("chunks are bytes of whatever type", arguments: ["upload_chunk", "chunk"])
    func chunks(_ word: String) async throws {
        let node = try TestNode()
        _ = try await node.model("bert-cross", "TEXT_SIMILARITY", deploys: false)
        let meta = try await node.ask(
            .post, "/_plugins/_ml/models/meta",
            """
            {"name": "mine", "version": "1", "model_format": "TORCH_SCRIPT", "function_name": "TEXT_EMBEDDING", \
            "total_chunks": 2, "model_content_hash_value": "00", \
            "model_config": {"model_type": "bert", "embedding_dimension": 2, "framework_type": "sentence_transformers"}}
            """)
        let id = try #require(meta["model_id"].string)
        let path = "/_plugins/_ml/models/\(id)/\(word)/"
        // Without a type, with one of bytes, and with one of a document whose bytes are none.
        #expect(try await node.ask(.post, path + "0", "{", type: nil)["status"].string == "Uploaded")
        #expect(try await node.ask(.post, path + "0", "{", type: "application/octet-stream").status == 200)
        #expect(try await node.ask(.post, path + "1", "{", type: "application/json").status == 200)
        #expect(try await node.status(.post, path + "0?source=x") == 400)
        #expect(try await node.ask(.get, "/_plugins/_ml/models/\(id)")["model_state"].string == "REGISTERED")
        // Elsewhere a body needs the type of a document.
        #expect(try await node.ask(.post, "/_plugins/_ml/models/meta", "{", type: "text/plain").status == 406)
    }

    @Test("searches, statistics and profiles are reached by both methods and all their paths")
    func others() async throws {
        let node = try TestNode()
        let id = try await node.model("bert-cross", "TEXT_SIMILARITY")
        for kind in ["models", "model_groups", "tasks"] {
            for method in [HTTPRequest.Method.get, .post] {
                let answer = try await node.ask(
                    method, "/_plugins/_ml/\(kind)/_search", #"{"query": {"match_all": {}}}"#)
                #expect(answer.status == 200, "\(method) \(kind)")
                #expect((answer["hits/total/value"].int ?? 0) > 0, "\(method) \(kind)")
            }
        }
        let stats = try await node.ask(.get, "/_plugins/_ml/stats")
        #expect(stats["ml_model_count"].int == 1)
        #expect(try await node.ask(.get, "/_plugins/_ml/stats/ml_model_count")["ml_model_count"].int == 1)
        #expect(try await node.status(.get, "/_plugins/_ml/_local/stats/ml_deployed_model_count") == 200)
        let profile = try await node.ask(.get, "/_plugins/_ml/profile/models/\(id)")
        #expect(profile.status == 200)
        #expect(try await node.status(.get, "/_plugins/_ml/profile/tasks") == 200)
    }
}
