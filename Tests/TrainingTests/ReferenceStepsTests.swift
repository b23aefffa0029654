import Encoders
import JSON
import Losses
import TestSupport
import Testing
import TrainableEncoders
import Training

/// Small runs with every loss, beside sentence-transformers' losses and PyTorch's AdamW on the same models and texts.
@Suite("The first steps of training equal sentence-transformers'")
struct ReferenceStepsTests {
    /// A run of `Tests/Fixtures/training/steps.json`.
    struct Run: Sendable, CustomTestStringConvertible {
        let number: Int
        let configuration: TrainingConfiguration
        let losses: [Double]
        let norms: [Double]
        /// How far, relatively, PyTorch's float32 is from the float64 of the file at most.
        let lossTolerance: Double
        let normTolerance: Double

        var testDescription: String {
            "\(number): \(configuration.loss ?? "") for \(configuration.task.rawValue) models, \(configuration.lossParameters.keys.sorted())"
        }

        init?(_ number: Int, _ entry: JSONValue) {
            guard let task = entry["task"]?.string, let model = entry["model"]?.string,
                let data = entry["data"]?.string,
                let losses = entry["losses"]?.array?.compactMap(\.double),
                let norms = entry["norms"]?.array?.compactMap(\.double)
            else { return nil }
            var configuration = TrainingConfiguration()
            switch task {
            case "dense": configuration.task = .dense
            case "cross-encoder": configuration.task = .crossEncoder
            default: configuration.task = .sparse
            }
            configuration.inferenceFreeQueries = task == "inference-free"
            configuration.model = Fixture.path("encoders/models/\(model)")
            configuration.trainingData = Fixture.path("training/steps/\(data).jsonl")
            configuration.loss = entry["loss"]?.string
            configuration.teachers = entry["guide"]?.string.map { [Fixture.path("encoders/models/\($0)")] } ?? []
            configuration.lossParameters = (entry["settings"]?.object ?? JSONObject()).reduce(into: [:]) {
                $0[$1.key] = Self.setting($1.value)
            }
            configuration.weightDecay = entry["weight_decay"]?.double
            configuration.queryTokenRate = entry["idf_learning_rate"]?.double
            configuration.trainsQueryTokenWeights = configuration.queryTokenRate != nil
            configuration.order = .sequential
            configuration.avoidsDuplicates = false
            configuration.batchSize = 4
            configuration.maximumSteps = losses.count
            configuration.learningRate = 1e-3
            configuration.warmupSteps = 2
            configuration.dropout = 0
            configuration.threads = 1
            configuration.logEvery = 1
            configuration.saveEvery = losses.count
            self.number = number
            self.configuration = configuration
            self.losses = losses
            self.norms = norms
            lossTolerance = entry["float32"]?["losses"]?.double ?? 0
            normTolerance = entry["float32"]?["norms"]?.double ?? 0
        }

        private static func setting(_ value: JSONValue) -> LossSetting? {
            if let flag = value.bool { return .flag(flag) }
            if let number = value.double { return .number(number) }
            if let text = value.string { return .text(text) }
            let texts = (value.array ?? []).compactMap(\.string)
            return texts.isEmpty ? .numbers((value.array ?? []).compactMap(\.double)) : .texts(texts)
        }

        static let all: [Run] = {
            let document = try? JSONValue(parsing: Fixture.bytes("training/steps.json"))
            return (document?.array ?? []).enumerated().compactMap { Run($0, $1) }
        }()
    }

    @Test("Losses and gradient norms of twenty steps", arguments: Run.all)
    func steps(_ run: Run) throws {
        var losses: [Double] = []
        var norms: [Double] = []
        try TemporaryFolder.with { folder in
            var configuration = run.configuration
            configuration.output = folder.path + "/run"
            let guide = try configuration.teachers.first.map { try DenseEncoder(path: $0) }
            #expect(configuration.needsGuide == (guide != nil))
            _ = try Trainer(configuration, guide: guide).run { event in
                guard case .step(let record) = event else { return }
                losses.append(record.loss)
                norms.append(record.gradientNorm)
            }
        }
        try #require(losses.count == run.losses.count)
        #expect(Self.distance(losses, run.losses) <= max(1e-5, 4 * run.lossTolerance))
        #expect(Self.distance(norms, run.norms) <= max(2e-5, 4 * run.normTolerance))
    }

    @Test("There are runs of every loss")
    func coverage() {
        let names = Set(LossKind.all.map(\.name)).subtracting(["cached-splade"])
        #expect(Set(Run.all.compactMap(\.configuration.loss)) == names)
        #expect(Run.all.count == 27)
    }

    /// The greatest relative difference; a number where 0 is expected counts absolutely, in units of the largest.
    private static func distance(_ values: [Double], _ expected: [Double]) -> Double {
        let largest = expected.reduce(0) { max($0, abs($1)) }
        return zip(values, expected).reduce(0) { worst, pair in
            let difference = abs(pair.0 - pair.1) / (pair.1 == 0 ? largest : abs(pair.1))
            return difference <= worst ? worst : difference
        }
    }
}
