import JSON
import Losses
import Testing
import TrainableEncoders
import Training

@Suite struct TrainingConfigurationTests {
    private func read(_ yaml: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(yaml: Array(yaml.utf8), path: "train.yaml", task: .dense)
    }

    private func fault(_ yaml: String) -> TrainingError? {
        do {
            _ = try read(yaml)
            return nil
        } catch {
            return error as? TrainingError
        }
    }

    @Test func everySettingIsReadFromAFileAndFromText() throws {
        let configuration = try read(
            """
            # a run
            model: base
            output: run
            train: data.jsonl
            learning_rate: 5e-5
            loss: margin-mse
            loss_parameters: {scale: 2, dims: [384, 128], similarity: dot, flag: true}
            max_steps: 80
            no_duplicates: false
            patience: null
            """)
        #expect(configuration.model == "base")
        #expect(configuration.learningRate == 5e-5)
        #expect(configuration.loss == "margin-mse")
        #expect(configuration.lossParameters["dims"] == .numbers([384, 128]))
        #expect(configuration.maximumSteps == 80)
        #expect(configuration.avoidsDuplicates == false)
        #expect(configuration.patience == nil)

        var copy = TrainingConfiguration()
        for setting in TrainingSetting.all {
            let value = setting.value(in: configuration)
            guard !value.isNull else {
                #expect(setting.mayBeUnset)
                if setting.mayBeUnset { try setting.set(.null, in: &copy) }
                continue
            }
            func plain(_ value: JSONValue) -> String {
                value.string ?? value.array.map { $0.map(plain).joined(separator: ",") } ?? value.serialized()
            }
            let text =
                value.string ?? value.object.map { $0.map { "\($0.key)=\(plain($0.value))" }.joined(separator: " ") }
            if text == "" && setting.form != .text { continue }
            try setting.set(text: text ?? value.serialized(), in: &copy)
        }
        #expect(copy == configuration)
    }

    @Test func teachersAreOneOrSeveral() throws {
        #expect(try read("teacher: ./reranker").teachers == ["./reranker"])
        let several = try read("teacher: [./reranker, 'bm25:0.5']")
        #expect(several.teachers == ["./reranker", "bm25:0.5"])
        let setting = try #require(TrainingSetting.named("teacher"))
        #expect(setting.value(in: several) == ["./reranker", "bm25:0.5"])
        #expect(try setting.value(in: read("teacher: ./reranker")) == "./reranker")
        #expect(setting.value(in: TrainingConfiguration()).isNull)
        var text = TrainingConfiguration()
        try setting.set(text: "./reranker,bm25:0.5", in: &text)
        #expect(text.teachers == several.teachers)
        for bad in ["teacher: []", "teacher: ['']", "teacher: [1]", "teacher: {a: b}"] {
            #expect(fault(bad)?.setting == "teacher")
        }
    }

    @Test func namesAreUniqueAndFlagsFollowThem() {
        #expect(Set(TrainingSetting.all.map(\.name)).count == TrainingSetting.all.count)
        #expect(TrainingSetting.named("learning_rate")?.flag == "--learning-rate")
        #expect(TrainingSetting.named("learning-rate") == nil)
    }

    @Test func errorsNameTheLine() {
        let unknown = fault("model: base\n\nlearning_rat: 1e-5\n")
        #expect(unknown?.line == 3)
        #expect(unknown?.description.contains("Did you mean 'learning_rate'?") == true)
        let range = fault("model: base\nbatch_size: 0\n")
        #expect(range?.line == 2)
        #expect(range?.setting == "batch_size")
        #expect(fault("epochs: many")?.reason.contains("\"many\" is not a number") == true)
        #expect(fault("order: random")?.reason.contains("one of shuffled, sequential") == true)
        #expect(fault("loss_parameters: {scale: null}")?.setting == "loss_parameters")
        #expect(fault("model: null")?.setting == "model")
        #expect(fault("- a\n- b")?.reason.contains("not a mapping") == true)
        #expect(fault("model: base\nmodel: other")?.line == 2)
        #expect(fault("seed: 1.5")?.setting == "seed")
    }

    @Test func textOfTheWrongFormIsRefused() {
        var configuration = TrainingConfiguration()
        for (name, text) in [
            ("learning_rate", "fast"), ("loss_parameters", "scale"), ("no_duplicates", "1"), ("order", "random"),
            ("output", ""), ("dropout", "1.0"), ("learning_rate", "nan"), ("seed", "-1"),
        ] {
            #expect(throws: TrainingError.self) {
                try TrainingSetting.named(name)?.set(text: text, in: &configuration)
            }
        }
        #expect(configuration == TrainingConfiguration())
    }
}
