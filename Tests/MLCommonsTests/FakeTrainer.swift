import Access
import JSON
import MLCommons
import Synchronization

/// A trainer of which tests say when runs end and how.
final class FakeTrainer: FineTuningHost {
    struct State {
        var made: [String] = []
        var begun: [(run: String, redrives: Bool)] = []
        var owners: [String: String] = [:]
        var ends: [String: FineTuningEnd] = [:]
        var atWork: Set<String> = []
        var most = 0
    }

    let state = Mutex(State())

    func make(_ parameters: JSONValue, for caller: Caller?) async throws(MLError) -> FineTuningRunFacts {
        guard let name = parameters["model_name"]?.string else {
            throw MLError(
                400, "action_request_validation_exception", "Validation Failed: 1: 'model_name': it is not set;")
        }
        let id = state.withLock { state in
            state.made.append("\(name)-\(state.made.count + 1)")
            let id = state.made.last ?? ""
            state.owners[id] = caller?.name
            return id
        }
        return FineTuningRunFacts(id: id, model: name, function: .textEmbedding, status: "created")
    }

    /// Lets a run end.
    func end(_ run: String, _ end: FineTuningEnd) { state.withLock { $0.ends[run] = end } }

    func carryOut(
        _ run: String, redrives: Bool,
        onProgress: @escaping @Sendable (FineTuningProgress) -> Void
    ) async throws -> FineTuningEnd {
        state.withLock { state in
            state.begun.append((run, redrives))
            state.atWork.insert(run)
            state.most = max(state.most, state.atWork.count)
        }
        defer { state.withLock { _ = $0.atWork.remove(run) } }
        onProgress(FineTuningProgress(phase: "ExtractFromOpenSearch", isOver: true))
        onProgress(FineTuningProgress(phase: "StartTraining", text: "train", done: 3, total: 10, unit: "steps"))
        while true {
            if let end = state.withLock({ $0.ends[run] }) { return end }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func runs() -> [FineTuningRunFacts] {
        state.withLock { state in
            state.made.reversed().map {
                FineTuningRunFacts(
                    id: $0, model: "mine", function: .textEmbedding,
                    status: state.ends[$0] == nil ? "stopped" : "failed")
            }
        }
    }

    func facts(of run: String) -> FineTuningRunFacts? { runs().first { $0.id == run } }

    func details(of run: String) -> JSONObject? {
        state.withLock { $0.made.contains(run) } ? ["run_id": .string(run)] : nil
    }

    func owner(of run: String) -> String? { state.withLock { $0.owners[run] } }

    func remove(_ run: String) throws(MLError) { state.withLock { $0.made.removeAll { $0 == run } } }

    func report(of run: String) -> String? {
        state.withLock { $0.made.contains(run) } ? "<html>\(run)</html>" : nil
    }

    /// Waits until a run is at work.
    func waits(for run: String) async throws {
        while !state.withLock({ $0.atWork.contains(run) }) { try await Task.sleep(for: .milliseconds(2)) }
    }
}
