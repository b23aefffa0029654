internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Querying

/// `_cat`: the state of the node in tables.
struct CatEndpoints {
    let node: OpenSearchNode

    typealias Row = [String: CatTable.Cell]

    var endpoints: [Endpoint] {
        nodeTables + indexTables + [
            Endpoint("cat.help", [.get], ["/_cat"]) { _ in
                let names = [
                    "aliases", "allocation", "cluster_manager", "count", "fielddata", "health", "indices", "master",
                    "nodeattrs",
                    "nodes", "pending_tasks", "pit_segments", "plugins", "recovery", "repositories", "segments",
                    "segment_replication", "shards", "snapshots/{repository}", "tasks", "templates", "thread_pool",
                ]
                return RestResponse(.text("=^.^=\n" + names.map { "/_cat/\($0)\n" }.joined()))
            },
            Endpoint("list.help", [.get], ["/_list"]) { _ in
                RestResponse(.text("/_list/indices\n/_list/indices/{index}\n/_list/shards\n/_list/shards/{index}\n"))
            },
        ]
    }

    /// A table of some columns at one path or more.
    func table(
        _ name: String, _ paths: [String], _ parameters: [String] = [], _ columns: [CatTable.Column],
        rows: @escaping @Sendable (RestRequest) throws -> [Row]
    ) -> Endpoint {
        Endpoint("cat.\(name)", [.get], paths, CatTable.parameters + parameters) { request in
            let isHelp = try request.flag("help")
            return RestResponse(.table(try CatTable(columns, isHelp ? [] : try rows(request), for: request)))
        }
    }

    // MARK: The node

    private var nodeTables: [Endpoint] {
        [
            table("health", ["/_cat/health"], ["ts"], Self.health) { request in
                [try health(request)]
            },
            table("nodes", ["/_cat/nodes"], ["full_id"], Self.nodes) { request in [nodeRow(request)] },
            table("cluster_manager", ["/_cat/cluster_manager", "/_cat/master"], [], Self.manager) { _ in
                [["id": .text(node.id), "host": .text(node.host), "ip": .text(node.host), "node": .text(node.name)]]
            },
            table("allocation", ["/_cat/allocation", "/_cat/allocation/{node_id}"], [], Self.allocation) { _ in
                allocation
            },
            table(
                "thread_pool", ["/_cat/thread_pool", "/_cat/thread_pool/{thread_pool_patterns}"], [], Self.threadPool
            ) {
                request in threadPools(request)
            },
            table("tasks", ["/_cat/tasks"], ["actions", "detailed", "nodes", "parent_task_id"], Self.tasks) { _ in
                let own = node.tasks.begin("cluster:monitor/tasks/lists")
                defer { node.tasks.end(own, .success(.null), isRemembered: false) }
                return node.tasks.running.map(taskRow)
            },
            table("pending_tasks", ["/_cat/pending_tasks"], [], Self.pendingTasks) { _ in [] },
            table("plugins", ["/_cat/plugins"], [], Self.plugins) { _ in [] },
            table("repositories", ["/_cat/repositories"], [], Self.repositories) { _ in [] },
            table("nodeattrs", ["/_cat/nodeattrs"], [], Self.attributes) { _ in [] },
            table(
                "snapshots", ["/_cat/snapshots", "/_cat/snapshots/{repository}"], ["ignore_unavailable", "repository"],
                Self.snapshots
            ) {
                request in
                guard let repository = request.text("repository") else { return [] }
                throw OpenSearchError(
                    404, "repository_missing_exception",
                    "[\(repository)] missing: this server has no snapshot repositories")
            },
            table(
                "segment_replication", ["/_cat/segment_replication", "/_cat/segment_replication/{index}"],
                ["active_only", "completed_only", "detailed", "index", "shards", "ignore_throttled"]
                    + IndicesOptions.parameters,
                Self.segmentReplication
            ) { _ in [] },
            table("fielddata", ["/_cat/fielddata", "/_cat/fielddata/{fields}"], ["fields"], Self.fielddata) { _ in [] },
        ]
    }

    private func health(_ request: RestRequest) throws(OpenSearchError) -> Row {
        let open = node.metadata.current.indices.values.filter(\.isOpen)
        let active = open.reduce(0) { $0 + $1.numberOfShards }
        let unassigned = open.reduce(0) { $0 + $1.numberOfShards * $1.numberOfReplicas }
        let percent = active + unassigned == 0 ? 1000 : active * 1000 / (active + unassigned)
        let now = Clock.milliseconds
        var row: Row = [
            "cluster": .text(node.clusterName), "status": .text(unassigned > 0 ? "yellow" : "green"),
            "node.total": .integer(1), "node.data": .integer(1), "discovered_cluster_manager": .text("true"),
            "shards": .integer(active), "pri": .integer(active),
            "relo": .integer(0), "init": .integer(0), "unassign": .integer(unassigned), "pending_tasks": .integer(0),
            "max_task_wait_time": .text("-"), "active_shards_percent": .text("\(percent / 10).\(percent % 10)%"),
        ]
        if try request.flag("ts", default: true) {
            row["epoch"] = .integer(Int(now / 1000))
            row["timestamp"] = .text(Clock.timeOfDay(now))
        }
        return row
    }

    private func nodeRow(_ request: RestRequest) -> Row {
        let memory = ProcessFacts.memory
        let load = ProcessFacts.load
        let disk = ProcessFacts.disk(node.metadata.path)
        var row: Row = [
            "id": .text((try? request.flag("full_id")) == true ? node.id : String(node.id.prefix(4))),
            "pid": .integer(ProcessFacts.id), "ip": .text(node.host), "http_address": .text(node.address),
            "version": .text(OpenSearchNode.compatibleVersion), "type": .text("needletail"), "build": .text("unknown"),
            "heap.current": .bytes(ProcessFacts.residentBytes), "heap.max": .bytes(memory.total),
            "heap.percent": .integer(memory.total > 0 ? ProcessFacts.residentBytes * 100 / memory.total : 0),
            "ram.current": .bytes(memory.total - memory.available), "ram.max": .bytes(memory.total),
            "ram.percent": .integer(memory.total > 0 ? (memory.total - memory.available) * 100 / memory.total : 0),
            "disk.total": .bytes(disk.total), "disk.used": .bytes(disk.total - disk.free),
            "disk.avail": .bytes(disk.free),
            "disk.used_percent": .real(disk.total > 0 ? Double(disk.total - disk.free) * 100 / Double(disk.total) : 0),
            "uptime": .time(ContinuousClock.now - node.startedAt), "node.role": .text("dim"),
            "node.roles": .text("cluster_manager,data,ingest"), "cluster_manager": .text("*"), "name": .text(node.name),
        ]
        row["port"] = .text(port)
        if let busy = load.first { row["cpu"] = .integer(min(100, Int(busy * 100) / node.cores)) }
        for (name, value) in zip(["load_1m", "load_5m", "load_15m"], load) { row[name] = .real(value) }
        return row
    }

    private var allocation: [Row] {
        let open = node.metadata.current.indices.values.filter(\.isOpen)
        let disk = ProcessFacts.disk(node.metadata.path)
        let bytes = open.reduce(0) { $0 + node.statistics(of: $1).storeBytes }
        var rows: [Row] = [
            [
                "shards": .integer(open.reduce(0) { $0 + $1.numberOfShards }), "disk.indices": .bytes(bytes),
                "disk.used": .bytes(disk.total - disk.free), "disk.avail": .bytes(disk.free),
                "disk.total": .bytes(disk.total),
                "disk.percent": .integer(disk.total > 0 ? (disk.total - disk.free) * 100 / disk.total : 0),
                "host": .text(node.host), "ip": .text(node.host), "node": .text(node.name),
            ]
        ]
        let unassigned = open.reduce(0) { $0 + $1.numberOfShards * $1.numberOfReplicas }
        if unassigned > 0 { rows.append(["shards": .integer(unassigned), "node": .text("UNASSIGNED")]) }
        return rows
    }

    private func threadPools(_ request: RestRequest) -> [Row] {
        let patterns = request.list("thread_pool_patterns") ?? ["*"]
        return WorkPool.allCases.filter { pool in patterns.contains { Wildcard.matches($0, pool.rawValue) } }
            .sorted { $0.rawValue < $1.rawValue }.map { pool in
                let load = node.threads.load(of: pool)
                return [
                    "node_name": .text(node.name), "node_id": .text(node.id), "ephemeral_node_id": .text(node.id),
                    "pid": .integer(ProcessFacts.id), "host": .text(node.host), "ip": .text(node.host),
                    "name": .text(pool.rawValue), "type": .text("fixed"), "active": .integer(load.active),
                    "pool_size": .integer(load.threads), "queue": .integer(load.queued),
                    "queue_size": .integer(WorkThreads.queueCapacity), "rejected": .integer(load.rejected),
                    "largest": .integer(load.threads), "completed": .integer(load.completed),
                    "size": .integer(load.threads),
                ]
            }
    }

    private var port: String { String(node.address.reversed().prefix { $0 != ":" }.reversed()) }

    private func taskRow(_ task: TaskRegistry.Entry) -> Row {
        [
            "id": .integer(task.id), "action": .text(task.action), "task_id": .text(task.name),
            "parent_task_id": .text("-"),
            "type": .text("transport"), "start_time": .integer(Int(task.started)),
            "timestamp": .text(Clock.timeOfDay(task.started)),
            "running_time_ns": .integer(Int(task.runningTime.nanoseconds)), "running_time": .time(task.runningTime),
            "node_id": .text(node.id), "ip": .text(node.host), "port": .text(port), "node": .text(node.name),
            "version": .text(OpenSearchNode.compatibleVersion),
            "x_opaque_id": .text(task.headers["X-Opaque-Id"]?.string ?? "-"), "description": .text(task.description),
        ]
    }
}
