import Querying

/// Gathers what several runs through pipelines want to have encoded, so that each model gets all texts by one call.
///
/// A run that asks waits until all others ask, too, or are done. The last one does the work for all, as a part of its own task: cancelling the runs cancels it.
actor EncodingExchange: DocumentTextEncoding {
    private struct Model: Hashable {
        var isDense: Bool
        var id: String
    }

    private struct Call {
        var ticket: Int
        var model: Model
        var texts: [String]
    }

    private enum Vectors: Sendable {
        case dense([[Float]])
        case sparse([[WeightedToken]])

        var count: Int {
            switch self {
            case .dense(let vectors): vectors.count
            case .sparse(let vectors): vectors.count
            }
        }

        subscript(_ range: Range<Int>) -> Vectors {
            switch self {
            case .dense(let vectors): .dense(Array(vectors[range]))
            case .sparse(let vectors): .sparse(Array(vectors[range]))
            }
        }
    }

    private let encoder: any DocumentTextEncoding
    /// Runs that neither wait nor are done.
    private var running: Int
    private var tickets = 0
    private var waiting: [Call] = []
    private var sleepers: [Int: CheckedContinuation<Void, Never>] = [:]
    private var results: [Int: Result<Vectors, any Error>] = [:]

    /// - Parameter runs: how many ask; each of them one call at a time, and ``leave()`` at the end.
    init(_ encoder: any DocumentTextEncoding, runs: Int) {
        self.encoder = encoder
        running = runs
    }

    func denseVectors(ofDocuments texts: [String], model: String) async throws -> [[Float]] {
        guard case .dense(let vectors) = try await ask(Model(isDense: true, id: model), texts) else { return [] }
        return vectors
    }

    func sparseVectors(ofDocuments texts: [String], model: String) async throws -> [[WeightedToken]] {
        guard case .sparse(let vectors) = try await ask(Model(isDense: false, id: model), texts) else { return [] }
        return vectors
    }

    /// A run is done.
    func leave() async {
        running -= 1
        if running == 0, !waiting.isEmpty { await encodeAll() }
    }

    private func ask(_ model: Model, _ texts: [String]) async throws -> Vectors {
        tickets += 1
        let ticket = tickets
        waiting.append(Call(ticket: ticket, model: model, texts: texts))
        running -= 1
        if running == 0 {
            await encodeAll()
        } else {
            await withCheckedContinuation { sleepers[ticket] = $0 }
        }
        guard let result = results.removeValue(forKey: ticket) else { throw CancellationError() }
        return try result.get()
    }

    /// Answers all that wait, with one call for each model.
    private func encodeAll() async {
        let groups = Dictionary(grouping: waiting, by: \.model)
        running = waiting.count
        waiting = []
        await withTaskGroup(of: (calls: [Call], result: Result<Vectors, any Error>).self) { tasks in
            for (model, calls) in groups {
                tasks.addTask { [encoder] in
                    let texts = calls.flatMap(\.texts)
                    do {
                        let vectors: Vectors =
                            model.isDense
                            ? .dense(try await encoder.denseVectors(ofDocuments: texts, model: model.id))
                            : .sparse(try await encoder.sparseVectors(ofDocuments: texts, model: model.id))
                        guard vectors.count == texts.count else {
                            throw IngestFailure.illegalState(
                                "the model [\(model.id)] gave \(vectors.count) results for \(texts.count) texts")
                        }
                        return (calls, .success(vectors))
                    } catch {
                        return (calls, .failure(error))
                    }
                }
            }
            for await (calls, result) in tasks {
                var first = 0
                for call in calls {
                    let range = first..<(first + call.texts.count)
                    results[call.ticket] = result.map { $0[range] }
                    first = range.upperBound
                    sleepers.removeValue(forKey: call.ticket)?.resume()
                }
            }
        }
    }
}
