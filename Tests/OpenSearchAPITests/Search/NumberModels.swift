import Querying

/// Models without weights: a passage scores the number that it begins with, a text has the vector of its first two numbers, and tokens are
/// words that count 1.
struct NumberModels: PassageScoring, QueryEncoding {
    func scores(of passages: [String], for query: String, model: String) async throws -> [Float] {
        guard model == "fake" else { throw SearchError.unknownModel(model) }
        if passages.contains("slow") { try await Task.sleep(for: .seconds(3600)) }
        return passages.map { passage in passage.split(separator: " ").first.flatMap { Float($0) } ?? -100 }
    }

    func denseVectors(of texts: [String], model: String) async throws -> [[Float]] {
        texts.map { text in text.split(separator: " ").prefix(2).map { Float($0) ?? 0 } }
    }

    func sparseVectors(of texts: [String], by encoder: SparseQueryEncoder) async throws -> [[WeightedToken]] {
        texts.map { text in text.split(separator: " ").map { WeightedToken(token: String($0), weight: 1) } }
    }
}
