internal import ClusterState
internal import DocumentStore
internal import Indices
internal import JSON
internal import Mappings
internal import SearchIndex
internal import TextAnalysis

/// The operations on indices that endpoints are made of.
extension OpenSearchNode {
    /// An open index.
    func service(_ index: IndexMetadata) throws(OpenSearchError) -> IndexService {
        do throws(IndicesError) {
            return try indices.index(index.name)
        } catch {
            throw OpenSearchError(describing: error)
        }
    }

    // MARK: Documents

    /// Applies operations to an index in one commit.
    func apply(
        _ operations: [DocumentOperation], to index: IndexMetadata
    ) throws -> [Result<DocumentOutcome, OpenSearchError>] {
        let faults = index.dataStreamName == nil ? [] : operations.map { DataStream.fault($0, index) }
        guard faults.contains(where: { $0 != nil }) else { return try carryOut(operations, on: index) }
        let sound = zip(operations, faults).filter { $0.1 == nil }.map(\.0)
        var outcomes = try carryOut(sound, on: index)[...]
        return faults.map { fault in fault.map { .failure($0) } ?? outcomes.removeFirst() }
    }

    private func carryOut(
        _ operations: [DocumentOperation], on index: IndexMetadata
    ) throws -> [Result<DocumentOutcome, OpenSearchError>] {
        try service(index).apply(operations).map { result in
            result.mapError { failure in
                switch failure {
                case .conflict(let conflict): .versionConflict(conflict.description, index)
                case .mapping(let error): OpenSearchError(error)
                case .document(let error): .illegalArgument("\(error)")
                case .unavailable(let error): OpenSearchError(error, index: index)
                }
            }
        }
    }

    /// The document of an id; nil if there is none.
    func document(_ id: String, in index: IndexMetadata, isRealtime: Bool) throws -> KeptDocument? {
        let service = try service(index)
        if isRealtime { return try service.document(id: id) }
        let snapshot = service.snapshot
        guard let number = try snapshot.seqNos(ofIDs: [id])[0] else { return nil }
        return try snapshot.documents(seqNos: [number])[0]
    }

    /// Makes everything that was written visible to searches.
    func refresh(_ indices: [IndexMetadata]) throws {
        for index in indices { try service(index).refresh() }
    }

    /// Returns when everything that was written is visible to searches.
    func waitForRefresh(_ indices: [IndexMetadata]) async throws {
        for index in indices {
            let service = try service(index)
            // Without refreshes of its own an index would make its clients wait forever.
            if service.settings.refreshInterval == nil {
                try service.refresh()
            } else {
                await service.waitUntilVisible(service.statistics.maximumSeqNo)
            }
        }
    }

    // MARK: Indices

    /// Makes an index whose definition is complete.
    func addIndex(_ name: String, _ definition: IndexDefinition) throws -> IndexMetadata {
        let settings = definition.settings.values.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
        do {
            try indices.create(
                name, settings: JSONObject(settings), mappings: .object(definition.mappings),
                aliases: Dictionary(definition.aliases.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
        } catch {
            var outer = OpenSearchError(describing: error)
            if outer.type == "mapper_parsing_exception", !outer.reason.hasPrefix("Failed to parse mapping") {
                let inner = outer
                outer.reason = "Failed to parse mapping [_doc]: \(inner.reason)"
                outer.causes = [inner]
                outer.roots = [inner]
            }
            throw outer
        }
        guard let index = metadata.current.indices[name] else { throw OpenSearchError.indexNotFound(name) }
        return index
    }

    /// Deletes an index with its documents.
    func deleteIndex(_ name: String) throws { try indices.delete(name) }

    /// Opens a closed index.
    func openIndex(_ name: String) throws { try indices.open(name) }

    /// Closes an index.
    func closeIndex(_ name: String) throws { try indices.close(name) }

    /// Changes settings that were found to be allowed; null takes a setting away.
    func updateSettings(of index: IndexMetadata, _ settings: SettingsDocument) throws {
        var changes = JSONObject()
        for (name, value) in settings.values.sorted(by: { $0.key < $1.key }) {
            if name.hasSuffix("*"), value.isNull {
                for key in index.settings.keys
                where Wildcard.matches(name, key) && !key.hasPrefix(DataStream.settingPrefix) {
                    changes[key] = .null
                }
            } else {
                changes[name] = value
            }
        }
        if index.isOpen { return try service(index).updateSettings(changes) }
        try metadata.update { metadata in
            guard var index = metadata.indices[index.name] else { return }
            for (name, value) in changes { index.settings[name] = value.isNull ? nil : value }
            index.settingsVersion += 1
            try IndexService.check(index)
            metadata.put(index)
        }
    }

    /// Merges fields into the mapping of an index.
    func updateMapping(of index: IndexMetadata, _ mapping: JSONValue) throws {
        try service(index).updateMapping(mapping)
    }

    /// Commits the segments of an index.
    func flush(_ index: IndexMetadata) throws { try service(index).flush() }

    /// Merges the segments of an index.
    func forceMerge(_ index: IndexMetadata, to segments: Int?, onlyExpunges: Bool) throws {
        let service = try service(index)
        if onlyExpunges, service.statistics.deletedInSegments == 0 { return try service.flush() }
        try service.merge(to: segments ?? 1)
    }

    /// Stores all documents of an index in another, with their versions.
    func copyDocuments(from source: IndexMetadata, to target: IndexMetadata) throws {
        let from = try service(source)
        let to = try service(target)
        var after: Int64 = -1
        while true {
            let logged = try from.documents.operations(after: after)
            guard let last = logged.last else { break }
            after = last.seqNo
            let operations = logged.compactMap { operation -> DocumentOperation? in
                switch operation.effect {
                case .stored(let document):
                    DocumentOperation(
                        id: document.id, routing: document.routing, action: .index(source: document.source[...]),
                        version: .externalOrEqual(document.version))
                case .deleted(let id): DocumentOperation(id: id, action: .delete, version: .next)
                }
            }
            for result in to.apply(operations) {
                if case .failure(let failure) = result { throw failure }
            }
        }
        try to.refresh()
    }

    /// What an index counts of itself; zeros if it cannot be used.
    func statistics(of index: IndexMetadata) -> ShardStatistics {
        guard let service = try? indices.index(index.name) else { return ShardStatistics() }
        let own = service.statistics
        let counters = own.counters
        func counter(_ count: Int, _ time: Int64) -> ShardStatistics.Counter {
            ShardStatistics.Counter(count: count, time: .nanoseconds(time))
        }
        var result = ShardStatistics()
        result.documents = own.searchableDocuments
        result.deleted = own.deletedInSegments
        result.storeBytes = own.bytes
        result.indexing = counter(counters.indexed, counters.writeTime)
        result.indexingFailures = counters.failed
        result.deleting = counter(counters.deleted, 0)
        result.getting = counter(counters.gets, counters.getTime)
        result.searching = counter(counters.queries, counters.queryTime)
        result.fetching = counter(counters.fetches, counters.fetchTime)
        result.refreshes = counter(counters.refreshes, counters.refreshTime)
        result.flushes = counter(counters.flushes, counters.flushTime)
        result.merges = counter(counters.merges, 0)
        result.maximumSequenceNumber = Int(own.maximumSeqNo)
        let name = index.name
        result.openPoints = indices.contexts.all(.pointInTime).count { $0.snapshots.contains { $0.indexName == name } }
        result.openScrolls = indices.contexts.all(.scroll).count { $0.snapshots.contains { $0.indexName == name } }
        result.segments = Self.segments(of: service.snapshot, committedThrough: own.committedSeqNo)
        return result
    }

    /// The segments of a snapshot.
    ///
    /// - Parameter seqNo: the last operation that files on disk have for certain.
    static func segments(
        of snapshot: SearchSnapshot, committedThrough seqNo: Int64 = -1
    ) -> [ShardStatistics.Segment] {
        snapshot.index.segments.enumerated().map { number, segment in
            var result = ShardStatistics.Segment()
            result.name = "_\(String(number, radix: 36))"
            result.generation = number
            result.documents = segment.liveCount
            result.deleted = segment.documentCount - segment.liveCount
            result.bytes = segment.byteCount
            result.isCommitted =
                segment.documentCount > 0 && segment.seqNo(of: segment.documentCount - 1) <= seqNo
            return result
        }
    }

    // MARK: Background work

    /// Goes on with work after its request was answered; the task's end is remembered.
    func inBackground(
        _ task: TaskRegistry.Entry, _ work: @escaping @Sendable (TaskRegistry.Entry) async throws -> JSONValue
    ) {
        let (threads, tasks) = (threads, tasks)
        Task {
            do {
                let result = try await threads.run(on: .generic) { try await work(task) }
                tasks.end(task, .success(result), isRemembered: true)
            } catch {
                tasks.end(task, .failure(OpenSearchError(describing: error)), isRemembered: true)
            }
        }
    }
}

extension OpenSearchError {
    /// What a block forbids.
    static func blocked(by block: String, _ status: Int, _ index: IndexMetadata?) -> OpenSearchError {
        var error = OpenSearchError(status, "cluster_block_exception", "blocked by: [\(block)];")
        if let index {
            error.reason = "index [\(index.name)] \(error.reason)"
            error.metadata = [("index", .string(index.name)), ("index_uuid", .string(index.uuid))]
        }
        return error
    }

    /// What does not fit a mapping.
    init(_ error: MappingError) {
        self.init(400, error.kind.rawValue, error.reason, causedBy: error.cause.map { [OpenSearchError($0)] } ?? [])
        if let root = Self.root(of: error), root != error { roots = [OpenSearchError(root)] }
    }

    /// The innermost of OpenSearch's own exceptions; those of Java and of JSON readers are left to `caused_by`.
    private static func root(of error: MappingError) -> MappingError? {
        let own: Set<MappingError.Kind> = [
            .mapperParsing, .strictDynamicMapping, .mapper, .parse, .parsing, .queryShard, .routingMissing,
        ]
        var root = error
        while let cause = root.cause, own.contains(cause.kind) { root = cause }
        return root
    }

    /// What indices refuse.
    ///
    /// - Parameter index: The index that was written to.
    init(_ error: IndicesError, index: IndexMetadata? = nil) {
        switch error {
        case .indexNotFound(let name): self = .indexNotFound(name)
        case .indexExists(let name, let uuid): self = .indexExists(name, uuid: uuid)
        case .indexClosed(let name, let uuid):
            self.init(
                400, "index_closed_exception", "closed", [("index", .string(name)), ("index_uuid", .string(uuid))])
        case .setting(let name, let reason): self = .illegalArgument("[\(name)]: \(reason)")
        case .mapping(let error): self.init(error)
        case .analysis(let error): self = .illegalArgument("\(error.reason)")
        case .contextMissing(let id):
            self.init(404, "search_context_missing_exception", "No search context found for id [\(id)]")
        case .tooManyContexts(let limit):
            self.init(
                400, "rejected_execution_exception",
                "Trying to create too many search contexts. Must be less than or equal to: [\(limit)]. Close some or let them expire."
            )
        case .metadata(let error) where error.kind == .tooDeep: self = .illegalArgument(error.reason)
        case .documents, .metadata, .segments:
            // OpenSearch refuses writes before the disk is full; clients know its block and come again later.
            if error.isDiskFull {
                self = .blocked(by: OpenSearchNode.diskBlock, 429, index)
                causes = [OpenSearchError(429, "i_o_exception", error.description)]
            } else {
                self.init(500, "engine_exception", error.description)
            }
        }
    }
}
