import Measuring
import Relevance

// Reading and evaluating a run of 1,000 queries with 100 results each, and the paired bootstrap over its queries.
let queries = 1000
let depth = 100
var judgements = Judgements()
var run = RankedRun(name: "synthetic")
for query in 0..<queries {
    // A multiplicative walk over 7919 documents: scattered, and the same in every run.
    let hits = (1...depth).map { ScoredDocument("d\((query + 1) * $0 * 31 % 7919)", score: 1 / Double($0)) }
    run.setResults(hits, query: "q\(query)")
    for hit in hits where hit.document.hasSuffix("7") {
        judgements.setGrade(1, query: "q\(query)", document: hit.document)
    }
}
let metrics: [Metric] = [.nDCG(cutoff: 10), .reciprocalRank(cutoff: 10), .recall(cutoff: 100)]
let evaluation = Evaluation(of: run, against: judgements, metrics: metrics)
let values = evaluation.perQuery(.nDCG(cutoff: 10))

let table = MeasurementTable("Relevance")
table.add(
    .measure("evaluate, 3 metrics", units: Double(queries * depth), of: "results") {
        consume(Evaluation(of: run, against: judgements, metrics: metrics).mean(.nDCG(cutoff: 10)))
    })
table.add(
    .measure("paired bootstrap, 10,000 resamples", units: Double(values.count) * 10_000, of: "draws") {
        consume(PairedComparison(values, values.reversed()).pValue)
    })
