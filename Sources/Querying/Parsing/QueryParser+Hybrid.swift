import JSON

/// The query whose parts are made comparable before they are combined.
extension QueryParser {
    func hybrid(_ node: RequestNode) throws -> Query {
        var hybrid = HybridQuery(queries: [])
        var query = Query(.matchAll)
        var found = false
        for member in node.members ?? [] {
            switch (member.key, member.value.content) {
            case ("queries", .array(let elements)):
                found = true
                if elements.count > HybridQuery.maximumQueries {
                    throw body.parsing(
                        member.value,
                        "Number of sub-queries exceeds maximum supported by [hybrid] query [\(HybridQuery.maximumQueries)]"
                    )
                }
                hybrid.queries = try elements.map { try self.query($0) }
            case ("queries", .object):
                found = true
                hybrid.queries = [try self.query(member.value)]
            case ("filter", .object): hybrid.filter = try self.query(member.value)
            case ("pagination_depth", _) where member.value.isScalar:
                let depth = try body.int(member.value)
                if depth < 1 {
                    throw SearchError.illegalArgument(
                        depth == 0 ? "pagination_depth must not be zero" : "pagination_depth should be greater than 0")
                }
                hybrid.paginationDepth = depth
            case ("_name", _) where member.value.isScalar: query.name = try body.text(member.value)
            case ("boost", _) where member.value.isScalar:
                if try body.float(member.value) != 1 {
                    throw body.parsing(member.value, "[hybrid] query does not support [boost]")
                }
            default: throw unsupportedKey(member, "hybrid")
            }
        }
        if !found || hybrid.queries.isEmpty {
            throw body.parsing(at: node.end, "[hybrid] requires 'queries' field with at least one clause")
        }
        for part in hybrid.queries {
            try part.forEach { inner, _ in
                if case .hybrid = inner.kind {
                    throw SearchError.illegalArgument("hybrid query cannot be nested in another hybrid query")
                }
            }
        }
        query.kind = .hybrid(hybrid)
        return query
    }
}
