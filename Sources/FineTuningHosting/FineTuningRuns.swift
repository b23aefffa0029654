public import Access
import ClusterAccess
public import FineTuning
public import JSON
public import MLCommons
import ModelFiles
import Synchronization
import Workflows

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The fine-tuning runs of a node: folders below one, executions in this process, the node's own indices and models by the rights of who asked.
public final class FineTuningRuns: FineTuningHost {
    private let folder: String
    private let services: FineTuningServices
    private let node: NodeCluster
    private let callers: @Sendable (FineTuningOwner) -> Caller?
    private let page: @Sendable (_ folder: String) -> String
    private let known = Mutex<[String: RunGlance]>([:])

    /// Runs below a folder, which is made with the first one.
    ///
    /// - Parameters:
    ///   - services: where models are; its cluster is not asked.
    ///   - node: answers the requests of runs.
    ///   - callers: somebody with the rights that they have now; nil if they are gone.
    ///   - page: the page about the run of a folder.
    public init(
        folder: String, services: FineTuningServices, node: NodeCluster,
        callers: @escaping @Sendable (FineTuningOwner) -> Caller?,
        page: @escaping @Sendable (_ folder: String) -> String
    ) {
        self.folder = folder
        self.services = services
        self.node = node
        self.callers = callers
        self.page = page
    }

    // MARK: New runs

    /// Checks parameters and makes the folder of a run.
    public func make(_ parameters: JSONValue, for caller: Caller?) async throws(MLError) -> FineTuningRunFacts {
        do {
            let read = try FineTuningParameters(json: parameters)
            try Self.checkReach(read)
            var services = services
            services.modelPath = { [path = services.modelPath] name in
                do { return try path(name) } catch { throw UnknownModel() }
            }
            try read.check(against: services, runs: folder)
            let draw = String(UInt32.random(in: 0...0xFFFF) | 0x10000, radix: 16).dropFirst()
            let name = "\(FineTuningRun.name(read, at: SystemClock().now))-\(draw)"
            let run = try FineTuningRun.make(read, in: "\(folder)/\(name)")
            if let caller {
                try owner(caller).write(to: run.folder.path)
            }
            return Self.facts(run, name: name, status: "created")
        } catch let error as InvalidParameters {
            throw .validation(
                error.faults.map { fault in
                    let text = "\(fault)"
                    return text.hasSuffix(".") ? String(text.dropLast()) : text
                })
        } catch let error as FineTuningError {
            // Without its path: where the node keeps its data is nobody's business.
            throw MLError(500, "status_exception", "\(error.reason). \(error.advice).")
        } catch {
            throw MLError(500, "status_exception", "The folder of the run cannot be made")
        }
    }

    /// A model that is not there; where it was looked for is nobody's business.
    private struct UnknownModel: Error, CustomStringConvertible {
        let description = "the node finds no model of this name"
    }

    /// Who asks, as the run keeps them.
    ///
    /// A key of the settings has a name, too, which may be that of a user; only one of the two is an administrator, or both are.
    private func owner(_ caller: Caller) -> FineTuningOwner {
        let user = callers(FineTuningOwner(caller, isUser: true))
        return FineTuningOwner(caller, isUser: user.map { $0.isAdministrator || !caller.isAdministrator } ?? false)
    }

    /// A request comes from anywhere: it may not name files of this machine, nor have it call other ones.
    private static func checkReach(_ parameters: FineTuningParameters) throws(InvalidParameters) {
        var faults: [InvalidParameters.Fault] = []
        func refuse(_ field: String, _ reason: String, _ advice: String) {
            faults.append(.init(field, reason, advice: advice))
        }
        let command = "use 'needletail finetune' on the machine"
        if parameters.inputType != .opensearch {
            refuse("input_type", "a request fine-tunes on an index of this node", "Set it to opensearch, or \(command)")
        }
        if parameters.openSearchEndpoint != nil {
            refuse("opensearch_endpoint", "a request fine-tunes on an index of this node", "Remove it, or \(command)")
        }
        if parameters.queries.source != .embedded {
            refuse(
                "queries.source", "a request has the node itself make the queries", "Set it to embedded, or \(command)")
        }
        let limits: [(field: String, value: Int, most: Int)] = [
            ("max_documents", parameters.maximumDocuments, 200_000),
            ("extraction.max_bytes", parameters.extraction.maximumBytes, 100_000),
            ("extraction.page_size", parameters.extraction.pageSize, 1_000),
            ("threads", parameters.threads ?? 1, ProcessInfo.processInfo.activeProcessorCount),
            ("queries.draws", parameters.queries.draws, 20), ("mining.depth", parameters.mining.depth, 1_000),
            ("mining.negatives", parameters.mining.negatives, 32),
            ("evaluation.depth", parameters.evaluation.depth, 1_000),
            ("training.batch_size", parameters.training["batch_size"]?.int ?? 1, 512),
            ("training.query_length", parameters.training["query_length"]?.int ?? 1, 1_024),
            ("training.document_length", parameters.training["document_length"]?.int ?? 1, 1_024),
        ]
        for limit in limits where limit.value > limit.most {
            refuse(
                limit.field, "a request may ask for \(limit.most) at most, which the node needs for others, too",
                "Lower it, or \(command)")
        }
        let models =
            [("base_model_id", parameters.baseModel), ("mining.teacher", parameters.mining.teacher ?? "")]
            + parameters.distillation.teachers.map { ("distillation.teachers", $0) }
        for (field, name) in models where !name.isEmpty && !isModelName(name) {
            refuse(field, "a request names no files of the node", "Give the name of a model that the node finds")
        }
        for (field, _) in parameters.files where !["corpus_path", "queries.path"].contains(field) {
            refuse(field, "a request names no files of the node", "Remove it, or \(command)")
        }
        if !faults.isEmpty { throw InvalidParameters(faults) }
    }

    /// Whether this is `name` or `owner/name` as hubs have them, maybe with a weight, and no path.
    private static func isModelName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.first != "." && part.first != "~"
                    && part.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                            || "-_.:".utf8.contains(byte)
                    }
            }
    }

    private static func facts(_ run: FineTuningRun, name: String, status: String) -> FineTuningRunFacts {
        let function: FunctionName =
            switch run.parameters.modelType {
            case .dense: .textEmbedding
            case .sparse: .sparseEncoding
            case .crossEncoder: .textSimilarity
            }
        return FineTuningRunFacts(id: name, model: run.parameters.modelName, function: function, status: status)
    }

    // MARK: Work

    /// Runs the execution of a run, or goes on with it.
    public func carryOut(
        _ run: String, redrives: Bool,
        onProgress: @escaping @Sendable (FineTuningProgress) -> Void
    ) async throws -> FineTuningEnd {
        guard let path = path(of: run) else { return .failed(reason: "The folder of the run \(run) is gone") }
        let opened = try FineTuningRun(path: path)
        var services = services
        let (node, callers) = (node, callers)
        let owner = FineTuningOwner(folder: path)
        let cluster = node.cluster { () throws(ClusterError) in
            guard let owner else { return nil }
            if let caller = callers(owner) { return caller }
            throw ClusterError(
                .refused, cluster: "this node",
                reason: "the user '\(owner.name)' who started the run is not known any more",
                advice: "Start it as another user.")
        }
        services.cluster = { _ in cluster }
        let execution = try opened.execution(services) { update in
            switch update {
            case .progress(let state, _, let progress):
                onProgress(
                    FineTuningProgress(
                        phase: state, text: progress.text, done: progress.done, total: progress.total,
                        unit: progress.unit))
            case .recorded(let event):
                guard let name = event.name, event.kind == .taskStateEntered || event.kind == .taskStateExited else {
                    return
                }
                onProgress(FineTuningProgress(phase: name, isOver: event.kind == .taskStateExited))
            }
        }
        let outcome = try await withTaskCancellationHandler {
            try await execution.run(input: opened.input, redriving: redrives)
        } onCancel: {
            // Phases compute on threads of their own, which know of no task.
            execution.stop()
        }
        switch outcome {
        case .succeeded(let output):
            return .completed(
                model: output["model"]?["model_id"]?.string, decision: output["evaluation"]?["gate"] ?? .null)
        case .failed(let error, let cause): return .failed(reason: "\(error): \(cause)")
        case .timedOut: return .failed(reason: "The run took longer than it may")
        case .aborted(let cause): return .failed(reason: cause)
        }
    }

    // MARK: What is there

    /// Whose a run is.
    ///
    /// Runs of keys of the settings belong to no user: only administrators see them.
    public func owner(of run: String) -> String? {
        guard let path = path(of: run), let owner = FineTuningOwner(folder: path), owner.isUser else { return nil }
        return owner.name
    }

    /// Removes the folder of a run.
    public func remove(_ run: String) throws(MLError) {
        guard let path = path(of: run) else { return }
        known.withLock { _ = $0.removeValue(forKey: run) }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw MLError(500, "status_exception", "The folder of the run \(run) cannot be removed")
        }
    }

    /// The runs that there are, the newest first.
    public func runs() -> [FineTuningRunFacts] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap(glance).sorted { ($1.began, $1.facts.id) < ($0.began, $0.facts.id) }.map(\.facts)
    }

    /// What is known of a run.
    public func facts(of run: String) -> FineTuningRunFacts? { glance(run)?.facts }

    /// A run at a glance; that of one that is over is kept until its history grows again.
    private func glance(_ name: String) -> RunGlance? {
        guard let path = path(of: name) else { return nil }
        let stamp = FileStamp(RunFolder(path).history)
        if let glance = known.withLock({ $0[name] }), glance.stamp == stamp { return glance }
        guard let run = try? FineTuningRun(path: path) else { return nil }
        let history = try? ExecutionHistory(folder: path)
        let status = history?.status.rawValue ?? (stamp == nil ? "created" : "damaged")
        let glance = RunGlance(
            facts: Self.facts(run, name: name, status: status), began: history?.started.milliseconds ?? .max,
            isOver: history?.outcome != nil, stamp: stamp)
        if glance.isOver { known.withLock { $0[name] = glance } }
        return glance
    }

    /// Parameters, states and results of a run.
    public func details(of run: String) -> JSONObject? {
        guard let path = path(of: run), let opened = try? FineTuningRun(path: path) else { return nil }
        let history = try? ExecutionHistory(folder: path)
        var details: JSONObject = [
            "run_id": .string(run), "status": .string(history?.status.rawValue ?? "created"),
            "parameters": opened.input,
        ]
        details["states"] = .array(
            (history?.visits ?? []).map { visit in
                var state: JSONObject = [
                    "name": .string(visit.name), "began": .string(visit.began.description),
                    "ended": visit.ended.map { .string($0.description) } ?? .null,
                    "attempts": .number(JSONNumber(visit.attempts)),
                ]
                if let fault = visit.fault { state["error"] = .string(fault.description) }
                return .object(state)
            })
        if case .succeeded(let output) = history?.outcome { details["output"] = output }
        if case .failed(let error, let cause) = history?.outcome { details["error"] = .string("\(error): \(cause)") }
        return details
    }

    /// The page about a run.
    ///
    /// That of a run that is over is kept in its folder, and made anew when the run has gone on since.
    public func report(of run: String) -> String? {
        guard let path = path(of: run) else { return nil }
        guard let glance = glance(run), glance.isOver, let ended = glance.stamp else { return page(path) }
        let file = RunFolder(path).report
        if let kept = FileStamp(file), kept.changed >= ended.changed,
            let data = FileManager.default.contents(atPath: file)
        {
            return String(decoding: data, as: UTF8.self)
        }
        let html = page(path)
        try? ReplacedFile.write(Array(html.utf8), to: file)
        return html
    }

    /// The folder of a run; nil if there is none: names are names of folders, and lead nowhere else.
    private func path(of run: String) -> String? {
        guard !run.isEmpty, !run.hasPrefix("."), !run.contains("/"), !run.utf8.contains(0) else { return nil }
        let path = "\(folder)/\(run)"
        return FileManager.default.fileExists(atPath: path + "/input.json") ? path : nil
    }
}
