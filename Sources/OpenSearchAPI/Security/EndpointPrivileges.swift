/// What every operation needs, on one page.
///
/// An operation that is not here is for administrators. Actions are called as in OpenSearch, so that roles written for it mean the
/// same here.
enum EndpointPrivileges {
    /// The privilege of an endpoint; nil if it declares none.
    static func privilege(of endpoint: String) -> Privilege? {
        if let privilege = all[endpoint] { return privilege }
        if endpoint.hasPrefix("ml.") { return machineLearning(endpoint.dropFirst(3)) }
        return families.first { endpoint.hasPrefix($0.prefix) }?.privilege
    }

    /// Endpoints by their names.
    private static let all: [String: Privilege] = documents.merging(searching) { $1 }.merging(indices) { $1 }
        .merging(cluster) { $1 }.merging(tables) { $1 }.merging(security) { $1 }

    /// Endpoints whose names begin alike.
    private static let families: [(prefix: String, privilege: Privilege)] = [
        // They only say that they are not there.
        ("unsupported.", .everybody)
    ]

    /// The operations of ML Commons, whose actions follow from their names: `get_model` is `models/get`, `register_model` itself.
    private static func machineLearning(_ operation: Substring) -> Privilege {
        let prefix = "cluster:admin/opensearch/ml/"
        switch operation {
        case "predict", "predict_model": return .cluster(prefix + "predict")
        case "get_stats": return .cluster(prefix + "stats")
        case _ where operation.hasPrefix("get_profile"): return .cluster(prefix + "profile")
        default: break
        }
        for verb in ["get", "search", "update", "delete"] where operation.hasPrefix(verb + "_") {
            let noun = operation.dropFirst(verb.count + 1)
            return .cluster("\(prefix)\(noun)\(noun.hasSuffix("s") ? "" : "s")/\(verb)")
        }
        return .cluster(prefix + operation)
    }

    private static let documents: [String: Privilege] = [
        "index": .found("indices:data/write/index"), "index_new": .found("indices:data/write/index"),
        "create": .found("indices:data/write/index"), "delete": .found("indices:data/write/delete"),
        "update": .found("indices:data/write/update"), "get": .found("indices:data/read/get"),
        "get_source": .found("indices:data/read/get"), "termvectors": .found("indices:data/read/tv"),
        "explain": .found("indices:data/read/explain"),
        "bulk": .body("indices:data/write/bulk"), "mget": .body("indices:data/read/mget"),
        "mtermvectors": .body("indices:data/read/mtv"), "reindex": .body("indices:data/write/reindex"),
        "delete_by_query": .indices("indices:data/write/delete/byquery", "indices:data/write/delete"),
        "update_by_query": .indices("indices:data/write/update/byquery", "indices:data/write/index"),
        "rethrottle": .cluster("cluster:admin/reindex/rethrottle"),
    ]

    private static let searching: [String: Privilege] = [
        "search": .found("indices:data/read/search"), "count": .found("indices:data/read/search"),
        "msearch": .body("indices:data/read/msearch"), "msearch_template": .body("indices:data/read/msearch"),
        "search_template": .found("indices:data/read/search/template"),
        "render_template": .cluster("indices:data/read/search/template/render"),
        "validate": .indices("indices:admin/validate/query"), "rank_eval": .indices("indices:data/read/rank_eval"),
        "field_caps": .indices("indices:data/read/field_caps"),
        "search_shards": .indices("indices:admin/shards/search_shards"),
        "analyze": .indices("indices:admin/analyze", noneMeansAll: false),
        "pit.create": .indices("indices:data/read/point_in_time/create"),
        // The indices of a cursor are asked for where it is used.
        "pit.delete": .everybody, "pit.delete_all": .everybody, "pit.list": .everybody,
        "scroll": .cluster("indices:data/read/scroll"), "scroll.clear": .everybody,
    ]

    private static let indices: [String: Privilege] = [
        "indices.create": .names("indices:admin/create"), "indices.get": .indices("indices:admin/get"),
        "indices.exists": .indices("indices:admin/get"), "indices.delete": .indices("indices:admin/delete"),
        "indices.open": .indices("indices:admin/open"), "indices.close": .indices("indices:admin/close"),
        "indices.rollover": .indices("indices:admin/rollover", names: ["new_index"]),
        "indices.copy": .indices("indices:admin/resize", names: ["target"]),
        "indices.get_settings": .indices("indices:monitor/settings/get"),
        "indices.put_settings": .indices("indices:admin/settings/update"),
        "indices.add_block": .indices("indices:admin/block/add"),
        "indices.resolve": .indices("indices:admin/resolve/index", from: ["name"]),
        "indices.refresh": .indices("indices:admin/refresh"), "indices.flush": .indices("indices:admin/flush"),
        "indices.forcemerge": .indices("indices:admin/forcemerge"),
        "indices.clear_cache": .indices("indices:admin/cache/clear"),
        "indices.stats": .indices("indices:monitor/stats"), "indices.segments": .indices("indices:monitor/segments"),
        "indices.recovery": .indices("indices:monitor/recovery"),
        "indices.shard_stores": .indices("indices:monitor/shard_stores"),
        "indices.get_mapping": .indices("indices:admin/mappings/get"),
        "indices.put_mapping": .indices("indices:admin/mapping/put"),
        "indices.get_field_mapping": .indices("indices:admin/mappings/fields/get"),
        "aliases.get": .indices("indices:admin/aliases/get", from: ["index", "name"]),
        "aliases.exists": .indices("indices:admin/aliases/get", from: ["index", "name"]),
        "aliases.put": .found("indices:admin/aliases"), "aliases.put_unnamed": .found("indices:admin/aliases"),
        "aliases.update": .found("indices:admin/aliases"), "aliases.delete": .found("indices:admin/aliases"),
        "data_stream.create": .names("indices:admin/data_stream/create", in: ["name"]),
        "data_stream.get": .indices("indices:admin/data_stream/get", from: ["name"]),
        "data_stream.delete": .indices("indices:admin/data_stream/delete", from: ["name"]),
        "data_stream.stats": .indices("indices:monitor/data_stream/stats", from: ["name"]),
    ]

    private static let cluster: [String: Privilege] = {
        var all: [String: Privilege] = [
            "info": .everybody, "cluster.health": .cluster("cluster:monitor/health"),
            "cluster.pending_tasks": .cluster("cluster:monitor/task"),
            "cluster.get_settings": .cluster("cluster:monitor/settings"),
            "cluster.put_settings": .cluster("cluster:admin/settings/update"),
            "cluster.state": .cluster("cluster:monitor/state"), "cluster.stats": .cluster("cluster:monitor/stats"),
            "cluster.allocation_explain": .cluster("cluster:monitor/allocation/explain"),
            "nodes.info": .cluster("cluster:monitor/nodes/info"),
            "nodes.stats": .cluster("cluster:monitor/nodes/stats"),
            "nodes.usage": .cluster("cluster:monitor/nodes/usage"),
            "nodes.hot_threads": .cluster("cluster:monitor/nodes/hot_threads"),
            "tasks.list": .cluster("cluster:monitor/tasks/lists"), "tasks.get": .cluster("cluster:monitor/task/get"),
            "tasks.cancel": .cluster("cluster:admin/tasks/cancel"),
            "put_script": .cluster("cluster:admin/script/put"), "get_script": .cluster("cluster:admin/script/get"),
            "delete_script": .cluster("cluster:admin/script/delete"),
            "scripts_painless_execute": .cluster("cluster:admin/scripts/painless/execute"),
            "script_language": .cluster("cluster:admin/script_language/get"),
            "index_template.simulate": .cluster("indices:admin/index_template/simulate"),
            "index_template.simulate_index": .cluster("indices:admin/index_template/simulate_index"),
            "knn.stats": .cluster("cluster:admin/knn_stats_action"),
            "knn.warmup": .cluster("cluster:admin/knn_warmup_action"),
            "knn.clear_cache": .cluster("cluster:admin/clear_cache_action"),
            "ingest.get_pipeline": .cluster("cluster:admin/ingest/pipeline/get"),
            "ingest.put_pipeline": .cluster("cluster:admin/ingest/pipeline/put"),
            "ingest.delete_pipeline": .cluster("cluster:admin/ingest/pipeline/delete"),
            "ingest.simulate": .cluster("cluster:admin/ingest/pipeline/simulate"),
            "ingest.processor_grok": .cluster("cluster:admin/ingest/processor/grok/get"),
            "neural.stats": .cluster("cluster:admin/neural_stats_action"),
        ]
        for (name, actions) in [
            "legacy_template": "indices:admin/template", "index_template": "indices:admin/index_template",
            "component_template": "cluster:admin/component_template",
            "search_pipeline": "cluster:admin/search/pipeline",
        ] {
            for verb in ["get", "put", "delete"] { all["\(name).\(verb)"] = .cluster("\(actions)/\(verb)") }
            all["\(name).exists"] = .cluster("\(actions)/get")
        }
        return all
    }()

    private static let tables: [String: Privilege] = [
        "cat.help": .everybody, "list.help": .everybody, "cat.health": .cluster("cluster:monitor/health"),
        "cat.nodes": .cluster("cluster:monitor/nodes/info", "cluster:monitor/nodes/stats"),
        "cat.cluster_manager": .cluster("cluster:monitor/state"),
        "cat.allocation": .cluster("cluster:monitor/nodes/stats"),
        "cat.thread_pool": .cluster("cluster:monitor/nodes/stats"),
        "cat.tasks": .cluster("cluster:monitor/tasks/lists"), "cat.pending_tasks": .cluster("cluster:monitor/task"),
        "cat.plugins": .cluster("cluster:monitor/nodes/info"), "cat.repositories": .cluster("cluster:monitor/state"),
        "cat.nodeattrs": .cluster("cluster:monitor/nodes/info"), "cat.snapshots": .cluster("cluster:monitor/state"),
        "cat.segment_replication": .indices("indices:monitor/segment_replication"),
        "cat.fielddata": .cluster("cluster:monitor/nodes/stats"),
        "cat.count": .indices("indices:data/read/search"), "cat.indices": .indices("indices:monitor/stats"),
        "cat.shards": .indices("indices:monitor/stats"), "list.indices": .indices("indices:monitor/stats"),
        "list.shards": .indices("indices:monitor/stats"), "cat.segments": .indices("indices:monitor/segments"),
        "cat.recovery": .indices("indices:monitor/recovery"),
        "cat.aliases": .indices("indices:admin/aliases/get", from: ["name"]),
        "cat.templates": .cluster("indices:admin/index_template/get"), "cat.pit_segments": .everybody,
        "cat.pit_segments_of": .everybody,
    ]

    private static let security: [String: Privilege] = [
        "security.authinfo": .everybody, "security.health": .anybody, "security.account.get": .everybody,
        "security.account.put": .everybody,
        // Everybody has keys of their own; the handlers show administrators those of others.
        "security.api_key.create": .everybody, "security.api_key.get": .everybody,
        "security.api_key.invalidate": .everybody, "security.users": .administrators,
        "security.roles": .administrators, "security.rolesmapping": .administrators,
        "security.actiongroups": .administrators,
    ]
}
