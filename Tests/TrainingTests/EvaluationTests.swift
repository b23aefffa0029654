import Encoders
import Layers
import ModelFiles
import Relevance
import Tensors
import TestSupport
import Testing
import TrainableEncoders
import Training

@Suite struct EvaluationTests {
    /// The figures before the first step are those of the encoder that serves, over the whole collection.
    @Test(arguments: ["bert-dense", "distilbert-dense"]) func figuresAreThoseOfTheServedModel(_ name: String) throws {
        try TemporaryFolder.with { folder in
            try TrainingFixture.writeCollection(folder, documents: 60, queries: 20)
            var configuration = TrainingFixture.configuration(folder)
            configuration.model = TrainingFixture.model(name)
            configuration.trainingData = folder.path + "/beir"
            configuration.evaluationData = folder.path + "/beir"
            configuration.maximumSteps = 1
            configuration.threads = 2
            let result = try TrainingFixture.run(configuration).result
            let baseline = try #require(result.baseline)

            let dataset = try RetrievalDataset(folder: folder.path + "/beir", split: "dev")
            let encoder = try DenseEncoder(path: configuration.model)
            let documents = dataset.documents.values.sorted { $0.id < $1.id }
            let vectors = try encoder.embed(documents.map(\.titleAndText)).map { Array($0) }
            var run = RankedRun(name: "served")
            for (id, text) in dataset.queries {
                let query = Array(try encoder.embed([text])[0])
                func length(_ x: [Float]) -> Double { x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
                run.setResults(
                    zip(documents, vectors).map { document, vector in
                        let dot = zip(query, vector).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                        let scale = encoder.similarity == .cosine ? length(query) * length(vector) : 1
                        return ScoredDocument(document.id, score: dot / scale)
                    }, query: id)
            }
            let metrics: [(String, Metric)] = [
                ("ndcg@10", .nDCG(cutoff: 10)), ("mrr@10", .reciprocalRank(cutoff: 10)),
                ("recall@100", .recall(cutoff: 100)),
            ]
            let evaluation = Evaluation(of: run, against: dataset.judgements, metrics: metrics.map(\.1))
            for (name, metric) in metrics {
                #expect(abs((baseline.metrics[name] ?? -1) - evaluation.mean(metric)) < 1e-3)
            }
            #expect(baseline.queries == 20)
        }
    }

    /// As BEIR does it: a document with the id of its query is no result.
    @Test func aQueryDoesNotFindItself() throws {
        try TemporaryFolder.with { folder in
            let texts = ["fast text editor", "music player", "fast text editor", "network monitor"]
            for name in ["corpus", "queries"] {
                let lines = texts.indices.map { #"{"_id": "\#($0)", "title": "", "text": "\#(texts[$0])"}"# + "\n" }
                try folder.write(lines.joined(), to: "beir/\(name).jsonl")
            }
            try folder.write("query-id\tcorpus-id\tscore\n2\t0\t1\n", to: "beir/qrels/dev.tsv")
            try folder.write(TrainingFixture.pairs(8), to: "data.jsonl")
            var configuration = TrainingFixture.configuration(folder)
            configuration.evaluationData = folder.path + "/beir"
            configuration.maximumSteps = 1
            let baseline = try #require(try TrainingFixture.run(configuration).result.baseline)
            // Document 0 has the text of the query; document 2, which has it as well and would come first, is the query itself.
            #expect(baseline.metrics["mrr@10"] == 1)
        }
    }

    /// Texts get the prompts of the folder, or those that were asked for.
    @Test func promptsAreTheFolders() throws {
        let folder = try ModelFolder(path: TrainingFixture.model("xlm-roberta-dense"))
        let pool = WorkerPool(threads: 1)
        let encoder = try DenseEncoder(folder)
        let tokenizing = try TextTokenizing(folder, TrainingConfiguration(), pool: pool)
        let texts = ["music player", "fast archive"]
        let queries = try encoder.tokenize(texts, prompt: .query)
        let documents = try encoder.tokenize(texts, prompt: .document)
        #expect(queries.map(\.ids) != documents.map(\.ids))
        #expect(try tokenizing.queries(texts).map(\.ids) == queries.map(\.ids))
        #expect(try tokenizing.documents(texts).map(\.ids) == documents.map(\.ids))
        var configuration = TrainingConfiguration()
        configuration.queryPrompt = folder.prompts["document"]
        let other = try TextTokenizing(folder, configuration, pool: pool)
        #expect(try other.queries(texts).map(\.ids) == documents.map(\.ids))
    }

    /// Tokenised in portions, the longest text of each first: the figures are the same, and progress comes to its end.
    @Test(arguments: [("bert-dense", TrainingTask.dense), ("bert-splade", .sparse), ("bert-cross", .crossEncoder)])
    func portionsChangeNothing(_ name: String, _ task: TrainingTask) throws {
        try TemporaryFolder.with { folder in
            try TrainingFixture.writeCollection(folder, documents: 40, queries: 12)
            let set = try EvaluationSet(folder: folder.path + "/beir", split: "dev", limit: nil)
            let pool = WorkerPool(threads: 1)
            let model = try ModelFolder(path: TrainingFixture.model(name))
            var configuration = TrainingConfiguration()
            configuration.task = task
            let tokenizing = try TextTokenizing(model, configuration, pool: pool)
            let trained = try TrainableModel(
                folder: model, task: task, options: TrainableModelOptions(pool: pool))
            var run = RankedRun(name: "all")
            for query in set.queryIDs {
                run.setResults(set.documentIDs.prefix(15).map { ScoredDocument($0, score: 1) }, query: query)
            }
            let found = try [4096, 7].map { portion in
                var last: (Int, Int) = (0, 0)
                var steps = 0
                let figures = try ModelEvaluator(
                    set, model: trained, folder: model, tokenizing: tokenizing, pool: pool, queryTable: nil,
                    candidates: task == .crossEncoder ? run : nil, depth: 15, textsOfPortion: portion
                ).evaluate { completed, all in
                    steps += 1
                    last = (completed, all)
                    return true
                }
                #expect(last.0 == last.1 && last.1 > 50)
                return (figures: try #require(figures), steps: steps)
            }
            #expect(found[0].figures == found[1].figures)
            #expect(found[1].steps > found[0].steps)
        }
    }
}
