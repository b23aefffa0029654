import Relevance
import TestSupport
import Testing

/// Values against `trec_eval`'s, which `Tests/Fixtures/relevance/make_expected.py` computed.
@Suite struct TrecEvalTests {
    private static func expected(_ name: String) throws -> [(query: String, metric: String, value: Double)] {
        let text = String(decoding: try Fixture.bytes("relevance/\(name).expected.tsv"), as: UTF8.self)
        return text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t")
            return (String(fields[0]), String(fields[1]), Double(fields[2]) ?? .nan)
        }
    }

    @Test(arguments: [
        "nDCG", "nDCG@5", "nDCG@10", "MRR", "MRR@10", "MAP", "MAP@10", "R@10", "R@100", "P@5", "P@10", "Rprec",
        "Success@1",
        "Success@5", "Bpref", "Judged@3", "Judged@10",
    ])
    func everyQueryOfARandomRunHasTrecEvalsValue(name: String) throws {
        try compare(name, "random")
    }

    @Test(arguments: ["MRR", "MAP", "R@10", "P@5", "Rprec", "Success@5", "Bpref"])
    func aHigherLevelOfRelevanceCountsAsTrecEvalDoes(name: String) throws {
        try compare(name, "random.level2", level: 2)
    }

    @Test(arguments: ["nDCG@10", "MRR", "MAP", "P@5"])
    func resultsWithoutJudgementAreLeftOutAsTrecEvalDoes(name: String) throws {
        try compare(name, "random.judged", judgedOnly: true)
    }

    private func compare(_ name: String, _ fixture: String, level: Int = 1, judgedOnly: Bool = false) throws {
        let metric = try #require(Metric(named: name))
        #expect(metric.name == name)
        let run = try RankedRun(path: Fixture.path("relevance/random.run"))
        let judgements = try Judgements(path: Fixture.path("relevance/random.qrels"))
        let evaluation = Evaluation(
            of: run, against: judgements, metrics: [metric], relevantFrom: level, judgedOnly: judgedOnly)
        let ours = Dictionary(uniqueKeysWithValues: zip(evaluation.queries, evaluation.perQuery(metric)))
        let expected = try Self.expected(fixture).filter { $0.metric == name }
        #expect(expected.count == ours.count + 1)
        for (query, _, value) in expected {
            let our = try #require(query == "all" ? evaluation.mean(metric) : ours[query])
            #expect(abs(our - value) < 1e-11, "\(query): \(our) instead of \(value)")
        }
    }

    @Test func theFirstStageOfTheExampleHasTrecEvalsMeans() throws {
        let folder = Fixture.repositoryRoot + "/Examples/packages"
        let run = try RankedRun(path: folder + "/bm25.run")
        let dataset = try RetrievalDataset(folder: folder)
        #expect(dataset.documents.count == 4500)
        #expect(dataset.queries.count == 300)
        for (_, name, value) in try Self.expected("packages") {
            let metric = try #require(Metric(named: name))
            let mean = Evaluation(of: run, against: dataset.judgements, metrics: [metric]).mean(metric)
            #expect(abs(mean - value) < 1e-11, "\(name): \(mean) instead of \(value)")
        }
    }

    @Test func equalScoresRankByIdDescendingInBytes() {
        let run = RankedRun(
            name: "ties",
            results: [
                "q": ["a", "Z", "ä", "b"].map { ScoredDocument($0, score: 1) } + [ScoredDocument("nan", score: .nan)]
            ])
        #expect(run.ranking(of: "q").map(\.document) == ["ä", "b", "a", "Z", "nan"])
    }

    @Test(arguments: ["", "nDCG@", "nDCG@0", "nDCG@-1", "nDCG@x", "R", "P", "F1", "nDCG@1@2", "Rprec@5", "Judged"])
    func namesThatAreNoMetricAreRefused(name: String) {
        #expect(Metric(named: name) == nil)
    }
}
