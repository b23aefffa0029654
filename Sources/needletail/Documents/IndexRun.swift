import Indices
import JSON
import Relevance

extension RankedRun {
    /// The hits of an index for queries, the first thousand of each.
    init(index: String, queries: [(id: String, text: String)], fields: String?, in indices: NodeIndices) throws {
        let search = LocalSearch(indices)
        let progress = ProgressLine("searching")
        defer { progress.finish() }
        self.init(name: index)
        for (done, query) in queries.enumerated() {
            progress.show(done, of: queries.count)
            let reply = try search.search(
                index, ["query": TextQuery(query.text, fields: fields).json, "size": 1000, "_source": false])
            let hits = (reply["hits"]?["hits"]?.array ?? []).map {
                ScoredDocument($0["_id"]?.string ?? "", score: $0["_score"]?.double ?? 0)
            }
            setResults(hits, query: query.id)
        }
    }
}
