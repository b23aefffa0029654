import Encoders
import HTTPTypes
import Inference
import JSON
import ModelFiles
import TestSupport
import Testing

/// What the tests of TEI's, SageMaker's and Metarank's routes share: one engine with a model of each kind, and the same
/// encoders without an engine.
enum ServedModels {
    static let models: [ModelDeclaration] = [
        .fixture("bert-cross", as: "small", aliases: ["org/small"], .crossEncoder),
        .fixture("bert-cross-labels", as: "nli", .crossEncoder),
        .fixture("mpnet-dense", as: "vectors", .dense),
        .fixture("distilbert-splade", as: "splade", .sparse),
    ]
    private static let shared = Task { try await APIClient.serving(models) }
    static var client: APIClient { get async throws { try await shared.value } }

    /// A client of an engine with low limits.
    static func limited(_ change: (inout InferenceSettings) -> Void) async throws -> APIClient {
        var settings = InferenceSettings()
        change(&settings)
        return try await APIClient.serving(models, settings: settings)
    }

    static func cross(_ folder: String = "bert-cross") throws -> CrossEncoder {
        try CrossEncoder(path: Fixture.path("encoders/models/\(folder)"))
    }

    static func dense() throws -> DenseEncoder { try DenseEncoder(path: Fixture.path("encoders/models/mpnet-dense")) }
    static func sparse() throws -> SparseEncoder {
        try SparseEncoder(path: Fixture.path("encoders/models/distilbert-splade"))
    }

    static let long = Array(repeating: "text editor", count: 400).joined(separator: " ")
}

extension APIClient.Reply {
    /// `error_type` of TEI's faults.
    var errorType: String? { json["error_type"]?.string }
    /// `error` of TEI's and Metarank's faults.
    var error: String { json["error"]?.string ?? "" }
    /// The body as an array of arrays of floats.
    var vectors: [[Float]] { json.vectors }
}

extension JSONValue {
    /// An array of arrays of floats.
    var vectors: [[Float]] { array?.map(\.floats) ?? [] }
    /// An array of floats.
    var floats: [Float] { array?.compactMap(\.float) ?? [] }
}

extension TextEmbeddings {
    /// The vectors as arrays.
    var arrays: [[Float]] { map { Array($0) } }
}
