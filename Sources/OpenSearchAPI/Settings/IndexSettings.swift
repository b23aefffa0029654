internal import JSON
internal import Querying

/// The settings of indices: which there are, what they may be, and when they may change.
enum IndexSettings {
    /// What every name begins with.
    static let prefix = "index."

    /// All that are known, without the prefix.
    static let known: [KnownSetting] = [
        KnownSetting("number_of_shards", .integer(1...1024), .final, "1"),
        KnownSetting("number_of_routing_shards", .integer(1...Int(Int32.max)), .final),
        KnownSetting("number_of_replicas", .integer(0...Int(Int32.max)), .dynamic, "1"),
        KnownSetting("auto_expand_replicas", .text, .dynamic, "false"),
        KnownSetting("routing_partition_size", .integer(1...1024), .final, "1"),
        KnownSetting("refresh_interval", .time, .dynamic, "1s"),
        KnownSetting("translog.durability", .choice(["request", "async"]), .dynamic, "REQUEST"),
        KnownSetting("translog.sync_interval", .time, .dynamic, "5s"),
        KnownSetting("translog.flush_threshold_size", .bytes, .dynamic, "512mb"),
        KnownSetting("translog.generation_threshold_size", .bytes, .dynamic, "64mb"),
        KnownSetting("translog.retention.age", .time, .dynamic, "-1"),
        KnownSetting("translog.retention.size", .bytes, .dynamic, "-1"),
        KnownSetting("max_result_window", .integer(1...Int(Int32.max)), .dynamic, "10000"),
        KnownSetting("max_inner_result_window", .integer(1...Int(Int32.max)), .dynamic, "100"),
        KnownSetting("max_rescore_window", .integer(1...Int(Int32.max)), .dynamic, "10000"),
        KnownSetting("max_docvalue_fields_search", .integer(0...Int(Int32.max)), .dynamic, "100"),
        KnownSetting("max_script_fields", .integer(0...Int(Int32.max)), .dynamic, "32"),
        KnownSetting("max_ngram_diff", .integer(0...Int(Int32.max)), .dynamic, "1"),
        KnownSetting("max_shingle_diff", .integer(0...Int(Int32.max)), .dynamic, "3"),
        KnownSetting("max_refresh_listeners", .integer(0...Int(Int32.max)), .dynamic, "1000"),
        KnownSetting("max_terms_count", .integer(1...Int(Int32.max)), .dynamic, "65536"),
        KnownSetting("max_regex_length", .integer(1...Int(Int32.max)), .dynamic, "1000"),
        KnownSetting("max_adjacency_matrix_filters", .integer(2...Int(Int32.max)), .dynamic, "100"),
        KnownSetting("max_slices_per_scroll", .integer(1...Int(Int32.max)), .dynamic, "1024"),
        KnownSetting("max_slices_per_pit", .integer(1...Int(Int32.max)), .dynamic, "1024"),
        KnownSetting("analyze.max_token_count", .integer(1...Int(Int32.max)), .dynamic, "10000"),
        KnownSetting("highlight.max_analyzed_offset", .integer(1...Int(Int32.max)), .dynamic, "1000000"),
        KnownSetting("query.default_field", .text, .dynamic, "*"),
        KnownSetting("query.max_nested_depth", .integer(1...Int(Int32.max)), .dynamic, "20"),
        KnownSetting("query_string.lenient", .boolean, .dynamic, "false"),
        KnownSetting("mapping.total_fields.limit", .integer(0...Int(Int32.max)), .dynamic, "1000"),
        KnownSetting("mapping.depth.limit", .integer(1...Int(Int32.max)), .dynamic, "20"),
        KnownSetting("mapping.nested_fields.limit", .integer(0...Int(Int32.max)), .dynamic, "50"),
        KnownSetting("mapping.nested_objects.limit", .integer(0...Int(Int32.max)), .dynamic, "10000"),
        KnownSetting("mapping.field_name_length.limit", .integer(1...Int(Int32.max)), .dynamic, "50000"),
        KnownSetting("mapping.ignore_malformed", .boolean, .final, "false"),
        KnownSetting("mapping.coerce", .boolean, .final, "true"),
        KnownSetting("blocks.read_only", .boolean, .dynamic, "false"),
        KnownSetting("blocks.read_only_allow_delete", .boolean, .dynamic, "false"),
        KnownSetting("blocks.read", .boolean, .dynamic, "false"),
        KnownSetting("blocks.write", .boolean, .dynamic, "false"),
        KnownSetting("blocks.metadata", .boolean, .dynamic, "false"),
        KnownSetting("blocks.search_only", .boolean, .dynamic, "false"),
        KnownSetting("default_pipeline", .text, .dynamic, "_none"),
        KnownSetting("final_pipeline", .text, .dynamic, "_none"),
        KnownSetting("search.default_pipeline", .text, .dynamic, "_none"),
        KnownSetting("search.idle.after", .time, .dynamic, "30s"),
        KnownSetting("search.throttled", .boolean, .dynamic, "false"),
        KnownSetting("search.slowlog.*"), KnownSetting("indexing.slowlog.*"),
        KnownSetting("search.concurrent_segment_search.*"), KnownSetting("search.concurrent.*"),
        KnownSetting("search.star_tree_index.*"),
        KnownSetting("gc_deletes", .time, .dynamic, "60s"),
        KnownSetting("hidden", .boolean, .dynamic, "false"),
        KnownSetting("priority", .integer(0...Int(Int32.max)), .dynamic, "1"),
        KnownSetting("requests.cache.enable", .boolean, .dynamic, "true"),
        KnownSetting("queries.cache.enabled", .boolean, .closed, "true"),
        KnownSetting("warmer.enabled", .boolean, .dynamic, "true"),
        KnownSetting("write.wait_for_active_shards", .text, .dynamic, "1"),
        KnownSetting("unassigned.node_left.delayed_timeout", .time, .dynamic, "1m"),
        KnownSetting("routing.allocation.*"), KnownSetting("routing.rebalance.*"), KnownSetting("allocation.*"),
        KnownSetting("merge.policy.*"), KnownSetting("merge.policy"), KnownSetting("merge.scheduler.*"),
        KnownSetting("merge_on_flush.*"), KnownSetting("merge.log_byte_size_policy.*"),
        KnownSetting("optimize_auto_generated_id", .boolean, .dynamic, "true"),
        KnownSetting("codec", .text, .closed, "default"), KnownSetting("codec.*", .text, .closed),
        KnownSetting("store.*", .text, .closed),
        KnownSetting("shard.check_on_startup", .choice(["false", "true", "checksum"]), .closed, "false"),
        KnownSetting("soft_deletes.enabled", .boolean, .final, "true"),
        KnownSetting("soft_deletes.retention.*"), KnownSetting("soft_deletes.retention_lease.*"),
        KnownSetting("load_fixed_bitset_filters_eagerly", .boolean, .closed, "true"),
        KnownSetting("fielddata.cache", .text, .closed), KnownSetting("sort.*", .text, .final),
        KnownSetting("analysis.*", .text, .closed), KnownSetting("similarity.*", .text, .closed),
        KnownSetting("knn", .boolean, .final, "false"),
        KnownSetting(
            "knn.space_type", .choice(["l2", "cosinesimil", "l1", "linf", "innerproduct", "hamming"]), .final, "l2"),
        KnownSetting("knn.algo_param.m", .integer(2...Int(Int32.max)), .final, "16"),
        KnownSetting("knn.algo_param.ef_construction", .integer(2...Int(Int32.max)), .final, "100"),
        KnownSetting("knn.algo_param.ef_search", .integer(2...Int(Int32.max)), .dynamic, "100"),
        KnownSetting("knn.advanced.approximate_threshold", .integer(-1...Int(Int32.max) - 2), .dynamic, "0"),
        KnownSetting("knn.advanced.filtered_exact_search_threshold", .integer(-1...Int(Int32.max)), .dynamic, "-1"),
        KnownSetting("knn.disk.vector.shard_level_rescoring_disabled", .boolean, .dynamic, "false"),
        KnownSetting("knn.derived_source.enabled", .boolean, .final, "false"),
        KnownSetting("knn.memory_optimized_search", .boolean, .closed, "false"),
        KnownSetting("knn.remote_index_build.*"),
        KnownSetting("sparse", .boolean, .final, "false"), KnownSetting("neural_search.*"),
        KnownSetting("composite_index", .boolean, .final),
        KnownSetting("composite_index.*"), KnownSetting("derived_source.*", .text, .final),
        KnownSetting("append_only.enabled", .boolean, .final), KnownSetting("context.*"),
        KnownSetting("replication.type", .choice(["document", "segment"]), .final, "DOCUMENT"),
        KnownSetting("lifecycle.*"), KnownSetting("plugins.*"), KnownSetting("opendistro.*"),
        KnownSetting("number_of_search_replicas", .integer(0...Int(Int32.max)), .dynamic, "0"),
        KnownSetting("creation_date", .text, .byServer), KnownSetting("uuid", .text, .byServer),
        KnownSetting("version.created", .text, .byServer), KnownSetting("version.upgraded", .text, .byServer),
        KnownSetting("provided_name", .text, .byServer), KnownSetting("verified_before_close", .text, .byServer),
        KnownSetting("resize.source.name", .text, .byServer), KnownSetting("resize.source.uuid", .text, .byServer),
    ]

    private static let byName: [String: KnownSetting] = Dictionary(
        uniqueKeysWithValues: known.filter { !$0.name.hasSuffix("*") }.map { (prefix + $0.name, $0) })
    private static let families = known.filter { $0.name.hasSuffix("*") }.map { (prefix + $0.name, $0) }

    /// What is known of a full name.
    static func definition(of name: String) -> KnownSetting? {
        byName[name] ?? families.first { Wildcard.matches($0.0, name) }?.1
    }

    /// What holds where nothing is set.
    static let defaults: [String: String] = byName.compactMapValues(\.defaultValue)

    /// Refuses settings that an index cannot be made with.
    static func validateForCreation(_ settings: SettingsDocument) throws(OpenSearchError) {
        for (name, value) in settings.values.sorted(by: { $0.key < $1.key }) {
            let definition = try known(name)
            if definition.change == .byServer {
                throw validation("private index setting [\(name)] can not be set explicitly")
            }
            try definition.kind.check(value, of: name)
        }
        if let shards = settings.text("index.number_of_shards").flatMap({ Int($0) }),
            let routing = settings.text("index.number_of_routing_shards").flatMap({ Int($0) }), routing < shards
        {
            throw .illegalArgument(
                "index.number_of_routing_shards [\(routing)] must be >= index.number_of_shards [\(shards)]")
        }
    }

    /// Refuses changes that an index cannot take.
    ///
    /// - Parameter isOpen: closed indices take more.
    static func validateUpdate(
        _ settings: SettingsDocument, index: String, uuid: String, isOpen: Bool
    ) throws(OpenSearchError) {
        var closedOnly: [String] = []
        for (name, value) in settings.values.sorted(by: { $0.key < $1.key }) {
            if name.hasSuffix("*"), value.isNull { continue }
            let definition = try known(name)
            switch definition.change {
            case .byServer:
                throw .illegalArgument(
                    "can not update private setting [\(name)]; this setting is managed by OpenSearch")
            case .final: throw .illegalArgument("final \(index) setting [\(name)], not updateable")
            case .closed: if isOpen { closedOnly.append(name) }
            case .dynamic: break
            }
            try definition.kind.check(value, of: name)
        }
        if !closedOnly.isEmpty {
            throw .illegalArgument(
                "Can't update non dynamic settings [[\(closedOnly.joined(separator: ", "))]] for open indices "
                    + "[[\(index)/\(uuid)]]")
        }
    }

    private static func known(_ name: String) throws(OpenSearchError) -> KnownSetting {
        if let definition = definition(of: name) { return definition }
        let question = Suggestion.text(for: name, among: byName.keys, above: 0.7)
        throw .illegalArgument(
            "unknown setting [\(name)]"
                + (question.isEmpty
                    ? " please check that any required plugins are installed, or check the breaking changes documentation "
                        + "for removed settings" : question))
    }

    private static func validation(_ problem: String) -> OpenSearchError {
        OpenSearchError(400, "validation_exception", "Validation Failed: 1: \(problem);")
    }
}
