import JSON
import Mappings
import SearchIndex

/// Queries on exact values.
extension QueryPlanner {
    /// Fields that no mapping has.
    func metadata(_ name: String, _ value: JSONValue) throws -> Plan? {
        switch name {
        case "_id": return .seqNos(try view.seqNos(ofIDs: [text(value)]))
        case "_index": return Wildcard.matches(text(value), view.name) ? .all : Plan.none
        case "_routing", "_ignored":
            guard let field = MetadataField(rawValue: name) else { return nil }
            return .field(.term(field.number, Array(text(value).utf8)))
        default: return nil
        }
    }

    /// A value in a field of a mapping.
    func termPlan(_ field: MappedField, _ value: JSONValue) throws -> Plan {
        var value = value
        if field.normalizer != nil { value = .string(try normalized(field, text(value))) }
        let query = try values { () throws(MappingError) in try field.termQuery(value, context: context) }
        if case .term(let number, let term) = query, field.kind != .ip, number == field.number {
            return .term(TermClause(field: scored(field), term: term))
        }
        return .field(query)
    }

    func term(_ query: TermQuery) throws -> Plan {
        guard let field = mapping.field(query.field) else {
            return try metadata(query.field, query.value) ?? Plan.none
        }
        if query.caseInsensitive, field.kind.isText || field.kind.isKeywordLike {
            let text = try normalized(field, text(query.value))
            return .pattern(field.number, .equal(text), description: "\(field.name):\(text)")
        }
        return try termPlan(field, query.value)
    }

    func terms(_ query: TermsQuery) throws -> Plan {
        var wanted = query.values
        if let place = query.lookup {
            guard let lookup, place.query == nil, let id = place.id else {
                throw SearchError.illegalArgument(
                    "[terms] lookup by query is not supported; name the document by [id]")
            }
            wanted = []
            if let bytes = try lookup.source(index: place.index, id: id, routing: place.routing) {
                wanted = SourceValues.values(at: place.path, in: try JSONValue(parsing: bytes))
            }
        }
        if wanted.count > view.limits.termsCount {
            throw SearchError.illegalArgument(
                "The number of terms [\(wanted.count)] used in the Terms Query request has exceeded the allowed maximum of [\(view.limits.termsCount)]. This maximum can be set by changing the [index.max_terms_count] index level setting."
            )
        }
        guard let field = mapping.field(query.field) else {
            switch query.field {
            case "_id": return .constant(.seqNos(try view.seqNos(ofIDs: wanted.map { text($0) })))
            default:
                let plans = try wanted.compactMap { try metadata(query.field, $0) }
                return plans.isEmpty ? .none : .constant(.boolean(BooleanClause(should: plans)))
            }
        }
        if field.normalizer != nil { wanted = try wanted.map { .string(try normalized(field, text($0))) } }
        let queries = try values { () throws(MappingError) in try field.termsQuery(wanted, context: context) }
        if queries.count == 1 { return .field(queries[0]) }
        return .constant(.boolean(BooleanClause(should: queries.map { .field($0) })))
    }

    func termsSet(_ query: TermsSetQuery) throws -> Plan {
        guard let field = mapping.field(query.field) else { return .none }
        try count(query.values.count)
        let plans = try query.values.map { try termPlan(field, $0) }
        if let minimum = query.minimum {
            let needed = max(1, try MinimumShouldMatch.count(minimum, of: plans.count))
            return needed > plans.count ? .none : .boolean(BooleanClause(should: plans, minimumShouldMatch: needed))
        }
        guard let name = query.minimumField, let number = mapping.field(name) else {
            throw SearchError.queryShard("failed to find minimum_should_match field [\(query.minimumField ?? "")]")
        }
        return .coverage(plans, number.number)
    }

    func range(_ query: RangeQuery) throws -> Plan {
        guard let field = mapping.field(query.field) else { return .none }
        if query.lower == nil, query.upper == nil { return try exists(query.field) }
        var bounds = RangeBounds()
        bounds.lower = query.lower
        bounds.upper = query.upper
        bounds.includesLower = query.includesLower
        bounds.includesUpper = query.includesUpper
        if field.normalizer != nil {
            bounds.lower = try query.lower.map { .string(try normalized(field, text($0))) }
            bounds.upper = try query.upper.map { .string(try normalized(field, text($0))) }
        }
        return .field(
            try values { () throws(MappingError) in
                if let zone = query.timeZone {
                    guard field.kind.isDate else {
                        throw MappingError(
                            .queryShard,
                            "Field [\(field.name)] of type [\(field.kind.rawValue)] does not support custom time zones")
                    }
                    bounds.timeZone = try TimeZoneRules(zone)
                }
                if let format = query.format, field.kind.isDate { bounds.format = try DateFormat(format) }
                return try field.rangeQuery(bounds, context: context)
            })
    }

    func exists(_ name: String) throws -> Plan {
        if name == "_id" || name == "_index" || name == "_source" || name == "_seq_no" { return .all }
        if name == "_routing" || name == "_ignored", let field = MetadataField(rawValue: name) {
            return .field(.existsOrdinal(field.number))
        }
        var fields: [MappedField] = []
        for found in Wildcard.isPattern(name) ? mapping.fieldNames(matching: name) : [name] {
            if let field = mapping.field(found) {
                fields.append(field)
            } else {
                fields += mapping.fields(inObject: found)
            }
        }
        let plans = try fields.compactMap { field -> Plan? in
            if field.kind.isSourceOnly, fields.count > 1 { return nil }
            return .field(try values { () throws(MappingError) in try field.existsQuery() })
        }
        if plans.isEmpty { return .none }
        return plans.count == 1 ? plans[0] : .constant(.boolean(BooleanClause(should: plans)))
    }

    // MARK: Patterns

    private func pattern(
        _ field: MappedField, _ source: TermPatternSource, _ rewrite: PatternRewrite?, _ description: String
    ) -> Plan {
        if let rewrite, rewrite != .constant { return .patternTerms(scored(field), source, rewrite) }
        return .pattern(field.number, source, description: description)
    }

    private func strings(_ name: String, for query: String) throws -> MappedField? {
        guard let field = mapping.field(name) else { return nil }
        try values { () throws(MappingError) in try field.requireStrings(for: query) }
        return field
    }

    /// A pattern's text behind the path of a flat object's leaf.
    private func prefixed(_ field: MappedField, _ text: String) -> String {
        field.flatPath.map { "\($0)=\(text)" } ?? text
    }

    func prefix(_ query: PatternQuery) throws -> Plan {
        let rewrite = try rewrite(query.rewrite)
        guard let field = try strings(query.field, for: "prefix") else { return .none }
        let text = try normalized(field, query.value)
        return pattern(
            field, .prefix(prefixed(field, text), bothCases: query.caseInsensitive), rewrite, "\(field.name):\(text)*")
    }

    func wildcard(_ query: PatternQuery) throws -> Plan {
        let rewrite = try rewrite(query.rewrite)
        if query.field == "_index" { return Wildcard.matches(query.value, view.name) ? .all : .none }
        guard let field = try strings(query.field, for: "wildcard") else { return .none }
        let text = try normalizedPattern(field, query.value)
        return pattern(
            field, .wildcard(prefixed(field, text), bothCases: query.caseInsensitive), rewrite, "\(field.name):\(text)")
    }

    /// Normalises the parts of a pattern between its operators.
    func normalizedPattern(_ field: MappedField, _ pattern: String) throws -> String {
        guard field.normalizer != nil else { return pattern }
        var result = ""
        var part = ""
        var escaped = false
        for character in pattern {
            if !escaped, character == "*" || character == "?" {
                if !part.isEmpty { result += try normalized(field, part) }
                part = ""
                result.append(character)
            } else if !escaped, character == "\\" {
                escaped = true
                if !part.isEmpty { result += try normalized(field, part) }
                part = ""
                result.append(character)
                continue
            } else {
                part.append(character)
            }
            escaped = false
        }
        return part.isEmpty ? result : result + (try normalized(field, part))
    }

    func regexp(_ query: RegexpQuery) throws -> Plan {
        let rewrite = try rewrite(query.rewrite)
        if query.value.utf16.count > view.limits.regexLength {
            throw SearchError.illegalArgument(
                "The length of regex [\(query.value.utf16.count)] used in the Regexp Query request has exceeded the allowed maximum of [\(view.limits.regexLength)]. This maximum can be set by changing the [index.max_regex_length] index level setting."
            )
        }
        guard let field = try strings(query.field, for: "regexp") else { return .none }
        let source = TermPatternSource.regexp(
            query.value, query.flags, bothCases: query.caseInsensitive, maxStates: query.maxDeterminizedStates)
        _ = try source.make()
        return pattern(field, source, rewrite, "\(field.name):/\(query.value)/")
    }

    func fuzzy(_ query: FuzzyQuery) throws -> Plan {
        guard let field = try strings(query.field, for: "fuzzy") else { return .none }
        return try fuzzyPlan(scored(field), try normalized(field, text(query.value)), query)
    }
}
