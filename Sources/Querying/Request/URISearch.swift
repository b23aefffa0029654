import JSON

/// What searches say in the URL.
extension Query {
    /// The `query_string` query of the parameter `q` and those around it; names and defaults are those of the URL.
    ///
    /// - Throws: ``SearchError`` if `defaultOperator` is neither AND nor OR.
    public static func fromURI(
        q: String, defaultField: String? = nil, analyzer: String? = nil, defaultOperator: String? = nil,
        analyzeWildcard: Bool = false, lenient: Bool? = nil
    ) throws -> Query {
        var query = QueryStringQuery(query: q)
        query.defaultField = defaultField
        query.analyzer = analyzer
        query.analyzeWildcard = analyzeWildcard
        query.lenient = lenient
        if let text = defaultOperator {
            guard let value = ClauseOperator(rawValue: text.lowercased()) else {
                throw SearchError.illegalArgument("Unsupported defaultOperator [\(text)], can either be [OR] or [AND]")
            }
            query.defaultOperator = value
        }
        return Query(.queryString(query))
    }
}

extension SortField {
    /// The sort of the parameter `sort`: `price:desc,_score`.
    ///
    /// - Throws: ``SearchError`` for an order that is neither asc nor desc.
    public static func parseURI(_ text: String) throws -> [SortField] {
        try text.split(separator: ",").map { part in
            guard let colon = part.lastIndex(of: ":") else { return SortField(field: String(part)) }
            let order = part[part.index(after: colon)...]
            guard order == "asc" || order == "desc" else {
                throw SearchError.illegalArgument(
                    "No enum constant org.opensearch.search.sort.SortOrder.\(order.uppercased())")
            }
            return SortField(field: String(part[..<colon]), descending: order == "desc")
        }
    }
}
