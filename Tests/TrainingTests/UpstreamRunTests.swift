import JSON
import TestSupport
import Testing
import TrainableEncoders
import Training

/// Whole runs against those of sentence-transformers with torch's AdamW: `Tests/Fixtures/training/make_runs.py`.
@Suite struct UpstreamRunTests {
    private static let names = [
        "mnrl", "mnrl-negatives", "cached", "margin", "matryoshka", "cosent", "splade", "bce", "pair-margin",
    ]

    @Test(arguments: names) func lossesAndNormsOfAllStepsAreEqual(_ name: String) throws {
        let document = try JSONValue(parsing: Fixture.bytes("training/runs.json"))
        let entry = try #require(document["runs"]?.array?.first { $0["name"]?.string == name })
        try TemporaryFolder.with { folder in
            let rows = try #require(entry["rows"]?.array)
            try folder.write(rows.map { $0.serialized() + "\n" }.joined(), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = try #require(TrainingTask(rawValue: entry["task"]?.string ?? ""))
            configuration.model = TrainingFixture.model(try #require(entry["model"]?.string))
            configuration.order = .sequential
            configuration.avoidsDuplicates = false
            configuration.dropout = 0
            configuration.batchSize = try #require(document["batch_size"]?.int)
            configuration.maximumSteps = try #require(document["steps"]?.int)
            configuration.learningRate = try #require(document["learning_rate"]?.double)
            configuration.warmupSteps = try #require(document["warmup_steps"]?.int)
            for (setting, value) in try #require(entry["settings"]?.object) {
                try #require(TrainingSetting.named(setting)).set(value, in: &configuration)
            }
            let run = try TrainingFixture.run(configuration)
            let norms = run.events.compactMap { event -> Double? in
                if case .step(let record) = event { record.gradientNorm } else { nil }
            }
            #expect(run.losses.count == configuration.maximumSteps)
            for step in run.losses.indices {
                let (loss, norm) = (
                    try #require(entry["losses"]?[step]?.double), try #require(entry["norms"]?[step]?.double)
                )
                // The first steps differ by rounding alone; then every step builds on all before it.
                let slack = step < 3 ? 1.0 : 20
                #expect(abs(run.losses[step] - loss) < 2e-5 * slack * max(1, abs(loss)), "step \(step)")
                #expect(abs(norms[step] - norm) < 1e-4 * slack * max(1, norm), "step \(step)")
            }
        }
    }
}
