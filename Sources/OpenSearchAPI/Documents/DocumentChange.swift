internal import ClusterState
internal import DocumentStore
internal import Indices
internal import JSON
internal import Querying

/// A change of all documents that a query finds.
struct DocumentChange: Sendable {
    private enum Kind {
        case delete
        case update(PainlessScript?)
        case reindex(Destination)
    }

    /// Where copies go.
    private struct Destination {
        var index: String
        var createsOnly = false
        var keepsVersions = false
        var routing: String?
        var script: PainlessScript?
        var source: SourceChoice?
    }

    private let kind: Kind
    private let expressions: [String]
    private let options: IndicesOptions
    private let query: Query?
    /// Which part of the matches is meant.
    private let slice: SearchRequest.Slice?
    private var proceedsOnConflicts = false
    private var maximum: Int?
    private var batch = 1000
    private var refresh = false
    private(set) var requestsPerSecond: Double = -1
    /// The ingest pipeline that changed documents go through; nil leaves it to their index.
    private var pipeline: String?

    /// What the task's description says.
    var description: String {
        switch kind {
        case .delete: "delete-by-query [\(expressions.joined(separator: ", "))]"
        case .update: "update-by-query [\(expressions.joined(separator: ", "))]"
        case .reindex(let to): "reindex from [\(expressions.joined(separator: ", "))] to [\(to.index)]"
        }
    }

    // MARK: Reading

    init(delete request: RestRequest) throws {
        let body = try request.object()
        try Self.check(body, ["query", "max_docs", "size", "slice", "conflicts"])
        try self.init(.delete, request.list("index") ?? [], body, request)
    }

    init(update request: RestRequest, _ stored: StoredScripts) throws {
        let body = try request.object()
        try Self.check(body, ["query", "script", "max_docs", "size", "slice", "conflicts"])
        try self.init(
            .update(try body["script"].map { try PainlessScript($0, stored) }), request.list("index") ?? [], body,
            request)
        pipeline = request.text("pipeline")
    }

    init(reindex request: RestRequest, _ stored: StoredScripts) throws {
        let body = try request.requiredObject()
        try Self.check(body, ["source", "dest", "script", "max_docs", "size", "conflicts"])
        guard let source = body["source"]?.object, let dest = body["dest"]?.object else {
            throw OpenSearchError.validation(["[source] and [dest] are required"])
        }
        try Self.check(source, ["index", "query", "size", "_source", "sort", "slice", "remote"])
        try Self.check(dest, ["index", "op_type", "version_type", "routing", "pipeline"])
        if source["remote"] != nil {
            throw OpenSearchError.unsupported(
                "reindexing from another cluster", "export there and send the documents to _bulk")
        }
        let expressions = source["index"]?.array?.compactMap(\.string) ?? source["index"]?.string.map { [$0] } ?? []
        guard !expressions.isEmpty else {
            throw OpenSearchError.validation(["use _all if you really want to copy from all existing indexes"])
        }
        guard let index = dest["index"]?.string else { throw OpenSearchError.validation(["index is missing"]) }
        var destination = Destination(index: index)
        switch dest["op_type"]?.string {
        case nil, "index"?: break
        case "create"?: destination.createsOnly = true
        case let other?: throw OpenSearchError.illegalArgument("opType must be 'create' or 'index', found: [\(other)]")
        }
        switch dest["version_type"]?.string {
        case nil, "internal"?: break
        case "external"?, "external_gt"?, "external_gte"?: destination.keepsVersions = true
        case let other?: throw OpenSearchError.illegalArgument("No version type match [\(other)]")
        }
        destination.routing = dest["routing"]?.string
        destination.script = try body["script"].map { try PainlessScript($0, stored) }
        destination.source = try source["_source"].map { try SourceChoice($0) }
        var merged = body
        merged["query"] = source["query"]
        merged["slice"] = source["slice"]
        merged["sort"] = source["sort"]
        try self.init(.reindex(destination), expressions, merged, request)
        if let size = source["size"]?.int { batch = min(max(1, size), 10_000) }
        pipeline = dest["pipeline"]?.string
    }

    private init(_ kind: Kind, _ expressions: [String], _ body: JSONObject, _ request: RestRequest) throws {
        self.kind = kind
        self.expressions = expressions
        options = try IndicesOptions.search.overridden(by: request)
        if let uri = try SearchParameters.query(request) {
            query = try Query(parsing: uri)
        } else {
            query = try body["query"].map { try Query(parsing: $0) }
        }
        slice = try body["slice"].flatMap { try SearchRequest.parse(["slice": $0]).slice }
        switch request.text("conflicts") ?? body["conflicts"]?.string {
        case nil, "abort"?: break
        case "proceed"?: proceedsOnConflicts = true
        case let other?:
            throw OpenSearchError.illegalArgument("conflicts may only be \"proceed\" or \"abort\" but was [\(other)]")
        }
        // [size] is the old name of [max_docs].
        let bounds = [
            try request.integer("max_docs"), try request.integer("size"), body["max_docs"]?.int, body["size"]?.int,
        ].compactMap { $0 }
        maximum = bounds.first
        if let maximum {
            guard maximum >= 1 else {
                throw OpenSearchError.illegalArgument(
                    "[max_docs] parameter cannot be negative or zero, found [\(maximum)]")
            }
            if let other = bounds.first(where: { $0 != maximum }) {
                throw OpenSearchError.illegalArgument(
                    "[max_docs] set to two different values [\(maximum)] and [\(other)]")
            }
            if request.text("sort") != nil || body["sort"] != nil {
                throw OpenSearchError.unsupported(
                    "[sort] with [max_docs]", "narrow the query to the documents that are meant")
            }
        }
        if request.has("from") { throw OpenSearchError.validation(["from is not supported in this context"]) }
        if try request.integer("terminate_after") ?? 0 > 0 {
            throw OpenSearchError.unsupported("[terminate_after] of a change by query", "use [max_docs]")
        }
        if let size = try request.integer("scroll_size") {
            guard (1...10_000).contains(size) else {
                throw OpenSearchError.illegalArgument("[scroll_size] must be between 1 and 10000, found [\(size)]")
            }
            batch = size
        }
        if let slices = request.text("slices"), slices != "auto" {
            guard let count = Int(slices), count >= 1 else {
                throw OpenSearchError.illegalArgument("[slices] must be at least 1 or \"auto\", found [\(slices)]")
            }
        }
        refresh = try request.flag("refresh")
        if let rate = try request.number("requests_per_second") {
            guard rate > 0 || rate == -1 else {
                throw OpenSearchError.illegalArgument(
                    "[requests_per_second] must be a float greater than 0. Use -1 to disable throttling.")
            }
            requestsPerSecond = rate
        }
    }

    private static func check(_ object: JSONObject, _ known: Set<String>) throws(OpenSearchError) {
        for key in object.keys where !known.contains(key) {
            throw .parsing("request does not support [\(key)]")
        }
    }

    // MARK: Running

    /// What the task tells before the first document.
    var initialStatus: JSONValue { .object(ChangeCounts().document(rate: requestsPerSecond)) }

    /// Makes the change; the answer comes back.
    func run(on node: OpenSearchNode, _ task: TaskRegistry.Entry) async throws -> JSONValue {
        let begin = ContinuousClock.now
        var counts = ChangeCounts()
        var touched: [String: IndexMetadata] = [:]
        let targets = try node.targets(expressions, options)
        if case .reindex(let destination) = kind {
            let name = try DateMathName.resolve(destination.index, now: Clock.milliseconds)
            if targets.contains(where: { $0.index.name == name }) {
                throw OpenSearchError.validation(["reindex cannot write into an index its reading from [\(name)]"])
            }
            // The destination is there even when nothing is copied.
            var routing: String?
            _ = try node.writeTarget(name, routing: &routing)
        }
        var canceled: String?
        work: for target in targets {
            // The walk is synchronous; what it finds is changed between its pages.
            let pages = try await node.pages(
                query, slice: slice, target, size: batch, maximum: maximum.map { $0 - counts.done })
            counts.total += pages.reduce(0) { $0 + $1.count }
            for numbers in pages {
                if task.isCancelled {
                    canceled = "by user request"
                    break work
                }
                counts.batches += 1
                let documents = try target.snapshot.documents(seqNos: numbers).compactMap { $0 }
                try await change(documents, of: target.index, on: node, &counts, &touched)
                task.report(.object(counts.document(rate: task.rate)))
                if !counts.failures.isEmpty { break work }
                if task.rate > 0 {
                    // An hour at most between batches, whatever the rate.
                    let pause = Duration.milliseconds(
                        Int(min(Double(documents.count) / task.rate * 1000, 3_600_000)))
                    counts.throttled += pause
                    try await Self.pause(pause, task)
                }
            }
        }
        if refresh { try node.refresh(touched.values.sorted { $0.name < $1.name }) }
        var body: JSONObject = [
            "took": .number(JSONNumber((ContinuousClock.now - begin).milliseconds)), "timed_out": false,
        ]
        for (name, value) in counts.document(rate: task.rate) { body[name] = value }
        if let canceled { body["canceled"] = .string(canceled) }
        body["failures"] = .array(counts.failures)
        return .object(body)
    }

    /// Waits, but not longer than until the task is cancelled or told to go on faster.
    private static func pause(_ duration: Duration, _ task: TaskRegistry.Entry) async throws {
        let rate = task.rate
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end, !task.isCancelled, task.rate == rate {
            try await Task.sleep(for: min(.milliseconds(50), end - ContinuousClock.now))
        }
    }

    private func change(
        _ documents: [KeptDocument], of index: IndexMetadata, on node: OpenSearchNode, _ counts: inout ChangeCounts,
        _ touched: inout [String: IndexMetadata]
    ) async throws {
        var operations: [DocumentOperation] = []
        // Copies that a script sends elsewhere.
        var moved: [WriteRequest] = []
        var target = index
        for document in documents {
            let seen = VersionRule.ifLastChangedBy(seqNo: document.seqNo, primaryTerm: document.primaryTerm)
            switch kind {
            case .delete:
                operations.append(
                    DocumentOperation(id: document.id, routing: document.routing, action: .delete, version: seen))
            case .update(let script):
                guard let copy = try copy(of: document, index, script, &counts, &operations, seen) else { continue }
                if let first = copy.changed.first {
                    throw OpenSearchError.illegalArgument("Modifying [\(first.name)] not allowed")
                }
                operations.append(
                    DocumentOperation(
                        id: document.id, routing: document.routing, action: .index(source: copy.source[...]),
                        version: seen))
            case .reindex(let destination):
                var routing = Self.routing(destination.routing, document)
                target = try node.writeTarget(destination.index, routing: &routing)
                if target.dataStreamName == destination.index, !destination.createsOnly {
                    throw DataStream.onlyAdded
                }
                guard
                    var copy = try copy(of: document, index, destination.script, &counts, &operations, .next)
                else { continue }
                if let choice = destination.source {
                    copy.source = choice.apply(try RestRequest.parse(copy.source)).serializedBytes()
                }
                var request = WriteRequest(
                    kind: destination.createsOnly ? .create : .index, target: destination.index, id: document.id)
                request.routing = routing
                request.version = destination.keepsVersions ? .external(document.version) : .next
                request.body = copy.source[...]
                if !copy.changed.isEmpty {
                    try copy.apply(to: &request)
                    if request.target != destination.index {
                        request.pipeline = pipeline
                        moved.append(request)
                        continue
                    }
                }
                operations.append(
                    DocumentOperation(
                        id: request.id ?? DocumentIdentifier.next(), routing: request.routing,
                        action: destination.createsOnly
                            ? .create(source: request.body) : .index(source: request.body),
                        version: request.version))
            }
        }
        if !moved.isEmpty {
            for (request, result) in zip(moved, try await node.write(moved, refresh: .none)) {
                if case .success(let written) = result, !written.isDropped {
                    touched[written.index.name] = written.index
                }
                count(result.map(\.result), request.target, request.id ?? "", &counts)
            }
        }
        guard !operations.isEmpty else { return }
        try OpenSearchNode.checkBlocks(target, ["write", "read_only"])
        touched[target.name] = target
        for (operation, result) in zip(operations, try await write(operations, to: target, on: node, &touched)) {
            count(result, target.name, operation.id, &counts)
        }
    }

    private func count(
        _ result: Result<String, OpenSearchError>, _ index: String, _ id: String, _ counts: inout ChangeCounts
    ) {
        switch result {
        case .success("created"): counts.created += 1
        case .success("updated"): counts.updated += 1
        case .success("noop"): counts.noops += 1
        case .success: counts.deleted += 1
        case .failure(let error):
            if error.status == 409 { counts.conflicts += 1 }
            if error.status == 409, proceedsOnConflicts { return }
            counts.failures.append([
                "index": .string(index), "id": .string(id), "cause": error.cause,
                "status": .number(JSONNumber(error.status)),
            ])
        }
    }

    /// Writes, through pipelines where there are any; what became of each comes back.
    private func write(
        _ operations: [DocumentOperation], to target: IndexMetadata, on node: OpenSearchNode,
        _ touched: inout [String: IndexMetadata]
    ) async throws -> [Result<String, OpenSearchError>] {
        var requests: [WriteRequest] = []
        for operation in operations {
            var request = WriteRequest(kind: .delete, target: target.name, id: operation.id)
            request.routing = operation.routing
            request.version = operation.version
            request.pipeline = pipeline
            switch operation.action {
            case .delete: break
            case .index(let source): (request.kind, request.body) = (.index, source)
            case .create(let source): (request.kind, request.body) = (.create, source)
            }
            if let stream = target.dataStreamName, request.kind == .create { request.target = stream }
            requests.append(request)
        }
        // A script may delete where the operation itself only writes.
        let deletes = operations.contains { operation in
            if case .delete = operation.action { true } else { false }
        }
        if deletes { try Authorization.current?.check(.write(.delete), target) }
        guard try IngestedWrites(requests, node) != nil else {
            return try node.apply(operations, to: target).map { $0.map(\.result.rawValue) }
        }
        return try await node.write(requests, refresh: .none).map { result in
            if case .success(let written) = result, !written.isDropped { touched[written.index.name] = written.index }
            return result.map(\.result)
        }
    }

    /// What a document becomes; nil if nothing is to be stored for it.
    private func copy(
        of document: KeptDocument, _ index: IndexMetadata, _ script: PainlessScript?, _ counts: inout ChangeCounts,
        _ operations: inout [DocumentOperation], _ rule: VersionRule
    ) throws -> ScriptedCopy? {
        guard let script else { return ScriptedCopy(source: document.source) }
        var context = PainlessScript.Context(
            source: try RestRequest.parse(document.source).object ?? [:], operation: "index", index: index.name,
            id: document.id, document)
        let before = context.facts
        try script.run(&context)
        switch try context.checkedOperation() {
        case "noop":
            counts.noops += 1
            return nil
        case "delete":
            operations.append(
                DocumentOperation(id: document.id, routing: document.routing, action: .delete, version: rule))
            return nil
        default:
            return ScriptedCopy(
                source: JSONValue.object(context.source).serializedBytes(),
                changed: try ScriptedCopy.changes(from: before, to: context.facts))
        }
    }

    private static func routing(_ written: String?, _ document: KeptDocument) -> String? {
        switch written {
        case nil, "keep"?: document.routing
        case "discard"?: nil
        case let text?: text.hasPrefix("=") ? String(text.dropFirst()) : text
        }
    }
}
