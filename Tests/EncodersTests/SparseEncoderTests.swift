import Encoders
import ModelFiles
import TestSupport
import Testing

@Suite("Sparse encoders equal sentence-transformers")
struct SparseEncoderTests {
    static let folders = [
        "bert-splade", "distilbert-splade", "roberta-splade", "xlm-roberta-splade", "mpnet-splade", "bert-router",
        "distilbert-idf",
    ]

    @Test("Every masked-language head with every pooling and saturation", arguments: folders)
    func matchesReference(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let texts = try reference.texts()
        let folder = try ModelFolder(path: reference.path)
        for strategy in [ModelModule.SpladePooling.Strategy.max, .sum] {
            for activation in [ModelModule.SpladePooling.Activation.relu, .log1pReLU] {
                let pooling = ModelModule.SpladePooling(strategy: strategy, activation: activation)
                let encoder = try SparseEncoder(folder, pooling: pooling)
                let vectors = try encoder.encode(texts, as: .document).map { $0.dense(encoder.vocabularySize) }
                let expected = try reference.rows("\(strategy.rawValue).\(activation.rawValue)")
                #expect(largestDifference(vectors, expected) <= 1e-4, "\(strategy) \(activation)")
            }
        }
    }

    @Test(
        "The folder's own pooling and tokens",
        arguments: zip(
            folders,
            [
                "max.relu", "max.log1p_relu", "sum.relu", "sum.log1p_relu", "max.relu", "max.relu.routed",
                "max.relu.routed",
            ]))
    func folderPooling(_ name: String, _ tensor: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try SparseEncoder(path: reference.path)
        let texts = try reference.texts()
        #expect(try encoder.tokenize(texts, as: .document).map(\.ids) == reference.tokenIDs())
        let vectors = try encoder.encode(texts, as: .document)
        #expect(
            largestDifference(vectors.map { $0.dense(encoder.vocabularySize) }, try reference.rows(tensor)) <= 1e-4)
        for vector in vectors {
            #expect(zip(vector.tokenIDs, vector.tokenIDs.dropFirst()).allSatisfy { $0 < $1 })
            #expect(vector.weights.allSatisfy { $0 > 0 })
        }
    }

    @Test("Queries of inference-free models are weighed by the table", arguments: ["bert-router", "distilbert-idf"])
    func staticQueries(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try SparseEncoder(path: reference.path)
        #expect(encoder.isInferenceFreeForQueries)
        let vectors = try encoder.encode(try reference.texts("queries"), as: .query)
        #expect(
            largestDifference(vectors.map { $0.dense(encoder.vocabularySize) }, try reference.rows("query")) <= 1e-6)
    }

    @Test("Tokens that idf.json does not list weigh 1 in models of ML Commons, and nothing elsewhere")
    func unlistedTokens() throws {
        try TemporaryFolder.with { folder in
            let original = Fixture.path("encoders/models/distilbert-idf")
            try folder.copy(original + "/tokenizer.json", to: "tokenizer.json")
            try folder.write(#"{"b": 2.5}"#, to: "idf.json")
            let bare = try SparseEncoder(path: folder.path).encode(["a b"], as: .query)
            #expect(bare.map(\.weights) == [[2.5]])
            try folder.write(
                #"{"name":"x","model_format":"TORCH_SCRIPT","function_name":"SPARSE_TOKENIZE"}"#,
                to: "ml-commons_model_config.json")
            let described = try SparseEncoder(path: folder.path).encode(["a b"], as: .query)
            #expect(described.map { $0.weights.sorted() } == [[1, 2.5]])
        }
    }

    @Test("Only so many of the heaviest entries are kept")
    func maximumActive() throws {
        let encoder = try SparseEncoder(path: ReferenceFolder("models/bert-splade").path)
        let all = try encoder.encode(["a fast text editor"], as: .document)[0]
        let few = try encoder.encode(["a fast text editor"], as: .document, maximumActive: 5)[0]
        #expect(few.tokenIDs == all.heaviest(5).map(\.tokenID).sorted())
        #expect(all.tokenIDs.count > 5)
    }

    @Test("Ids have their token strings")
    func tokens() throws {
        let encoder = try SparseEncoder(path: ReferenceFolder("models/bert-splade").path)
        #expect(encoder.token(of: 0) == "[PAD]")
        #expect(encoder.token(of: 100_000) == nil)
    }
}
