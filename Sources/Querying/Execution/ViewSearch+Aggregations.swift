import JSON
import Mappings
import SearchIndex

/// What aggregations ask of a search.
extension ViewSearch: AggregationContext {
    var indexName: String { view.name }
    var mapping: Mapping { planner.mapping }
    var snapshot: IndexSnapshot { view.snapshot }
    var now: Moment { context.now }

    func matches(_ query: Query, in segment: Segment) throws -> Scorer? { try scorer(of: query, in: segment) }

    func hits(_ documents: [ScoredDocument], sortValues: [[JSONValue]], body: JSONObject) throws -> [JSONValue] {
        var part = SearchRequest()
        let known = [
            "_source", "fields", "docvalue_fields", "stored_fields", "highlight", "explain", "version",
            "seq_no_primary_term", "track_scores",
        ]
        let members = body.filter { known.contains($0.key) }
        part = try SearchRequest.parse(.object(JSONObject(members)))
        var options = FetchOptions(part)
        options.showsScores = sortValues.isEmpty || part.trackScores
        let fetcher = try ViewFetcher(self, context, options, isTopLevel: false)
        let candidates = documents.map { Candidate(view: index, document: $0.document, score: $0.score) }
        let found = try fetcher.hits(candidates)
        return found.enumerated().map { place, hit in
            var hit = hit
            hit.sort = place < sortValues.count ? sortValues[place] : []
            return hit.json
        }
    }
}
