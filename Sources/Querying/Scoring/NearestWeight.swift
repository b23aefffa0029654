import SearchIndex
import VectorIndex

/// The nearest vectors of an index: every segment is searched once, and the best of all are kept.
///
/// That is what OpenSearch's shard returns that merges the lists of its segments; where it does not, more than k documents match.
final class NearestWeight: Weight {
    /// The documents that matter to nested vectors.
    struct Objects {
        /// All objects of the path.
        var children: Weight
        /// Which of them may be found; `nil`: all.
        var filter: ObjectFilter?
        /// What the objects belong to.
        var parents: (Segment) throws -> DocumentSet
    }

    private struct Found {
        var segment: Int
        var document: Int
        var parent: Int
        var distance: Float
    }

    private let clause: NearestClause
    private let boost: Float
    private let filter: Weight?
    private let objects: Objects?
    private let segments: [Segment]
    private let searches: VectorSearches
    /// The hits of each segment, by document; `nil` before the search.
    private var found: [[ScoredDocument]]?

    /// - Parameter objects: set for vectors of nested objects that are asked inside of a nested query.
    init(
        _ clause: NearestClause, boost: Float, filter: Weight?, objects: Objects?, segments: [Segment],
        searches: VectorSearches
    ) {
        self.clause = clause
        self.boost = boost
        self.filter = filter
        self.objects = objects
        self.segments = segments
        self.searches = searches
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let place = segments.firstIndex(where: { $0.base == segment.base }) else { return nil }
        let hits = try hits()[place]
        return hits.isEmpty ? nil : HitScorer(hits)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let score = try score(segment, document) else {
            return .noMatch("the vector of [\(clause.name)] is not among \(extent)")
        }
        let distance = try segment.vectors(clause.field).flatMap { vectors in
            try refusing { () throws(VectorFault) in
                try vectors.scorer(clause.query.vector).distance(ofDocument: document)
            }
        }
        return Explanation(
            score,
            "vector of [\(clause.name)] among \(extent), space \(clause.space.rawValue), score times boost from:",
            [Explanation(distance ?? 0, "distance"), Explanation(boost, "boost")])
    }

    private var extent: String {
        clause.query.radius.map { "those within a distance of \($0)" } ?? "the \(clause.query.k) nearest"
    }

    // MARK: Searching

    private func hits() throws -> [[ScoredDocument]] {
        if let found { return found }
        var all: [Found] = []
        for (place, segment) in segments.enumerated() {
            guard let vectors = segment.vectors(clause.field) else { continue }
            if try searches.deadline?.check() ?? false { break }
            all += try search(vectors, segment, place)
        }
        all.sort { ($0.distance, $0.segment, $0.document) < ($1.distance, $1.segment, $1.document) }
        if all.count > clause.query.k { all.removeSubrange(clause.query.k...) }
        if objects != nil, clause.expandsNested, clause.query.radius == nil { all = try expanded(all) }
        var lists = [[ScoredDocument]](repeating: [], count: segments.count)
        for hit in all {
            let score = clause.space.score(ofDistance: hit.distance) * boost
            lists[hit.segment].append(ScoredDocument(document: hit.document, score: score))
        }
        for place in lists.indices { lists[place].sort { $0.document < $1.document } }
        found = lists
        return lists
    }

    /// The nearest of a segment, nearest first; of nested objects the nearest of each parent.
    private func search(_ vectors: VectorSegment, _ segment: Segment, _ place: Int) throws -> [Found] {
        let begin = searches.clock()
        let allowed = try allowed(segment).map { DocumentBits(words: $0.words) }
        let parents = try clause.query.radius == nil ? objects?.parents(segment) : nil
        var query = clause.query
        query.k = min(query.k, vectors.count)
        var hits: [Found] = []
        while try !(searches.deadline?.check() ?? false) {
            let matches = try refusing { () throws(VectorFault) in try vectors.search(query, allowed: allowed) }
            searches.add(
                VectorSearches.Entry(
                    query: "\(clause.name) (\(extent))", segment: segment.name, plan: "\(matches.plan)",
                    comparisons: matches.comparisons, nanoseconds: searches.clock() &- begin))
            hits = matches.hits.map { hit in
                Found(
                    segment: place, document: hit.document, parent: parents?.next(from: hit.document) ?? hit.document,
                    distance: hit.distance)
            }
            guard parents != nil else { break }
            var seen: Set<Int> = []
            hits = hits.filter { seen.insert($0.parent).inserted }
            // Parents may have taken several places each: then the list was too short.
            if hits.count >= clause.query.k || matches.hits.count < query.k || query.k >= vectors.count { break }
            query.k = min(vectors.count, query.k * 2)
        }
        return hits
    }

    /// All objects of the parents that were found.
    private func expanded(_ found: [Found]) throws -> [Found] {
        var all: [Found] = []
        for (place, segment) in segments.enumerated() {
            let parents = found.filter { $0.segment == place }.map(\.parent).sorted()
            guard !parents.isEmpty, let vectors = segment.vectors(clause.field),
                let set = try objects?.parents(segment)
            else { continue }
            let allowed = try allowed(segment)
            let scorer = try refusing { () throws(VectorFault) in try vectors.scorer(clause.query.vector) }
            for parent in parents {
                for document in (set.previous(from: parent - 1) + 1)..<min(parent, segment.documentCount) {
                    if let allowed, !allowed.contains(document) { continue }
                    guard let distance = scorer.distance(ofDocument: document) else { continue }
                    all.append(Found(segment: place, document: document, parent: parent, distance: distance))
                }
            }
        }
        return all
    }

    /// The documents of a segment that may be found; `nil`: all.
    private func allowed(_ segment: Segment) throws -> DocumentSet? {
        guard let weight = objects?.filter == nil ? filter : objects?.children else { return segment.liveDocuments }
        var matching = try weight.matches(in: segment)
        if let filter = objects?.filter { matching = try filter.objects(among: matching, in: segment) }
        if let live = segment.liveDocuments { matching.formIntersection(live) }
        return matching
    }

    private func refusing<Result>(_ body: () throws(VectorFault) -> Result) throws -> Result {
        do { return try body() } catch { throw SearchError.illegalArgument(error.reason) }
    }
}
