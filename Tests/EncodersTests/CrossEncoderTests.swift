import Encoders
import Testing

@Suite("Cross-encoders equal PyTorch")
struct CrossEncoderTests {
    static let folders = ["bert", "distilbert", "roberta", "xlm-roberta", "mpnet"].flatMap {
        ["\($0)-cross", "\($0)-cross-labels"]
    }

    @Test("Logits, scores and tokens of every architecture", arguments: folders)
    func matchesReference(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try CrossEncoder(path: reference.path)
        let pairs = try reference.pairs()
        #expect(try encoder.tokenize(pairs).map(\.ids) == reference.tokenIDs())
        let results = try encoder.score(pairs)
        #expect(largestDifference(results.map(\.logits), try reference.rows("logits")) <= 1e-4)
        #expect(largestDifference(results.map(\.scores), try reference.rows("scores")) <= 1e-4)
        #expect(results.map(\.tokenCount) == (try reference.lengths()))
        if reference.has("softmax") {
            let shares = try encoder.score(pairs, activation: .softmax)
            #expect(largestDifference(shares.map(\.scores), try reference.rows("softmax")) <= 1e-4)
            #expect(shares.map(\.logits) == results.map(\.logits))
        }
        #expect(encoder.summary.unusedTensors == [])
    }

    @Test("The default activation is the folder's, else sigmoid for one label and identity for several")
    func defaultActivations() throws {
        let found = try Self.folders.map { try CrossEncoder(path: ReferenceFolder("models/" + $0).path).activation }
        #expect(
            found == [
                .identity, .identity, .sigmoid, .sigmoid, .identity, .identity, .sigmoid, .identity, .identity,
                .identity,
            ])
    }

    @Test("Labels are named as the configuration names them")
    func labels() throws {
        let encoder = try CrossEncoder(path: ReferenceFolder("models/bert-cross-labels").path)
        #expect(encoder.labels == ["contradiction", "entailment", "neutral"])
    }

    @Test("A pair beyond the limit is cut and reported, others are not")
    func truncationIsReported() throws {
        let encoder = try CrossEncoder(path: ReferenceFolder("models/bert-cross").path)
        let long = String(repeating: "editor ", count: 200)
        let scores = try encoder.score([TextPair("a", "b"), TextPair("a", long), TextPair(long, long)])
        #expect(scores.map(\.isTruncated) == [false, true, true])
        #expect(scores.map(\.tokenCount)[1...] == [encoder.maxSequenceLength, encoder.maxSequenceLength])
    }

    @Test("No pairs give no scores")
    func nothing() throws {
        let encoder = try CrossEncoder(path: ReferenceFolder("models/bert-cross").path)
        #expect(try encoder.score([TextPair]()) == [])
    }

    @Test("Tokens that the model does not have are an error, not a crash")
    func foreignTokens() throws {
        let encoder = try CrossEncoder(path: ReferenceFolder("models/bert-cross").path)
        for sequence in [
            TokenSequence(ids: [2, 160, 3]), TokenSequence(ids: [2, -1, 3]), TokenSequence(ids: []),
            TokenSequence(ids: [2, 3], typeIDs: [0, 2]), TokenSequence(ids: Array(repeating: 2, count: 65)),
        ] {
            #expect { try encoder.score([sequence]) } throws: { ($0 as? EncoderError)?.code == .badRequest }
        }
    }
}
