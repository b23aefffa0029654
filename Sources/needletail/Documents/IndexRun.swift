import Indices
import JSON
import Relevance

extension RankedRun {
    /// What a system finds for queries in an index: the first thousand hits of each query.
    ///
    /// - Parameter depth: how many results of each part take part in a hybrid search.
    init(
        _ system: SearchSystem, index: String, queries: [(id: String, text: String)], depth: Int,
        _ search: LocalSearch
    ) throws {
        let progress = ProgressLine("searching, \(system.name)", plainAfter: .seconds(30))
        defer { progress.finish() }
        self.init(name: system.name)
        for (done, query) in queries.enumerated() {
            progress.show(done, of: queries.count)
            var body = system.body(query.text, size: 1000, depth: depth)
            body["_source"] = false
            let reply = try search.search(index, .object(body))
            let hits = (reply["hits"]?["hits"]?.array ?? []).map {
                ScoredDocument($0["_id"]?.string ?? "", score: $0["_score"]?.double ?? 0)
            }
            setResults(hits, query: query.id)
        }
    }
}
