import JSON
import Mappings
import SearchIndex

/// The nested objects of one document that match: `inner_hits`.
struct NestedHits {
    let search: ViewSearch
    let context: SearchContext
    let query: NestedQuery
    let options: InnerHits

    func hits(
        of root: Int, in segment: Segment, document: StoredDocument, source: Source
    ) throws -> SearchResponse.Hits {
        var result = SearchResponse.Hits(total: .init(value: 0, isLowerBound: false), maxScore: nil, hits: [])
        guard let roots = segment.roots, query.path != "" else { return result }
        search.planner.nestedPath = query.path
        defer { search.planner.nestedPath = nil }
        let weight = try search.builder.weight(try search.planner.plan(query.query))
        let objects = try search.builder.weight(WeightBuilder.objects(of: query.path))
        let first = roots.previous(from: root - 1) + 1
        var found: [(document: Int, offset: Int, score: Float, keys: [HitSortKey])] = []
        let sorts = try options.sort.map {
            try FieldSort($0, planner: search.planner, builder: search.builder, asDouble: false)
        }
        let readers = try sorts.map { try $0.reader(segment) }
        if let all = try objects.scorer(segment), let scorer = try weight.scorer(segment) {
            var offset = 0
            if all.document < first { all.advance(to: first) }
            while all.document < root {
                if scorer.isMatch(at: all.document) {
                    let score = scorer.score()
                    found.append((all.document, offset, score, readers.map { $0(all.document, score) }))
                }
                offset += 1
                all.nextMatch()
            }
        }
        let order = HitOrder(parts: sorts.map(\.part))
        found.sort { a, b in
            if sorts.isEmpty { return a.score != b.score ? a.score > b.score : a.document < b.document }
            let compared = order.compare(a.keys, b.keys)
            return compared != 0 ? compared < 0 : a.document < b.document
        }
        result.total = .init(value: found.count, isLowerBound: false)
        let fetch = FetchOptions(options)
        if fetch.showsScores { result.maxScore = found.map(\.score).max() }
        let values = SourceValues.objects(at: query.path, in: source.value)
        let highlighter = try fetch.highlight.map { try Highlighter($0, query: query.query, planner: search.planner) }
        for item in found.dropFirst(options.from).prefix(options.size) {
            var hit = SearchHit(index: search.view.name, id: document.id)
            hit.routing = document.routing
            hit.nested = [(query.path, item.offset)]
            hit.document = segment.base + item.document
            if fetch.showsScores { hit.score = item.score }
            hit.sort = zip(sorts, item.keys).map { $0.display($1) }
            if fetch.version { hit.version = document.version }
            if fetch.seqNoPrimaryTerm {
                hit.seqNo = Int(document.seqNo)
                hit.primaryTerm = document.primaryTerm
            }
            let object = item.offset < values.count ? values[item.offset] : JSONValue.object(JSONObject())
            if fetch.sourceFilter.fetch {
                // Names in the filter are those of the whole document.
                let filter = fetch.sourceFilter
                let prefix = query.path + "."
                func local(_ names: [String]) -> [String] {
                    names.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
                }
                hit.source = SourceFilter(includes: local(filter.includes), excludes: local(filter.excludes)).apply(
                    object)
            }
            let whole = SourceValues.wrapped(object, at: query.path)
            hit.fields = try HitFields(mapping: search.planner.mapping).values(
                fetch, source: whole, segment: segment, document: item.document)
            if let highlighter { hit.highlight = try highlighter.fragments(whole) }
            if fetch.explain { hit.explanation = try weight.explain(segment, item.document) }
            result.hits.append(hit)
        }
        return result
    }
}

extension SourceValues {
    /// The objects at a path, in the order in which they were indexed.
    static func objects(at path: String, in source: JSONValue) -> [JSONValue] {
        var found: [JSONValue] = []
        func collect(_ value: JSONValue, _ rest: Substring) {
            switch value {
            case .array(let elements): for element in elements { collect(element, rest) }
            case .object(let object):
                if rest.isEmpty {
                    found.append(value)
                    return
                }
                if let inner = object[String(rest)] { return collect(inner, "") }
                guard let dot = rest.firstIndex(of: ".") else { return }
                if let inner = object[String(rest[..<dot])] { collect(inner, rest[rest.index(after: dot)...]) }
            default: break
            }
        }
        collect(source, path[...])
        return found
    }

    /// A document that has one value at a path.
    static func wrapped(_ value: JSONValue, at path: String) -> JSONValue {
        path.split(separator: ".").reversed().reduce(value) { .object(JSONObject([(String($1), $0)])) }
    }
}
