extension Query {
    /// Hands this query and all below to a body, with the path of the nested query around them.
    func forEach(_ path: String? = nil, _ body: (Query, String?) throws -> Void) rethrows {
        try body(self, path)
        switch kind {
        case .bool(let query):
            for part in query.must + query.filter + query.should + query.mustNot { try part.forEach(path, body) }
        case .disMax(let query): for part in query.queries { try part.forEach(path, body) }
        case .constantScore(let query): try query.forEach(path, body)
        case .boosting(let query):
            try query.positive.forEach(path, body)
            try query.negative.forEach(path, body)
        case .functionScore(let query):
            try query.query.forEach(path, body)
            for function in query.functions { try function.filter?.forEach(path, body) }
        case .nested(let query): try query.query.forEach(query.path, body)
        case .hybrid(let query):
            for part in query.queries { try part.forEach(path, body) }
            try query.filter?.forEach(path, body)
        case .knn(let query): try query.search.filter?.forEach(path, body)
        case .neural(let query): try query.search.filter?.forEach(path, body)
        case .neuralSparse(let query): try query.method?.filter?.forEach(path, body)
        default: break
        }
    }
}

extension SearchRequest {
    /// All queries of the request, wherever they stand: those whose texts must be encoded before it runs.
    ///
    /// - Throws: ``SearchError`` for aggregations that cannot be read.
    public var queries: [Query] {
        get throws {
            var all = [query, postFilter].compactMap { $0 } + rescore.map(\.query)
            all += sort.compactMap { $0.nested?.filter }
            if let highlight { all += ([highlight.options] + highlight.fields.map(\.options)).compactMap(\.query) }
            if let aggregations { all += try AggregationRequest(parsing: aggregations).queries }
            return all
        }
    }
}

extension AggregationRequest {
    /// The queries of filters.
    var queries: [Query] { nodes.flatMap(Self.queries) }

    private static func queries(_ node: Node) -> [Query] {
        let own: [Query] =
            switch node.specification {
            case .filter(let query): [query]
            case .filters(let filters): filters.filters.map(\.query)
            default: []
            }
        return own + node.children.flatMap(queries)
    }
}
