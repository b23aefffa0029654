import JSON
import Mappings
import SearchIndex

/// One search in one index: its plans, and the candidates that it finds.
///
/// Belongs to one thread.
final class ViewSearch {
    let index: Int
    let view: any IndexView
    let request: SearchRequest
    let planner: QueryPlanner
    let builder: WeightBuilder
    /// The query with the filters of alias and slice.
    let weight: Weight
    private let postFilter: Weight?
    private(set) var sorts: [FieldSort] = []
    let context: SearchContext
    /// Whether aggregations ask for scores.
    var aggregationsNeedScores = false
    private var filters: [Query: Weight] = [:]
    private var nestedWeights: [NestedPlace: Weight] = [:]
    private let boost: Float
    private let isGrouped: Bool
    /// How many documents matched.
    private(set) var count = 0
    private(set) var isCountLowerBound = false
    private(set) var terminatedEarly = false
    var maxScore: Float?
    /// The second queries, with the documents that each looked at.
    var rescorings: [Rescoring] = []

    init(
        _ index: Int, _ view: any IndexView, _ request: SearchRequest, _ context: SearchContext, asDouble: [Bool]
    ) throws {
        self.index = index
        self.view = view
        self.request = request
        self.context = context
        let planner = QueryPlanner(
            view, now: context.now, lookup: context.lookup, encodings: context.encodings)
        let builder = WeightBuilder(
            view.snapshot, mapping: request.explain ? view.mapping : nil, maxClauses: view.limits.clauseCount,
            vectorSearches: VectorSearches(clock: context.clock))
        self.planner = planner
        self.builder = builder
        boost = request.indicesBoost.first { Wildcard.matches($0.field, view.name) }?.boost ?? 1
        isGrouped = request.collapse != nil
        do {
            var plan = try request.query.map { try planner.plan($0) } ?? .all
            var filters: [Plan] = []
            if let filter = view.filter { filters.append(try planner.plan(filter)) }
            if let slice = request.slice { filters.append(.slice(id: slice.id, max: slice.max)) }
            if !filters.isEmpty { plan = .boolean(BooleanClause(must: [plan], filter: filters)) }
            weight = try builder.weight(plan, boost: boost)
            postFilter = try request.postFilter.map { try builder.weight(try planner.plan($0)) }
            for (i, sort) in request.sort.enumerated() {
                sorts.append(try FieldSort(sort, planner: planner, builder: builder, asDouble: asDouble[i]))
            }
        } catch let error as SearchError {
            throw error.whileCreatingQuery(index: view.name)
        } catch let error as MappingError {
            throw SearchError(error).whileCreatingQuery(index: view.name)
        }
    }

    var order: HitOrder { HitOrder(parts: sorts.map(\.part)) }

    /// Whether hits come by score alone.
    var isByScore: Bool {
        request.sort.isEmpty || request.sort.count == 1 && request.sort[0] == SortField(field: "_score")
    }

    /// Finds the first so many candidates.
    func run(limit: Int, deadline: Deadline, aggregations: AggregationCollector?) throws -> [Candidate] {
        builder.vectorSearches.deadline = deadline
        do {
            let isPlain =
                isByScore && !isGrouped && aggregations == nil && request.postFilter == nil && request.minScore == nil
                && request.terminateAfter == 0 && request.searchAfter == nil
            let found = try isPlain ? pruned(limit, deadline) : exhaustive(limit, deadline, aggregations)
            try builder.faults.check()
            return found
        } catch let error as SearchError {
            throw error.phase == .request
                ? error.during(.query, index: view.name) : error.during(error.phase, index: view.name)
        }
    }

    private var countUpTo: Int {
        switch request.trackTotalHits {
        case .exact: Int.max
        case .off: 0
        case .upTo(let bound): bound
        }
    }

    /// By score, leaving out what cannot be among the first.
    private func pruned(_ limit: Int, _ deadline: Deadline) throws -> [Candidate] {
        let isCountKnown = request.query == nil || request.query?.kind == .matchAll
        let collector = TopDocumentsCollector(k: limit, countUpTo: countUpTo)
        if limit == 0, isCountKnown, view.filter == nil, request.slice == nil {
            count = view.snapshot.liveRootCount
            applyBound()
            return []
        }
        for segment in view.snapshot.segments {
            if try deadline.check() { break }
            if let scorer = try weight.scorer(segment) { scorer.collect(in: segment, into: collector) }
        }
        let top = collector.finish()
        count = top.count
        isCountLowerBound = !top.isCountExact
        applyBound()
        maxScore = top.hits.first?.score
        return top.hits.map { hit in
            var candidate = Candidate(view: index, document: hit.document, score: hit.score)
            if !request.sort.isEmpty { candidate.keys = [.integer(SortableDouble.encode(Double(hit.score)))] }
            return candidate
        }
    }

    /// Every match is seen: by fields, in groups, with aggregations.
    private func exhaustive(
        _ limit: Int, _ deadline: Deadline, _ collector: AggregationCollector?
    ) throws -> [Candidate] {
        let order = order
        var queue = CandidateQueue(capacity: limit, order: order, isGrouped: isGrouped)
        let after = try request.searchAfter.map { values in
            try zip(sorts, values).map { try $0.after($1, planner) }
        }
        let needsScores = request.needsScores || aggregationsNeedScores
        segments: for segment in view.snapshot.segments {
            if try deadline.check() { break }
            guard let scorer = try weight.scorer(segment) else { continue }
            let post = try postFilter?.scorer(segment)
            let readers = try sorts.map { try $0.reader(segment) }
            let group = try groupReader(segment)
            let searchable = segment.searchableDocuments
            try collector?.begin(segment)
            while scorer.nextMatch() != noMoreDocuments {
                let document = scorer.document
                if let searchable, !searchable.contains(document) { continue }
                if try deadline.tick() { break segments }
                let score = needsScores ? scorer.score() : 0
                if let minimum = request.minScore, score < minimum { continue }
                try collector?.collect(document, score: score)
                if postFilter != nil, !(post?.isMatch(at: document) ?? false) { continue }
                count += 1
                if request.terminateAfter > 0, count > request.terminateAfter {
                    count -= 1
                    terminatedEarly = true
                    break segments
                }
                if needsScores { maxScore = max(maxScore ?? score, score) }
                var candidate = Candidate(
                    view: index, document: segment.base + document, score: score,
                    keys: try readers.map { try $0(document, score) }, group: group?(document))
                if let after, order.compare(candidate.keys, after) <= 0 { continue }
                if sorts.isEmpty { candidate.keys = [] }
                queue.insert(candidate)
            }
        }
        applyBound()
        return queue.finish()
    }

    private func applyBound() {
        if case .upTo(let bound) = request.trackTotalHits, count > bound {
            count = bound
            isCountLowerBound = true
        }
    }

    /// The value that a document is grouped by.
    private func groupReader(_ segment: Segment) throws -> ((Int) -> HitSortKey)? {
        guard let collapse = request.collapse else { return nil }
        guard let field = planner.mapping.field(collapse.field) else {
            throw SearchError.illegalArgument("no mapping found for `\(collapse.field)` in order to collapse on")
                .during(.query)
        }
        guard field.hasDocValues, field.kind == .keyword || field.kind.isNumeric || field.kind.isDate else {
            throw SearchError.illegalArgument(
                "unknown type for collapse field `\(collapse.field)`, only keywords and numbers are accepted"
            ).during(.query)
        }
        if let column = segment.integers(field.number) {
            return { column.first(of: $0).map { .integer($0) } ?? .missing }
        }
        if let column = segment.ordinals(field.number) {
            return { document in
                column.ordinals.first(of: document).map { .bytes(column.bytes(of: Int($0))) } ?? .missing
            }
        }
        return { _ in .missing }
    }

    /// A nested query whose objects are shown, and the objects that it is asked below.
    private struct NestedPlace: Hashable {
        var query: NestedQuery
        var parentPath: String?
    }

    /// What the objects of inner hits must match, planned in their scope by the caller; made once, as vectors are searched in the whole index.
    func weight(of query: NestedQuery, below parentPath: String?) throws -> Weight {
        let place = NestedPlace(query: query, parentPath: parentPath)
        if let known = nestedWeights[place] { return known }
        let weight = try builder.weight(try planner.plan(query.query))
        nestedWeights[place] = weight
        return weight
    }

    /// What a query finds in a segment, children included; its weight is made once.
    func scorer(of query: Query, in segment: Segment) throws -> Scorer? {
        if let known = filters[query] { return try known.scorer(segment) }
        let weight: Weight
        do { weight = try builder.weight(try planner.plan(query)) } catch let error as SearchError {
            throw error.whileCreatingQuery(index: view.name)
        }
        filters[query] = weight
        return try weight.scorer(segment)
    }
}
