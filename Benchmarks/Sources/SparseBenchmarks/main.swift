import Glibc
import SparseIndex

// build VECTORS INDEX [n_postings cluster_ratio summary_prune_ratio threads]   writes the file of a field, prints what it took
// serve VECTORS INDEX [QUERIES]          answers lines of standard input with JSON: "exact K", "maxscore K", "approximate K top_n heap_factor",
//                                        "filtered K per-mille"; of the first QUERIES queries

func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

func build(_ arguments: [String]) throws {
    let vectors = try VectorFile(path: arguments[0] + "/documents.bin")
    var seismic: SeismicOptions?
    if arguments.count > 5 {
        seismic = SeismicOptions(
            postings: Int(arguments[2]), clusterRatio: Float(arguments[3])!, summaryPruneRatio: Float(arguments[4])!,
            threads: Int(arguments[5])!)
    }
    let start = ContinuousClock.now
    let writer = SparseFieldWriter()
    try vectors.forEach { number, terms, weights in
        writer.begin(document: number)
        for (term, weight) in zip(terms, weights) { try writer.add(FeatureKey(id: term), weight) }
    }
    let gathered = ContinuousClock.now
    try writer.write(to: arguments[1], documentCount: vectors.count, seismic: seismic)
    let done = ContinuousClock.now
    let field = try SparseField(path: arguments[1])
    print(
        #"{"gather_seconds": \#(seconds(gathered - start)), "write_seconds": \#(seconds(done - gathered)), "#
            + #""bytes": \#(field.byteCount), "postings": \#(field.postingCount)}"#)
}

func serve(_ arguments: [String]) throws {
    let field = try SparseField(path: arguments[1])
    let limit = arguments.count > 2 ? Int(arguments[2])! : .max
    var queries: [[WeightedFeature]] = []
    try VectorFile(path: arguments[0] + "/queries.bin").forEach { _, terms, weights in
        guard queries.count < limit else { return }
        queries.append(zip(terms, weights).map { WeightedFeature(FeatureKey(id: $0), $1) })
    }
    var reference: MaxScore?
    while let line = readLine() {
        let words = line.split(separator: " ").map(String.init)
        let k = words.count > 1 ? Int(words[1])! : 10
        switch words[0] {
        case "exact": try answer(queries) { try field.search($0, k: k) }
        case "approximate":
            let options = SeismicSearchOptions(features: Int(words[2])!, heapFactor: Float(words[3])!)
            try answer(queries) { try field.searchApproximately($0, k: k, options: options) }
        case "filtered":
            let accepted = someDocuments(field.documentCount, perMille: UInt64(words[2])!)
            try answer(queries) { try field.search($0, k: k, accepted: accepted) }
        case "maxscore":
            if reference == nil { reference = try MaxScore(VectorFile(path: arguments[0] + "/documents.bin")) }
            try answer(queries) { query in
                reference!.search(
                    query.map { (UInt32($0.key.bytes.reduce(0) { $0 << 8 | Int($1) }), $0.weight) }, k: k)
            }
        default: throw BenchmarkFailure("unknown request \(words[0])")
        }
        fflush(nil)
    }
}

/// Documents drawn by a hash.
func someDocuments(_ count: Int, perMille: UInt64) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for document in 0..<count {
        let mixed = (UInt64(document) &+ 1) &* 0x9e37_79b9_7f4a_7c15
        if (mixed >> 32) % 1000 < perMille { words[document >> 6] |= 1 << UInt64(document & 63) }
    }
    return words
}

func answer(_ queries: [[WeightedFeature]], _ search: ([WeightedFeature]) throws -> [SparseHit]) throws {
    var times: [String] = [], hits: [String] = []
    for query in queries {
        let start = ContinuousClock.now
        let found = try search(query)
        times.append(String(Int((ContinuousClock.now - start) / .nanoseconds(1))))
        hits.append("[" + found.map { "[\($0.document), \($0.score)]" }.joined(separator: ", ") + "]")
    }
    print(
        #"{"nanoseconds": [\#(times.joined(separator: ", "))], "hits": [\#(hits.joined(separator: ", "))]}"#)
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "build" where arguments.count > 2: try build(Array(arguments.dropFirst()))
case "serve" where arguments.count > 2: try serve(Array(arguments.dropFirst()))
default: throw BenchmarkFailure("build or serve is expected")
}
