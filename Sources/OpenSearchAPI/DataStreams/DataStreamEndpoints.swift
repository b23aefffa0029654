internal import ClusterState
internal import HTTPTypes
internal import Indices
internal import JSON
internal import Querying

/// `_data_stream`: making, showing, measuring and deleting data streams.
struct DataStreamEndpoints {
    let node: OpenSearchNode

    private static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout"]

    var endpoints: [Endpoint] {
        [
            Endpoint("data_stream.create", [.put], ["/_data_stream/{name}"], Self.timeouts, pool: .write) { request in
                try node.createDataStream(request.path("name"))
                return .acknowledged
            },
            Endpoint("data_stream.get", [.get], ["/_data_stream", "/_data_stream/{name}"], Self.timeouts) { request in
                let templates = node.metadata.current.templates
                return RestResponse([
                    "data_streams": .array(try selected(request).map { Self.document($0, templates) })
                ])
            },
            Endpoint(
                "data_stream.delete", [.delete], ["/_data_stream/{name}"], Self.timeouts, pool: .write
            ) { request in
                // The newest goes last: what is left after a crash is a stream all the same.
                for stream in try selected(request) {
                    for index in stream.indices { try node.deleteIndex(index.name) }
                }
                return .acknowledged
            },
            Endpoint(
                "data_stream.stats", [.get], ["/_data_stream/_stats", "/_data_stream/{name}/_stats"],
                pool: .search
            ) { request in try await statistics(request) },
        ]
    }

    /// The streams of the names and patterns in the path, by name.
    private func selected(_ request: RestRequest) throws(OpenSearchError) -> [DataStream] {
        let streams = node.metadata.current.dataStreams
        guard let patterns = request.list("name") else { return streams.values.sorted { $0.name < $1.name } }
        for name in patterns where !Wildcard.isPattern(name) && name != "_all" && streams[name] == nil {
            throw .indexNotFound(name)
        }
        return streams.values.filter { stream in
            patterns.contains { $0 == "_all" || Wildcard.matches($0, stream.name) }
        }.sorted { $0.name < $1.name }
    }

    private static func document(_ stream: DataStream, _ templates: TemplateSet) -> JSONValue {
        var body: JSONObject = [
            "name": .string(stream.name), "timestamp_field": ["name": .string(stream.timestampField)],
            "indices": .array(
                stream.indices.map { ["index_name": .string($0.name), "index_uuid": .string($0.uuid)] }),
            "generation": .number(JSONNumber(stream.generation)),
            "status": stream.indices.contains { $0.health == "yellow" } ? "YELLOW" : "GREEN",
        ]
        if let template = templates.match(stream.name)?.name { body["template"] = .string(template) }
        return .object(body)
    }

    // MARK: Measuring

    private func statistics(_ request: RestRequest) async throws -> RestResponse {
        let streams = try selected(request)
        let indices = streams.flatMap(\.indices)
        var total = 0
        var each: [JSONValue] = []
        for stream in streams {
            let bytes = stream.indices.reduce(0) { $0 + node.statistics(of: $1).storeBytes }
            total += bytes
            var one: JSONObject = [
                "data_stream": .string(stream.name), "backing_indices": .number(JSONNumber(stream.indices.count)),
            ]
            if request.isHuman { one["store_size"] = .string(ByteSize.text(bytes)) }
            one["store_size_bytes"] = .number(JSONNumber(bytes))
            one["maximum_timestamp"] = .number(JSONNumber(Int(try await latestTime(in: stream, request))))
            each.append(.object(one))
        }
        var body: JSONObject = [
            "_shards": OpenSearchNode.shards(indices, withReplicas: false),
            "data_stream_count": .number(JSONNumber(streams.count)),
            "backing_indices": .number(JSONNumber(indices.count)),
        ]
        if request.isHuman { body["total_store_size"] = .string(ByteSize.text(total)) }
        body["total_store_size_bytes"] = .number(JSONNumber(total))
        body["data_streams"] = .array(each)
        return RestResponse(.object(body))
    }

    /// The newest time of the documents that can be found, in milliseconds since 1970; 0 without any.
    private func latestTime(in stream: DataStream, _ request: RestRequest) async throws -> Double {
        let targets = try stream.indices.filter(\.isOpen).map { index in
            SearchTarget(index: index, snapshot: try node.service(index).snapshot)
        }
        let search = try SearchRequest.parse([
            "size": 0, "aggs": ["latest": ["max": ["field": .string(stream.timestampField)]]],
        ])
        let reply = try await node.execute(search, targets, for: request)
        let aggregations = try reply.aggregations.map { try RestRequest.parse($0) }
        return aggregations?["latest"]?["value"]?.double ?? 0
    }
}
