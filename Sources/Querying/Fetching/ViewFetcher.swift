import JSON
import Mappings
import SearchIndex

/// Fills the hits of one index.
struct ViewFetcher {
    let search: ViewSearch
    let context: SearchContext
    let options: FetchOptions
    private let named: [(name: String, weight: Weight)]
    private let nested: [(query: NestedQuery, hits: InnerHits)]
    private let highlighter: Highlighter?

    /// - Parameter isTopLevel: Whether named queries, inner hits and groups are shown.
    init(_ search: ViewSearch, _ context: SearchContext, _ options: FetchOptions, isTopLevel: Bool = true) throws {
        self.search = search
        self.context = context
        self.options = options
        var named: [(String, Weight)] = []
        var nested: [(NestedQuery, InnerHits)] = []
        for query in isTopLevel ? [search.request.query, search.request.postFilter] : [] {
            try query?.forEach { part, path in
                if let name = part.name {
                    search.planner.nestedPath = path
                    defer { search.planner.nestedPath = nil }
                    // A name inside a nested query counts for the documents above.
                    if path == nil { named.append((name, try search.builder.weight(try search.planner.plan(part)))) }
                }
                if case .nested(let query) = part.kind, let hits = query.innerHits, path == nil {
                    try Self.checkWindow(hits, of: query, in: search.view)
                    nested.append((query, hits))
                }
            }
        }
        self.named = named.map { (name: $0.0, weight: $0.1) }
        self.nested = nested.map { (query: $0.0, hits: $0.1) }
        highlighter = try options.highlight.map {
            try Highlighter($0, query: search.request.query, planner: search.planner)
        }
    }

    /// Refuses inner hits beyond the window of the index.
    private static func checkWindow(_ hits: InnerHits, of query: NestedQuery, in view: any IndexView) throws {
        let (end, isOver) = hits.from.addingReportingOverflow(hits.size)
        let window = view.limits.innerResultWindow
        guard isOver || end > window else { return }
        throw SearchError.illegalArgument(
            "Inner result window is too large, the inner hit definition's [\(hits.name ?? query.path)]'s from + size must be less "
                + "than or equal to: [\(window)] but was [\(end)]. This limit can be set by changing the "
                + "[index.max_inner_result_window] index level setting."
        ).during(.query, index: view.name)
    }

    func hits(_ candidates: [Candidate]) throws -> [SearchHit] {
        let snapshot = search.view.snapshot
        let places = candidates.map { snapshot.locate($0.document) }
        let seqNos = places.map { snapshot.segments[$0.segment].seqNo(of: $0.document) }
        let documents = try search.view.documents(seqNos)
        var hits: [SearchHit] = []
        for (i, candidate) in candidates.enumerated() {
            let segment = snapshot.segments[places[i].segment]
            guard let document = documents[i] else { continue }
            let source = Source(document.source)
            var hit = SearchHit(index: search.view.name, id: document.id)
            hit.document = candidate.document
            hit.routing = document.routing
            if options.showsScores { hit.score = candidate.score }
            if options.version { hit.version = document.version }
            if options.seqNoPrimaryTerm {
                hit.seqNo = Int(document.seqNo)
                hit.primaryTerm = document.primaryTerm
            }
            hit.sort = zip(search.sorts, candidate.keys).map { $0.display($1) }
            hit.ignored = ignored(segment, places[i].document)
            try show(source, segment, places[i].document, &hit)
            for query in named {
                if let score = try query.weight.score(segment, places[i].document) {
                    hit.matchedQueries.append((query.name, score))
                }
            }
            hit.showsQueryScores = search.request.namedQueryScores
            if options.explain { hit.explanation = try search.explain(candidate.document) }
            for item in nested {
                let place = places[i].document
                let found = try NestedHits(search: search, query: item.query, options: item.hits).hits(
                    of: place, parentPath: nil, in: NestedBlock(place, in: segment), document: document,
                    source: source)
                hit.innerHits.append((item.hits.name ?? item.query.path, found))
            }
            if let collapse = search.request.collapse, let key = candidate.group {
                if let field = search.planner.mapping.field(collapse.field),
                    !hit.fields.contains(where: { $0.name == collapse.field })
                {
                    hit.fields.append((collapse.field, [HitFields.display(key, field)]))
                }
                for inner in collapse.innerHits {
                    hit.innerHits.append((inner.name ?? collapse.field, try group(key, collapse, inner)))
                }
            }
            hits.append(hit)
        }
        return hits
    }

    /// Source, fields and highlights.
    private func show(_ source: Source, _ segment: Segment, _ place: Int, _ hit: inout SearchHit) throws {
        let filter = options.sourceFilter
        if filter.fetch { hit.source = filter.apply(source.value) }
        hit.fields = try HitFields(mapping: search.planner.mapping).values(
            options, source: source.value, segment: segment, document: place)
        if let highlighter { hit.highlight = try highlighter.fragments(source.value) }
    }

    private func ignored(_ segment: Segment, _ document: Int) -> [String] {
        guard let column = segment.ordinals(MetadataField.ignored.number) else { return [] }
        return (0..<column.ordinals.count(of: document)).map {
            String(decoding: column.bytes(of: Int(column.ordinals.value($0, of: document))), as: UTF8.self)
        }
    }

    /// The hits of one group, by a search of their own.
    private func group(_ key: HitSortKey, _ collapse: Collapse, _ inner: InnerHits) throws -> SearchResponse.Hits {
        var request = SearchRequest()
        var bool = BoolQuery()
        if let query = search.request.query { bool.must = [query] }
        if let filter = search.request.postFilter { bool.filter = [filter] }
        if let field = search.planner.mapping.field(collapse.field), key != .missing {
            bool.filter.append(
                Query(.term(TermQuery(field: collapse.field, value: HitFields.display(key, field)))))
        } else {
            bool.mustNot = [Query(.exists(field: collapse.field))]
        }
        request.query = Query(.bool(bool))
        request.from = inner.from
        request.size = inner.size
        request.sort = inner.sort
        request.source = inner.source
        request.fields = inner.fields
        request.docvalueFields = inner.docvalueFields
        request.highlight = inner.highlight
        request.version = inner.version
        request.seqNoPrimaryTerm = inner.seqNoPrimaryTerm
        request.explain = inner.explain
        request.trackScores = inner.trackScores
        if let second = inner.collapseField { request.collapse = Collapse(field: second, innerHits: []) }
        return try Search.run(request, over: searchedViews, context: context).hits
    }

    private var searchedViews: [any IndexView] { [search.view] }
}

/// A source that is read when it is asked for.
final class Source {
    private let bytes: [UInt8]
    private(set) lazy var value: JSONValue = (try? JSONValue(parsing: bytes)) ?? .object(JSONObject())

    init(_ bytes: [UInt8]) { self.bytes = bytes }
}
