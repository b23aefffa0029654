import JSON

/// Queries on terms that match a pattern.
extension QueryParser {
    func pattern(_ node: RequestNode, _ name: String) throws -> Query {
        var pattern = PatternQuery(field: "", value: "")
        var value: String?
        var query = Query(.matchAll)
        let keys: Set = name == "wildcard" ? ["value", "wildcard"] : ["value", "prefix"]
        pattern.field = try field(node, name, topLevel: { try common($0, &query) }) { member in
            switch member.key {
            case _ where keys.contains(member.key): value = try body.textOrNull(member.value)
            case "case_insensitive": pattern.caseInsensitive = try body.bool(member.value)
            case "rewrite": pattern.rewrite = try body.textOrNull(member.value)
            default: if try !common(member, &query) { throw unsupportedKey(member, name) }
            }
        } short: {
            value = try body.textOrNull($0)
        }
        guard let value else { throw SearchError.illegalArgument("value cannot be null") }
        pattern.value = value
        query.kind = name == "wildcard" ? .wildcard(pattern) : .prefix(pattern)
        return query
    }

    func regexp(_ node: RequestNode) throws -> Query {
        var regexp = RegexpQuery(field: "", value: "")
        var value: String?
        var query = Query(.matchAll)
        regexp.field = try field(node, "regexp", topLevel: { try common($0, &query) }) { member in
            switch member.key {
            case "value": value = try body.textOrNull(member.value)
            case "flags":
                regexp.flags = try regexpFlags(try body.text(member.value))
            case "flags_value": regexp.flags = RegexpFlags(rawValue: try body.int(member.value))
            case "max_determinized_states": regexp.maxDeterminizedStates = try body.int(member.value)
            case "case_insensitive": regexp.caseInsensitive = try body.bool(member.value)
            case "rewrite": regexp.rewrite = try body.textOrNull(member.value)
            default: if try !common(member, &query) { throw unsupportedKey(member, "regexp") }
            }
        } short: {
            value = try body.textOrNull($0)
        }
        guard let value else { throw SearchError.illegalArgument("value cannot be null") }
        regexp.value = value
        query.kind = .regexp(regexp)
        return query
    }

    private func regexpFlags(_ text: String) throws -> RegexpFlags {
        var flags = RegexpFlags.none
        for word in text.split(separator: "|") {
            switch word.uppercased() {
            case "ALL": flags.formUnion(.all)
            case "NONE": break
            case "INTERSECTION": flags.insert(.intersection)
            case "COMPLEMENT": flags.insert(.complement)
            case "EMPTY": flags.insert(.empty)
            case "ANYSTRING": flags.insert(.anyString)
            case "INTERVAL": flags.insert(.interval)
            default:
                throw SearchError.illegalArgument("Unknown regexp flag [\(word)]")
            }
        }
        return flags
    }

    func fuzzy(_ node: RequestNode) throws -> Query {
        var fuzzy = FuzzyQuery(field: "", value: .null)
        var query = Query(.matchAll)
        for member in node.members ?? [] where member.value.elements != nil {
            throw body.parsing(member.value, "[fuzzy] query doesn't support array of values")
        }
        fuzzy.field = try field(node, "fuzzy") { member in
            guard member.value.isScalar || member.value.isNull else {
                throw body.parsing(
                    member.value, "[fuzzy] unexpected token [\(member.value.token)] after [\(member.key)]")
            }
            switch member.key {
            case "term", "value": fuzzy.value = member.value.json
            case "fuzziness": fuzzy.fuzziness = try fuzziness(member.value)
            case "prefix_length": fuzzy.prefixLength = try body.int(member.value)
            case "max_expansions": fuzzy.maxExpansions = try maxExpansions(member.value)
            case "transpositions": fuzzy.transpositions = try body.bool(member.value)
            case "rewrite": fuzzy.rewrite = try body.textOrNull(member.value)
            default: if try !common(member, &query) { throw unsupportedKey(member, "fuzzy") }
            }
        } short: {
            fuzzy.value = $0.json
        }
        if fuzzy.value.isNull { throw SearchError.illegalArgument("query value cannot be null") }
        query.kind = .fuzzy(fuzzy)
        return query
    }
}
