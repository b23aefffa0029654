internal import ClusterState
internal import HTTPTypes
internal import Ingest
internal import JSON

/// `_ingest`: pipelines of documents as they are kept and tried out.
struct IngestPipelineEndpoints {
    let node: OpenSearchNode

    private static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout"]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "ingest.get_pipeline", [.get], ["/_ingest/pipeline", "/_ingest/pipeline/{id}"],
                Self.timeouts + ["summary"]
            ) { request in
                try get(request)
            },
            Endpoint("ingest.put_pipeline", [.put], ["/_ingest/pipeline/{id}"], Self.timeouts) { request in
                try put(request)
            },
            Endpoint("ingest.delete_pipeline", [.delete], ["/_ingest/pipeline/{id}"], Self.timeouts) { request in
                try delete(request)
            },
            Endpoint(
                "ingest.simulate", [.get, .post], ["/_ingest/pipeline/_simulate", "/_ingest/pipeline/{id}/_simulate"],
                ["verbose"], pool: .write
            ) { request in
                try await simulate(request)
            },
            Endpoint("ingest.processor_grok", [.get], ["/_ingest/processor/grok"], ["s"]) { request in
                var patterns = GrokPatternBank.all.map { (key: $0.0, value: JSONValue.string($0.1)) }
                if try request.flag("s") { patterns.sort { $0.key < $1.key } }
                return RestResponse(["patterns": .object(JSONObject(patterns))])
            },
        ]
    }

    // MARK: Keeping

    private func get(_ request: RestRequest) throws -> RestResponse {
        let patterns = request.list("id") ?? ["*"]
        let isShort = try request.flag("summary")
        let found = node.metadata.current.all(.ingestPipeline)
            .filter { entry in patterns.contains { Wildcard.matches($0, entry.key) } }
            .sorted { $0.key < $1.key }
        let isMissing = found.isEmpty && !patterns.contains(where: Wildcard.isPattern)
        return RestResponse(
            .object(JSONObject(found.map { (key: $0.key, value: isShort ? .object([:]) : $0.value) })),
            status: isMissing ? 404 : 200)
    }

    private func put(_ request: RestRequest) throws -> RestResponse {
        let id = request.path("id")
        let definition = try request.requiredObject()
        _ = try IngestPipelines.read(definition, id, node.metadata.current)
        try node.metadata.update { $0[.ingestPipeline, id] = .object(definition) }
        return .acknowledged
    }

    private func delete(_ request: RestRequest) throws -> RestResponse {
        let pattern = request.path("id")
        var removed: [String] = []
        try node.metadata.update { metadata in
            let names = metadata.all(.ingestPipeline).keys.filter { Wildcard.matches(pattern, $0) }
            if names.isEmpty, !Wildcard.isPattern(pattern) {
                throw OpenSearchError(404, "resource_not_found_exception", "pipeline [\(pattern)] is missing")
            }
            for name in names { metadata[.ingestPipeline, name] = nil }
            removed = Array(names)
        }
        node.ingestPipelines.forget(removed)
        return .acknowledged
    }

    // MARK: Trying out

    private func simulate(_ request: RestRequest) async throws -> RestResponse {
        let isVerbose = try request.flag("verbose")
        let body = try request.requiredObject()
        let metadata = node.metadata.current
        let pipeline: IngestPipeline
        if let id = request.text("id") {
            guard let known = try node.ingestPipelines.pipeline(id, metadata) else {
                throw OpenSearchError.illegalArgument("pipeline [\(id)] does not exist")
            }
            pipeline = known
        } else {
            switch body["pipeline"] {
            case .object(let definition)?:
                pipeline = try IngestPipelines.read(definition, IngestPipeline.simulatedID, metadata).pipeline
            case nil, .null?: throw Self.property("pipeline", "required property is missing")
            case let other?: throw Self.property("pipeline", "property isn't a map, but of type [\(other.typeName)]")
            }
        }
        guard let documents = body["docs"]?.array else {
            throw Self.property(
                "docs", body["docs"] == nil ? "required property is missing" : "property isn't a list")
        }
        guard !documents.isEmpty else {
            throw OpenSearchError.illegalArgument("must specify at least one document in [docs]")
        }
        var slots: [IngestSlot] = []
        for document in documents { slots.append(IngestSlot(try Self.document(document), isTraced: isVerbose)) }
        await IngestRun(node.ingestEnvironment(metadata, isCounted: false)).run(pipeline, &slots)
        return RestResponse(["docs": .array(slots.map { Self.shown($0, isVerbose) })])
    }

    private static func shown(_ slot: IngestSlot, _ isVerbose: Bool) -> JSONValue {
        if isVerbose {
            let results = (slot.trace ?? []).map { $0.shown(fault) }
            return ["processor_results": .array(results)]
        }
        if let failure = slot.failure { return .object(fault(failure)) }
        return slot.isDropped ? .null : ["doc": slot.document.shown]
    }

    /// `{"error": {...}}`.
    private static func fault(_ failure: IngestFailure) -> JSONObject {
        ["error": OpenSearchError(failure).body()["error"] ?? .null]
    }

    private static func property(_ name: String, _ what: String) -> OpenSearchError {
        OpenSearchError(400, "parse_exception", "[\(name)] \(what)", [("property_name", .string(name))])
    }

    private static func document(_ value: JSONValue) throws(OpenSearchError) -> IngestDocument {
        guard let object = value.object else {
            throw .illegalArgument("malformed [docs] section, should include an inner object")
        }
        guard let source = object["_source"] else { throw property("_source", "required property is missing") }
        guard let members = source.object else {
            throw property("_source", "property isn't a map, but of type [\(source.typeName)]")
        }
        func text(_ name: String) throws(OpenSearchError) -> String? {
            switch object[name] {
            case nil, .null?: return nil
            case .string(let text)?: return text
            case .number(let number)? where number.isInteger: return number.description
            case let other?: throw property(name, "property isn't a string or int, but of type [\(other.typeName)]")
            }
        }
        var document = IngestDocument(
            index: try text("_index") ?? "_index", id: try text("_id") ?? "_id", routing: try text("_routing"),
            source: members, now: Clock.milliseconds)
        for name in ["_version", "_if_seq_no", "_if_primary_term"] {
            guard let value = object[name] else { continue }
            guard value.int != nil else {
                throw .illegalArgument("Failed to parse parameter [\(name)], only int or long is accepted")
            }
            document.fields[name] = value
        }
        if let kind = try text("_version_type") { document.fields["_version_type"] = .string(kind) }
        return document
    }
}
