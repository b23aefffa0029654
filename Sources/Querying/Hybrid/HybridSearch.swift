import JSON
import SearchIndex

/// A hybrid query over several indices, by score: one search for each query in each index, and one list of their results.
///
/// Belongs to one thread.
final class HybridSearch {
    private let query: HybridQuery
    private let request: SearchRequest
    private let fusion: ScoreFusion
    private let context: SearchContext
    private let depth: Int
    private let minimum: Float?
    private let isSorted: Bool
    /// Hits must score less (`search_after`).
    private let after: Float?
    /// The searches by index, then by query.
    private var searches: [Int: [ViewSearch]] = [:]
    /// What each query found, over all indices.
    private var found: [[Candidate]]
    /// What the scores of a hit were made of.
    private var parts: [HitPlace: [Float?]] = [:]

    /// A hit, whichever query found it.
    private struct HitPlace: Hashable {
        var view: Int
        var document: Int

        init(_ candidate: Candidate) {
            view = candidate.view
            document = candidate.document
        }
    }

    /// `nil` when the request has no hybrid query, or is sorted by fields: then what its queries find is one set.
    init?(_ request: SearchRequest, _ views: [any IndexView], context: SearchContext) throws {
        guard case .hybrid(let query) = request.query?.kind else { return nil }
        try Self.check(query, request, views)
        if !request.sort.isEmpty, request.sort != [SortField(field: "_score")] { return nil }
        self.query = query
        self.context = context
        fusion = request.fusion ?? .none
        try fusion.check(queries: query.queries.count)
        depth = query.paginationDepth ?? (request.from ?? 0) + (request.size ?? 10)
        found = Array(repeating: [], count: query.queries.count)
        minimum = request.minScore
        isSorted = !request.sort.isEmpty
        after = request.searchAfter?.first?.double.map { Float($0) }
        var part = request
        part.sort = []
        part.searchAfter = nil
        part.trackTotalHits = .off
        part.aggregations = nil
        // The least score that is asked for is one of the combined scores.
        part.minScore = nil
        self.request = part
    }

    private static func check(_ query: HybridQuery, _ request: SearchRequest, _ views: [any IndexView]) throws {
        if request.isScroll {
            throw SearchError.illegalArgument(
                "Scroll operation is not supported in hybrid query: use from and size with pagination_depth"
            ).during(.query)
        }
        if let depth = query.paginationDepth {
            let window = views.map(\.limits.resultWindow).min() ?? request.limits.resultWindow
            if depth > window {
                throw SearchError.illegalArgument(
                    "pagination_depth should be less than or equal to index.max_result_window setting"
                ).during(.query, index: views.first?.name)
            }
        }
        if request.sort.count > 1, request.sort.contains(where: { $0.field == "_score" }) {
            throw SearchError.illegalArgument(
                "_score sort criteria cannot be applied with any other criteria. Please select one sort criteria out of them."
            ).during(.query, index: views.first?.name)
        }
    }

    /// Asks an index all queries; what they found counts when it is added.
    func search(
        _ view: any IndexView, _ index: Int, deadline: Deadline
    ) throws -> [(search: ViewSearch, found: [Candidate])] {
        var all: [(search: ViewSearch, found: [Candidate])] = []
        for part in query.queries {
            var request = request
            request.query = query.filtered(part)
            let search = try ViewSearch(index, view, request, context, asDouble: [])
            let limit = max(depth, request.rescore.map(\.windowSize).max() ?? 0)
            var candidates = try search.run(limit: limit, deadline: deadline, aggregations: nil)
            for rescore in request.rescore { candidates = try search.rescore(candidates, rescore) }
            all.append((search, Array(candidates.prefix(depth))))
        }
        return all
    }

    /// Takes what all queries found in an index.
    func add(_ results: [(search: ViewSearch, found: [Candidate])], _ index: Int) {
        for (place, result) in results.enumerated() { found[place] += result.found }
        searches[index] = results.map(\.search)
    }

    /// One list of all hits: by combined score descending, then by index and document; the best of each group where there are.
    func fused() -> [Candidate] {
        var hits: [HitPlace: Candidate] = [:]
        let order = HitOrder(parts: [])
        for place in found.indices {
            found[place].sort { order.precedes($0, $1) }
            let values = fusion.parts(found[place].map(\.score), query: place)
            for (candidate, value) in zip(found[place], values) {
                let hit = HitPlace(candidate)
                hits[hit] = candidate
                parts[hit, default: Array(repeating: nil, count: found.count)][place] = value
            }
        }
        var fused: [Candidate] = []
        fused.reserveCapacity(hits.count)
        for (hit, candidate) in hits {
            var candidate = candidate
            candidate.score = fusion.combined(parts[hit] ?? [])
            if let minimum, candidate.score < minimum { continue }
            if let after, candidate.score >= after { continue }
            if isSorted { candidate.keys = [.integer(SortableDouble.encode(Double(candidate.score)))] }
            fused.append(candidate)
        }
        fused.sort { order.precedes($0, $1) }
        guard request.collapse != nil else { return fused }
        var seen: Set<HitSortKey> = []
        return fused.filter { seen.insert($0.group ?? .missing).inserted }
    }

    /// Puts the steps of the fusion around the explanations of hits.
    func explain(_ page: [Candidate], in hits: inout [SearchHit]) throws {
        for (place, candidate) in page.enumerated() where place < hits.count {
            hits[place].explanation = try explanation(of: candidate)
        }
    }

    private func explanation(of candidate: Candidate) throws -> Explanation {
        guard let searches = searches[candidate.view], let parts = parts[HitPlace(candidate)] else {
            return .noMatch("no query found the document")
        }
        var details: [Explanation] = []
        for (search, part) in zip(searches, parts) {
            guard let part else { continue }
            let place = search.view.snapshot.locate(candidate.document)
            let inner = try search.weight.explain(search.view.snapshot.segments[place.segment], place.document)
            details.append(Explanation(part, fusion.partName, [inner]))
        }
        return Explanation(candidate.score, fusion.combinationName, details)
    }
}
