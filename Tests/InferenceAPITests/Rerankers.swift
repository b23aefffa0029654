import Encoders
import Inference
import JSON
import ModelFiles
import TestSupport

/// What the tests of reranking share: one engine with several cross-encoders, and the same encoders without an engine.
enum Rerankers {
    /// `small` (identity is its own activation), `roberta` (sigmoid is), and a classifier with three labels.
    static let models: [ModelDeclaration] = [
        .fixture("bert-cross-labels", as: "nli", .crossEncoder),
        .fixture("bert-cross", as: "small", aliases: ["rerank-v3.5", "org/small"], .crossEncoder),
        .fixture("roberta-cross", as: "roberta", .crossEncoder),
        .fixture("bert-dense", as: "vectors", .dense),
    ]

    private static let shared = Task { try await APIClient.serving(models) }
    static var client: APIClient { get async throws { try await shared.value } }

    static let query = "text editor"
    static let documents = [
        "plays music from the command line and keeps a library of songs",
        "a fast text editor for programmers with syntax colouring",
        "",
        "network monitor that shows which process uses how much bandwidth",
        "a fast text editor for programmers with syntax colouring",
        "Die schöne Müllerin, ça va? naïve café",
    ]

    /// What the encoder itself says.
    static func scores(
        of texts: [String] = documents, query: String = query, folder: String = "bert-cross",
        activation: ScoreActivation = .sigmoid
    ) throws -> [PairScore] {
        try CrossEncoder(path: Fixture.path("encoders/models/\(folder)"))
            .score(texts.map { TextPair(query, $0) }, activation: activation)
    }

    /// Indexes best first, equal ones in the order sent.
    static func order(_ scores: [PairScore]) -> [Int] {
        scores.indices.sorted {
            scores[$0].logit == scores[$1].logit ? $0 < $1 : scores[$0].logit > scores[$1].logit
        }
    }

    /// A request's body with the query and the documents.
    static func body(_ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
        var object = JSONObject()
        object["query"] = .string(query)
        object["documents"] = .array(documents.map { .string($0) })
        for (key, value) in more { object[key] = value }
        return .object(object)
    }
}

extension JSONValue {
    /// The keys of an object in their order.
    var keys: [String] { object.map { $0.map(\.key) } ?? [] }

    /// A number as the float that was written.
    var float: Float? { double.map { Float($0) } }
}
