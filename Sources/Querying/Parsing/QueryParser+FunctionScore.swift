import JSON

/// `function_score` and its functions.
extension QueryParser {
    private static let functionNames: Set = [
        "gauss", "exp", "linear", "random_score", "field_value_factor", "script_score",
    ]

    func functionScore(_ node: RequestNode) throws -> Query {
        let name = "function_score"
        var score = FunctionScoreQuery(query: .matchAll, functions: [])
        var query = Query(.matchAll)
        var single: (name: String, function: FunctionScoreQuery.Function)?
        var hasArray = false
        var weight: Float?
        var hasQuery = false
        for member in node.members ?? [] {
            let value = member.value
            switch member.key {
            case "query" where value.members != nil:
                if hasQuery {
                    throw body.parsing(value, "failed to parse [function_score] query. [query] is already defined.")
                }
                score.query = try self.query(value)
                hasQuery = true
            case "score_mode" where value.isScalar:
                let text = try body.text(value)
                guard let mode = FunctionScoreQuery.ScoreMode(rawValue: text.lowercased()) else {
                    throw SearchError.illegalArgument(
                        "No enum constant org.opensearch.common.lucene.search.function.FunctionScoreQuery.ScoreMode.\(text.uppercased())"
                    )
                }
                score.scoreMode = mode
            case "boost_mode" where value.isScalar:
                let text = try body.text(value)
                guard let mode = FunctionScoreQuery.BoostMode(rawValue: text.lowercased()) else {
                    throw SearchError.illegalArgument(
                        "No enum constant org.opensearch.common.lucene.search.function.CombineFunction.\(text.uppercased())"
                    )
                }
                score.boostMode = mode
            case "max_boost" where value.isScalar: score.maxBoost = try body.float(value)
            case "min_score" where value.isScalar: score.minScore = try body.float(value)
            case "weight" where value.isScalar: weight = try body.float(value)
            case "functions" where value.elements != nil:
                if let single {
                    throw body.parsing(value, bothForms("you already defined [\(single.name)] before [functions]"))
                }
                hasArray = true
                score.functions = try (value.elements ?? []).map { try function($0) }
            default:
                if value.members != nil {
                    if hasArray { throw body.parsing(value, bothForms("found [\(member.key)] after [functions]")) }
                    if single != nil {
                        throw body.parsing(
                            value,
                            "failed to parse [function_score] query. already found function [\(single!.name)], now encountering [\(member.key)]. use [functions] array if you want to define several functions."
                        )
                    }
                    single = (member.key, .init(filter: nil, weight: nil, value: try functionValue(member)))
                } else if value.isScalar {
                    if try !common(member, &query) {
                        throw body.parsing(
                            value, "failed to parse [function_score] query. field [\(member.key)] is not supported")
                    }
                } else {
                    throw unsupportedKey(member, name)
                }
            }
        }
        if var single {
            single.function.weight = weight
            score.functions = [single.function]
        } else if let weight, !hasArray {
            score.functions = [.init(filter: nil, weight: weight, value: nil)]
        }
        query.kind = .functionScore(score)
        return query
    }

    private func bothForms(_ tail: String) -> String {
        "failed to parse [function_score] query. \(tail): use either the [functions] array or a single function, not both."
    }

    private func function(_ node: RequestNode) throws -> FunctionScoreQuery.Function {
        guard let members = node.members else {
            throw body.parsing(
                node,
                "failed to parse [function_score]. malformed query, expected a [START_OBJECT] while parsing functions but got a [\(node.token)] instead"
            )
        }
        var function = FunctionScoreQuery.Function()
        var has = false
        for member in members {
            switch member.key {
            case "weight" where member.value.isScalar: function.weight = try body.float(member.value)
            case "filter" where member.value.members != nil: function.filter = try query(member.value)
            default:
                guard member.value.members != nil else {
                    throw body.parsing(
                        member.value, "failed to parse [function_score] query. field [\(member.key)] is not supported")
                }
                if has {
                    throw body.parsing(
                        member.value,
                        "failed to parse function_score functions. already found a function, now encountering [\(member.key)]."
                    )
                }
                has = true
                function.value = try functionValue(member)
            }
        }
        if !has, function.weight == nil {
            throw body.parsing(
                at: node.end, "an entry in functions list is missing a function.")
        }
        return function
    }

    private func functionValue(_ member: RequestNode.Member) throws -> FunctionScoreQuery.Value {
        switch member.key {
        case "random_score": return try random(member.value)
        case "field_value_factor": return .field(try fieldValueFactor(member.value))
        case "gauss", "exp", "linear": return .decay(try decay(member.value, .init(rawValue: member.key)!))
        case "script_score":
            guard let script = member.value.members?.first(where: { $0.key == "script" })?.value else {
                throw body.parsing(member.value, "script_score requires 'script' field")
            }
            return .vectors(try vectorScript(script))
        default:
            let place = body.place(of: member.value.offset)
            throw SearchError(
                type: "named_object_not_found_exception",
                reason:
                    "[\(place.line):\(place.column)] unknown field [\(member.key)]\(Suggestion.text(for: member.key, among: Self.functionNames.sorted()))"
            )
        }
    }

    private func random(_ node: RequestNode) throws -> FunctionScoreQuery.Value {
        var seed: Int?
        var field: String?
        for member in node.members ?? [] {
            switch member.key {
            case "seed":
                switch member.value.content {
                case .number: seed = try body.long(member.value)
                case .string(let text): seed = Int(text) ?? Int(JavaHash.string(text))
                default:
                    throw body.parsing(
                        member.value, "random_score seed must be an int/long or string, not '\(member.value.token)'")
                }
            case "field": field = try body.text(member.value)
            default: throw body.parsing(member.value, "random_score query does not support [\(member.key)]")
            }
        }
        return .random(seed: seed, field: field)
    }

    private func fieldValueFactor(_ node: RequestNode) throws -> FunctionScoreQuery.FieldValueFactor {
        var factor = FunctionScoreQuery.FieldValueFactor(field: "")
        for member in node.members ?? [] {
            switch member.key {
            case "field": factor.field = try body.text(member.value)
            case "factor": factor.factor = try body.float(member.value)
            case "missing": factor.missing = try body.double(member.value)
            case "modifier":
                let text = try body.text(member.value)
                guard let modifier = FunctionScoreQuery.FieldValueFactor.Modifier(rawValue: text.lowercased()) else {
                    throw SearchError.illegalArgument(
                        "No enum constant org.opensearch.common.lucene.search.function.FieldValueFactorFunction.Modifier.\(text.uppercased())"
                    )
                }
                factor.modifier = modifier
            default: throw body.parsing(member.value, "field_value_factor query does not support [\(member.key)]")
            }
        }
        if factor.field.isEmpty {
            throw body.parsing(at: node.end, "[field_value_factor] required field 'field' missing")
        }
        return factor
    }

    private func decay(
        _ node: RequestNode, _ shape: FunctionScoreQuery.Decay.Shape
    ) throws -> FunctionScoreQuery.Decay {
        var decay: FunctionScoreQuery.Decay?
        var mode = FunctionScoreQuery.Decay.MultiValueMode.min
        for member in node.members ?? [] {
            if let options = member.value.members {
                var found = FunctionScoreQuery.Decay(shape: shape, field: member.key, scale: .null)
                for option in options {
                    switch option.key {
                    case "origin": found.origin = option.value.json
                    case "scale": found.scale = option.value.json
                    case "offset": found.offset = option.value.json
                    case "decay": found.decay = try body.double(option.value)
                    default:
                        throw SearchError(
                            type: "parse_exception", reason: "parameter [\(option.key)] not supported!")
                    }
                }
                if found.scale.isNull {
                    throw SearchError(
                        type: "parse_exception",
                        reason: "[scale] must be set for [\(shape.rawValue)] on [\(member.key)].")
                }
                guard found.decay > 0, found.decay < 1 else {
                    throw SearchError.illegalArgument("decay must be in the range [0..1].")
                }
                decay = found
            } else if member.key == "multi_value_mode" {
                let text = try body.text(member.value)
                guard let value = FunctionScoreQuery.Decay.MultiValueMode(rawValue: text.lowercased()) else {
                    throw SearchError.illegalArgument("Illegal sort mode: \(text)")
                }
                mode = value
            } else {
                throw body.parsing(
                    member.value, "malformed score function score parameters.")
            }
        }
        guard var decay else { throw body.parsing(at: node.end, "malformed score function score parameters.") }
        decay.multiValueMode = mode
        return decay
    }
}
