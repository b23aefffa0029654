import JSON
import Testing

/// `NEEDLETAIL_CPU` chooses the kernels; whichever run, the scores are the same up to rounding.
@Suite struct KernelChoiceTests {
    static let request = #"""
        {"query": "play a board game", "texts": ["Chess against the computer", "Mail transfer agent", "A set of dice"]}
        """#

    @Test func everyBuildOfTheKernelsGivesTheSameScores() throws {
        let expected = try logits(environment: [:])
        #expect(expected.count == 3)
        for name in [
            "portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16", "neon", "neon-dotprod",
            "neon-bf16",
        ] {
            let result = try Program.run(
                ["rerank", "--raw-scores", "--precision", "fp32"], input: Self.request + "\n",
                environment: ["NEEDLETAIL_CPU": name])
            if result.status == 69 {
                #expect(result.errors.contains("NEEDLETAIL_CPU=\(name) is not supported by this CPU"))
                continue
            }
            let given = try logits(environment: ["NEEDLETAIL_CPU": name])
            for (id, logit) in expected {
                #expect(abs(logit - (given[id] ?? .infinity)) < 1e-4, "\(name), text \(id)")
            }
        }
    }

    @Test func anUnknownNameIsReportedNotIgnored() throws {
        let result = try Program.run(
            ["rerank"], input: Self.request + "\n", environment: ["NEEDLETAIL_CPU": "avx1024"])
        #expect(result.status == 69)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("NEEDLETAIL_CPU=avx1024 is not the name of a kernel build"))
        #expect(result.errors.contains("portable"))
    }

    /// The raw score of each text by its index.
    private func logits(environment: [String: String]) throws -> [Int: Double] {
        let result = try Program.run(
            ["rerank", "--raw-scores", "--precision", "fp32"], input: Self.request + "\n", environment: environment)
        try #require(result.status == 0, "\(result.errors)")
        let answer = try JSONValue(parsing: Array(result.output.utf8))
        var logits: [Int: Double] = [:]
        for entry in answer["results"]?.array ?? [] {
            if let index = entry["index"]?.int { logits[index] = entry["score"]?.double }
        }
        return logits
    }
}
