import JSON

/// Queries on stored numbers, and scripts on vectors.
extension QueryParser {
    func rankFeature(_ node: RequestNode) throws -> Query {
        // The name that OpenSearch's parser has.
        let name = "feature"
        var query = Query(.matchAll)
        var field: String?
        var functions: [RankFeatureQuery.Function] = []
        for member in node.members ?? [] {
            try inField(member, name) {
                switch member.key {
                case "field": field = try body.text(member.value)
                case "log":
                    let values = try numbers(member, required: ["scaling_factor"])
                    functions.append(.log(scalingFactor: values[0] ?? 1))
                case "saturation":
                    functions.append(.saturation(pivot: try numbers(member, optional: ["pivot"])[0]))
                case "sigmoid":
                    let values = try numbers(member, required: ["pivot", "exponent"])
                    functions.append(.sigmoid(pivot: values[0] ?? 1, exponent: values[1] ?? 1))
                case "linear":
                    _ = try numbers(member)
                    functions.append(.linear)
                default:
                    if try !common(member, &query) {
                        throw body.unknownField(
                            member, in: name,
                            candidates: ["field", "boost", "_name", "log", "saturation", "sigmoid", "linear"])
                    }
                }
            }
        }
        guard let field else { throw SearchError.illegalArgument("Required [field]") }
        guard functions.count <= 1 else {
            throw SearchError.illegalArgument("Can only specify one of [log], [saturation], [sigmoid] and [linear]")
        }
        let function = functions.first ?? .saturation(pivot: nil)
        try check(function)
        query.kind = .rankFeature(RankFeatureQuery(field: field, function: function))
        return query
    }

    /// What Lucene's `FeatureField` asks of the parameters.
    private func check(_ function: RankFeatureQuery.Function) throws {
        func require(_ isValid: Bool, _ text: String, _ value: Float) throws {
            if !isValid { throw SearchError.illegalArgument("\(text), got: \(value)") }
        }
        switch function {
        case .saturation(let pivot):
            if let pivot { try require(pivot > 0 && pivot.isFinite, "pivot must be > 0", pivot) }
        case .log(let factor): try require(factor >= 1 && factor.isFinite, "scalingFactor must be >= 1", factor)
        case .sigmoid(let pivot, let exponent):
            try require(pivot > 0 && pivot.isFinite, "pivot must be > 0", pivot)
            try require(exponent > 0 && exponent.isFinite, "exp must be > 0", exponent)
        case .linear: break
        }
    }

    /// The parameters of a function, in the order of their names.
    private func numbers(
        _ member: RequestNode.Member, required: [String] = [], optional: [String] = []
    ) throws -> [Float?] {
        let names = required + optional
        var values = [Float?](repeating: nil, count: names.count)
        try require(member.value.members != nil, member, "feature")
        for option in member.value.members ?? [] {
            guard let place = names.firstIndex(of: option.key) else {
                throw body.unknownField(option, in: member.key, candidates: names)
            }
            values[place] = try body.float(option.value)
        }
        for (place, name) in required.enumerated() where values[place] == nil {
            throw SearchError.illegalArgument("Required [\(name)]")
        }
        return values
    }

    func scriptScore(_ node: RequestNode) throws -> Query {
        let name = "script_score"
        var query = Query(.matchAll)
        var score = FunctionScoreQuery(query: .matchAll, functions: [])
        score.boostMode = .replace
        score.takesBoost = true
        var hasQuery = false
        for member in node.members ?? [] {
            try inField(member, name) {
                switch member.key {
                case "query":
                    score.query = try self.query(member.value)
                    hasQuery = true
                case "script":
                    score.functions = [.init(filter: nil, weight: nil, value: .vectors(try vectorScript(member.value)))]
                case "min_score": score.minScore = try body.float(member.value)
                default:
                    if try !common(member, &query) {
                        throw body.unknownField(
                            member, in: name, candidates: ["query", "script", "min_score", "boost", "_name"])
                    }
                }
            }
        }
        let missing = [hasQuery ? nil : "query", score.functions.isEmpty ? "script" : nil].compactMap(\.self)
        if !missing.isEmpty { throw SearchError.illegalArgument("Required [\(missing.joined(separator: ", "))]") }
        query.kind = .functionScore(score)
        return query
    }

    /// The one script that is run: `knn_score`.
    func vectorScript(_ node: RequestNode) throws -> VectorScript {
        func value(_ key: String) -> RequestNode? { node.members?.first { $0.key == key }?.value }
        let language = value("lang")?.string ?? "painless"
        guard language == "knn" else {
            throw body.parsing(
                node,
                "[script_score] scripts are not run (lang [\(language)]): use lang [knn] with source [knn_score] and params {field, query_value, space_type} for vectors, "
                    + "or function_score with field_value_factor, a decay function or random_score")
        }
        let source = value("source")?.text ?? ""
        guard source == "knn_score" else { throw SearchError.illegalArgument("Unknown script name \(source)") }
        let parameters = value("params")?.members ?? []
        func parameter(_ key: String) throws -> RequestNode {
            guard let found = parameters.first(where: { $0.key == key })?.value, !found.isNull else {
                throw SearchError.illegalArgument("Missing parameter [\(key)]")
            }
            return found
        }
        let field = try body.text(try parameter("field"))
        let space = try body.text(try parameter("space_type"))
        let wanted = try parameter("query_value")
        guard wanted.elements != nil else {
            throw body.parsing(
                wanted,
                "[query_value] of knn_score is an array of numbers: only vectors of knn_vector fields are compared")
        }
        return VectorScript(field: field, vector: try floats(wanted), space: space)
    }
}
