import JSON

/// Queries on vectors.
extension QueryParser {
    func knn(_ node: RequestNode) throws -> Query {
        var field: String?
        var query = Query(.matchAll)
        var vector: [Float]?
        var options = NeighborOptions()
        for member in node.members ?? [] {
            if let field {
                throw body.parsing(
                    member.value,
                    "[knn] query doesn't support multiple fields, found [\(field)] and [\(member.key)]")
            }
            field = member.key
            guard let members = member.value.members else {
                vector = try floats(member.value)
                continue
            }
            for option in members {
                try inField(option, "knn") {
                    switch option.key {
                    case "vector": vector = try floats(option.value)
                    case "ignore_unmapped": options.search.ignoresUnmapped = try body.bool(option.value)
                    default:
                        if try options.read(option, self) { return }
                        if try !common(option, &query) {
                            throw body.unknownField(option, in: "knn", candidates: NeighborOptions.names)
                        }
                    }
                }
            }
        }
        guard let field, !field.isEmpty else { throw SearchError.illegalArgument("[knn] requires fieldName") }
        guard let vector else { throw SearchError.illegalArgument("[knn] requires query vector") }
        query.kind = .knn(KNNQuery(field: field, vector: vector, search: try options.checked()))
        return query
    }

    /// The numbers of a vector.
    func floats(_ node: RequestNode) throws -> [Float] {
        guard let elements = node.elements else {
            throw SearchError.illegalArgument("[knn] field 'vector' requires to be an array of numbers")
        }
        if elements.isEmpty {
            throw SearchError.illegalArgument("[knn] field 'vector' requires to be non-null and non-empty")
        }
        return try elements.map { element in
            guard case .number(let number) = element.content else {
                throw SearchError.illegalArgument("[knn] field 'vector' requires to be an array of numbers")
            }
            return Float(number.double)
        }
    }

    func neural(_ node: RequestNode) throws -> Query {
        let name = "neural"
        var query = Query(.matchAll)
        var neural = NeuralQuery(field: "", search: NeighborSearch())
        var options = NeighborOptions()
        try onlyField(node, name, &neural.field) { option in
            switch option.key {
            case "query_text" where option.value.isScalar: neural.text = try body.text(option.value)
            case "query_image":
                throw SearchError.illegalArgument(
                    "[query_image] is not supported: models here encode texts; use [query_text]")
            case "query_tokens" where option.value.members != nil: neural.tokens = try tokens(option.value)
            case "model_id" where option.value.isScalar: neural.model = try body.text(option.value)
            case "semantic_field_search_analyzer" where option.value.isScalar:
                neural.analyzer = try body.text(option.value)
            default:
                if try options.read(option, self) { return }
                if option.value.isScalar, try common(option, &query) { return }
                throw option.value.isScalar
                    ? unsupportedKey(option, name)
                    : body.parsing(
                        option.value, "[\(name)] unknown token [\(option.value.token)] after [\(option.key)]")
            }
        }
        if neural.tokens == nil, neural.text?.allSatisfy(\.isWhitespace) ?? true {
            throw SearchError.illegalArgument("Either query text or image text must be provided for neural query")
        }
        neural.search = try options.checked(byDefault: 10)
        query.kind = .neural(neural)
        return query
    }

    func neuralSparse(_ node: RequestNode) throws -> Query {
        let name = "neural_sparse"
        var query = Query(.matchAll)
        var sparse = NeuralSparseQuery(field: "")
        try onlyField(node, name, &sparse.field) { option in
            switch option.key {
            case "query_tokens" where option.value.members != nil: sparse.tokens = try tokens(option.value)
            case "method_parameters" where !option.value.isScalar: sparse.method = try sparseMethod(option.value)
            case _ where !option.value.isScalar:
                throw body.parsing(
                    option.value, "[\(name)] unknown token [\(option.value.token)] after [\(option.key)]")
            case "query_text": sparse.text = try body.text(option.value)
            case "model_id": sparse.model = try body.text(option.value)
            case "analyzer": sparse.analyzer = try body.text(option.value)
            // Once a help for pruning; it changes nothing.
            case "max_token_score": _ = try body.float(option.value)
            default:
                if try !common(option, &query) {
                    throw body.parsing(option.value, "[\(name)] query does not support [\(option.key)] field")
                }
            }
        }
        if sparse.tokens == nil, sparse.text == nil {
            throw SearchError.illegalArgument(
                "either query_text field or query_tokens field must be provided for [\(name)] query")
        }
        for (key, value) in [("query_text", sparse.text), ("model_id", sparse.model), ("analyzer", sparse.analyzer)]
        where value == "" {
            throw SearchError.illegalArgument("\(key) field can not be empty")
        }
        if let model = sparse.model, let analyzer = sparse.analyzer, sparse.tokens == nil {
            throw SearchError.illegalArgument(
                "Cannot use both [model_id: \(model)] and [analyzer: \(analyzer)] for neural sparse query tokenization. Specify only one tokenization method. These parameters can be set either in the query or through the neural_query_enricher search processor."
            )
        }
        query.kind = .neuralSparse(sparse)
        return query
    }

    private func sparseMethod(_ node: RequestNode) throws -> NeuralSparseQuery.Method {
        guard let members = node.members else {
            throw body.parsing(node, "[neural_sparse] method_parameters must be an object")
        }
        var method = NeuralSparseQuery.Method()
        func positive(_ member: RequestNode.Member) throws -> Int {
            let value = try body.int(member.value)
            if value > 0 { return value }
            throw body.parsing(member.value, "[neural_sparse] \(member.key) must be a positive integer")
        }
        for member in members {
            switch member.key {
            case "filter" where member.value.members != nil: method.filter = try query(member.value)
            case _ where !member.value.isScalar:
                throw body.parsing(
                    member.value, "[neural_sparse] unknown token [\(member.value.token)] after [\(member.key)]")
            case "top_n": method.tokens = try positive(member)
            case "k": method.k = try positive(member)
            case "heap_factor":
                let factor = try body.float(member.value)
                guard factor > 0 else {
                    throw body.parsing(member.value, "[neural_sparse] heap_factor must be a positive float")
                }
                method.heapFactor = factor
            default: throw body.parsing(member.value, "[neural_sparse] unknown field [\(member.key)]")
            }
        }
        return method
    }

    /// Tokens or their numbers, with weights.
    private func tokens(_ node: RequestNode) throws -> [WeightedToken] {
        try (node.members ?? []).map {
            WeightedToken(token: $0.key, id: UInt32($0.key), weight: try body.float($0.value))
        }
    }

    /// `{ "field": { options } }`, with one field.
    private func onlyField(
        _ node: RequestNode, _ name: String, _ field: inout String, options: (RequestNode.Member) throws -> Void
    ) throws {
        guard let first = node.members?.first, !first.key.isEmpty else {
            throw SearchError.illegalArgument("Field name must be provided for \(name) query")
        }
        if let second = node.members?.dropFirst().first {
            throw body.parsing(
                second.value,
                "[\(name)] query doesn't support multiple fields, found [\(first.key)] and [\(second.key)]")
        }
        field = first.key
        guard let members = first.value.members else {
            throw body.parsing(first.value, "[\(name)] unknown token [\(first.value.token)] after [\(first.key)]")
        }
        for option in members { try options(option) }
    }
}
