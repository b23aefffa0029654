import JSON
import Mappings
import SearchIndex

/// The nested objects of one document, or of one of its nested objects, that match: `inner_hits`.
struct NestedHits {
    let search: ViewSearch
    let query: NestedQuery
    let options: InnerHits

    /// - Parameters:
    ///   - parent: The document, or the nested object, whose objects are asked for.
    ///   - parentPath: The path of that object; `nil` for the document.
    ///   - block: Where the document and its objects lie in the segment.
    func hits(
        of parent: Int, parentPath: String?, in block: NestedBlock, document: StoredDocument, source: Source
    ) throws -> SearchResponse.Hits {
        var result = SearchResponse.Hits(total: .init(value: 0, isLowerBound: false), maxScore: nil, hits: [])
        let planner = search.planner
        let outer = (planner.nestedPath, planner.parentPath)
        (planner.nestedPath, planner.parentPath) = (query.path, parentPath)
        defer { (planner.nestedPath, planner.parentPath) = outer }
        let weight = try search.weight(of: query, below: parentPath)
        var found: [(document: Int, score: Float, keys: [HitSortKey])] = []
        let sorts = try options.sort.map {
            try FieldSort($0, planner: planner, builder: search.builder, asDouble: false)
        }
        let readers = try sorts.map { try $0.reader(block.segment) }
        let range = try block.range(below: parent, parentPath)
        if let scorer = try weight.scorer(block.segment) {
            for object in try block.objects(of: query.path, in: range) where scorer.isMatch(at: object) {
                let score = scorer.score()
                found.append((object, score, try readers.map { try $0(object, score) }))
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
        let highlighter = try fetch.highlight.map { try Highlighter($0, query: query.query, planner: planner) }
        for item in found.dropFirst(options.from).prefix(options.size) {
            var hit = SearchHit(index: search.view.name, id: document.id)
            hit.routing = document.routing
            hit.nested = try block.identity(of: item.document, path: query.path, mapping: planner.mapping)
            hit.document = block.segment.base + item.document
            if fetch.showsScores { hit.score = item.score }
            hit.sort = zip(sorts, item.keys).map { $0.display($1) }
            if fetch.version { hit.version = document.version }
            if fetch.seqNoPrimaryTerm {
                hit.seqNo = Int(document.seqNo)
                hit.primaryTerm = document.primaryTerm
            }
            let object = SourceValues.object(at: hit.nested, in: source.value)
            if fetch.sourceFilter.fetch { hit.source = part(of: object, fetch.sourceFilter) }
            let whole = SourceValues.wrapped(object, at: query.path)
            hit.fields = try HitFields(mapping: planner.mapping).values(
                fetch, source: whole, segment: block.segment, document: item.document)
            if let highlighter { hit.highlight = try highlighter.fragments(whole) }
            if fetch.explain { hit.explanation = try weight.explain(block.segment, item.document) }
            try query.query.forEach { part, path in
                guard case .nested(let inner) = part.kind, let options = inner.innerHits, path == nil else { return }
                let hits = NestedHits(search: search, query: inner, options: options)
                hit.innerHits.append(
                    (
                        options.name ?? inner.path,
                        try hits.hits(
                            of: item.document, parentPath: query.path, in: block, document: document, source: source)
                    ))
            }
            result.hits.append(hit)
        }
        return result
    }

    /// Names in the filter are those of the whole document.
    private func part(of object: JSONValue, _ filter: SourceFilter) -> JSONValue {
        let prefix = query.path + "."
        func local(_ names: [String]) -> [String] {
            names.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0 }
        }
        return SourceFilter(includes: local(filter.includes), excludes: local(filter.excludes)).apply(object)
    }
}

/// A document with its nested objects, which lie directly before it, each behind its own.
struct NestedBlock {
    let segment: Segment
    /// The document.
    let root: Int
    private let start: Int

    init(_ root: Int, in segment: Segment) {
        self.segment = segment
        self.root = root
        start = (segment.roots?.previous(from: root - 1) ?? root - 1) + 1
    }

    /// Where the objects of the document, or of an object of a path, lie.
    func range(below parent: Int, _ path: String?) throws -> Range<Int> {
        guard let path else { return start..<root }
        let before = try objects(of: path, in: start..<parent).last
        return (before.map { $0 + 1 } ?? start)..<parent
    }

    /// The objects of a path, ascending.
    func objects(of path: String, in range: Range<Int>) throws -> [Int] {
        guard let scorer = try FieldQueryScorer.make(WeightBuilder.objectTerm(path), segment) else { return [] }
        var found: [Int] = []
        var object = scorer.advance(to: range.lowerBound)
        while object < range.upperBound {
            found.append(object)
            object = scorer.next()
        }
        return found
    }

    /// The paths of nested objects that lead to one, outermost first and each relative to the one before, with its place there.
    func identity(of object: Int, path: String, mapping: Mapping) throws -> [(field: String, offset: Int)] {
        var paths: [String] = []
        var end = path.startIndex
        while let dot = path[end...].firstIndex(of: ".") {
            let prefix = String(path[..<dot])
            if mapping.object(prefix)?.isNested ?? false { paths.append(prefix) }
            end = path.index(after: dot)
        }
        paths.append(path)
        var identity: [(field: String, offset: Int)] = []
        var range = start..<root
        var outer = ""
        for path in paths {
            let all = try objects(of: path, in: range)
            guard let offset = all.firstIndex(where: { $0 >= object }) else { break }
            identity.append((String(path.dropFirst(outer.count)), offset))
            range = (offset > 0 ? all[offset - 1] + 1 : range.lowerBound)..<all[offset]
            outer = path + "."
        }
        return identity
    }
}

extension SourceValues {
    /// The object at a place among nested objects; an empty one if the source has none there.
    static func object(at place: [(field: String, offset: Int)], in source: JSONValue) -> JSONValue {
        var value = source
        for step in place {
            let all = objects(at: step.field, in: value)
            guard step.offset < all.count else { return .object(JSONObject()) }
            value = all[step.offset]
        }
        return value
    }

    /// The objects at a path, in the order in which they were indexed.
    private static func objects(at path: String, in source: JSONValue) -> [JSONValue] {
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
