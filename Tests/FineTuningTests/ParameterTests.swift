import FineTuning
import JSON
import Testing

@Suite("Parameters of a fine-tuning")
struct ParameterTests {
    /// What a run on a file needs at least.
    static let least = "corpus_path: corpus.jsonl\nmodel_name: mine\nbase_model_id: ./base\n"

    static func faults(_ text: String) -> [InvalidParameters.Fault] {
        do throws(InvalidParameters) {
            try FineTuningParameters(yaml: Array(text.utf8), path: "p.yaml").check()
            return []
        } catch {
            return error.faults
        }
    }

    @Test func theLeastIsEnough() throws {
        let parameters = try FineTuningParameters(yaml: Array(Self.least.utf8), path: "p.yaml")
        try parameters.check()
        #expect(parameters.inputType == .file)
        #expect(parameters.maximumDocuments == 20_000)
    }

    @Test func jsonAndYAMLAreTheSame() throws {
        let yaml = try FineTuningParameters(
            yaml: Array((Self.least + "mining:\n  negatives: 3\ntraining:\n  epochs: 2\n").utf8), path: "p.yaml")
        let json = try FineTuningParameters(json: yaml.json)
        #expect(json.json == yaml.json)
        #expect(json.json["mining"]?["negatives"]?.int == 3)
        #expect(json.json["training"]?["epochs"]?.double == 2)
    }

    @Test func everyFaultIsNamed() throws {
        let faults = Self.faults("model_name: a/b\nmax_documents: 1\nmodel_tpye: dense\nqueries:\n  draws: many\n")
        #expect(faults.map(\.field).sorted() == ["max_documents", "model_tpye", "queries.draws"])
        #expect(faults.first { $0.field == "model_tpye" }?.advice.contains("'model_type'") == true)
        #expect(faults.first { $0.field == "model_tpye" }?.line == 3)
        let missing = Self.faults("model_name: a/b\n")
        #expect(missing.map(\.field) == ["corpus_path", "model_name", "base_model_id"])
    }

    @Test(
        "Parameters that do not fit each other",
        arguments: [
            ("index_name: books\n", "index_name"), ("s3_corpus_path: s3://b/k\n", "s3_corpus_path"),
            ("queries: {source: endpoint, model: m}\n", "queries.endpoint"),
            ("queries: {source: file}\n", "queries.path"),
            ("queries: {titles: false, draws: 0}\n", "queries.draws"),
            ("mining: {negatives: 0}\ndistillation: {teachers: big}\n", "mining.negatives"),
            ("gate: {metric: map}\n", "gate.metric"), ("gate: {minimum_queries: 3000}\n", "gate.minimum_queries"),
            ("deploy: {register: true}\n", "deploy.register"), ("deploy: {reencode: true}\n", "deploy.reencode"),
            ("training: {idf: idf.json}\n", "training.idf"), ("training: {loss: bce}\n", "training.loss"),
            ("training: {output: x}\n", "training.output"), ("training: {learning_rat: 1}\n", "training.learning_rat"),
            ("distillation: {teachers: ['a:-1']}\n", "distillation.teachers"),
            ("queries: {source: bedrock-batch}\n", "queries.model"),
        ])
    func combinations(text: String, field: String) throws {
        #expect(Self.faults(Self.least + text).map(\.field).contains(field))
    }

    @Test(
        "Of a re-encoding, what would fail after the training is refused before it",
        arguments: [
            ("index_name: 'logs-*'\n", "", "index_name"), ("index_name: a,b\n", "", "index_name"),
            ("index_name: books\ntext_field: [title, body]\n", "", "text_field"),
            ("index_name: books\n", ", field: a.b", "deploy.field"),
            ("index_name: books\ntext_field: body\n", ", field: body", "deploy.field"),
            ("index_name: books\n", ", target_index: books", "deploy.target_index"),
            ("index_name: books\n", ", target_index: new, alias: new", "deploy.target_index"),
            ("index_name: books\n", ", target_index: New", "deploy.target_index"),
            ("index_name: books\n", ", target_index: _new", "deploy.target_index"),
            ("index_name: books\n", ", target_index: 'a b'", "deploy.target_index"),
        ])
    func reencoding(index: String, deploy: String, field: String) {
        let text =
            "input_type: opensearch\nmodel_name: mine\nbase_model_id: b\n\(index)deploy: {reencode: true\(deploy)}\n"
        #expect(Self.faults(text).map(\.field) == [field])
    }

    @Test func aPlainReencodingIsTaken() {
        let text =
            "input_type: opensearch\nmodel_name: mine\nbase_model_id: b\nindex_name: books\ntext_field: author.bio\ndeploy: {reencode: true, alias: now, target_index: books-2}\n"
        #expect(Self.faults(text).isEmpty)
    }

    @Test func namesOfModelsAreNamesOfFolders() throws {
        for name in ["../x", ".x", "a b", String(repeating: "a", count: 101)] {
            let text = "corpus_path: c\nbase_model_id: b\nmodel_name: '\(name)'\n"
            #expect(Self.faults(text).map(\.field) == ["model_name"])
        }
    }
}
