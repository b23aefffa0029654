import JSON
import Mappings

/// Queries made of queries.
extension QueryPlanner {
    func bool(_ query: BoolQuery) throws -> Plan {
        var clause = BooleanClause()
        try count(query.must.count + query.filter.count + query.should.count + query.mustNot.count)
        clause.must = try query.must.map { try plan($0) }
        clause.filter = try query.filter.map { try plan($0) }
        clause.should = try query.should.map { try plan($0) }
        clause.mustNot = try query.mustNot.map { try plan($0) }
        if clause.count == 0 { return .all }
        if let minimum = query.minimumShouldMatch {
            clause.minimumShouldMatch = try MinimumShouldMatch.count(minimum, of: clause.should.count)
        }
        if clause.must.isEmpty, clause.filter.isEmpty, clause.should.isEmpty {
            guard query.adjustPureNegative else { return .none }
            clause.filter = [.all]
        }
        return .boolean(clause)
    }

    func nested(_ query: NestedQuery) throws -> Plan {
        guard let object = mapping.object(query.path) else {
            if query.ignoreUnmapped { return .none }
            throw SearchError.queryShard("[nested] failed to find nested object under path [\(query.path)]")
        }
        guard object.isNested else {
            throw SearchError.queryShard("[nested] nested object under path [\(query.path)] is not of nested type")
        }
        let outer = nestedPath
        let outermost = parentPath
        parentPath = outer
        nestedPath = query.path
        defer {
            nestedPath = outer
            parentPath = outermost
        }
        return .nested(
            NestedClause(
                query: try plan(query.query), path: query.path, parentPath: outer, scoreMode: query.scoreMode))
    }

    func functionScore(_ query: FunctionScoreQuery) throws -> Plan {
        let functions = try query.functions.map { function -> FunctionClause.Function in
            var clause = FunctionClause.Function(
                filter: try function.filter.map { try plan($0) }, weight: function.weight, value: function.value)
            switch function.value {
            case nil: break
            case .random(_, let name):
                if let name, name != "_seq_no", mapping.field(name) == nil {
                    throw SearchError.illegalArgument(
                        "Field [\(name)] is not mapped and cannot be used as a source of random numbers.")
                }
            case .field(let factor):
                clause.field = mapping.field(factor.field)
                if clause.field == nil, factor.missing == nil {
                    throw SearchError(
                        type: "parsing_exception",
                        reason: "Unable to find a field mapper for field [\(factor.field)]. No 'missing' value defined."
                    )
                }
            case .decay(let decay): try place(decay, &clause)
            case .vectors(let script): clause.field = try vectorField(of: script)
            }
            return clause
        }
        return .functions(
            FunctionClause(
                query: try plan(query.query), functions: functions, scoreMode: query.scoreMode,
                boostMode: query.boostMode, maxBoost: query.maxBoost, minScore: query.minScore,
                takesBoost: query.takesBoost))
    }

    /// Reads origin, scale and offset of a decay function in the units of its field.
    private func place(_ decay: FunctionScoreQuery.Decay, _ clause: inout FunctionClause.Function) throws {
        guard let field = mapping.field(decay.field) else {
            throw SearchError(type: "parsing_exception", reason: "unknown field [\(decay.field)]").during(.query)
        }
        clause.field = field
        if field.kind.isDate {
            let origin = decay.origin ?? "now"
            if case .number(let number) = origin {
                clause.origin = number.double
            } else {
                let moment = try values { () throws(MappingError) in
                    try DateMath.moment(
                        of: text(origin), format: field.dateFormat ?? .standard, now: context.now)
                }
                clause.origin = Double(moment.milliseconds)
            }
            clause.scale = Double(try TimeValue.milliseconds(text(decay.scale), setting: "scale"))
            clause.offset =
                try decay.offset.map { Double(try TimeValue.milliseconds(text($0), setting: "offset")) } ?? 0
            return
        }
        guard field.kind.isNumeric else {
            throw SearchError(
                type: "parsing_exception",
                reason:
                    "field [\(decay.field)] is of type [\(field.kind.rawValue)], but only numeric types are supported."
            ).during(.query)
        }
        guard let origin = decay.origin, let start = Double(text(origin)), let scale = Double(text(decay.scale)),
            let offset = Double(decay.offset.map { text($0) } ?? "0")
        else {
            throw SearchError(
                type: "parse_exception", reason: "both [scale] and [origin] must be set for numeric fields.")
        }
        clause.origin = start
        clause.scale = scale
        clause.offset = offset
        if scale <= 0 { throw SearchError.illegalArgument("scale must be > 0 but was \(scale)") }
    }
}
