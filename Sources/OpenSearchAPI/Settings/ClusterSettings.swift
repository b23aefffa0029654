internal import JSON
internal import MLCommons

/// The settings of the cluster, which is one node here.
enum ClusterSettings {
    /// All that are known.
    ///
    /// Those that speak of several nodes are kept and told, and change nothing.
    static let known: [KnownSetting] = general + MLSetting.all.map(KnownSetting.init)

    private static let general: [KnownSetting] = [
        KnownSetting("action.auto_create_index", .text, .dynamic, "true"),
        KnownSetting("action.destructive_requires_name", .boolean, .dynamic, "false"),
        KnownSetting("action.search.shard_count.limit"),
        KnownSetting("search.max_buckets", .integer(0...Int(Int32.max)), .dynamic, "65535"),
        KnownSetting("search.default_keep_alive", .time, .dynamic, "5m"),
        KnownSetting("search.max_keep_alive", .time, .dynamic, "24h"),
        KnownSetting("search.max_open_scroll_context", .integer(0...Int(Int32.max)), .dynamic, "500"),
        KnownSetting("search.max_open_pit_context", .integer(0...Int(Int32.max)), .dynamic, "300"),
        KnownSetting("search.default_search_timeout", .time, .dynamic, "-1"),
        KnownSetting("search.default_allow_partial_results", .boolean, .dynamic, "true"),
        KnownSetting("search.cancel_after_time_interval", .time, .dynamic, "-1"),
        KnownSetting("search.*"), KnownSetting("point_in_time.*"),
        KnownSetting("cluster.max_shards_per_node", .integer(1...Int(Int32.max)), .dynamic, "1000"),
        KnownSetting(
            "cluster.routing.allocation.enable", .choice(["all", "primaries", "new_primaries", "none"]), .dynamic, "all"
        ),
        KnownSetting("cluster.routing.*"), KnownSetting("cluster.info.update.interval", .time, .dynamic, "30s"),
        KnownSetting("cluster.blocks.read_only", .boolean, .dynamic, "false"),
        KnownSetting("cluster.blocks.read_only_allow_delete", .boolean, .dynamic, "false"),
        KnownSetting("cluster.*"), KnownSetting("indices.*"), KnownSetting("logger.*"), KnownSetting("script.*"),
        KnownSetting("plugins.neural_search.stats_enabled", .boolean, .dynamic, "false"),
        KnownSetting(
            "plugins.neural_search.reranker_max_document_fields", .integer(1...Int(Int32.max)), .dynamic, "50"),
        KnownSetting("plugins.*"),
        KnownSetting("opendistro.*"), KnownSetting("archived.*"),
        KnownSetting("knn.*"), KnownSetting("task_resource_*"), KnownSetting("http.*", .text, .final),
        KnownSetting("node.*", .text, .final), KnownSetting("path.*", .text, .final),
        KnownSetting("network.*", .text, .final), KnownSetting("cluster.name", .text, .final),
        KnownSetting("thread_pool.*", .text, .final), KnownSetting("discovery.*", .text, .final),
        KnownSetting("bootstrap.*", .text, .final), KnownSetting("ingest.*"), KnownSetting("segrep.*"),
        KnownSetting("admission_control.*"), KnownSetting("search_backpressure.*"),
        KnownSetting("shard_indexing_pressure.*"),
        KnownSetting("remote_store.*"), KnownSetting("wlm.*"), KnownSetting("transport.*", .text, .final),
    ]

    /// What is known of a name; a name without a star wins.
    static func definition(of name: String) -> KnownSetting? {
        known.first { $0.name == name } ?? known.first { $0.name.hasSuffix("*") && Wildcard.matches($0.name, name) }
    }

    /// What holds where nothing is set.
    static let defaults: [String: String] = Dictionary(
        uniqueKeysWithValues: known.compactMap { setting in setting.defaultValue.map { (setting.name, $0) } })

    /// Refuses what cannot be set.
    ///
    /// - Parameter scope: `persistent` or `transient`.
    static func validate(_ settings: SettingsDocument, scope: String) throws(OpenSearchError) {
        for (name, value) in settings.values.sorted(by: { $0.key < $1.key }) {
            if name.hasSuffix("*"), value.isNull { continue }
            guard let definition = definition(of: name) else {
                throw .illegalArgument("\(scope) setting [\(name)], not recognized")
            }
            if definition.change == .final { throw .illegalArgument("\(scope) setting [\(name)], not updateable") }
            try definition.kind.check(value, of: name)
        }
    }
}
