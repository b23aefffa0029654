import Encoders
import Foundation
import JSON
import Layers
import Losses
import ModelFiles
import Tensors
import TestSupport
import Testing
import TrainableEncoders
import Training

@Suite struct TrainerTests {
    @Test func itLearns() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(12), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.maximumSteps = 30
            configuration.dropout = 0
            let run = try TrainingFixture.run(configuration)
            let (first, last) = (run.losses.prefix(3).reduce(0, +), run.losses.suffix(3).reduce(0, +))
            #expect(last < first / 2)
        }
    }

    @Test func theModelIsWrittenAndGivesWhatWasTrained() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(12), to: "data.jsonl")
            let configuration = TrainingFixture.configuration(folder)
            let result = try TrainingFixture.run(configuration).result
            let path = try #require(result.model)
            #expect(path == configuration.output + "/model")
            let texts = ["music player", "fast archive"]
            let trained = try DenseEncoder(path: path).embed(texts)
            let base = try DenseEncoder(path: configuration.model).embed(texts)
            #expect(trained.values != base.values)
            let weights = try WeightArchive.open((result.checkpoint ?? "") + "/model.safetensors")
            let written = try ModelFolder(path: path).weights()
            for tensor in weights.tensors {
                #expect(try written.tensor(tensor.name).floats() == tensor.floats())
            }
        }
    }

    @Test func theBestCheckpointIsKeptAndBecomesTheModel() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(16), to: "data.jsonl")
            try TrainingFixture.writeCollection(folder)
            var configuration = TrainingFixture.configuration(folder)
            configuration.evaluationData = folder.path + "/beir"
            configuration.evaluateEvery = 2
            configuration.keptCheckpoints = 1
            configuration.maximumSteps = 12
            configuration.learningRate = 2e-2
            configuration.patience = nil
            let run = try TrainingFixture.run(configuration)
            let records = run.events.compactMap { event -> EvaluationRecord? in
                if case .evaluated(let record) = event { record } else { nil }
            }
            #expect(records.map(\.step) == [0, 2, 4, 6, 8, 10, 12])
            #expect(run.result.baseline == records[0])
            let best = try #require(records.dropFirst().max { $0.metrics["ndcg@10"]! < $1.metrics["ndcg@10"]! })
            let metric = try #require(run.result.best?.metrics["ndcg@10"])
            #expect(metric == best.metrics["ndcg@10"])
            let step = try #require(run.result.best?.step)
            let kept = try FileManager.default.contentsOfDirectory(atPath: configuration.output)
                .filter { $0.hasPrefix("checkpoint") }
            #expect(Set(kept) == ["checkpoint-\(step)", "checkpoint-12"])
            let written = try ModelFolder(path: try #require(run.result.model)).weights()
            let weights = try WeightArchive.open(configuration.output + "/checkpoint-\(step)/model.safetensors")
            for tensor in weights.tensors { #expect(try written.tensor(tensor.name).floats() == tensor.floats()) }
        }
    }

    @Test func itEndsEarlyWhenNothingImproves() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(16), to: "data.jsonl")
            try TrainingFixture.writeCollection(folder)
            var configuration = TrainingFixture.configuration(folder)
            configuration.evaluationData = folder.path + "/beir"
            configuration.evaluateEvery = 2
            configuration.maximumSteps = 20
            configuration.learningRate = 0
            configuration.patience = 2
            let run = try TrainingFixture.run(configuration)
            #expect(run.result.ending == .earlyStop)
            #expect(run.result.steps == 6)
            #expect(run.result.best?.step == 2)
            #expect(run.result.model != nil)
        }
    }

    @Test func aRunThatDivergesNamesStepAndBatchAndKeepsItsCheckpoint() throws {
        try TemporaryFolder.with { folder in
            var lines = ""
            for number in 0..<16 {
                let margin = number == 1 ? "3e38" : "1"
                lines +=
                    "{\"query\": \"music \(number)\", \"positive\": \"player\", \"negative\": \"disk\", \"label\": \(margin)}\n"
            }
            try folder.write(lines, to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.loss = "margin-mse"
            configuration.batchSize = 1
            configuration.order = .sequential
            configuration.saveEvery = 1
            let fault = TrainingFixture.fault { try TrainingFixture.run(configuration) }
            #expect(fault?.code == .notFinite)
            #expect(fault?.step == 1)
            #expect(fault?.reason.contains("batch 1 of epoch 0") == true)
            #expect(fault?.reason.contains("checkpoint-1 is kept") == true)
            let state = try JSONValue(
                parsing: [UInt8](
                    Data(contentsOf: URL(filePath: configuration.output + "/checkpoint-1/trainer_state.json"))))
            #expect(state["global_step"]?.int == 1)
        }
    }

    @Test(arguments: [("bert-splade", TrainingTask.sparse), ("bert-cross", .crossEncoder)])
    func theOtherTasksTrainAndAreEvaluated(_ name: String, _ task: TrainingTask) throws {
        try TemporaryFolder.with { folder in
            try TrainingFixture.writeCollection(folder)
            var run = ""
            for query in 0..<8 {
                for document in 0..<10 { run += "q\(query) Q0 d\(document * 2) 1 \(20 - document) bm25\n" }
            }
            try folder.write(run, to: "run.trec")
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = task
            configuration.model = TrainingFixture.model(name)
            configuration.trainingData = folder.path + "/beir"
            configuration.evaluationData = folder.path + "/beir"
            configuration.evaluationCandidates = task == .crossEncoder ? folder.path + "/run.trec" : nil
            configuration.evaluateEvery = 3
            let trained = try TrainingFixture.run(configuration)
            let metrics = try #require(trained.result.best?.metrics)
            #expect(metrics["ndcg@10"] ?? -1 >= 0)
            #expect((metrics["document_active"] != nil) == (task == .sparse))
            #expect(trained.losses.count == 6)
            if task == .crossEncoder {
                configuration.evaluationCandidates = nil
                configuration.output += "2"
                #expect(TrainingFixture.fault { try TrainingFixture.run(configuration) }?.setting == "evaluation")
            }
        }
    }

    @Test func queriesWithoutANetworkWeighTheirTokens() throws {
        try TemporaryFolder.with { folder in
            try TrainingFixture.writeCollection(folder)
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = .sparse
            configuration.model = TrainingFixture.model("bert-splade")
            configuration.trainingData = folder.path + "/beir"
            configuration.inferenceFreeQueries = true
            configuration.evaluationData = folder.path + "/beir"
            configuration.evaluateEvery = 6
            let run = try TrainingFixture.run(configuration)
            let active = run.events.compactMap { event -> [Double]? in
                if case .step(let record) = event { record.activeEntries } else { nil }
            }
            // As many as a query has different tokens: a few letters of the tiny vocabulary a word.
            #expect(active.allSatisfy { $0[0] > 3 && $0[0] < 40 })
            let path = try #require(run.result.model)
            #expect(try SparseEncoder(path: path).isInferenceFreeForQueries)
        }
    }

    @Test func weightsOfQueryTokensAreTrainedAndWritten() throws {
        try TemporaryFolder.with { folder in
            try TrainingFixture.writeCollection(folder)
            func configuration(_ output: String) -> TrainingConfiguration {
                var configuration = TrainingFixture.configuration(folder, output: output)
                configuration.task = .sparse
                configuration.model = TrainingFixture.model("bert-splade")
                configuration.trainingData = folder.path + "/beir"
                configuration.inferenceFreeQueries = true
                configuration.trainsQueryTokenWeights = true
                configuration.queryTokenRate = 0.1
                return configuration
            }
            func table(_ run: TrainingResult) throws -> [Float] {
                let path = try #require(run.model)
                let stored = try ModelFolder(path: path).queryTokenWeights()
                #expect(stored != nil)
                return try ModelFolder(path: path + "/query_0_SparseStaticEmbedding", task: .sparseQuery)
                    .weights().tensor("weight").floats()
            }
            var frozen = configuration("frozen")
            frozen.trainsQueryTokenWeights = false
            frozen.queryTokenRate = nil
            let before = try table(TrainingFixture.run(frozen).result)
            let whole = try TrainingFixture.run(configuration("whole"))
            let after = try table(whole.result)
            let weights = try WeightArchive.open((whole.result.checkpoint ?? "") + "/model.safetensors")
            #expect(try weights.tensor(TrainableModel.queryTokenWeights).floats() == after)
            let changed = zip(before, after).map { abs($0 - $1) }
            #expect((changed.max() ?? 0) > 0.05)
            // Tokens of no query have only their decay.
            #expect(changed.count { $0 > 0.05 } < changed.count)
            try TrainingFixture.run(configuration("parts"), stoppingBehind: 3)
            let resumed = try TrainingFixture.run(configuration("parts"), .last)
            #expect(resumed.weights == whole.weights)
        }
    }

    @Test(arguments: ["bert-dense", "bert-plain", "bert-splade"])
    func sparseEncodersAreMadeOfWhateverEncoder(_ name: String) throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(12, negatives: 1), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = .sparse
            configuration.model = TrainingFixture.model(name)
            configuration.sparseActivation = .log1pReLU
            configuration.maximumSteps = 12
            configuration.dropout = 0
            let run = try TrainingFixture.run(configuration)
            let (first, last) = (run.losses.prefix(3).reduce(0, +), run.losses.suffix(3).reduce(0, +))
            #expect(last < first)
            let path = try #require(run.result.model)
            let written = try ModelFolder(path: path)
            #expect(written.task == .sparse && written.similarity == "dot")
            #expect(
                written.modules.last?.kind == .spladePooling(.init(strategy: .max, activation: .log1pReLU)))
            // What the trained parameters put out is what the written folder does.
            let encoder = try SparseEncoder(path: path)
            let sequences = try encoder.tokenize(["music player", "fast archive"], as: .document)
            let model = try TrainableModel(
                folder: written, task: .sparse, options: TrainableModelOptions(pool: WorkerPool(threads: 1)))
            try #require(model.problem(in: TokenBatch(sequences)) == nil)
            let pass = model.forward(TokenBatch(sequences), dropout: nil, keepsForBackward: false)
            for (row, vector) in try encoder.encode(sequences, as: .document).enumerated() {
                let weights = zip(vector.tokenIDs, vector.weights)
                #expect(weights.allSatisfy { abs(pass.outputs[row][Int($0)] - $1) < 1e-5 })
                #expect(vector.weights.allSatisfy { $0 > 0 } && !vector.weights.isEmpty)
            }
        }
    }

    @Test func theFunctionOnLogitsIsChosenAndTheFoldersStrategyKept() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(8), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = .sparse
            configuration.model = folder.path + "/splade"
            configuration.sparseActivation = .log1pReLU
            configuration.maximumSteps = 1
            try FileManager.default.copyItem(
                atPath: TrainingFixture.model("bert-splade"), toPath: configuration.model)
            try folder.write(
                #"{"pooling_strategy": "sum", "activation_function": "relu", "word_embedding_dimension": 160}"#,
                to: "splade/1_SpladePooling/config.json")
            let path = try #require(TrainingFixture.run(configuration).result.model)
            #expect(
                try ModelFolder(path: path).modules.last?.kind
                    == .spladePooling(.init(strategy: .sum, activation: .log1pReLU)))
        }
    }

    @Test func aNewHeadHasTheLabelsThatWereAskedFor() throws {
        try TemporaryFolder.with { folder in
            let lines = (0..<12).map {
                #"{"query": "q\#($0)", "document": "\#(TrainingFixture.words[$0 % 3])", "label": \#($0 % 3)}"# + "\n"
            }
            try folder.write(lines.joined(), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = .crossEncoder
            configuration.model = TrainingFixture.model("bert-plain")
            configuration.labels = 3
            let run = try TrainingFixture.run(configuration)
            guard case .began(let overview) = run.events.first else {
                Issue.record("no beginning")
                return
            }
            #expect(overview.loss == "cross-entropy")
            let written = try CrossEncoder(path: try #require(run.result.model))
            #expect(written.labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
            configuration.labels = nil
            configuration.output += "2"
            #expect(TrainingFixture.fault { try TrainingFixture.run(configuration) }?.line == 3)
        }
    }

    @Test func whatDataAndBatchesLoseIsSaid() throws {
        try TemporaryFolder.with { folder in
            // One answer to most questions: no two of them in a batch.
            let lines = (0..<10).map { number in
                let answer = number < 8 ? "the same" : "another \(number)"
                return #"{"query": "q\#(number)", "positive": "\#(answer)", "prompt": "\#(number < 3 ? "find" : "")"}"#
                    + "\n"
            }
            try folder.write(lines.joined(), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            func warnings() throws -> [String] {
                let events = try TrainingFixture.run(configuration).events
                configuration.output += "2"
                return events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
            }
            let found = try warnings()
            #expect(found.contains { $0.contains("prompt") && $0.contains("3 rows") })
            #expect(found.contains { $0.hasPrefix("6 of the 8 batches") || $0.hasPrefix("7 of the 8 batches") })
            configuration.avoidsDuplicates = false
            #expect(try warnings().count == 1)
        }
    }

    @Test func activeEntriesAreThoseOfAllDocuments() throws {
        try TemporaryFolder.with { folder in
            let long = TrainingFixture.words.joined(separator: " ")
            let lines = (0..<4).map {
                #"{"query": "q\#($0)", "positive": "a\#($0)", "negative": "\#(long) \#($0)"}"# + "\n"
            }
            try folder.write(lines.joined(), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.task = .sparse
            configuration.model = TrainingFixture.model("bert-splade")
            configuration.maximumSteps = 1
            configuration.dropout = 0
            let events = try TrainingFixture.run(configuration).events
            let active = try #require(
                events.compactMap { event -> [Double]? in
                    if case .step(let record) = event { record.activeEntries } else { nil }
                }.first)
            let encoder = try SparseEncoder(path: configuration.model)
            let texts = (0..<4).map { "a\($0)" } + (0..<4).map { "\(long) \($0)" }
            let counts = try encoder.encode(texts, as: .document).map { Double($0.weights.count) }
            #expect(counts[0] != counts[4])
            #expect(abs(active[1] - counts.reduce(0, +) / 8) < 0.26)
        }
    }

    /// The mean over two batches of four is that over one of eight, where examples do not meet each other.
    @Test func accumulatedGradientsAreMeans() throws {
        try TemporaryFolder.with { folder in
            let lines = (0..<8).map {
                #"{"query": "q\#($0)", "document": "\#(TrainingFixture.words[$0])", "label": \#($0 % 2)}"# + "\n"
            }
            try folder.write(lines.joined(), to: "data.jsonl")
            let norms = try [(8, 1), (4, 2)].map { size, accumulation in
                var configuration = TrainingFixture.configuration(folder, output: "run\(size)")
                configuration.task = .crossEncoder
                configuration.model = TrainingFixture.model("bert-cross")
                configuration.order = .sequential
                configuration.batchSize = size
                configuration.accumulation = accumulation
                configuration.maximumSteps = 2
                configuration.dropout = 0
                let run = try TrainingFixture.run(configuration)
                let norms = run.events.compactMap { event -> Double? in
                    if case .step(let record) = event { record.gradientNorm } else { nil }
                }
                return (norms: norms, losses: run.losses)
            }
            #expect(norms[0].norms.count == 2)
            for (one, two) in zip(norms[0].norms, norms[1].norms) { #expect(abs(one - two) < 1e-4 * one) }
            for (one, two) in zip(norms[0].losses, norms[1].losses) { #expect(abs(one - two) < 1e-5) }
        }
    }

    /// A title and a crop of one document are right answers of each other.
    @Test func partsOfADocumentDoNotMeetInABatch() throws {
        try TemporaryFolder.with { folder in
            let lines = (0..<12).map {
                #"{"doc_id": "d\#($0 / 2)", "query": "q\#($0)", "positive": "part \#($0)"}"# + "\n"
            }
            try folder.write(lines.joined(), to: "data.jsonl")
            let trainer = try Trainer(TrainingFixture.configuration(folder))
            for epoch in 0..<20 {
                for batch in trainer.sampler.batches(epoch: epoch) {
                    #expect(Set(batch.map { $0 / 2 }).count == batch.count)
                }
            }
        }
    }

    @Test func aGuideIsAskedOnlyByLossesThatHaveOne() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(12), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            let guide = try DenseEncoder(path: TrainingFixture.model("bert-plain"))
            let none = TrainingFixture.fault { _ = try Trainer(configuration, guide: guide) }
            #expect(none?.setting == "teacher" && none?.reason.contains("asks no other model") == true)
            configuration.loss = "gist"
            let missing = TrainingFixture.fault { _ = try Trainer(configuration) }
            #expect(missing?.setting == "teacher" && missing?.advice.contains("dense model") == true)
            configuration.loss = "matryoshka"
            configuration.lossParameters = ["loss": .text("gist"), "dims": .numbers([32, 8])]
            #expect(configuration.needsGuide)
            _ = try Trainer(configuration, guide: guide).run()
        }
    }

    @Test func settingsThatDoNotFitAreNamed() throws {
        try TemporaryFolder.with { folder in
            try folder.write(TrainingFixture.pairs(3), to: "data.jsonl")
            let good = TrainingFixture.configuration(folder)
            func setting(_ change: (inout TrainingConfiguration) -> Void) -> String? {
                var configuration = good
                change(&configuration)
                return TrainingFixture.fault { try TrainingFixture.run(configuration) }?.setting
            }
            #expect(setting { $0.model = "" } == "model")
            #expect(setting { $0.trainingData = "" } == "train")
            #expect(setting { $0.output = "" } == "output")
            #expect(setting { $0.inferenceFreeQueries = true } == "inference_free")
            #expect(setting { $0.pairOrder = "x.tsv" } == "pair_order")
            #expect(setting { $0.trainingSplit = "dev" } == "train_split")
            #expect(setting { $0.bestMetric = "accuracy" } == "best_metric")
            #expect(setting { $0.evaluateEvery = 3 } == "evaluate_every")
            #expect(setting { $0.loss = "bce" } == "loss")
            #expect(setting { $0.labels = 2 } == "labels")
            #expect(setting { $0.trainsQueryTokenWeights = true } == "trainable_idf")
            #expect(setting { $0.queryTokenRate = 1e-2 } == "idf_learning_rate")
            #expect(setting { $0.evaluationDepth = 20 } == "evaluation_depth")
            #expect(
                setting {
                    $0.pairOrder = "x.tsv"
                    $0.positives = .first
                } == "positives")
            #expect(
                setting {
                    $0.pairOrder = "x.tsv"
                    $0.negatives = 2
                } == "negatives")
            #expect(setting { $0.sparseActivation = .relu } == "sparse_activation")
            #expect(setting { $0.dropsLastBatch = true } == "batch_size")
            var missing = good
            missing.model = folder.path + "/none"
            #expect(TrainingFixture.fault { try TrainingFixture.run(missing) }?.code == .model)
        }
    }
}
