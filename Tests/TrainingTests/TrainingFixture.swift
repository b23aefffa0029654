import Foundation
import ModelFiles
import TestSupport
import Testing
import TrainableEncoders
import Training

/// Small runs over random texts, with the tiny models of `Tests/Fixtures/encoders/models`.
enum TrainingFixture {
    /// The folder of a tiny model.
    static func model(_ name: String) -> String { Fixture.path("encoders/models/\(name)") }

    static let words = [
        "archive", "reader", "music", "player", "text", "editor", "fast", "library", "colour", "network", "disk",
        "game",
        "image", "viewer", "compiler", "shell", "mail", "server", "font", "clock",
    ]

    /// Random text of a few words.
    static func text(_ generator: inout SeededGenerator, words count: ClosedRange<Int> = 3...12) -> String {
        (0..<Int.random(in: count, using: &generator)).map { _ in words.randomElement(using: &generator)! }
            .joined(separator: " ")
    }

    /// JSON lines of pairs, or of tuples with some negatives.
    static func pairs(_ count: Int, negatives: Int = 0, seed: UInt64 = 1) -> String {
        var generator = SeededGenerator(seed: seed)
        var lines = ""
        for number in 0..<count {
            lines += "{\"query\": \"q\(number) \(text(&generator))\", \"positive\": \"\(text(&generator)) p\(number)\""
            for negative in 0..<negatives {
                lines += ", \"negative_\(negative + 1)\": \"\(text(&generator)) n\(number)\""
            }
            lines += "}\n"
        }
        return lines
    }

    /// A BEIR folder whose queries share words with their documents.
    static func writeCollection(
        _ folder: TemporaryFolder, documents: Int = 30, queries: Int = 8, at name: String = "beir"
    )
        throws
    {
        var generator = SeededGenerator(seed: 7)
        var corpus = ""
        var texts: [String] = []
        for number in 0..<documents {
            texts.append(text(&generator))
            corpus +=
                "{\"_id\": \"d\(number)\", \"title\": \"\(words[number % words.count])\", \"text\": \"\(texts[number])\"}\n"
        }
        var lines = ""
        var judgements = "query-id\tcorpus-id\tscore\n"
        for number in 0..<queries {
            lines +=
                "{\"_id\": \"q\(number)\", \"text\": \"\(texts[number * 2].split(separator: " ").prefix(3).joined(separator: " "))\"}\n"
            judgements += "q\(number)\td\(number * 2)\t1\n"
        }
        try folder.write(corpus, to: "\(name)/corpus.jsonl")
        try folder.write(lines, to: "\(name)/queries.jsonl")
        try folder.write(judgements, to: "\(name)/qrels/dev.tsv")
        try folder.write(judgements, to: "\(name)/qrels/train.tsv")
    }

    /// A run of the tiny dense model over `data.jsonl` of the folder.
    static func configuration(_ folder: TemporaryFolder, output: String = "run") -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.model = model("bert-dense")
        configuration.task = .dense
        configuration.trainingData = folder.path + "/data.jsonl"
        configuration.output = folder.path + "/" + output
        configuration.batchSize = 4
        configuration.maximumSteps = 6
        configuration.learningRate = 1e-3
        configuration.warmupSteps = 1
        configuration.threads = 1
        configuration.saveEvery = 100
        return configuration
    }

    /// Trains, and gives the digest of the last checkpoint's weights with the losses of all steps.
    @discardableResult
    static func run(
        _ configuration: TrainingConfiguration, _ resumption: Resumption = .fresh, stop: StopSignal = StopSignal(),
        stoppingBehind step: Int? = nil
    ) throws -> (weights: String, losses: [Double], events: [TrainingEvent], result: TrainingResult) {
        var losses: [Double] = []
        var events: [TrainingEvent] = []
        let trainer = try Trainer(configuration, stop: stop)
        let result = try trainer.run(resumption) { event in
            events.append(event)
            if case .step(let record) = event {
                losses.append(record.loss)
                if record.step + 1 == step { stop.request() }
            }
        }
        return (try weights(try #require(result.checkpoint)), losses, events, result)
    }

    /// The digest of the weights of a checkpoint.
    static func weights(_ checkpoint: String) throws -> String {
        try WeightArchive.open(checkpoint + "/model.safetensors").digest()
    }

    /// The error of a call; nil if there is none.
    static func fault(_ body: () throws -> Void) -> TrainingError? {
        do {
            try body()
            return nil
        } catch {
            return error as? TrainingError
        }
    }
}
