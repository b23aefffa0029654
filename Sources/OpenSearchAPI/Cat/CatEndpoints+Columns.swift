/// The columns of the tables of nodes, tasks and names.
///
/// Names and aliases are OpenSearch's. Columns of what this server does not count are left out.
extension CatEndpoints {
    static let health: [CatTable.Column] = [
        CatTable.Column("epoch", ["t", "time"], "epoch", right: true),
        CatTable.Column("timestamp", ["ts", "hms", "hhmmss"], "timestamp"),
        CatTable.Column("cluster", ["cl"], "cluster"),
        CatTable.Column("status", ["s"], "whether it serves requests"),
        CatTable.Column("node.total", ["nt", "nodeTotal"], "node total", right: true),
        CatTable.Column("node.data", ["nd", "nodeData"], "node data"),
        CatTable.Column("discovered_cluster_manager", [], "discovered cluster manager"),
        CatTable.Column("shards", ["t", "sh", "shards.total", "shardsTotal"], "shards", right: true),
        CatTable.Column("pri", ["p", "shards.primary", "shardsPrimary"], "pri", right: true),
        CatTable.Column("relo", [], "relo"),
        CatTable.Column("init", [], "init"),
        CatTable.Column("unassign", [], "unassign"),
        CatTable.Column("pending_tasks", [], "pending tasks", right: true),
        CatTable.Column("max_task_wait_time", [], "max task wait time"),
        CatTable.Column("active_shards_percent", [], "active shards percent"),
    ]

    static let count: [CatTable.Column] = [
        CatTable.Column("epoch", ["t", "time"], "epoch", right: true),
        CatTable.Column("timestamp", ["ts", "hms", "hhmmss"], "timestamp"),
        CatTable.Column("count", ["dc", "docs.count", "docsCount"], "count", right: true),
    ]

    static let aliases: [CatTable.Column] = [
        CatTable.Column("alias", ["a"], "alias"),
        CatTable.Column("index", ["i", "idx"], "index"),
        CatTable.Column("filter", ["f", "fi"], "filter"),
        CatTable.Column("routing.index", [], "routing index"),
        CatTable.Column("routing.search", [], "routing search"),
        CatTable.Column("is_write_index", [], "is write index"),
    ]

    static let allocation: [CatTable.Column] = [
        CatTable.Column("shards", ["t", "sh", "shards.total", "shardsTotal"], "shards", right: true),
        CatTable.Column("disk.indices", [], "disk indices", right: true),
        CatTable.Column("disk.used", [], "disk used", right: true),
        CatTable.Column("disk.avail", ["d", "da", "disk", "diskAvail"], "disk avail", right: true),
        CatTable.Column("disk.total", [], "disk total", right: true),
        CatTable.Column("disk.percent", [], "disk percent", right: true),
        CatTable.Column("host", [], "host"),
        CatTable.Column("ip", [], "ip"),
        CatTable.Column("node", ["n"], "node"),
    ]

    static let manager: [CatTable.Column] = [
        CatTable.Column("id", [], "id"),
        CatTable.Column("host", [], "host"),
        CatTable.Column("ip", [], "ip"),
        CatTable.Column("node", ["n"], "node"),
    ]

    static let nodes: [CatTable.Column] = [
        CatTable.Column("id", [], "id", isDefault: false),
        CatTable.Column("pid", [], "pid", isDefault: false),
        CatTable.Column("ip", [], "ip"),
        CatTable.Column("port", [], "port", isDefault: false),
        CatTable.Column("http_address", [], "http address", isDefault: false),
        CatTable.Column("version", ["v"], "version", isDefault: false),
        CatTable.Column("type", ["t"], "type", isDefault: false),
        CatTable.Column("build", [], "build", isDefault: false),
        CatTable.Column("disk.total", [], "disk total", isDefault: false, right: true),
        CatTable.Column("disk.used", [], "disk used", isDefault: false, right: true),
        CatTable.Column("disk.avail", ["d", "da", "disk", "diskAvail"], "disk avail", isDefault: false, right: true),
        CatTable.Column("disk.used_percent", [], "disk used percent", isDefault: false, right: true),
        CatTable.Column("heap.current", [], "heap current", isDefault: false),
        CatTable.Column("heap.percent", ["hp", "heapPercent"], "heap percent", right: true),
        CatTable.Column("heap.max", [], "heap max", isDefault: false),
        CatTable.Column("ram.current", [], "ram current", isDefault: false),
        CatTable.Column("ram.percent", ["rp", "ramPercent"], "ram percent", right: true),
        CatTable.Column("ram.max", [], "ram max", isDefault: false),
        CatTable.Column("cpu", [], "cpu"),
        CatTable.Column("load_1m", [], "load 1m", right: true),
        CatTable.Column("load_5m", [], "load 5m", right: true),
        CatTable.Column("load_15m", [], "load 15m", right: true),
        CatTable.Column("uptime", [], "uptime", isDefault: false),
        CatTable.Column("node.role", ["r", "role", "nodeRole"], "node role"),
        CatTable.Column("node.roles", [], "node roles"),
        CatTable.Column("cluster_manager", ["m", "master"], "cluster manager"),
        CatTable.Column("name", ["n"], "name"),
    ]

    static let attributes: [CatTable.Column] = [
        CatTable.Column("node", ["n"], "node"),
        CatTable.Column("id", [], "id", isDefault: false),
        CatTable.Column("pid", [], "pid", isDefault: false),
        CatTable.Column("host", [], "host"),
        CatTable.Column("ip", [], "ip"),
        CatTable.Column("port", [], "port", isDefault: false),
        CatTable.Column("attr", [], "attr"),
        CatTable.Column("value", [], "value"),
    ]

    static let pendingTasks: [CatTable.Column] = [
        CatTable.Column("insertOrder", [], "insertOrder"),
        CatTable.Column("timeInQueue", [], "timeInQueue"),
        CatTable.Column("priority", [], "priority", right: true),
        CatTable.Column("source", [], "source"),
    ]

    static let plugins: [CatTable.Column] = [
        CatTable.Column("id", [], "id", isDefault: false),
        CatTable.Column("name", ["n"], "name"),
        CatTable.Column("component", [], "component"),
        CatTable.Column("version", ["v"], "version"),
        CatTable.Column("description", [], "description", isDefault: false),
        CatTable.Column("type", ["t"], "type", isDefault: false),
    ]

    static let repositories: [CatTable.Column] = [
        CatTable.Column("id", [], "id"),
        CatTable.Column("type", ["t"], "type"),
    ]

    static let templates: [CatTable.Column] = [
        CatTable.Column("name", ["n"], "name"),
        CatTable.Column("index_patterns", ["t"], "index patterns"),
        CatTable.Column("order", ["o", "p"], "order"),
        CatTable.Column("version", ["v"], "version"),
        CatTable.Column("composed_of", ["c"], "composed of"),
    ]

    static let tasks: [CatTable.Column] = [
        CatTable.Column("id", [], "id", isDefault: false),
        CatTable.Column("action", ["ac"], "action"),
        CatTable.Column("task_id", [], "task id"),
        CatTable.Column("parent_task_id", [], "parent task id"),
        CatTable.Column("type", ["t"], "type"),
        CatTable.Column("start_time", [], "start time"),
        CatTable.Column("timestamp", ["ts", "hms", "hhmmss"], "timestamp"),
        CatTable.Column("running_time_ns", [], "running time ns", isDefault: false, right: true),
        CatTable.Column("running_time", [], "running time"),
        CatTable.Column("node_id", [], "node id", isDefault: false),
        CatTable.Column("ip", [], "ip"),
        CatTable.Column("port", [], "port", isDefault: false),
        CatTable.Column("node", ["n"], "node"),
        CatTable.Column("version", ["v"], "version", isDefault: false),
        CatTable.Column("x_opaque_id", [], "x opaque id", isDefault: false),
        CatTable.Column("description", [], "description", isDefault: false),
    ]

    static let threadPool: [CatTable.Column] = [
        CatTable.Column("node_name", [], "node name"),
        CatTable.Column("node_id", [], "node id", isDefault: false),
        CatTable.Column("ephemeral_node_id", [], "ephemeral node id", isDefault: false),
        CatTable.Column("pid", [], "pid", isDefault: false),
        CatTable.Column("host", [], "host", isDefault: false),
        CatTable.Column("ip", [], "ip", isDefault: false),
        CatTable.Column("port", [], "port", isDefault: false),
        CatTable.Column("name", ["n"], "name"),
        CatTable.Column("type", ["t"], "type", isDefault: false),
        CatTable.Column("active", ["a"], "active", right: true),
        CatTable.Column("pool_size", [], "pool size", isDefault: false, right: true),
        CatTable.Column("queue", ["q"], "queue", right: true),
        CatTable.Column("queue_size", [], "queue size", isDefault: false, right: true),
        CatTable.Column("rejected", ["r"], "rejected", right: true),
        CatTable.Column("largest", [], "largest", isDefault: false),
        CatTable.Column("completed", [], "completed", isDefault: false),
        CatTable.Column("total_wait_time", [], "total wait time", isDefault: false, right: true),
        CatTable.Column("core", [], "core", isDefault: false),
        CatTable.Column("max", [], "max", isDefault: false),
        CatTable.Column("size", ["si"], "size", isDefault: false, right: true),
        CatTable.Column("keep_alive", [], "keep alive", isDefault: false),
    ]

    static let fielddata: [CatTable.Column] = [
        CatTable.Column("id", [], "id"),
        CatTable.Column("host", [], "host"),
        CatTable.Column("ip", [], "ip"),
        CatTable.Column("node", ["n"], "node"),
        CatTable.Column("field", [], "field"),
        CatTable.Column("size", ["si"], "size", right: true),
    ]

    static let snapshots: [CatTable.Column] = [
        CatTable.Column("id", [], "id"),
        CatTable.Column("repository", [], "repository", isDefault: false, right: true),
        CatTable.Column("status", ["s"], "whether it serves requests"),
        CatTable.Column("start_epoch", [], "start epoch", right: true),
        CatTable.Column("start_time", [], "start time"),
        CatTable.Column("end_epoch", [], "end epoch", right: true),
        CatTable.Column("end_time", [], "end time"),
        CatTable.Column("duration", [], "duration"),
        CatTable.Column("indices", [], "indices"),
        CatTable.Column("successful_shards", [], "successful shards", right: true),
        CatTable.Column("failed_shards", [], "failed shards", right: true),
        CatTable.Column("total_shards", [], "total shards", right: true),
        CatTable.Column("reason", [], "reason", isDefault: false),
    ]

    static let segmentReplication: [CatTable.Column] = [
        CatTable.Column("shardId", [], "shardId"),
        CatTable.Column("target_node", [], "target node"),
        CatTable.Column("target_host", [], "target host"),
        CatTable.Column("checkpoints_behind", [], "checkpoints behind"),
        CatTable.Column("bytes_behind", [], "bytes behind", right: true),
        CatTable.Column("current_lag", [], "current lag"),
        CatTable.Column("last_completed_lag", [], "last completed lag"),
        CatTable.Column("rejected_requests", [], "rejected requests", right: true),
        CatTable.Column("stage", [], "stage"),
        CatTable.Column("time", [], "time"),
        CatTable.Column("files_fetched", [], "files fetched"),
        CatTable.Column("files_percent", [], "files percent", right: true),
        CatTable.Column("bytes_fetched", [], "bytes fetched", right: true),
        CatTable.Column("bytes_percent", [], "bytes percent", right: true),
        CatTable.Column("start_time", [], "start time"),
        CatTable.Column("stop_time", [], "stop time"),
        CatTable.Column("files", [], "files"),
        CatTable.Column("files_total", [], "files total", right: true),
        CatTable.Column("bytes", [], "bytes", right: true),
        CatTable.Column("bytes_total", [], "bytes total", right: true),
        CatTable.Column("replicating_stage_time_taken", [], "replicating stage time taken", right: true),
        CatTable.Column(
            "get_checkpoint_info_stage_time_taken", [], "get checkpoint info stage time taken", right: true),
        CatTable.Column("file_diff_stage_time_taken", [], "file diff stage time taken", right: true),
        CatTable.Column("get_files_stage_time_taken", [], "get files stage time taken", right: true),
        CatTable.Column(
            "finalize_replication_stage_time_taken", [], "finalize replication stage time taken", right: true),
    ]
}
