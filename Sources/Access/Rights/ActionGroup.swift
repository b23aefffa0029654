/// Actions under one name, as OpenSearch's security plugin ships them.
///
/// Source: the plugin's documentation of its default action groups.
public enum ActionGroup {
    /// All groups: what each stands for, patterns and other groups.
    public static let all: [String: [String]] = [
        "unlimited": ["*"],
        // For clusters.
        "cluster_all": ["cluster:*"],
        "cluster_monitor": ["cluster:monitor/*"],
        "cluster_composite_ops_ro": [
            "indices:data/read/mget", "indices:data/read/msearch", "indices:data/read/mtv",
            "indices:admin/aliases/exists*", "indices:admin/aliases/get*", "indices:data/read/scroll",
            "indices:admin/resolve/index",
        ],
        "cluster_composite_ops": [
            "indices:data/write/bulk", "indices:admin/aliases*", "indices:data/write/reindex",
            "cluster_composite_ops_ro",
        ],
        "cluster_manage_index_templates": ["indices:admin/template/*", "indices:admin/index_template/*"],
        "cluster_manage_pipelines": ["cluster:admin/ingest/pipeline/*"],
        "manage_snapshots": ["cluster:admin/snapshot/*", "cluster:admin/repository/*"],
        // For indices.
        "indices_all": ["indices:*"],
        "indices_monitor": ["indices:monitor/*"],
        "manage": ["indices:monitor/*", "indices:admin/*"],
        "manage_aliases": ["indices:admin/aliases*"],
        "manage_data_streams": ["indices:admin/data_stream/*", "indices:monitor/data_stream/stats"],
        "manage_point_in_time": [
            "indices:data/read/point_in_time/create", "indices:data/read/point_in_time/delete",
            "indices:data/read/point_in_time/readall", "indices:data/read/search",
            "indices:monitor/point_in_time/segments",
        ],
        "create_index": ["indices:admin/create", "indices:admin/mapping/put"],
        "data_access": ["indices:data/*", "crud"],
        "crud": ["read", "write"],
        "read": ["indices:data/read*", "indices:admin/mappings/fields/get*", "indices:admin/resolve/index"],
        "search": [
            "indices:data/read/search*", "indices:data/read/msearch*", "indices:admin/resolve/index", "suggest",
        ],
        "suggest": ["indices:data/read/suggest*"],
        "get": ["indices:data/read/get*", "indices:data/read/mget*"],
        "write": ["indices:data/write*", "indices:admin/mapping/put"],
        "index": [
            "indices:data/write/index*", "indices:data/write/update*", "indices:admin/mapping/put",
            "indices:data/write/bulk*",
        ],
        "delete": ["indices:data/write/delete*"],
    ]

    /// Texts with groups replaced by their actions; what is no group stays.
    static func expanded(_ texts: [String]) -> [String] {
        texts.flatMap { text in all[text].map(expanded) ?? [text] }
    }
}
