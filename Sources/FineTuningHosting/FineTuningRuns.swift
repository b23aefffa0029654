public import Access
import ClusterAccess
public import FineTuning
public import JSON
public import MLCommons
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
            try read.check(against: services, runs: folder)
            let draw = String(UInt32.random(in: 0...0xFFFF) | 0x10000, radix: 16).dropFirst()
            let name = "\(FineTuningRun.name(read, at: SystemClock().now))-\(draw)"
            let run = try FineTuningRun.make(read, in: "\(folder)/\(name)")
            if let caller {
                let owner = FineTuningOwner(caller, isUser: callers(FineTuningOwner(caller, isUser: true)) != nil)
                try owner.write(to: run.folder.path)
            }
            return Self.facts(run, name: name, status: "created")
        } catch let error as InvalidParameters {
            throw MLError(
                400, "action_request_validation_exception",
                "Validation Failed: "
                    + error.faults.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined(separator: " "))
        } catch {
            throw MLError(500, "status_exception", "\(error)")
        }
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
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw MLError(500, "status_exception", "The folder of the run \(run) cannot be removed")
        }
    }

    /// The runs that there are, the newest first.
    public func runs() -> [FineTuningRunFacts] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let found = names.compactMap { name -> (facts: FineTuningRunFacts, began: Int64)? in
            guard let path = path(of: name), let run = try? FineTuningRun(path: path) else { return nil }
            let history = try? ExecutionHistory(folder: path)
            return (
                Self.facts(run, name: name, status: history?.status.rawValue ?? "created"),
                history?.started.milliseconds ?? .max
            )
        }
        return found.sorted { ($1.began, $1.facts.id) < ($0.began, $0.facts.id) }.map(\.facts)
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
    public func report(of run: String) -> String? { path(of: run).map(page) }

    /// The folder of a run; nil if there is none: names are names of folders, and lead nowhere else.
    private func path(of run: String) -> String? {
        guard !run.isEmpty, !run.hasPrefix("."), !run.contains("/"), !run.utf8.contains(0) else { return nil }
        let path = "\(folder)/\(run)"
        return FileManager.default.fileExists(atPath: path + "/input.json") ? path : nil
    }
}
