import Encoders
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Full-size models equal PyTorch on 500 texts")
struct FullModelTests {
    /// The folder that `scripts/fetch-test-models` fills; the weights are too large for the repository.
    static let miniLM = Fixture.repositoryRoot + "/.cache/models/all-MiniLM-L6-v2"

    /// Skips where the model was never fetched, except where its absence must not pass for success.
    static var runsMiniLM: Bool {
        access(miniLM + "/config.json", F_OK) == 0 || getenv("CI") != nil || getenv("NEEDLETAIL_REQUIRE_MODELS") != nil
    }

    @Test(
        "all-MiniLM-L6-v2: cosine of at least 0.999999 from 1 to 512 tokens",
        .enabled(if: runsMiniLM, "\(miniLM) is missing; run `scripts/fetch-test-models`"))
    func sentenceEncoder() throws {
        let reference = try ReferenceFolder("minilm")
        let texts = try reference.texts()
        let options = EncoderOptions(maxSequenceLength: reference.maxSequenceLength)
        let encoder = try DenseEncoder(path: Self.miniLM, options: options)
        let vectors = try encoder.embed(texts)
        #expect(vectors.tokenCounts == (try reference.lengths()))
        let expected = try reference.rows("embeddings")
        let cosines = zip(vectors, expected).map { cosine($0, $1) }
        let least = try #require(cosines.min())
        #expect(cosines.count == 500 && least >= 0.999999, "least cosine \(least)")
        #expect(largestDifference(vectors.map(Array.init), expected) <= 1e-5)
        print("all-MiniLM-L6-v2: least cosine of 500 texts \(least), loaded in \(encoder.summary.loadTime)")
    }

    @Test("The starter cross-encoder: logits within 0.001 on 500 pairs, up to 512 tokens")
    func starterCrossEncoder() throws {
        let texts = try ReferenceFolder("minilm").texts()
        let reference = try ReferenceFolder("cross-encoder", expected: "starter-int8")
        let pairs = try reference.pairs(of: texts)
        // The model's own limit is 256.
        let encoder = try CrossEncoder(
            path: Fixture.repositoryRoot + "/Models/starter-cross-encoder",
            options: EncoderOptions(maxSequenceLength: reference.maxSequenceLength))
        let scores = try encoder.score(pairs)
        #expect(scores.map(\.tokenCount) == (try reference.lengths()))
        let difference = largestDifference(scores.map { [$0.logit] }, try reference.rows("logits").map { $0 })
        #expect(scores.count == 500 && difference <= 1e-3, "largest difference \(difference)")
        print("starter cross-encoder: largest difference of 500 logits \(difference)")
    }
}
