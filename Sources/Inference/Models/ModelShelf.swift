import Encoders
import ModelFiles
import Synchronization
import Tensors

/// The models of an engine by name, and how far each is.
final class ModelShelf: Sendable {
    private struct Entry {
        let number: Int
        var status: ModelStatus
        var model: LoadedModel?
    }

    private struct State {
        var entries: [Entry] = []
        var declarations = 0
    }

    private let state = Mutex(State())

    /// Makes a name known; a model of the same name gives way.
    func declare(_ declaration: ModelDeclaration) {
        state.withLock { state in
            state.declarations += 1
            let entry = Entry(
                number: state.declarations, status: ModelStatus(declaration: declaration, state: .loading))
            if let index = state.entries.firstIndex(where: { $0.status.declaration.name == declaration.name }) {
                state.entries[index] = entry
            } else {
                state.entries.append(entry)
            }
        }
    }

    /// Forgets a model; requests that have it keep it until they end.
    func remove(_ name: String) -> Bool {
        state.withLock { state in
            let index = state.entries.firstIndex { $0.status.declaration.name == name }
            if let index { state.entries.remove(at: index) }
            return index != nil
        }
    }

    /// All models in the order of their declarations.
    var statuses: [ModelStatus] { state.withLock { $0.entries.map(\.status) } }

    /// All models that answer.
    var loaded: [LoadedModel] { state.withLock { $0.entries.compactMap(\.model) } }

    /// Loads a declared model on a thread of its own.
    func load(
        _ name: String, _ read: @escaping @Sendable (ModelDeclaration) throws(EncoderError) -> LoadedModel
    ) async throws(InferenceError) {
        let entry = state.withLock { state in
            state.entries.firstIndex { $0.status.declaration.name == name }.map { index in
                if state.entries[index].model == nil { state.entries[index].status.state = .loading }
                return (number: state.entries[index].number, declaration: state.entries[index].status.declaration)
            }
        }
        guard let entry else {
            throw InferenceError(.noModel, "No model named '\(name.shortened)' is declared. \(known(statuses))")
        }
        let declaration = entry.declaration
        let result: Result<LoadedModel, EncoderError> = await withCheckedContinuation { continuation in
            let thread = ThreadHandle {
                do throws(EncoderError) {
                    continuation.resume(returning: .success(try read(declaration)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if let thread {
                thread.detach()
            } else {
                continuation.resume(
                    returning: .failure(
                        EncoderError(
                            .modelFile, "the system refused to start a thread",
                            advice: "Raise its limit on threads or memory", path: declaration.path)))
            }
        }
        // The name may have been given to another model meanwhile.
        state.withLock { state in
            guard let index = state.entries.firstIndex(where: { $0.number == entry.number }) else { return }
            switch result {
            case .success(let model):
                state.entries[index].model = model
                state.entries[index].status.facts = model.facts
                state.entries[index].status.state = .ready
            case .failure(let error):
                // One that answers already goes on answering.
                if state.entries[index].model == nil {
                    state.entries[index].status.state = .failed(error.description)
                }
            }
        }
        if case .failure(let error) = result {
            throw InferenceError(.modelNotReady, "The model '\(name)' could not be loaded: \(error.description)")
        }
    }

    /// The model that a request means: by name, else by another name, else the first that can do the task.
    func find(_ name: String?, for task: InferenceTask) throws(InferenceError) -> LoadedModel {
        let entries = state.withLock { $0.entries }
        let statuses = entries.map(\.status)
        let fitting = entries.filter { $0.status.declaration.isListed && task.fits($0.status.declaration.task) }
        if let name {
            let entry =
                entries.first { $0.status.declaration.name == name }
                ?? entries.first { $0.status.declaration.aliases.contains(name) }
            guard let entry else {
                throw InferenceError(.noModel, "There is no model named '\(name.shortened)'. \(known(statuses))")
            }
            guard task.fits(entry.status.declaration.task) else {
                throw InferenceError(
                    .wrongModelKind,
                    "The model '\(name)' is a \(entry.status.declaration.task.name) and cannot \(task.verb). "
                        + known(fitting.map(\.status), that: task))
            }
            if let model = entry.model { return model }
            throw entry.status.notReady
        }
        if let model = fitting.lazy.compactMap(\.model).first { return model }
        if let entry = fitting.first { throw entry.status.notReady }
        throw InferenceError(
            entries.isEmpty ? .noModel : .wrongModelKind,
            "There is no model that can \(task.verb). \(known(statuses))")
    }

    private func known(_ statuses: [ModelStatus], that task: InferenceTask? = nil) -> String {
        let can = task.map { " that can \($0.verb)" } ?? ""
        let statuses = statuses.filter(\.declaration.isListed)
        if statuses.isEmpty { return "No model\(can) is declared." }
        let names = statuses.prefix(20).map { "'\($0.declaration.name)' (\($0.declaration.task.name))" }
        let rest = statuses.count > 20 ? " and \(statuses.count - 20) more" : ""
        return "Models\(can): \(names.joined(separator: ", "))\(rest)."
    }
}

extension ModelStatus {
    /// Why the model does not answer.
    fileprivate var notReady: InferenceError {
        if case .failed(let reason) = state {
            return InferenceError(.modelNotReady, "The model '\(declaration.name)' could not be loaded: \(reason)")
        }
        return InferenceError(.modelNotReady, "The model '\(declaration.name)' is being loaded. Try again soon.")
    }
}

extension String {
    /// The beginning of a client's text, for messages.
    fileprivate var shortened: String { count > 100 ? prefix(100) + "…" : self }
}
