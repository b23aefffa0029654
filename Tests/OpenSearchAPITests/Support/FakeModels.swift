import MLCommons
import Synchronization

/// Models without files: dense vectors count letters, scores count the words in common, tokens are words.
final class FakeModels: ModelHost, ModelSupply {
    private let loaded = Mutex<Set<String>>([])

    func load(_ model: HostedModel) async throws(ModelHostError) { loaded.withLock { _ = $0.insert(model.id) } }

    func unload(_ id: String) { loaded.withLock { _ = $0.remove(id) } }

    func embed(_ texts: [String], model id: String, includesTokens: Bool) async throws(ModelHostError)
        -> [TextEmbedding]
    {
        texts.map { TextEmbedding(vector: [Float($0.count), 1]) }
    }

    func encodeSparse(_ texts: [String], model id: String, asQueries: Bool) async throws(ModelHostError)
        -> [[TokenWeight]]
    {
        texts.map { text in
            text.split(separator: " ").enumerated().map { TokenWeight(token: "\($1)", id: Int32($0), weight: 1.5) }
        }
    }

    func score(_ texts: [String], for query: String, model id: String) async throws(ModelHostError) -> [Float] {
        let words = Set(query.split(separator: " "))
        return texts.map { text in Float(text.split(separator: " ").count { words.contains($0) }) - 0.5 }
    }

    func fetch(
        _ origin: ModelOrigin, progress: @escaping @Sendable (Double) -> Void
    ) async throws(ModelSupplyError) -> SuppliedModel {
        throw ModelSupplyError(.notListed, "there is no such model")
    }
}
