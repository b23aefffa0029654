import JSON

/// Queries on exact values.
extension QueryParser {
    func term(_ node: RequestNode) throws -> Query {
        var term = TermQuery(field: "", value: .null)
        var query = Query(.matchAll)
        var hasValue = false
        for member in node.members ?? [] where member.value.elements != nil {
            throw body.parsing(member.value, "[term] query does not support array of values")
        }
        term.field = try field(node, "term", topLevel: { try common($0, &query) }) { member in
            switch member.key {
            case "term", "value":
                guard !(member.value.elements != nil || member.value.members != nil) else {
                    throw body.parsing(member.value, "[term] query does not support [\(member.key)]")
                }
                term.value = member.value.json
                hasValue = true
            case "case_insensitive": term.caseInsensitive = try body.bool(member.value)
            default: if try !common(member, &query) { throw unsupportedKey(member, "term") }
            }
        } short: {
            term.value = $0.json
            hasValue = true
        }
        if !hasValue || term.value.isNull { throw SearchError.illegalArgument("value cannot be null") }
        query.kind = .term(term)
        return query
    }

    func terms(_ node: RequestNode) throws -> Query {
        var terms = TermsQuery(field: "", values: [])
        var query = Query(.matchAll)
        var field: String?
        for member in node.members ?? [] {
            if let elements = member.value.elements {
                if let field { throw severalFields("terms", field, member) }
                field = member.key
                terms.values = try elements.map { element in
                    guard !element.isNull else {
                        throw SearchError.illegalArgument("No value specified for terms query")
                    }
                    guard element.isScalar else {
                        throw body.parsing(element, "[terms] unknown token [\(element.token)] after [\(member.key)]")
                    }
                    return element.json
                }
            } else if member.value.members != nil {
                if let field { throw severalFields("terms", field, member) }
                field = member.key
                terms.lookup = try lookup(member.value)
            } else if member.value.isScalar {
                if member.key == "value_type" { continue }
                if try !common(member, &query) {
                    throw body.parsing(member.value, "[terms] query does not support [\(member.key)]")
                }
            } else {
                throw body.parsing(member.value, "[terms] unknown token [\(member.value.token)] after [\(member.key)]")
            }
        }
        guard let field else {
            throw body.parsing(
                at: node.end,
                "[terms] query requires a field name, followed by array of terms or a document lookup specification")
        }
        terms.field = field
        query.kind = .terms(terms)
        return query
    }

    private func severalFields(_ name: String, _ field: String, _ member: RequestNode.Member) -> SearchError {
        body.parsing(member.value, "[\(name)] query does not support multiple fields")
    }

    private func lookup(_ node: RequestNode) throws -> TermsQuery.Lookup {
        var lookup = TermsQuery.Lookup(index: "", path: "")
        for member in node.members ?? [] {
            switch member.key {
            case "index": lookup.index = try body.text(member.value)
            case "id": lookup.id = try body.text(member.value)
            case "path": lookup.path = try body.text(member.value)
            case "routing": lookup.routing = try body.textOrNull(member.value)
            case "store": _ = try body.bool(member.value)
            case "query": lookup.query = member.value.json
            default:
                throw body.unknownField(
                    member, in: "terms_lookup", candidates: ["index", "id", "path", "routing", "store", "query"])
            }
        }
        if lookup.index.isEmpty { throw SearchError.illegalArgument("Required [index]") }
        if lookup.path.isEmpty { throw SearchError.illegalArgument("Required [path]") }
        if lookup.id == nil, lookup.query == nil {
            throw SearchError.illegalArgument("[terms] query lookup element requires specifying the id or query.")
        }
        return lookup
    }

    func termsSet(_ node: RequestNode) throws -> Query {
        let name = "terms_set"
        var terms = TermsSetQuery(field: "", values: [])
        var query = Query(.matchAll)
        var hasTerms = false
        terms.field = try field(node, name) { member in
            switch member.key {
            case "terms":
                guard let elements = member.value.elements else { throw unsupportedKey(member, name) }
                terms.values = elements.map(\.json)
                hasTerms = true
            case "minimum_should_match_field": terms.minimumField = try body.text(member.value)
            case "minimum_should_match": terms.minimum = try body.text(member.value)
            case "minimum_should_match_script":
                throw body.parsing(
                    member.value, "[terms_set] scripts are not run; use [minimum_should_match_field]")
            default: if try !common(member, &query) { throw unsupportedKey(member, name) }
            }
        } short: {
            throw body.parsing($0, "[terms_set] unknown token [\($0.token)]")
        }
        if !hasTerms { throw body.parsing(at: node.end, "No terms specified for terms set query") }
        if terms.minimumField == nil, terms.minimum == nil {
            throw SearchError.illegalArgument(
                "[terms_set] requires one of [minimum_should_match_field] and [minimum_should_match]")
        }
        query.kind = .termsSet(terms)
        return query
    }

    func range(_ node: RequestNode) throws -> Query {
        var query = Query(.matchAll)
        var range = RangeQuery(field: "")
        var field: String?
        for member in node.members ?? [] {
            guard let options = member.value.members else {
                if member.value.isScalar, try common(member, &query) { continue }
                if member.value.elements != nil {
                    throw body.parsing(member.value, "[range] unknown token [START_ARRAY] after [\(member.key)]")
                }
                throw unsupportedKey(member, "range")
            }
            if let field {
                throw body.parsing(
                    member.value,
                    "[range] query doesn't support multiple fields, found [\(field)] and [\(member.key)]")
            }
            field = member.key
            for option in options {
                let value = option.value
                guard value.members == nil, value.elements == nil else { throw unsupportedKey(option, "range") }
                let bound = value.isNull ? nil : value.json
                switch option.key {
                case "from": range.lower = bound
                case "to": range.upper = bound
                case "include_lower": range.includesLower = try body.bool(value)
                case "include_upper": range.includesUpper = try body.bool(value)
                case "gt": (range.lower, range.includesLower) = (bound, false)
                case "gte": (range.lower, range.includesLower) = (bound, true)
                case "lt": (range.upper, range.includesUpper) = (bound, false)
                case "lte": (range.upper, range.includesUpper) = (bound, true)
                case "time_zone": range.timeZone = try body.text(value)
                case "format": range.format = try body.text(value)
                case "relation":
                    let text = try body.text(value)
                    guard let relation = RangeQuery.Relation(rawValue: text.lowercased()) else {
                        throw SearchError.illegalArgument("[range] query does not support relation [\(text)]")
                    }
                    range.relation = relation
                default: if try !common(option, &query) { throw unsupportedKey(option, "range") }
                }
            }
        }
        guard let field, !field.isEmpty else {
            throw SearchError.illegalArgument("field name is null or empty")
        }
        range.field = field
        query.kind = .range(range)
        return query
    }

    func exists(_ node: RequestNode) throws -> Query {
        var query = Query(.matchAll)
        var field: String?
        for member in node.members ?? [] {
            guard member.value.isScalar else {
                throw body.parsing(member.value, "[exists] unknown token [\(member.value.token)] after [\(member.key)]")
            }
            if member.key == "field" {
                field = try body.text(member.value)
            } else if try !common(member, &query) {
                throw unsupportedKey(member, "exists")
            }
        }
        guard let field else { throw body.parsing(at: node.end, "[exists] must be provided with a [field]") }
        if field.isEmpty { throw SearchError.illegalArgument("field name is null or empty") }
        query.kind = .exists(field: field)
        return query
    }

    func ids(_ node: RequestNode) throws -> Query {
        var query = Query(.matchAll)
        var values: [String] = []
        for member in node.members ?? [] {
            switch member.key {
            case "values":
                let nodes = member.value.elements ?? [member.value]
                values = try inField(member, "ids") { try nodes.map { try body.text($0) } }
            default:
                if try !common(member, &query) {
                    throw body.unknownField(member, in: "ids", candidates: ["values", "boost", "_name"])
                }
            }
        }
        query.kind = .ids(values)
        return query
    }
}
