import ModelExport
import ModelFiles
import TestSupport
import Testing

@Suite("Model cards")
struct ModelCardTests {
    private func text(_ card: ModelCard, _ name: String = "bert-dense") throws -> String {
        try TemporaryFolder.with { folder in
            let source = try ModelFolder(path: Fixture.path("encoders/models/" + name))
            try ModelFolderWriter(source: source, card: card).write([], to: folder.path + "/model")
            return String(decoding: try FileBytes(path: folder.path + "/model/README.md").array(), as: UTF8.self)
        }
    }

    @Test("Front matter, tables and use")
    func contents() throws {
        var card = ModelCard(name: "acme/support-search")
        card.baseModel = "sentence-transformers/all-MiniLM-L6-v2"
        card.loss = "MultipleNegativesRankingLoss"
        card.lossParameters = [ModelCard.Parameter("scale", "20")]
        card.datasetSize = 2560
        card.hyperparameters = [ModelCard.Parameter("Learning rate", "2e-05")]
        card.languages = ["en"]
        card.license = "apache-2.0"
        card.evaluations = [
            ModelCard.Evaluation(
                dataset: "debian dev", queries: 923,
                metrics: [
                    ModelCard.Metric("nDCG@10", type: "ndcg_at_10", before: 0.7953, after: 0.8501),
                    ModelCard.Metric("MRR@10", type: "mrr_at_10", before: 0.82, after: 0.81994),
                    ModelCard.Metric("Recall@100", type: "recall_at_100", after: 1),
                ])
        ]
        let lines = try text(card).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "---")
        for line in [
            "- en", "license: apache-2.0", "pipeline_tag: sentence-similarity", "- dataset_size:2560",
            "- loss:MultipleNegativesRankingLoss", "base_model: sentence-transformers/all-MiniLM-L6-v2", "- ndcg_at_10",
            "      value: 0.8501", "      name: \"debian dev\"", "      name: nDCG@10",
            "| debian dev (923 queries) | nDCG@10 | 0.7953 | 0.8501 | +0.0548 |",
            "| debian dev (923 queries) | MRR@10 | 0.8200 | 0.8199 | -0.0001 |",
            "| debian dev (923 queries) | Recall@100 |  | 1.0000 |  |",
            "| Loss | MultipleNegativesRankingLoss (scale = 20) |", "| Learning rate | 2e-05 |",
            "from sentence_transformers import SentenceTransformer",
            "from transformers import AutoModel, AutoTokenizer",
            "needletail serve --model MODEL",
        ] {
            #expect(lines.contains { $0 == line || $0 == "    " + line || $0.hasSuffix(line) }, "\(line)")
        }
    }

    @Test("Nothing that a name holds gets out of its place")
    func quoting() throws {
        var card = ModelCard(name: "a: b\n---\n- x | y")
        card.baseModel = "/home/me/models/base"
        card.license = "no"
        card.languages = ["\"en\\"]
        card.dataset = "one\ntwo"
        card.command = "echo ```; true"
        card.evaluations = [
            ModelCard.Evaluation(
                dataset: "# c | d", metrics: [ModelCard.Metric("n", type: "x: y", before: .nan, after: 0.5)])
        ]
        let text = try text(card, "bert-cross")
        #expect(text.contains("pipeline_tag: text-ranking"))
        #expect(text.contains("license: \"no\"\n") && text.contains(#"- "\"en\\""#))
        #expect(text.contains(#"- name: "a: b\n---\n- x | y""#))
        #expect(text.contains("# a: b --- - x | y\n"))
        #expect(!text.contains("base_model: "))
        #expect(text.contains(#"| # c \| d | n |"#))
        #expect(text.contains("````sh\necho ```; true\n````"))
        // Front matter ends where it should: at the second line of three dashes.
        let ends = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter {
            $0.element == "---"
        }
        #expect(ends.count == 2)
    }

    @Test(
        "Every kind has its own words",
        arguments: [("bert-splade", "splade"), ("bert-router", "inference-free"), ("bert-cross", "reranker")])
    func kinds(_ name: String, _ tag: String) throws {
        let text = try text(ModelCard(name: "m"), name)
        #expect(text.contains("\n- \(tag)\n"))
        #expect(!text.contains("## Results") && !text.contains("## How it was trained"))
    }
}
