import Encoders
import ModelFiles
import Testing

@Suite("Dense encoders equal sentence-transformers")
struct DenseEncoderTests {
    static let folders = [
        "bert-dense", "bert-plain", "distilbert-dense", "roberta-dense", "xlm-roberta-dense", "mpnet-dense",
    ]

    @Test("Vectors, tokens and token vectors of every architecture", arguments: folders)
    func matchesReference(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try DenseEncoder(path: reference.path)
        let texts = try reference.texts()
        let sequences = try encoder.tokenize(texts)
        #expect(sequences.map(\.ids) == (try reference.tokenIDs()))
        let vectors = try encoder.embed(texts)
        #expect(largestDifference(vectors.map(Array.init), try reference.rows("embeddings")) <= 1e-4)
        #expect(vectors.dimensions == encoder.dimensions)
        guard reference.has("tokens") else { return }
        let tokens = try encoder.embedTokens(sequences)
        let width = encoder.summary.hiddenSize
        let tokenRows = tokens.flatMap { text in
            stride(from: 0, to: text.values.count, by: width).map { Array(text.values[$0..<($0 + width)]) }
        }
        #expect(largestDifference(tokenRows, try reference.rows("tokens")) <= 1e-4)
    }

    @Test("Matryoshka: cut first, then normalised if asked or if the model does", arguments: folders)
    func dimensions(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try DenseEncoder(path: reference.path)
        let texts = try reference.texts()
        for size in [8, 20] {
            let unit = try encoder.embed(texts, dimensions: size, normalize: true)
            #expect(
                largestDifference(unit.map(Array.init), try reference.rows("embeddings.\(size).normalized")) <= 1e-4)
            let automatic = try encoder.embed(texts, dimensions: size)
            if encoder.normalizes {
                #expect(automatic == unit)
            } else {
                // The reference cuts without normalising again, which only differs for models that normalise.
                #expect(largestDifference(automatic.map(Array.init), try reference.rows("embeddings.\(size)")) <= 1e-4)
            }
        }
    }

    @Test("Every pooling mode and their combinations")
    func poolingModes() throws {
        let reference = try ReferenceFolder("models/bert-dense")
        let texts = try reference.texts()
        for name in reference.names(startingWith: "pooling.") {
            let modes = try name.dropFirst(8).split(separator: "+").map {
                try #require(ModelModule.PoolingMode(rawValue: "\($0)"))
            }
            let encoder = try DenseEncoder(try ModelFolder(path: reference.path), pooling: modes)
            let vectors = try encoder.embed(texts, normalize: false)
            #expect(largestDifference(vectors.map(Array.init), try reference.rows(name)) <= 1e-4, "\(name)")
        }
    }

    @Test("Prompts by name, by side, as text and by default", arguments: ["xlm-roberta-dense", "mpnet-dense"])
    func prompts(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try DenseEncoder(path: reference.path)
        let texts = try reference.texts()
        let embed = { (prompt: Prompt) in try encoder.embed(texts, prompt: prompt).map(Array.init) }
        for tensor in reference.names(startingWith: "prompt.") {
            let prompt = String(tensor.dropFirst(7))
            #expect(largestDifference(try embed(.named(prompt)), try reference.rows(tensor)) <= 1e-4, "\(tensor)")
            let text = try #require(encoder.prompts[prompt])
            #expect(try embed(.text(text)) == embed(.named(prompt)))
        }
        #expect(largestDifference(try embed(.query), try reference.rows("side.query")) <= 1e-4)
        #expect(largestDifference(try embed(.document), try reference.rows("side.document")) <= 1e-4)
        #expect { try encoder.embed(texts, prompt: .named("nonsense")) } throws: {
            ($0 as? EncoderError)?.code == .badRequest
        }
    }

    @Test("The folder's similarity function and vector length are read")
    func similarity() throws {
        let encoders = try Self.folders.map { try DenseEncoder(path: ReferenceFolder("models/" + $0).path) }
        #expect(encoders.map(\.similarity) == [.cosine, .cosine, .dot, .cosine, .cosine, .euclidean])
        #expect(encoders.map(\.dimensions) == [64, 36, 24, 24, 36, 40])
        #expect(encoders.map(\.normalizes) == [true, false, false, true, true, true])
    }

    @Test("More dimensions than there are is an error", arguments: [0, -1, 65])
    func tooManyDimensions(_ size: Int) throws {
        let encoder = try DenseEncoder(path: ReferenceFolder("models/bert-dense").path)
        #expect { try encoder.embed(["a"], dimensions: size) } throws: { ($0 as? EncoderError)?.code == .badRequest }
    }
}
