internal import ClusterState
internal import DocumentStore
internal import HTTPTypes
internal import JSON
internal import Querying

/// Single documents: `_doc`, `_create`, `_source`, `_update`.
struct DocumentEndpoints {
    let node: OpenSearchNode

    private static let versions = ["version", "version_type", "if_seq_no", "if_primary_term"]
    private static let updating =
        ["refresh", "routing", "timeout", "wait_for_active_shards", "require_alias"] + versions
    private static let writing = updating + ["pipeline", "op_type"]
    private static let sources = ["_source", "_source_includes", "_source_excludes"]
    private static let reading =
        ["preference", "realtime", "refresh", "routing", "stored_fields", "version", "version_type"] + sources

    var endpoints: [Endpoint] {
        [
            Endpoint("index", [.put, .post], ["/{index}/_doc/{id}"], Self.writing, pool: .write) { request in
                try await write(request, request.text("op_type") == "create" ? .create : .index)
            },
            Endpoint("index_new", [.post], ["/{index}/_doc"], Self.writing, pool: .write) { request in
                try await write(request, request.text("op_type") == "create" ? .create : .index)
            },
            Endpoint("create", [.put, .post], ["/{index}/_create/{id}"], Self.writing, pool: .write) { request in
                try await write(request, .create)
            },
            Endpoint("delete", [.delete], ["/{index}/_doc/{id}"], Self.writing, pool: .write) { request in
                try await write(request, .delete)
            },
            Endpoint(
                "update", [.post], ["/{index}/_update/{id}"],
                Self.updating + Self.sources + ["retry_on_conflict", "lang"],
                pool: .write
            ) { request in try await update(request) },
            Endpoint("get", [.get, .head], ["/{index}/_doc/{id}"], Self.reading, pool: .get) { request in
                try get(request)
            },
            Endpoint("get_source", [.get, .head], ["/{index}/_source/{id}"], Self.reading, pool: .get) { request in
                try source(request)
            },
        ]
    }

    // MARK: Writing

    private func write(_ request: RestRequest, _ kind: WriteRequest.Kind) async throws -> RestResponse {
        if let type = request.text("op_type"), type != "create", type != "index" {
            throw OpenSearchError.illegalArgument("opType must be 'create' or 'index', found: [\(type)]")
        }
        var write = WriteRequest(kind: kind, target: request.path("index"), id: request.text("id"))
        write.routing = request.text("routing")
        write.pipeline = request.text("pipeline")
        write.requiresAlias = try request.flag("require_alias")
        write.version = try WriteRequest.versionRule(
            version: try request.long("version"), type: request.text("version_type"),
            ifSeqNo: try request.long("if_seq_no"), ifPrimaryTerm: try request.long("if_primary_term"), kind: kind
        )
        if kind != .delete {
            write.body = request.content[...]
            if write.body.isEmpty { throw OpenSearchError.validation(["source is missing"]) }
        }
        let refresh = try RefreshPolicy(request)
        let result = try await node.write([write], refresh: refresh)[0].get()
        return RestResponse(.json(result.json(isForced: refresh)), status: result.status)
    }

    private func update(_ request: RestRequest) async throws -> RestResponse {
        var write = WriteRequest(kind: .update, target: request.path("index"), id: request.text("id"))
        write.routing = request.text("routing")
        write.requiresAlias = try request.flag("require_alias")
        write.retries = try request.integer("retry_on_conflict") ?? 0
        write.returnedSource = SourceChoice(request) ?? DocumentUpdate.returnedSource(request.content[...])
        write.version = try WriteRequest.versionRule(
            version: try request.long("version"), type: request.text("version_type"),
            ifSeqNo: try request.long("if_seq_no"), ifPrimaryTerm: try request.long("if_primary_term"),
            kind: .update)
        write.body = request.content[...]
        let refresh = try RefreshPolicy(request)
        let result = try await node.write([write], refresh: refresh)[0].get()
        return RestResponse(.json(result.json(isForced: refresh)), status: result.status)
    }

    // MARK: Reading

    private func find(_ request: RestRequest) throws -> (index: IndexMetadata, document: KeptDocument?) {
        let index = try node.readTarget(request.path("index"))
        if try request.flag("refresh") { try node.refresh([index]) }
        let isRealtime = try request.flag("realtime", default: true)
        let document = try node.document(request.path("id"), in: index, isRealtime: isRealtime)
        if let document, let version = try request.long("version"), Int64(version) != document.version,
            request.text("version_type") != "external_gte" || Int64(version) > document.version
        {
            throw OpenSearchError(
                409, "version_conflict_engine_exception",
                "[\(document.id)]: version conflict, current version [\(document.version)] is different than the one "
                    + "provided [\(version)]",
                [("index", .string(index.name)), ("shard", "0"), ("index_uuid", .string(index.uuid))])
        }
        return (index, document)
    }

    private func get(_ request: RestRequest) throws -> RestResponse {
        let (index, document) = try find(request)
        var choice = SourceChoice(request) ?? .whole
        if request.text("stored_fields") != nil, request.text("_source") == nil {
            choice = SourceChoice(.init(fetch: false))
        }
        var writer = JSONWriter()
        Self.write(document, id: request.path("id"), index.name, choice, to: &writer)
        return RestResponse(.json(writer.bytes), status: document == nil ? 404 : 200)
    }

    private func source(_ request: RestRequest) throws -> RestResponse {
        let (index, document) = try find(request)
        guard let document else {
            throw OpenSearchError(
                404, "resource_not_found_exception", "Document not found [\(index.name)]/[\(request.path("id"))]")
        }
        var writer = JSONWriter()
        (SourceChoice(request) ?? .whole).write(document.source, to: &writer)
        return RestResponse(.json(writer.bytes))
    }

    /// Writes a document as `_doc` and `_mget` tell it.
    static func write(
        _ document: KeptDocument?, id: String, _ index: String, _ choice: SourceChoice, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("_index")
        writer.value(index)
        writer.key("_id")
        writer.value(document?.id ?? id)
        guard let document else {
            writer.key("found")
            writer.value(false)
            return writer.endObject()
        }
        writer.key("_version")
        writer.value(Int(document.version))
        writer.key("_seq_no")
        writer.value(Int(document.seqNo))
        writer.key("_primary_term")
        writer.value(Int(document.primaryTerm))
        if let routing = document.routing {
            writer.key("_routing")
            writer.value(routing)
        }
        writer.key("found")
        writer.value(true)
        if choice.isFetched {
            writer.key("_source")
            choice.write(document.source, to: &writer)
        }
        writer.endObject()
    }
}

extension OpenSearchNode {
    /// The one index that a read by id means.
    func readTarget(_ name: String) throws(OpenSearchError) -> IndexMetadata {
        let metadata = self.metadata.current
        let options = IndicesOptions(allowsNone: false, forbidsClosed: true)
        try Authorization.current?.check(.get, [name], options, metadata)
        let names = try metadata.catalog.resolve([name], options)
        guard names.count == 1, let index = metadata.indices[names[0]] else {
            throw .illegalArgument(
                "alias [\(name)] has more than one index associated with it [\(names.joined(separator: ", "))], can't "
                    + "execute a single index op")
        }
        try Self.checkBlocks(index, ["read"])
        return index
    }
}
