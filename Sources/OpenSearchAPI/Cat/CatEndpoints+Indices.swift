internal import ClusterState
internal import HTTPTypes
internal import JSON

/// Tables of what is in the indices.
extension CatEndpoints {
    var indexTables: [Endpoint] {
        [
            table("count", ["/_cat/count", "/_cat/count/{index}"], IndicesOptions.parameters, Self.count) { request in
                let indices = try node.metadata.current.indices(of: request, .search)
                let now = Clock.milliseconds
                let count = indices.filter(\.isOpen).reduce(0) { $0 + node.statistics(of: $1).documents }
                return [
                    [
                        "epoch": .integer(Int(now / 1000)), "timestamp": .text(Clock.timeOfDay(now)),
                        "count": .integer(count),
                    ]
                ]
            },
            table(
                "indices", ["/_cat/indices", "/_cat/indices/{index}"],
                ["health", "pri", "include_unloaded_segments"] + IndicesOptions.parameters, Self.indices
            ) { request in try indexRows(request) },
            table("shards", ["/_cat/shards", "/_cat/shards/{index}"], IndicesOptions.parameters, Self.shards) {
                request in
                try shardRows(request)
            },
            table("segments", ["/_cat/segments", "/_cat/segments/{index}"], IndicesOptions.parameters, Self.segments) {
                request in
                try node.metadata.current.indices(of: request, .search).filter(\.isOpen).flatMap(segmentRows)
            },
            table(
                "recovery", ["/_cat/recovery", "/_cat/recovery/{index}"], ["active_only", "detailed", "index"],
                Self.recovery
            ) { request in
                try request.flag("active_only")
                    ? []
                    : try node.metadata.current.indices(of: request, .administration).filter(\.isOpen).map(recoveryRow)
            },
            table("aliases", ["/_cat/aliases", "/_cat/aliases/{name}"], IndicesOptions.parameters, Self.aliases) {
                request in
                aliasRows(request)
            },
            table("templates", ["/_cat/templates", "/_cat/templates/{name}"], [], Self.templates) { request in
                templateRows(request)
            },
            listed("indices", Self.indices) { request in try indexRows(request) },
            listed("shards", Self.shards) { request in try shardRows(request) },
        ]
    }

    /// A table in pages: `_list`.
    private func listed(
        _ what: String, _ columns: [CatTable.Column], rows: @escaping @Sendable (RestRequest) throws -> [Row]
    ) -> Endpoint {
        Endpoint(
            "list.\(what)", [.get], ["/_list/\(what)", "/_list/\(what)/{index}"],
            CatTable.parameters + IndicesOptions.parameters + [
                "next_token", "sort", "health", "pri", "include_unloaded_segments",
            ]
        ) { request in
            let size = try request.integer("size") ?? 500
            guard (1...5000).contains(size) else {
                throw OpenSearchError.illegalArgument("size [\(size)] must be between 1 and 5000")
            }
            let order = try request.choice("sort", ["asc", "desc"]) ?? "asc"
            guard let start = Int(request.text("next_token") ?? "0"), start >= 0 else {
                throw OpenSearchError.illegalArgument("Parameter [next_token] has been tainted and is incorrect")
            }
            var all = try rows(request)
            if order == "desc" { all.reverse() }
            let page = Array(all.dropFirst(start).prefix(size))
            let token: JSONValue = start + size < all.count ? .string("\(start + size)") : .null
            let table = try CatTable(columns, page, for: request)
            let format = ResponseFormat(parameter: request.text("format"), accept: nil) ?? .text
            if format == .text { return RestResponse(.text(table.text + "next_token \(token.string ?? "null")\n")) }
            return RestResponse(
                .object(JSONObject([(key: "next_token", value: token), (key: what, value: table.document)])))
        }
    }

    private func indexRows(_ request: RestRequest) throws(OpenSearchError) -> [Row] {
        var options = IndicesOptions.administration
        options.expandsToHidden = false
        let health = try request.choice("health", ["green", "yellow", "red"])
        return try node.metadata.current.indices(of: request, options).sorted { $0.name < $1.name }.filter { index in
            health == nil || index.isOpen && index.health == health
        }.map { index in
            let statistics = index.isOpen ? node.statistics(of: index) : nil
            var row: Row = [
                "status": .text(index.isOpen ? "open" : "close"), "index": .text(index.name), "uuid": .text(index.uuid),
                "pri": .integer(index.numberOfShards), "rep": .integer(index.numberOfReplicas),
                "creation.date": .integer(Int(index.createdAt)),
                "creation.date.string": .text(Clock.iso(index.createdAt)),
            ]
            row["health"] = .text(index.health)
            guard let statistics else { return row }
            row["docs.count"] = .integer(statistics.documents)
            row["docs.deleted"] = .integer(statistics.deleted)
            for (name, cell) in Self.measures(statistics) {
                row[name] = cell
                row["pri.\(name)"] = cell
            }
            return row
        }
    }

    /// What indices and shards count, by the names of columns.
    private static func measures(_ statistics: ShardStatistics) -> Row {
        [
            "store.size": .bytes(statistics.storeBytes), "flush.total": .integer(statistics.flushes.count),
            "flush.total_time": .time(statistics.flushes.time), "get.total": .integer(statistics.getting.count),
            "get.time": .time(statistics.getting.time), "indexing.index_total": .integer(statistics.indexing.count),
            "indexing.index_time": .time(statistics.indexing.time),
            "indexing.index_failed": .integer(statistics.indexingFailures),
            "indexing.delete_total": .integer(statistics.deleting.count),
            "merges.total": .integer(statistics.merges.count), "merges.total_time": .time(statistics.merges.time),
            "refresh.total": .integer(statistics.refreshes.count), "refresh.time": .time(statistics.refreshes.time),
            "search.query_total": .integer(statistics.searching.count),
            "search.query_time": .time(statistics.searching.time),
            "search.scroll_current": .integer(statistics.openScrolls),
            "search.point_in_time_current": .integer(statistics.openPoints),
            "segments.count": .integer(statistics.segments.count),
        ]
    }

    private func shardRows(_ request: RestRequest) throws(OpenSearchError) -> [Row] {
        var rows: [Row] = []
        for index in try node.metadata.current.indices(of: request, .administration).sorted(by: { $0.name < $1.name })
        where index.isOpen {
            let statistics = node.statistics(of: index)
            for shard in 0..<index.numberOfShards {
                // One physical shard, whatever the settings say: the first has everything.
                let own = shard == 0 ? statistics : ShardStatistics()
                var row = Self.measures(own)
                row["store"] = row.removeValue(forKey: "store.size")
                row["index"] = .text(index.name)
                row["shard"] = .integer(shard)
                row["prirep"] = .text("p")
                row["state"] = .text("STARTED")
                row["docs"] = .integer(own.documents)
                row["docs.deleted"] = .integer(own.deleted)
                row["ip"] = .text(node.host)
                row["id"] = .text(node.id)
                row["node"] = .text(node.name)
                row["seq_no.max"] = .integer(own.maximumSequenceNumber)
                row["seq_no.local_checkpoint"] = .integer(own.maximumSequenceNumber)
                row["seq_no.global_checkpoint"] = .integer(own.maximumSequenceNumber)
                rows.append(row)
                for _ in 0..<min(index.numberOfReplicas, 100) {
                    rows.append([
                        "index": .text(index.name), "shard": .integer(shard), "prirep": .text("r"),
                        "state": .text("UNASSIGNED"), "unassigned.reason": .text("INDEX_CREATED"),
                        "unassigned.at": .text(Clock.iso(index.createdAt)),
                        "unassigned.details": .text("a cluster of one node holds no replicas"),
                        "recoverysource.type": .text("peer"),
                    ])
                }
            }
        }
        return rows
    }

    /// The segments of an index.
    func segmentRows(_ index: IndexMetadata) -> [Row] {
        node.statistics(of: index).segments.map { row($0, index: index.name) }
    }

    /// One segment.
    func row(_ segment: ShardStatistics.Segment, index: String) -> Row {
        [
            "index": .text(index), "shard": .integer(0), "prirep": .text("p"), "ip": .text(node.host),
            "id": .text(node.id), "segment": .text(segment.name), "generation": .integer(segment.generation),
            "docs.count": .integer(segment.documents), "docs.deleted": .integer(segment.deleted),
            "size": .bytes(segment.bytes), "size.memory": .bytes(0), "committed": .text("\(segment.isCommitted)"),
            "searchable": .text("\(segment.isSearchable)"), "version": .text("10.3.0"), "compound": .text("false"),
        ]
    }

    private func recoveryRow(_ index: IndexMetadata) -> Row {
        var row: Row = [
            "index": .text(index.name), "shard": .integer(0), "start_time": .text(Clock.iso(node.started)),
            "start_time_millis": .integer(Int(node.started)), "stop_time": .text(Clock.iso(node.started)),
            "stop_time_millis": .integer(Int(node.started)), "time": .time(.zero), "type": .text("existing_store"),
            "stage": .text("done"), "source_host": .text("n/a"), "source_node": .text("n/a"),
            "target_host": .text(node.host), "target_node": .text(node.name), "repository": .text("n/a"),
            "snapshot": .text("n/a"), "files_percent": .text("100.0%"), "bytes_percent": .text("100.0%"),
            "translog_ops_percent": .text("100.0%"),
        ]
        for name in ["files", "files_recovered", "files_total", "translog_ops", "translog_ops_recovered"] {
            row[name] = .integer(0)
        }
        for name in ["bytes", "bytes_recovered", "bytes_total"] { row[name] = .bytes(0) }
        return row
    }

    private func aliasRows(_ request: RestRequest) -> [Row] {
        let patterns = request.list("name") ?? ["*"]
        var rows: [Row] = []
        for index in node.metadata.current.indices.values.sorted(by: { $0.name < $1.name }) {
            for (alias, definition) in index.aliases.sorted(by: { $0.key < $1.key })
            where patterns.contains(where: { $0 == "_all" || Wildcard.matches($0, alias) }) {
                rows.append([
                    "alias": .text(alias), "index": .text(index.name),
                    "filter": .text(definition["filter"] == nil ? "-" : "*"),
                    "routing.index": .text(definition["index_routing"]?.string ?? "-"),
                    "routing.search": .text(definition["search_routing"]?.string ?? "-"),
                    "is_write_index": .text(definition["is_write_index"]?.bool.map { "\($0)" } ?? "-"),
                ])
            }
        }
        return rows
    }

    private func templateRows(_ request: RestRequest) -> [Row] {
        let pattern = request.text("name") ?? "*"
        let templates = node.metadata.current.templates
        func row(_ name: String, _ template: JSONObject, _ order: String, _ parts: String) -> Row {
            [
                "name": .text(name), "order": .text(template[order]?.int.map { "\($0)" } ?? "0"),
                "index_patterns": .text("[\(TemplateSet.patterns(template).joined(separator: ", "))]"),
                "version": template["version"]?.int.map { .integer($0) } ?? .none, "composed_of": .text(parts),
            ]
        }
        let legacy = templates.legacy.filter { Wildcard.matches(pattern, $0.key) }.sorted { $0.key < $1.key }
        let index = templates.index.filter { Wildcard.matches(pattern, $0.key) }.sorted { $0.key < $1.key }
        return legacy.map { row($0.key, $0.value, "order", "") }
            + index.map { entry in
                let parts = entry.value["composed_of"]?.array?.compactMap(\.string) ?? []
                return row(entry.key, entry.value, "priority", "[\(parts.joined(separator: ", "))]")
            }
    }
}
