public import JSON

/// Encodes the documents of an index with another model into a new index, and switches an alias to it.
///
/// The new index has the old mapping and a field for the encodings, a pipeline encodes while `_reindex` copies, the numbers of documents are compared, and one call
/// of `_aliases` switches. The old index stays as it was. Every step looks at what is there first, so that the work can be repeated after a crash at any
/// place. Documents that are written to the old index meanwhile are not followed.
public struct IndexReencoding: Sendable {
    /// What the model makes of a text.
    public enum Encoding: Sendable, Hashable {
        /// A vector of so many numbers; `space` is a space type of `knn_vector` such as `cosinesimil` or `innerproduct`.
        case dense(dimension: Int, space: String)
        /// Weights of tokens, in a `rank_features` field.
        case sparse
    }

    /// The index that is copied, or an alias of exactly one.
    public var source: String
    /// The model that encodes; it has to be deployed.
    public var model: String
    /// What the model makes.
    public var encoding: Encoding
    /// Which field each text field is encoded into: `["body": "body_embedding"]`.
    public var fields: [String: String]
    /// The index to be: by custom, the old name and the model's version.
    public var target: String
    /// The alias that is switched; nil for none.
    public var alias: String?
    /// The ingest pipeline that encodes, which the new index keeps for later writes; the name of the new index unless another one is given.
    public var pipeline: String
    /// What an approximate search of dense vectors is made for.
    public var method: JSONValue = ["name": "hnsw", "engine": "lucene"]
    /// Documents in a batch of the copy.
    public var batch = 100
    /// How long the copy may take.
    public var patience = Duration.seconds(24 * 3600)
    /// The wait before the copy is looked at again; it grows to 25 times as much.
    public var interval = Duration.milliseconds(400)

    /// A re-encoding.
    public init(
        source: String, model: String, encoding: Encoding, fields: [String: String], target: String,
        alias: String? = nil
    ) {
        self.source = source
        self.model = model
        self.encoding = encoding
        self.fields = fields
        self.target = target
        self.alias = alias
        pipeline = target
    }

    /// What became of it.
    public struct Report: Sendable, Hashable {
        /// The index that was copied.
        public var source: String
        /// The new index.
        public var target: String
        /// The pipeline that encodes what is written to it.
        public var pipeline: String
        /// Documents in both.
        public var documents: Int
        /// The alias that leads to the new index; nil if none was asked for.
        public var alias: String?
        /// The indices to which the alias led before.
        public var aliasBefore: [String]

        /// The report as a document, for files and replies.
        public var json: JSONValue {
            [
                "source": .string(source), "index": .string(target), "pipeline": .string(pipeline),
                "documents": .number(JSONNumber(documents)), "alias": alias.map { .string($0) } ?? .null,
                "alias_before": .array(aliasBefore.map { .string($0) }),
            ]
        }
    }

    /// Makes the index, copies, compares, switches.
    ///
    /// - Throws: ``ClusterError``, with the cluster's own reason; `CancellationError`.
    public func run(
        on cluster: any SearchCluster, progress: @Sendable (ClusterProgress) -> Void = { _ in }
    ) async throws -> Report {
        try await cancellable {
            try await checkModel(cluster)
            guard let old = try await SourceIndex.find(source, on: cluster) else {
                throw cluster.error(.unsupported, "no such index [\(source)]", "Check the name.")
            }
            if old.name == target, let report = try await finished(old, cluster) { return report }
            try check(old, cluster)
            try await makePipeline(old, cluster)
            let copy = IndexCopy(
                cluster: cluster, source: old.name, target: target,
                left: fields.values.filter { old.field($0) != nil }.sorted(),
                skipsDefaultPipeline: old.settings["default_pipeline"] != nil, batch: batch, patience: patience,
                interval: interval)
            // A complete copy may have been written to since: it is not copied over.
            if try await makeTarget(old, cluster) {
                try await fill(old, copy, cluster, progress)
            }
            try await copy.refresh(target)
            let count = try await copy.count(target)
            var report = Report(
                source: old.name, target: target, pipeline: pipeline, documents: count, alias: alias, aliasBefore: [])
            if let alias {
                report.aliasBefore = try await AliasSwitch(cluster: cluster, alias: alias, target: target).run()
            }
            return report
        }
    }

    /// What an earlier call did that went through the alias which it then switched; nil if the index is not its work.
    private func finished(_ index: SourceIndex, _ cluster: any SearchCluster) async throws -> Report? {
        guard let note = index.note, note[SourceIndex.mark]?.bool == true, note["model_id"]?.string == model,
            note["pipeline"]?.string == pipeline, let source = note["source"]?.string
        else { return nil }
        let request = ClusterRequest("GET", ClusterRequest.path(target) + "/_count")
        guard let count = try await cluster.ask(request)["count"]?.int else {
            throw cluster.malformed(request, lacks: "count")
        }
        return Report(
            source: source, target: target, pipeline: pipeline, documents: count, alias: alias, aliasBefore: [])
    }

    // MARK: Checks

    private func checkModel(_ cluster: any SearchCluster) async throws {
        let state = try await ClusterModels(cluster: cluster).state(of: model)
        guard state.isDeployed else {
            throw cluster.error(
                .unsupported, "the model \(model) is \(state.name.isEmpty ? "in an unknown state" : state.name)",
                "Deploy it first.")
        }
    }

    private func check(_ old: SourceIndex, _ cluster: any SearchCluster) throws(ClusterError) {
        func bad(_ reason: String, _ advice: String) -> ClusterError { cluster.error(.badSetting, reason, advice) }
        guard !fields.isEmpty else { throw bad("no field is to be encoded", "Name a text field and its vector field.") }
        guard old.name != target, alias != target, alias != old.name else {
            throw bad("[\(target)] and [\(alias ?? "")] are taken", "Old index, new index and alias need three names.")
        }
        guard Set(fields.values).count == fields.count, Set(fields.values).isDisjoint(with: fields.keys) else {
            throw bad("two fields are encoded into one", "Give each text field a vector field of its own.")
        }
        for text in fields.keys.sorted() where old.field(text) == nil {
            let known = TextFields.of(mappings: ["index": ["mappings": .object(old.mapping)]])
            throw bad(
                "[\(old.name)] has no field [\(text)]",
                "Its text fields are: \(known.prefix(20).joined(separator: ", ")).")
        }
        for field in fields.values.sorted() where field.contains(".") {
            throw bad("[\(field)] lies inside of an object", "Name a vector field without dots.")
        }
        for field in fields.values.sorted() {
            guard let type = old.field(field)?["type"]?.string, type != kind else { continue }
            throw bad("[\(old.name)] has a field [\(field)] of the type \(type)", "Choose another name.")
        }
    }

    // MARK: What is made

    /// Copies the documents, counts them, and marks the copy as complete.
    private func fill(
        _ old: SourceIndex, _ copy: IndexCopy, _ cluster: any SearchCluster,
        _ progress: @Sendable (ClusterProgress) -> Void
    ) async throws {
        try await copy.refresh(old.name)
        try await copy.run(progress)
        try await copy.refresh(target)
        let (wanted, count) = (try await copy.count(old.name), try await copy.count(target))
        guard wanted == count else {
            throw cluster.error(
                .incomplete, "[\(old.name)] has \(wanted) documents and [\(target)] has \(count)",
                "The alias was not switched. If documents were written or deleted meanwhile: delete [\(target)] and run again."
            )
        }
        var meta = old.mapping["_meta"]?.object ?? [:]
        var note = note(old).object ?? [:]
        note[SourceIndex.mark] = true
        meta["reencoding"] = .object(note)
        _ = try await cluster.ask(
            ClusterRequest(
                "PUT", ClusterRequest.path(target) + "/_mapping", json: ["_meta": .object(meta)]))
    }

    private var kind: String {
        switch encoding {
        case .dense: "knn_vector"
        case .sparse: "rank_features"
        }
    }

    private var vectorField: JSONValue {
        switch encoding {
        case .dense(let dimension, let space):
            var method = method.object ?? [:]
            method["space_type"] = .string(space)
            return ["type": .string(kind), "dimension": .number(JSONNumber(dimension)), "method": .object(method)]
        case .sparse: return ["type": .string(kind)]
        }
    }

    /// By what a repeated call knows its own index.
    private func note(_ old: SourceIndex) -> JSONValue {
        [
            "source": .string(old.name), "model_id": .string(model), "pipeline": .string(pipeline),
            "fields": .object(JSONObject(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
    }

    /// Writes the pipeline; the same one again changes nothing.
    private func makePipeline(_ old: SourceIndex, _ cluster: any SearchCluster) async throws {
        var processors: [JSONValue] = []
        // Who had a last word on documents keeps it, unless it was a model's before this one.
        if let last = old.settings["final_pipeline"]?.string, last != "_none", last != old.note?["pipeline"]?.string {
            processors.append(["pipeline": ["name": .string(last)]])
        }
        let map = JSONObject(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        let body: JSONValue = ["model_id": .string(model), "field_map": .object(map)]
        processors.append(encoding == .sparse ? ["sparse_encoding": body] : ["text_embedding": body])
        _ = try await cluster.ask(
            ClusterRequest(
                "PUT", ClusterRequest.path("_ingest", "pipeline", pipeline),
                json: [
                    "description": .string("Encodes what is written to \(target)"), "processors": .array(processors),
                ]))
    }

    /// Makes the index unless it is there.
    ///
    /// - Returns: Whether it still has to be filled.
    private func makeTarget(_ old: SourceIndex, _ cluster: any SearchCluster) async throws -> Bool {
        let note = note(old)
        if let there = try await SourceIndex.find(target, on: cluster) {
            var known = there.note?.object ?? [:]
            let isFilled = known[SourceIndex.mark]?.bool == true
            known[SourceIndex.mark] = nil
            guard there.name == target, JSONValue.object(known) == note else {
                throw cluster.error(
                    .unsupported, "[\(target)] is there already, and is not the work of this re-encoding",
                    "Choose another name, or delete it.")
            }
            return !isFilled
        }
        var mapping = old.mapping
        var properties = mapping["properties"]?.object ?? [:]
        for field in fields.values { properties[field] = vectorField }
        mapping["properties"] = .object(properties)
        var meta = mapping["_meta"]?.object ?? [:]
        meta["reencoding"] = note
        mapping["_meta"] = .object(meta)
        var settings = old.copiedSettings
        settings["final_pipeline"] = .string(pipeline)
        if case .dense = encoding { settings["knn"] = true }
        _ = try await cluster.ask(
            ClusterRequest(
                "PUT", ClusterRequest.path(target),
                json: ["settings": ["index": .object(settings)], "mappings": .object(mapping)]))
        return true
    }
}
