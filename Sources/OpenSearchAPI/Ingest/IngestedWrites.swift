internal import ClusterState
internal import DocumentStore
internal import Ingest
internal import JSON

/// Writes on their way through the pipelines that they or their indices name.
struct IngestedWrites {
    /// The writes as the pipelines left them.
    private(set) var requests: [WriteRequest]
    /// What became of writes that go no further: dropped, or failed.
    private(set) var results: [Int: Result<WriteResult, OpenSearchError>] = [:]
    /// How long the pipelines took.
    private(set) var time = Duration.zero

    private let node: OpenSearchNode
    private let metadata: ClusterMetadata
    private var plans: [Int: Plan] = [:]

    /// The pipelines of one write.
    struct Plan: Sendable {
        var pipeline: String?
        var final: String?

        var isEmpty: Bool { pipeline == nil && final == nil }
    }

    /// Looks which writes go through pipelines; nil if none does.
    ///
    /// - Complexity: a comparison for each write where neighbours go to the same index.
    init?(_ requests: [WriteRequest], _ node: OpenSearchNode) throws {
        self.requests = requests
        self.node = node
        metadata = node.metadata.current
        var last: (target: String, plan: Plan)?
        for (number, request) in requests.enumerated() where request.kind != .delete {
            if last?.target != request.target { last = (request.target, metadata.ingestPlan(request.target)) }
            var plan = last?.plan ?? Plan()
            if let own = request.pipeline { plan.pipeline = own == "_none" ? nil : own }
            if !plan.isEmpty { plans[number] = plan }
        }
        if plans.isEmpty { return nil }
    }

    /// Documents that are in the pipelines at once at most, so that their vectors find room.
    private static let documentsAtOnce = 1024
    /// Bytes of documents that are in the pipelines at once, unless one has more.
    private static let bytesAtOnce = 512 << 10

    /// The writes in portions that go through the pipelines and are carried out one after the other.
    static func portions(of requests: [WriteRequest]) -> [ArraySlice<WriteRequest>] {
        var portions: [ArraySlice<WriteRequest>] = []
        var (first, bytes) = (0, 0)
        for (number, request) in requests.enumerated() {
            if number > first, number - first >= documentsAtOnce || bytes + request.body.count > bytesAtOnce {
                portions.append(requests[first..<number])
                (first, bytes) = (number, 0)
            }
            bytes += request.body.count
        }
        return portions + [requests[first...]]
    }

    /// Takes the writes through their pipelines: first those of the request or the index, then the final ones.
    mutating func run() async {
        let begin = ContinuousClock.now
        await runPipelines()
        time = ContinuousClock.now - begin
    }

    private mutating func runPipelines() async {
        var slots: [Int: IngestSlot] = [:]
        for number in plans.keys.sorted() {
            do { slots[number] = try slot(number) } catch {
                results[number] = .failure(OpenSearchError(describing: error))
            }
        }
        let targets = slots.mapValues { $0.document.metadata("_index") }
        await run(\.pipeline, &slots)
        for (number, slot) in slots {
            let index = slot.document.metadata("_index")
            // The final pipeline is that of the index that the document goes to.
            if let index, index != targets[number] { plans[number]?.final = metadata.ingestPlan(index).final }
        }
        let chosen = slots.mapValues { $0.document.metadata("_index") }
        await run(\.final, &slots)
        for (number, slot) in slots {
            if let name = plans[number]?.final, slot.failure == nil, slot.document.metadata("_index") != chosen[number]
            {
                results[number] = .failure(
                    OpenSearchError(
                        500, "illegal_state_exception", "final pipeline [\(name)] can't change the target index"))
            } else {
                finish(number, slot)
            }
        }
    }

    private mutating func run(_ kind: KeyPath<Plan, String?>, _ slots: inout [Int: IngestSlot]) async {
        var groups: [String: [Int]] = [:]
        for (number, slot) in slots where slot.failure == nil && !slot.isDropped {
            if let name = plans[number]?[keyPath: kind] { groups[name, default: []].append(number) }
        }
        var batches: [(pipeline: IngestPipeline, slots: [IngestSlot])] = []
        var places: [[Int]] = []
        for (name, numbers) in groups.sorted(by: { $0.key < $1.key }) {
            let numbers = numbers.sorted()
            let pipeline: IngestPipeline
            do {
                guard let known = try node.ingestPipelines.pipeline(name, metadata) else {
                    throw OpenSearchError.illegalArgument("pipeline with id [\(name)] does not exist")
                }
                pipeline = known
            } catch {
                for number in numbers {
                    results[number] = .failure(OpenSearchError(describing: error))
                    slots[number] = nil
                }
                continue
            }
            var batch: [IngestSlot] = []
            for number in numbers {
                guard var slot = slots.removeValue(forKey: number) else { continue }
                if pipeline.readsKept { slot.document.kept = kept(requests[number]) }
                batch.append(slot)
            }
            batches.append((pipeline, batch))
            places.append(numbers)
        }
        let ran = await IngestRun(node.ingestEnvironment(metadata)).run(batches)
        for (numbers, batch) in zip(places, ran) {
            for (number, slot) in zip(numbers, batch) { slots[number] = slot }
        }
    }

    /// The source under the same id; nil if there is none.
    private func kept(_ request: WriteRequest) -> JSONValue? {
        guard let id = request.id, let index = metadata.indices[request.target], index.isOpen,
            let found = try? node.document(id, in: index, isRealtime: true)
        else { return nil }
        return try? RestRequest.parse(found.source)
    }

    // MARK: Documents

    /// The member of an update that is a document, if there is one: what is written where there is none yet.
    private static func member(_ body: JSONObject) -> String? {
        if body["doc_as_upsert"]?.bool == true || body["doc_as_upsert"]?.string == "true" { return "doc" }
        return body["upsert"] == nil ? nil : "upsert"
    }

    private func slot(_ number: Int) throws -> IngestSlot? {
        let request = requests[number]
        try request.validate()
        // Models work, and the kept document is read, for those only who may write it; where the pipeline sends it is asked for later.
        try Authorization.current?.check(.write(request.kind), [request.target], .administration, metadata)
        guard let body = try RestRequest.parse(Array(request.body)).object else {
            throw OpenSearchError.parsing("a document is an object")
        }
        var source = body
        if request.kind == .update {
            guard let name = Self.member(body), let inner = body[name]?.object else { return nil }
            source = inner
        }
        var document = IngestDocument(
            index: request.target, id: request.id, routing: request.routing, source: source, now: Clock.milliseconds)
        switch request.version {
        case .external(let version), .externalOrEqual(let version):
            document.fields["_version"] = .number(JSONNumber(Int(version)))
            document.fields["_version_type"] = request.version == .external(version) ? "external" : "external_gte"
        case .ifLastChangedBy(let seqNo, let term):
            document.fields["_if_seq_no"] = .number(JSONNumber(Int(seqNo)))
            document.fields["_if_primary_term"] = .number(JSONNumber(Int(term)))
        default: break
        }
        if let limit = metadata.indices[request.target]?.setting("index.analyze.max_token_count").flatMap({ Int($0) }) {
            document.maximumTokens = limit
        }
        return IngestSlot(document)
    }

    /// The rule for versions as the processors left it.
    private func version(_ request: WriteRequest, _ document: IngestDocument) throws(OpenSearchError) -> VersionRule {
        func number(_ name: String) -> Int? { document.metadata(name).flatMap { Int($0) } }
        let type = document.metadata("_version_type")
        guard type != nil || document.metadata("_if_seq_no") != nil || document.metadata("_if_primary_term") != nil
        else {
            return .next
        }
        return try WriteRequest.versionRule(
            version: type == nil || type == "internal" ? nil : number("_version"), type: type,
            ifSeqNo: number("_if_seq_no"), ifPrimaryTerm: number("_if_primary_term"), kind: request.kind)
    }

    private mutating func finish(_ number: Int, _ slot: IngestSlot) {
        if let failure = slot.failure {
            results[number] = .failure(OpenSearchError(failure))
            return
        }
        if slot.isDropped {
            results[number] = .success(
                WriteResult(dropped: requests[number], metadata.indices[requests[number].target]))
            return
        }
        let document = slot.document
        guard let index = document.metadata("_index"), !index.isEmpty else {
            results[number] = .failure(.validation(["index is missing"]))
            return
        }
        do { requests[number].version = try version(requests[number], document) } catch {
            results[number] = .failure(error)
            return
        }
        requests[number].target = index
        requests[number].routing = document.metadata("_routing")
        var body = document.source
        if requests[number].kind == .update {
            guard var update = (try? RestRequest.parse(Array(requests[number].body)))?.object,
                let name = Self.member(update)
            else { return }
            update[name] = .object(body)
            body = update
        } else {
            requests[number].id = document.metadata("_id")
        }
        requests[number].body = JSONValue.object(body).serializedBytes()[...]
    }
}

extension ClusterMetadata {
    /// The pipelines of an index by the name that a write uses, of its templates if it is not there yet.
    func ingestPlan(_ target: String) -> IngestedWrites.Plan {
        let name = (try? DateMathName.resolve(target, now: Clock.milliseconds)) ?? target
        func plan(_ setting: (String) -> String?) -> IngestedWrites.Plan {
            func named(_ name: String) -> String? { setting(name).flatMap { $0 == "_none" ? nil : $0 } }
            return IngestedWrites.Plan(
                pipeline: named("index.default_pipeline"), final: named("index.final_pipeline"))
        }
        if let index = indices[name] { return plan(index.setting) }
        let holders = indices.values.filter { $0.aliases[name] != nil }
        if let index = holders.first(where: { $0.aliases[name]?["is_write_index"]?.bool == true }) ?? holders.first {
            return plan(index.setting)
        }
        if let stream = dataStream(name) { return plan(stream.writeIndex.setting) }
        guard let settings = try? templates.contribution(to: name).settings else { return IngestedWrites.Plan() }
        return plan(settings.text)
    }
}
