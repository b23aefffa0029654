import JSON
import Mappings
import SearchIndex

/// Fills hits with what the request asks of them.
struct HitFetcher {
    let request: SearchRequest
    let context: SearchContext
    let searches: [ViewSearch]

    func hits(_ page: [Candidate]) throws -> [SearchHit] {
        var hits = [SearchHit?](repeating: nil, count: page.count)
        for search in searches {
            let places = page.indices.filter { page[$0].view == search.index }
            if places.isEmpty { continue }
            do {
                let fetcher = try ViewFetcher(search, context, FetchOptions(request))
                let found = try fetcher.hits(places.map { page[$0] })
                for (place, hit) in zip(places, found) { hits[place] = hit }
            } catch let error as SearchError {
                throw error.during(error.phase == .request ? .fetch : error.phase, index: search.view.name)
            } catch let error as MappingError {
                throw SearchError(error).during(.fetch, index: search.view.name)
            }
        }
        return hits.compactMap { $0 }
    }
}

/// What is shown of a hit: of a search, or of `inner_hits`.
struct FetchOptions {
    var source: SourceFilter?
    var fields: [FieldFormat]
    var docvalueFields: [FieldFormat]
    var storedFields: [String]?
    var highlight: Highlight?
    var version: Bool
    var seqNoPrimaryTerm: Bool
    var explain: Bool
    var showsScores: Bool

    init(_ request: SearchRequest) {
        source = request.source
        fields = request.fields
        docvalueFields = request.docvalueFields
        storedFields = request.storedFields
        highlight = request.highlight
        version = request.version
        seqNoPrimaryTerm = request.seqNoPrimaryTerm
        explain = request.explain
        showsScores = request.sort.isEmpty || request.trackScores || request.sort.contains { $0.field == "_score" }
    }

    init(_ inner: InnerHits) {
        source = inner.source
        fields = inner.fields
        docvalueFields = inner.docvalueFields
        storedFields = inner.storedFields
        highlight = inner.highlight
        version = inner.version
        seqNoPrimaryTerm = inner.seqNoPrimaryTerm
        explain = inner.explain
        showsScores = inner.sort.isEmpty || inner.trackScores || inner.sort.contains { $0.field == "_score" }
    }

    /// Whether and how the source is shown: naming stored fields hides it.
    var sourceFilter: SourceFilter {
        if let source { return source }
        if let storedFields { return SourceFilter(fetch: storedFields.contains("_source")) }
        return SourceFilter()
    }
}
