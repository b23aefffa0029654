internal import ClusterState
internal import DocumentStore
internal import JSON

extension OpenSearchNode {
    /// Changes documents, in order; the operations of one index that do not depend on one another share a commit.
    ///
    /// - Returns: for each request its result or its own fault.
    func write(
        _ requests: [WriteRequest], refresh: RefreshPolicy
    ) async throws -> [Result<WriteResult, OpenSearchError>] {
        try await writeTimed(requests, refresh: refresh).results
    }

    /// Changes documents as ``write(_:refresh:)`` does, and tells how long their pipelines took; nil if there were none.
    func writeTimed(
        _ requests: [WriteRequest], refresh: RefreshPolicy
    ) async throws -> (results: [Result<WriteResult, OpenSearchError>], ingestTime: Duration?) {
        guard try IngestedWrites(requests, self) != nil else {
            var batch = WriteBatch(node: self, requests: requests)
            for number in requests.indices { batch.add(number) }
            let touched = batch.finish()
            try await makeVisible(touched, refresh)
            return (batch.results, nil)
        }
        var results: [Result<WriteResult, OpenSearchError>] = []
        var touched: [String: IndexMetadata] = [:]
        var time = Duration.zero
        for portion in IngestedWrites.portions(of: requests) {
            var ingested = try IngestedWrites(Array(portion), self)
            await ingested?.run()
            time += ingested?.time ?? .zero
            var batch = WriteBatch(node: self, requests: ingested?.requests ?? Array(portion))
            for number in batch.requests.indices {
                if let result = ingested?.results[number] { batch.results[number] = result } else { batch.add(number) }
            }
            for index in batch.finish() { touched[index.name] = index }
            results += batch.results
        }
        try await makeVisible(touched.values.sorted { $0.name < $1.name }, refresh)
        return (results, time)
    }

    /// Makes changes visible as a request asks.
    func makeVisible(_ indices: [IndexMetadata], _ policy: RefreshPolicy) async throws {
        switch policy {
        case .none: break
        case .immediate: try refresh(indices)
        case .wait: try await waitForRefresh(indices)
        }
    }
}

/// Requests on their way to the indices.
private struct WriteBatch {
    let node: OpenSearchNode
    let requests: [WriteRequest]
    var results: [Result<WriteResult, OpenSearchError>]
    private var targets: [String: IndexMetadata] = [:]
    private var waiting: [String: Waiting] = [:]
    private var touched: [String: IndexMetadata] = [:]

    /// Operations of one index that have not been handed over.
    private struct Waiting {
        var index: IndexMetadata
        var operations: [DocumentOperation] = []
        var numbers: [Int] = []
        var sources: [Int: [UInt8]] = [:]
        var ids: Set<String> = []
    }

    init(node: OpenSearchNode, requests: [WriteRequest]) {
        self.node = node
        self.requests = requests
        let unanswered = OpenSearchError(500, "exception", "the request was not answered")
        results = [Result<WriteResult, OpenSearchError>](repeating: .failure(unanswered), count: requests.count)
    }

    /// Takes up one request.
    mutating func add(_ number: Int) {
        do {
            let request = requests[number]
            try request.validate()
            var routing = request.routing
            let index = try target(of: request, routing: &routing)
            try DataStream.check(request, index)
            let id = request.id ?? DocumentIdentifier.next()
            if request.kind == .update {
                try update(number, id, routing, index)
            } else {
                let action: DocumentOperation.Action =
                    switch request.kind {
                    case .delete: .delete
                    // An id that the server has just made is nobody else's.
                    case .create: .create(source: request.body)
                    default: .index(source: request.body)
                    }
                wait(
                    number, DocumentOperation(id: id, routing: routing, action: action, version: request.version), index
                )
            }
        } catch {
            results[number] = .failure(OpenSearchError(describing: error))
        }
    }

    /// Hands over what waits; the indices that were written to come back.
    mutating func finish() -> [IndexMetadata] {
        for name in waiting.keys.sorted() { flush(name) }
        return touched.values.sorted { $0.name < $1.name }
    }

    private mutating func target(of request: WriteRequest, routing: inout String?) throws -> IndexMetadata {
        let key = request.target
        if !request.requiresAlias, let known = targets[key] {
            try Authorization.current?.check(.write(request.kind), known)
            return known
        }
        let index = try node.writeTarget(
            request.target, requiresAlias: request.requiresAlias, routing: &routing, for: request.kind)
        // Names that are indices mean the same for the whole batch; aliases may bring routing.
        if index.name == request.target { targets[key] = index }
        return index
    }

    private mutating func wait(
        _ number: Int, _ operation: DocumentOperation, _ index: IndexMetadata, source: [UInt8]? = nil
    ) {
        var entry = waiting[index.name] ?? Waiting(index: index)
        waiting[index.name] = nil
        entry.operations.append(operation)
        entry.numbers.append(number)
        entry.ids.insert(operation.id)
        if let source { entry.sources[number] = source }
        waiting[index.name] = entry
    }

    private mutating func flush(_ name: String) {
        guard let entry = waiting.removeValue(forKey: name) else { return }
        do {
            let outcomes = try node.apply(entry.operations, to: entry.index)
            touched[name] = entry.index
            for (place, outcome) in outcomes.enumerated() {
                let number = entry.numbers[place]
                results[number] = outcome.map { outcome in
                    result(outcome, number, entry.operations[place].id, entry.index, entry.sources[number])
                }
            }
        } catch {
            for number in entry.numbers { results[number] = .failure(OpenSearchError(describing: error)) }
        }
    }

    private func result(
        _ outcome: DocumentOutcome, _ number: Int, _ id: String, _ index: IndexMetadata, _ source: [UInt8]?
    ) -> WriteResult {
        var result = WriteResult(
            index: index, id: id, result: outcome.result.rawValue, version: outcome.version, seqNo: outcome.seqNo,
            primaryTerm: outcome.primaryTerm)
        result.sourceChoice = requests[number].returnedSource
        if result.sourceChoice != nil { result.source = source }
        return result
    }

    // MARK: Updates

    /// Reads the document, makes the change, and lets it wait; what others change in between is a conflict.
    private mutating func update(_ number: Int, _ id: String, _ routing: String?, _ index: IndexMetadata) throws {
        let request = requests[number]
        let change = try DocumentUpdate(request.body, StoredScripts(node.metadata.current))
        if waiting[index.name]?.ids.contains(id) == true { flush(index.name) }
        // The line or the parameters come before the body.
        let rule = request.version == .next ? change.version : request.version
        var attempts = min(max(0, request.retries), Int(Int32.max)) + 1
        while true {
            let current = try node.document(id, in: index, isRealtime: true)
            if case .ifLastChangedBy(let seqNo, let term) = rule {
                guard let current, current.seqNo == seqNo, current.primaryTerm == term else {
                    throw OpenSearchError.versionConflict(
                        "[\(id)]: version conflict, required seqNo [\(seqNo)], primary term [\(term)]. "
                            + (current.map {
                                "current document has seqNo [\($0.seqNo)] and primary term [\($0.primaryTerm)]"
                            }
                                ?? "but no document was found"),
                        index)
                }
            }
            let step = try change.apply(to: current, id: id, index)
            let operation: DocumentOperation
            var source: [UInt8]?
            switch step {
            case .noop:
                guard let current else {
                    results[number] = .success(
                        WriteResult(index: index, id: id, result: "noop", version: -1, seqNo: -2, primaryTerm: 0))
                    return
                }
                var result = WriteResult(
                    index: index, id: id, result: "noop", version: current.version, seqNo: current.seqNo,
                    primaryTerm: current.primaryTerm)
                result.source = current.source
                result.sourceChoice = request.returnedSource
                results[number] = .success(result)
                return
            case .store(let bytes):
                source = bytes
                let rule: VersionRule =
                    current.map { .ifLastChangedBy(seqNo: $0.seqNo, primaryTerm: $0.primaryTerm) } ?? .next
                operation = DocumentOperation(
                    id: id, routing: routing ?? current?.routing,
                    action: current == nil ? .create(source: bytes[...]) : .index(source: bytes[...]), version: rule)
            case .delete:
                operation = DocumentOperation(
                    id: id, routing: routing ?? current?.routing, action: .delete,
                    version: current.map { .ifLastChangedBy(seqNo: $0.seqNo, primaryTerm: $0.primaryTerm) } ?? .next)
            }
            if attempts == 1, request.retries == 0 { return wait(number, operation, index, source: source) }
            // With retries the outcome must be known at once.
            flush(index.name)
            let outcome = try node.apply([operation], to: index)[0]
            touched[index.name] = index
            attempts -= 1
            switch outcome {
            case .failure(let error) where error.status == 409 && attempts > 0: continue
            case .failure(let error): throw error
            case .success(let outcome):
                results[number] = .success(result(outcome, number, id, index, source))
                return
            }
        }
    }
}

extension OpenSearchError {
    /// A change that collides with another.
    static func versionConflict(_ reason: String, _ index: IndexMetadata) -> OpenSearchError {
        OpenSearchError(
            409, "version_conflict_engine_exception", reason,
            [("index", .string(index.name)), ("shard", "0"), ("index_uuid", .string(index.uuid))])
    }
}
