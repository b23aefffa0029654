import JSON

/// The `sort` part.
extension SearchRequestParser {
    func sort(_ node: RequestNode) throws -> [SortField] {
        if let elements = node.elements {
            return try elements.flatMap { element -> [SortField] in
                if element.members != nil { return try sortObject(element) }
                guard element.string != nil else {
                    throw SearchError.illegalArgument(
                        "malformed sort format, within the sort array, an object, or an actual string are allowed")
                }
                return [SortField(field: try body.text(element))]
            }
        }
        if node.members != nil { return try sortObject(node) }
        guard let text = node.string else {
            throw SearchError.illegalArgument(
                "malformed sort format, either start with array, object, or an actual string")
        }
        return [SortField(field: text)]
    }

    private func sortObject(_ node: RequestNode) throws -> [SortField] {
        try (node.members ?? []).map { member in
            if ["_geo_distance", "_script"].contains(member.key) {
                throw body.parsing(
                    member.value, "sort by [\(member.key)] is not supported; supported are fields, _score and _doc")
            }
            if let text = member.value.text {
                var sort = SortField(field: member.key)
                sort.descending = try descending(text)
                return sort
            }
            guard let options = member.value.members else {
                throw SearchError.illegalArgument(
                    "malformed sort format, either start with array, object, or an actual string")
            }
            return try fieldSort(member.key, options)
        }
    }

    private func descending(_ text: String) throws -> Bool {
        switch text.lowercased() {
        case "asc": return false
        case "desc": return true
        default:
            throw SearchError.illegalArgument(
                "No enum constant org.opensearch.search.sort.SortOrder.\(text.uppercased())")
        }
    }

    private func fieldSort(_ field: String, _ options: [RequestNode.Member]) throws -> SortField {
        var sort = SortField(field: field)
        let name = field == "_score" ? "_score" : "field_sort"
        let known =
            field == "_score"
            ? ["order"] : ["order", "missing", "mode", "unmapped_type", "numeric_type", "nested", "format"]
        for option in options {
            guard known.contains(option.key) else { throw body.unknownField(option, in: name, candidates: known) }
            try queries.inField(option, name) {
                let value = option.value
                switch option.key {
                case "order": sort.descending = try descending(try body.text(value))
                case "missing": sort.missing = value.json
                case "mode":
                    let text = try body.text(value)
                    guard let mode = SortField.Mode(rawValue: text.lowercased()) else {
                        throw SearchError.illegalArgument("Unknown SortMode [\(text)]")
                    }
                    sort.mode = mode
                case "unmapped_type": sort.unmappedType = try body.text(value)
                case "numeric_type":
                    let text = try body.text(value)
                    guard ["long", "double", "date", "date_nanos"].contains(text) else {
                        throw SearchError.illegalArgument(
                            "invalid value for [numeric_type], must be [long, double, date, date_nanos], got [\(text)]")
                    }
                    sort.numericType = text
                case "format": sort.format = try body.text(value)
                default: sort.nested = try nestedSort(value)
                }
            }
        }
        return sort
    }

    private func nestedSort(_ node: RequestNode) throws -> SortField.Nested {
        guard let members = node.members else {
            throw body.parsing(node, "malformed nested sort format, must start with an object")
        }
        var nested = SortField.Nested(path: "")
        for member in members {
            switch member.key {
            case "path": nested.path = try body.text(member.value)
            case "filter": nested.filter = try queries.query(member.value)
            case "max_children": _ = try body.int(member.value)
            case "nested": nested = try nestedSort(member.value)
            default:
                throw SearchError.illegalArgument(
                    "malformed nested sort format, unknown field name [\(member.key)]")
            }
        }
        return nested
    }
}
