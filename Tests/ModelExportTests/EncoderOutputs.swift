import Encoders
import JSON
import ModelFiles
import TestSupport
import Testing

/// What our own encoders compute with a folder or an archive: rows of numbers.
struct EncoderOutputs {
    static let models =
        ["bert", "distilbert", "roberta", "xlm-roberta", "mpnet"].flatMap {
            ["\($0)-dense", "\($0)-splade", "\($0)-cross", "\($0)-cross-labels"]
        }.filter { $0 != "bert-splade" && $0 != "distilbert-splade" } + [
            "bert-plain", "bert-splade", "distilbert-splade", "bert-router", "distilbert-idf",
        ]

    static let texts = [
        "a fast text editor", "network", "Die schöne Müllerin, ça va?", "", "which program draws curves and surfaces",
    ]

    /// Vectors of documents, then of queries; or logits of pairs.
    static func rows(_ folder: ModelFolder) throws -> [[Float]] {
        let options = EncoderOptions(threads: 1)
        switch folder.task {
        case .dense:
            let vectors = try DenseEncoder(folder, options: options).embed(texts)
            return vectors.map { Array($0) }
        case .crossEncoder:
            let pairs = texts.dropFirst().map { TextPair(texts[0], $0) }
            return try CrossEncoder(folder, options: options).score(pairs).map(\.logits)
        case .sparse, .sparseQuery:
            let encoder = try SparseEncoder(folder, options: options)
            let roles: [SparseRole] = folder.task == .sparse ? [.document, .query] : [.query]
            return try roles.flatMap { role in
                try encoder.encode(texts, as: role).flatMap { [$0.tokenIDs.map { Float($0) }, $0.weights] }
            }
        }
    }
}
