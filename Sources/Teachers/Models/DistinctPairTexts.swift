/// The texts of pairs, each once, in the order of their first occurrence.
struct DistinctPairTexts {
    private(set) var queries: [String] = []
    private(set) var documents: [String] = []
    /// Numbers into `queries` and `documents`, a pair each.
    private(set) var pairs: [(query: Int, document: Int)] = []

    init(_ pairs: [(query: String, document: String)]) {
        var queryNumbers: [String: Int] = [:]
        var documentNumbers: [String: Int] = [:]
        self.pairs.reserveCapacity(pairs.count)
        for pair in pairs {
            let query = queryNumbers[pair.query] ?? queries.count
            if query == queries.count {
                queryNumbers[pair.query] = query
                queries.append(pair.query)
            }
            let document = documentNumbers[pair.document] ?? documents.count
            if document == documents.count {
                documentNumbers[pair.document] = document
                documents.append(pair.document)
            }
            self.pairs.append((query, document))
        }
    }
}
