import HTTPTypes
import JSON
import Testing

/// Vectors and features over the API: mappings, settings, documents and the paths of the plug-ins; texts are OpenSearch's and its plug-ins'.
struct VectorEndpointTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    private func create(_ name: String, _ properties: String, _ settings: String = #"{"index.knn":true}"#) async throws
        -> TestNode.Answer
    {
        try await node.ask(
            .put, "/\(name)", #"{"settings":\#(settings),"mappings":{"properties":\#(properties)}}"#)
    }

    @Test("A mapping is shown as it was given, settings as texts, and fields with what they can do")
    func shown() async throws {
        let properties =
            #"{"v":{"type":"knn_vector","dimension":3,"method":{"name":"hnsw","engine":"lucene","space_type":"l2","parameters":"#
            + #"{"m":8,"ef_construction":50}}},"o":{"properties":{"f":{"type":"rank_features"}}},"s":{"type":"sparse_vector","#
            + #""method":{"name":"seismic","parameters":{"n_postings":200}}},"r":{"type":"rank_feature"}}"#
        let made = try await create(
            "i", properties, #"{"index.knn":true,"index.sparse":"true","index.knn.algo_param.ef_search":64}"#)
        #expect(made.status == 200)
        let mapping = try await node.ask(.get, "/i/_mapping")
        #expect(mapping["i/mappings/properties"] == (try JSONValue(parsing: Array(properties.utf8)).sortedByKey()))
        let settings = try await node.ask(.get, "/i/_settings?flat_settings")
        #expect(settings["i/settings"]["index.knn"] == "true")
        #expect(settings["i/settings"]["index.knn.algo_param.ef_search"] == "64")
        let fields = try await node.ask(.get, "/i/_field_caps?fields=*")
        #expect(fields["fields/v/knn_vector/searchable"] == false && fields["fields/v/knn_vector/aggregatable"] == true)
        #expect(fields["fields/r/rank_feature/searchable"] == true)
        #expect(fields["fields/r/rank_feature/aggregatable"] == false)
        #expect(fields["fields"]["o.f"]?["rank_features"]?["searchable"] == false)
        #expect(fields["fields/s/sparse_vector/aggregatable"] == false)
    }

    @Test(
        "Settings that are wrong are refused",
        arguments: [
            (#"{"index.knn":"yes"}"#, "Failed to parse value [yes] as only [true] or [false] are allowed."),
            (
                #"{"index.knn.algo_param.ef_search":1}"#,
                "Failed to parse value [1] for setting [index.knn.algo_param.ef_search] must be >= 2"
            ),
            (
                #"{"index.knn.advanced.approximate_threshold":-2}"#,
                "Failed to parse value [-2] for setting [index.knn.advanced.approximate_threshold] must be >= -1"
            ),
            (
                #"{"index.knn.algo_param.links":3}"#,
                "unknown setting [index.knn.algo_param.links] did you mean [index.knn.algo_param.m]?"
            ),
        ])
    func wrongSettings(settings: String, reason: String) async throws {
        let answer = try await create("i", "{}", settings)
        #expect(answer.status == 400)
        #expect(answer["error/reason"].string == reason)
    }

    @Test("index.knn stays as the index was made; ef_search may change")
    func changes() async throws {
        #expect(try await create("i", #"{"v":{"type":"knn_vector","dimension":2}}"#).status == 200)
        let answer = try await node.ask(.put, "/i/_settings", #"{"index.knn":false}"#)
        #expect(answer.status == 400 && answer["error/reason"] == "final i setting [index.knn], not updateable")
        #expect(try await node.status(.put, "/i/_settings", #"{"index.knn.algo_param.ef_search":7}"#) == 200)
        let dimension = try await node.ask(
            .put, "/i/_mapping", #"{"properties":{"v":{"type":"knn_vector","dimension":3}}}"#)
        #expect(dimension.status == 400)
        #expect(
            dimension["error/reason"]
                == "Mapper for [v] conflicts with existing mapper:\n\tCannot update parameter [dimension] from [2] to [3]"
        )
        let method = try await node.ask(
            .put, "/i/_mapping", #"{"properties":{"w":{"type":"knn_vector","dimension":3,"method":{"name":"lsh"}}}}"#)
        #expect(method.status == 400 && method["error/type"] == "validation_exception")
        #expect(method["error/reason"] == "Validation Failed: 1: Invalid method name: lsh;")
    }

    @Test(
        "Values that a vector cannot have are refused",
        arguments: [
            ("v", "[1,2]", "illegal_argument_exception", "Vector dimension mismatch. Expected: 3, Given: 2"),
            ("v", "[1,2,1e39]", "illegal_argument_exception", "KNN vector values cannot be infinity"),
            ("v", #"[1,2,"NaN"]"#, "illegal_argument_exception", "KNN vector values cannot be NaN"),
            ("v", #"[1,2,"x"]"#, "number_format_exception", #"For input string: "x""#),
            (
                "v", "[1,2,null]", "json_parse_exception",
                "Current token (VALUE_NULL) not numeric, can not use numeric value accessors"
            ),
            (
                "v", "[[1,2,3]]", "json_parse_exception",
                "Current token (START_ARRAY) not numeric, can not use numeric value accessors"
            ),
            ("v", #""a""#, "illegal_argument_exception", "Vector dimension mismatch. Expected: 3, Given: 0"),
            (
                "c", "[0,0,-0.0]", "illegal_argument_exception",
                "zero vector is not supported when space type is [cosinesimil]"
            ),
            (
                "b", "[1,2,3.5]", "illegal_argument_exception",
                "[data_type] field was set as [byte] in index mapping. But, KNN vector values are floats instead of byte integers"
            ),
            (
                "b", "[1,2,128]", "illegal_argument_exception",
                "[data_type] field was set as [byte] in index mapping. But, KNN vector values are not within in the byte range "
                    + "[-128, 127]"
            ),
            (
                "bits", "[1]", "illegal_argument_exception",
                "The dimension of the binary vector must be 8 times the length of the provided vector. Expected: 16, Given: 8"
            ),
        ])
    func wrongVectors(field: String, value: String, type: String, reason: String) async throws {
        let properties =
            #"{"v":{"type":"knn_vector","dimension":3},"c":{"type":"knn_vector","dimension":3,"space_type":"cosinesimil"},"#
            + #""b":{"type":"knn_vector","dimension":3,"data_type":"byte"},"#
            + #""bits":{"type":"knn_vector","dimension":16,"data_type":"binary"}}"#
        #expect(try await create("i", properties).status == 200)
        let answer = try await node.ask(.put, "/i/_doc/1", #"{"\#(field)":\#(value)}"#)
        #expect(answer.status == 400 && answer["error/type"] == "mapper_parsing_exception")
        let start =
            "failed to parse field [\(field)] of type [knn_vector] in document with id '1'. Preview of field's value: '"
        #expect(answer["error/reason"].string?.hasPrefix(start) == true)
        #expect(answer["error/caused_by/type"].string == type)
        #expect(answer["error/caused_by/reason"].string == reason)
    }

    @Test(
        "Values that features cannot have are refused",
        arguments: [
            (
                "f", "[1]",
                "[rank_features] fields must be json objects, expected a START_OBJECT but got: VALUE_NUMBER"
            ),
            ("f", "null", "[rank_features] fields must be json objects, expected a START_OBJECT but got: VALUE_NULL"),
            (
                "f", #"{"a":0}"#,
                "featureValue must be a positive normal float, got: 0.0 for feature a on field f which is less than the minimum "
                    + "positive normal float: 1.1754944E-38"
            ),
            (
                "f", #"{"a":-2}"#,
                "featureValue must be a positive normal float, got: -2.0 for feature a on field f which is less than the minimum "
                    + "positive normal float: 1.1754944E-38"
            ),
            ("f", #"{"a":1e39}"#, "featureValue must be finite, got: Infinity for feature a on field f"),
            (
                "f", #"{"a":[1]}"#,
                "[rank_features] fields take hashes that map a feature to a strictly positive float, but got unexpected token "
                    + "START_ARRAY"
            ),
            ("f", #"{"a":1,"a":2}"#, "Duplicate field 'a'"),
            (
                "f", #"[{"a":1},{"b":1,"a":2}]"#,
                "[rank_features] fields do not support indexing multiple values for the same rank feature [f.a] in the same document"
            ),
            ("s", #"{"x":1}"#, "[sparse_vector] fields should be valid integer"),
            ("s", #"{"-1":1}"#, "[sparse_vector] fields should be text of non-negative integer"),
            ("s", #"{"2147483648":1}"#, "[sparse_vector] fields should be valid integer"),
            (
                "s", #"{"7":"-1"}"#,
                "featureValue must be a positive normal float, got: -1.0 for feature 7 on field s which is less than the minimum "
                    + "positive normal float: 1.1754944E-38"
            ),
            ("s", "[1]", "[sparse_vector] fields must be json objects, expected a START_OBJECT but got: VALUE_NUMBER"),
            (
                "r", "0",
                "featureValue must be a positive normal float, got: 0.0 for feature r on field _feature which is less than the "
                    + "minimum positive normal float: 1.1754944E-38"
            ),
            (
                "r", "[1,2]",
                "[rank_feature] fields do not support indexing multiple values for the same field [r] in the same document"
            ),
            ("r", #"{"a":1}"#, "Current token (START_OBJECT) not numeric, can not use numeric value accessors"),
            ("n", "0", "featureValue must be finite, got: Infinity for feature n on field _feature"),
        ])
    func wrongFeatures(field: String, value: String, reason: String) async throws {
        let properties =
            #"{"f":{"type":"rank_features"},"s":{"type":"sparse_vector","method":{"name":"seismic"}},"r":{"type":"rank_feature"},"#
            + #""n":{"type":"rank_feature","positive_score_impact":false}}"#
        #expect(try await create("i", properties, "{}").status == 200)
        let answer = try await node.ask(.put, "/i/_doc/1", #"{"\#(field)":\#(value)}"#)
        #expect(answer.status == 400 && answer["error/type"] == "mapper_parsing_exception")
        #expect(answer["error/caused_by/reason"].string == reason)
        let start = field == "f" ? "failed to parse" : "failed to parse field [\(field)] of type ["
        #expect(answer["error/reason"].string?.hasPrefix(start) == true)
    }

    @Test("Vectors and features are taken wherever OpenSearch takes them, and the source stays as it was")
    func taken() async throws {
        let properties =
            #"{"v":{"type":"knn_vector","dimension":2},"n":{"type":"nested","properties":{"e":{"type":"knn_vector","#
            + #""dimension":1},"t":{"type":"rank_features"}}},"s":{"type":"sparse_vector","method":{"name":"seismic"}},"#
            + #""r":{"type":"rank_feature"}}"#
        #expect(try await create("i", properties).status == 200)
        for source in [
            #"{"v":[1,"2.5"],"r":"3"}"#, #"{"v":null,"r":null}"#,
            #"{"n":[{"e":[1],"t":{"a.b":1,"c":"2","d":null}},{"e":4,"t":[{"a":1},{"b":2}]}],"s":{"0":0.5,"2147483647":1}}"#,
        ] {
            let made = try await node.ask(.put, "/i/_doc/1?refresh=true", source)
            #expect(made.status == 201 || made.status == 200)
            #expect(try await node.ask(.get, "/i/_source/1").text == source)
        }
        // As many tokens as anybody can send are not too many.
        let tokens = (0..<100_000).map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(try await node.status(.put, "/i/_doc/2", "{\"s\":{\(tokens)}}") == 201)
        let twice = try await node.ask(
            .put, "/i/_doc/3", #"{"v":[1,2],"w":1}"#)
        #expect(twice.status == 201)
    }

    @Test("A second vector in one document is refused as Lucene refuses it")
    func several() async throws {
        #expect(try await create("i", #"{"o":{"properties":{"v":{"type":"knn_vector","dimension":1}}}}"#).status == 200)
        let answer = try await node.ask(.put, "/i/_doc/1", #"{"o":[{"v":[1]},{"v":[2]}]}"#)
        #expect(answer.status == 400 && answer["error/type"] == "illegal_argument_exception")
        #expect(
            answer["error/reason"]
                == "VectorValuesField \"o.v\" appears more than once in this document (only one value is allowed per field)"
        )
    }

    @Test("A dynamic template makes vectors of arrays and features of objects")
    func templates() async throws {
        let mappings =
            #"{"dynamic_templates":[{"v":{"match":"*_vector","mapping":{"type":"knn_vector","dimension":3}}},"#
            + #"{"f":{"match":"*_features","mapping":{"type":"rank_features"}}}]}"#
        #expect(
            try await node.status(.put, "/i", #"{"settings":{"index.knn":true},"mappings":\#(mappings)}"#) == 200)
        #expect(try await node.status(.put, "/i/_doc/1", #"{"a_vector":[1,2,3],"b_features":{"x":1}}"#) == 201)
        let mapping = try await node.ask(.get, "/i/_mapping")
        #expect(mapping["i/mappings/properties/a_vector"] == ["type": "knn_vector", "dimension": 3])
        #expect(mapping["i/mappings/properties/b_features"] == ["type": "rank_features"])
        #expect(try await node.status(.put, "/i/_doc/2", #"{"a_vector":[1,2]}"#) == 400)
    }

    @Test("exists finds vectors and single features; many features cannot be asked so")
    func exists() async throws {
        let properties =
            #"{"v":{"type":"knn_vector","dimension":1},"r":{"type":"rank_feature"},"f":{"type":"rank_features"}}"#
        #expect(try await create("i", properties).status == 200)
        #expect(try await node.status(.put, "/i/_doc/1?refresh=true", #"{"v":[1],"f":{"a":1}}"#) == 201)
        #expect(try await node.status(.put, "/i/_doc/2?refresh=true", #"{"r":1}"#) == 201)
        for (field, id) in [("v", "1"), ("r", "2")] {
            let found = try await node.ask(.get, "/i/_search", #"{"query":{"exists":{"field":"\#(field)"}}}"#)
            #expect(found["hits/total/value"] == 1 && found["hits/hits/0/_id"].string == id)
        }
        let refused = try await node.ask(.get, "/i/_search", #"{"query":{"exists":{"field":"f"}}}"#)
        #expect(refused.status == 400)
        #expect(
            refused["error/root_cause/0/reason"].string?.contains(
                "[rank_features] fields do not support [exists] queries")
                == true)
    }

    @Test("A pipeline's two phases reach the search: a window that is too large is refused")
    func twoPhases() async throws {
        #expect(try await create("i", #"{"f":{"type":"rank_features"}}"#).status == 200)
        #expect(try await node.status(.put, "/i/_doc/1?refresh=true", #"{"f":{"a":2,"b":1}}"#) == 201)
        let pipeline =
            #"{"request_processors":[{"neural_sparse_two_phase_processor":{"two_phase_parameter":{"max_window_size":60}}}]}"#
        #expect(try await node.status(.put, "/_search/pipeline/p", pipeline) == 200)
        let query = #"{"query":{"neural_sparse":{"f":{"query_tokens":{"a":1,"b":0.125}}}},"size":"#
        let few = try await node.ask(.post, "/i/_search?search_pipeline=p", query + "12}")
        #expect(few["hits/hits/0/_score"] == 2.125)
        #expect(try await node.status(.post, "/i/_search?search_pipeline=p", query + "13}") == 400)
    }

    @Test("The k-NN plug-in's statistics, warm-up and cache")
    func plugin() async throws {
        #expect(try await create("i", #"{"v":{"type":"knn_vector","dimension":2}}"#).status == 200)
        #expect(try await create("j", "{}", "{}").status == 200)
        #expect(try await node.status(.put, "/i/_doc/1?refresh=true", #"{"v":[1,2]}"#) == 201)
        let shards = try await node.ask(.get, "/_plugins/_knn/warmup/i")
        #expect(shards.status == 200 && shards["_shards/failed"] == 0)
        let refused = try await node.ask(.get, "/_plugins/_knn/warmup/i,j")
        #expect(refused.status == 400 && refused["error/type"] == "k_n_n_invalid_indices_exception")
        #expect(
            refused["error/reason"] == "Warm up request rejected. One or more indices have 'index.knn' set to false.")
        #expect(try await node.status(.get, "/_plugins/_knn/warmup/none") == 404)
        #expect(try await node.status(.post, "/_plugins/_knn/clear_cache/i") == 200)
        let cache = try await node.ask(.post, "/_plugins/_knn/clear_cache/j")
        #expect(
            cache["error/reason"] == "ClearCache request rejected. One or more indices have 'index.knn' set to false.")
        let stats = try await node.ask(.get, "/_plugins/_knn/stats")
        #expect(stats["_nodes/total"] == 1 && stats["circuit_breaker_triggered"] == false)
        #expect(stats.json["model_index_status"] == .null)
        let one = try await node.ask(.get, "/_plugins/_knn/stats/faiss_initialized,graph_memory_usage")
        #expect(
            one["nodes"].object?.first { _ in true }?.value.object?.keys == ["faiss_initialized", "graph_memory_usage"])
        #expect(try await node.ask(.get, "/_plugins/_knn/other/stats")["_nodes/total"] == 0)
        let unknown = try await node.ask(.get, "/_plugins/_knn/stats/hit_coun")
        #expect(
            unknown["error/reason"].string
                == "request [/_plugins/_knn/stats/hit_coun] contains unrecognized stat: [hit_coun] -> did you mean any of "
                + "[hit_count, miss_count]?"
        )
        let both = try await node.ask(.get, "/_plugins/_knn/stats/_all,hit_count")
        #expect(
            both["error/reason"] == "Request /_plugins/_knn/stats/_all,hit_count contains _all and individual stats")
        let training = try await node.ask(.post, "/_plugins/_knn/models/m/_train", "{}")
        #expect(training.status == 400 && training["error/type"] == "unsupported_operation_exception")
    }

    @Test("The neural-search plug-in's statistics are off until they are switched on")
    func neural() async throws {
        let off = try await node.ask(.get, "/_plugins/_neural/stats")
        #expect(off.status == 403 && off.text == "Stats endpoint is disabled")
        let on = #"{"persistent":{"plugins.neural_search.stats_enabled":true}}"#
        #expect(try await node.status(.put, "/_cluster/settings", on) == 200)
        let pipeline =
            #"{"request_processors":[{"neural_query_enricher":{"default_model_id":"m"}}],"phase_results_processors":"#
            + #"[{"normalization-processor":{"normalization":{"technique":"l2"}}}]}"#
        #expect(try await node.status(.put, "/_search/pipeline/p", pipeline) == 200)
        let stats = try await node.ask(.get, "/_plugins/_neural/stats")
        #expect(stats["info/cluster_version"] == "3.3.0")
        #expect(stats["info/processors/search/neural_query_enricher_processors"] == 1)
        #expect(stats["info/processors/search/hybrid/norm_l2_processors"] == 1)
        #expect(stats["info/processors/search/hybrid/norm_minmax_processors"] == 0)
        #expect(stats["info/processors/search/hybrid/comb_arithmetic_processors"] == 1)
        let flat = try await node.ask(
            .get, "/_plugins/_neural/stats/norm_l2_processors?flat_stat_paths&include_metadata&include_all_nodes=false")
        #expect(
            flat["info"] == [
                "processors.search.hybrid.norm_l2_processors": ["value": 1, "stat_type": "info_counter"]
            ])
        #expect(flat.json["all_nodes"] == nil)
        #expect(try await node.status(.get, "/_plugins/_neural/stats/nothing") == 400)
    }
}

extension JSONValue {
    /// The document with the members of `properties` in the order of their names, as mappings are shown.
    fileprivate func sortedByKey() throws -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(JSONObject(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
    }
}
