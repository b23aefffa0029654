import Querying
import Synchronization

/// Scores a passage by a table, else by how often it has the words of the query; remembers what it was asked.
final class FakeScorer: PassageScoring {
    /// One call.
    struct Call: Sendable, Equatable {
        var passages: [String]
        var query: String
        var model: String
    }

    private let known: [String: Float]
    private let seen = Mutex<[Call]>([])
    private let finished = Atomic(0)
    /// What is dropped from each answer.
    private let missing: Int

    init(_ known: [String: Float] = [:], missing: Int = 0) {
        self.known = known
        self.missing = missing
    }

    var calls: [Call] { seen.withLock { $0 } }

    /// Calls that have their answers.
    var answers: Int { finished.load(ordering: .acquiring) }

    func scores(of passages: [String], for query: String, model: String) async throws -> [Float] {
        seen.withLock { $0.append(Call(passages: passages, query: query, model: model)) }
        if model == "nobody" { throw SearchError.unknownModel(model) }
        if passages.contains("slow") { try await Task.sleep(for: .seconds(3600)) }
        defer { finished.add(1, ordering: .releasing) }
        return passages.map { score(of: $0, for: query) }.dropLast(missing)
    }

    /// The score of one passage.
    func score(of passage: String, for query: String) -> Float {
        if let score = known[passage] { return score }
        let words = Set(query.split(separator: " "))
        return Float(passage.split(separator: " ").count { words.contains($0) }) - 2.5
    }
}
