import JSON

/// The smaller parts of a search body.
extension SearchRequestParser {
    func source(_ node: RequestNode) throws -> SourceFilter {
        switch node.content {
        case .bool(let fetch): return SourceFilter(fetch: fetch)
        case .string(let text):
            if text == "true" || text == "false" { return SourceFilter(fetch: text == "true") }
            return SourceFilter(includes: [text])
        case .array(let elements): return SourceFilter(includes: try elements.map { try body.text($0) })
        case .object(let members):
            var filter = SourceFilter()
            for member in members {
                func names() throws -> [String] {
                    try (member.value.elements ?? [member.value]).map { element in
                        guard element.string != nil else {
                            throw body.parsing(element, "Unknown key for a \(element.token) in [\(member.key)].")
                        }
                        return try body.text(element)
                    }
                }
                switch member.key {
                case "includes", "include": filter.includes = try names()
                case "excludes", "exclude": filter.excludes = try names()
                default:
                    throw body.parsing(
                        member.value, "Unknown key for a \(member.value.token) in [\(member.key)].")
                }
            }
            return filter
        default:
            throw body.parsing(
                node,
                "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [\(node.token)]")
        }
    }

    func fieldFormat(_ node: RequestNode) throws -> FieldFormat {
        guard let members = node.members else { return FieldFormat(field: try body.text(node)) }
        var format = FieldFormat(field: "")
        for member in members {
            switch member.key {
            case "field": format.field = try body.text(member.value)
            case "format": format.format = try body.textOrNull(member.value)
            case "include_unmapped": format.includeUnmapped = try body.bool(member.value)
            default:
                throw body.unknownField(member, in: "fields", candidates: ["field", "format", "include_unmapped"])
            }
        }
        if format.field.isEmpty { throw SearchError.illegalArgument("Required [field]") }
        return format
    }

    func slice(_ node: RequestNode) throws -> SearchRequest.Slice {
        var slice = SearchRequest.Slice(id: -1, max: -1, field: "_id")
        for member in node.members ?? [] {
            switch member.key {
            case "id": slice.id = try body.int(member.value)
            case "max": slice.max = try body.int(member.value)
            case "field": slice.field = try body.text(member.value)
            default: throw body.unknownField(member, in: "slice", candidates: ["id", "max", "field"])
            }
        }
        if slice.id < 0 { throw SearchError.illegalArgument("id must be greater than or equal to 0") }
        if slice.max <= 1 { throw SearchError.illegalArgument("max must be greater than 1") }
        if slice.id >= slice.max { throw SearchError.illegalArgument("max must be greater than id") }
        return slice
    }

    func pointInTime(_ node: RequestNode) throws -> SearchRequest.PointInTime {
        var point = SearchRequest.PointInTime(id: "")
        for member in node.members ?? [] {
            switch member.key {
            case "id": point.id = try body.text(member.value)
            case "keep_alive":
                point.keepAlive = try TimeValue.milliseconds(try body.text(member.value), setting: "keep_alive")
            default: throw body.unknownField(member, in: "pit", candidates: ["id", "keep_alive"])
            }
        }
        if point.id.isEmpty { throw SearchError.illegalArgument("Required [id]") }
        return point
    }

    func rescore(_ node: RequestNode) throws -> Rescore {
        var window: Int?
        var rescore: Rescore?
        for member in node.members ?? [] {
            if member.value.isScalar {
                guard member.key == "window_size" else {
                    throw body.parsing(member.value, "rescore doesn't support [\(member.key)]")
                }
                window = try queries.atLeast(0, member.value) {
                    "[window_size] of [rescore] must not be negative, found [\($0)]"
                }
                continue
            }
            guard member.key == "query", let options = member.value.members else {
                throw body.parsing(member.value, "unknown rescorer [\(member.key)]; supported is [query]")
            }
            rescore = try queryRescorer(options)
        }
        guard var rescore else { throw body.parsing(node, "missing rescore type") }
        if let window { rescore.windowSize = window }
        return rescore
    }

    private func queryRescorer(_ options: [RequestNode.Member]) throws -> Rescore {
        var rescore = Rescore(windowSize: 10, query: .matchAll)
        var hasQuery = false
        for option in options {
            switch option.key {
            case "rescore_query":
                rescore.query = try queries.inField(option, "query") { try queries.query(option.value) }
                hasQuery = true
            case "query_weight": rescore.queryWeight = try body.float(option.value)
            case "rescore_query_weight": rescore.rescoreQueryWeight = try body.float(option.value)
            case "score_mode":
                let text = try body.text(option.value)
                guard let mode = Rescore.ScoreMode(rawValue: text.lowercased()) else {
                    throw SearchError.illegalArgument("illegal score_mode [\(text)]")
                }
                rescore.scoreMode = mode
            default:
                throw body.unknownField(
                    option, in: "query",
                    candidates: ["rescore_query", "query_weight", "rescore_query_weight", "score_mode"])
            }
        }
        if !hasQuery { throw SearchError.illegalArgument("rescore_query cannot be null") }
        return rescore
    }

    func collapse(_ node: RequestNode) throws -> Collapse {
        var collapse = Collapse(field: "", innerHits: [])
        for member in node.members ?? [] {
            switch member.key {
            case "field": collapse.field = try body.text(member.value)
            case "inner_hits":
                collapse.innerHits = try (member.value.elements ?? [member.value]).map { try innerHits($0) }
            case "max_concurrent_group_searches": _ = try body.int(member.value)
            default:
                throw body.unknownField(
                    member, in: "collapse", candidates: ["field", "inner_hits", "max_concurrent_group_searches"])
            }
        }
        if collapse.field.isEmpty { throw SearchError.illegalArgument("Required [field]") }
        return collapse
    }
}
