import JSON

/// `inner_hits` and `highlight`
extension SearchRequestParser {
    func innerHits(_ node: RequestNode) throws -> InnerHits {
        var hits = InnerHits()
        guard let members = node.members else { throw body.parsing(node, "[inner_hits] must be an object") }
        for member in members {
            if try !queries.inField(member, "inner_hits", { try innerHitsOption(member, &hits) }) {
                throw body.unknownField(
                    member, in: "inner_hits",
                    candidates: ["name", "from", "size", "sort", "_source", "fields", "docvalue_fields", "highlight"])
            }
        }
        return hits
    }

    private func innerHitsOption(_ member: RequestNode.Member, _ hits: inout InnerHits) throws -> Bool {
        let value = member.value
        switch member.key {
        case "name": hits.name = try body.text(value)
        case "from": hits.from = try queries.atLeast(0, value) { _ in "illegal from value, at least 0 or higher" }
        case "size": hits.size = try queries.atLeast(0, value) { _ in "illegal size value, at least 0 or higher" }
        case "sort": hits.sort = try sort(value)
        case "_source": hits.source = try source(value)
        case "fields": hits.fields = try (value.elements ?? [value]).map { try fieldFormat($0) }
        case "docvalue_fields": hits.docvalueFields = try (value.elements ?? [value]).map { try fieldFormat($0) }
        case "stored_fields": hits.storedFields = try (value.elements ?? [value]).map { try body.text($0) }
        case "highlight": hits.highlight = try highlight(value)
        case "version": hits.version = try body.bool(value)
        case "seq_no_primary_term": hits.seqNoPrimaryTerm = try body.bool(value)
        case "explain": hits.explain = try body.bool(value)
        case "track_scores": hits.trackScores = try body.bool(value)
        case "ignore_unmapped": hits.ignoreUnmapped = try body.bool(value)
        case "collapse":
            hits.collapseField = try (value.members ?? []).first { $0.key == "field" }.map { try body.text($0.value) }
        default: return false
        }
        return true
    }

    func highlight(_ node: RequestNode) throws -> Highlight {
        var highlight = Highlight()
        for member in node.members ?? [] {
            switch member.key {
            case "fields": highlight.fields += try highlightFields(member.value)
            case "encoder": highlight.encodesHTML = try body.text(member.value) == "html"
            case "tags_schema":
                let text = try body.text(member.value)
                guard text == "styled" || text == "default" else {
                    throw SearchError.illegalArgument("Unknown tag schema [\(text)]")
                }
                if text == "styled" {
                    highlight.options.preTags = (1...10).map { "<em class=\"hlt\($0)\">" }
                    highlight.options.postTags = ["</em>"]
                }
            default:
                if try !highlightOption(member, &highlight.options) {
                    throw body.unknownField(
                        member, in: "highlight", candidates: Self.highlightKeys + ["fields", "encoder"])
                }
            }
        }
        return highlight
    }

    private static let highlightKeys = [
        "pre_tags", "post_tags", "fragment_size", "number_of_fragments", "no_match_size", "order",
        "require_field_match", "highlight_query", "type", "boundary_scanner",
    ]

    private func highlightFields(_ node: RequestNode) throws -> [Highlight.Field] {
        if let elements = node.elements {
            return try elements.map { element in
                guard let pair = element.members, pair.count == 1 else {
                    throw body.parsing(
                        element, "[highlight] can support several fields only as objects with a single field name")
                }
                return try highlightField(pair[0])
            }
        }
        guard let members = node.members else {
            throw body.content(node, "[highlight] fields doesn't support values of type: \(node.token)")
        }
        return try members.map { try highlightField($0) }
    }

    private func highlightField(_ member: RequestNode.Member) throws -> Highlight.Field {
        var field = Highlight.Field(field: member.key, options: .init())
        guard let options = member.value.members else {
            throw body.parsing(member.value, "[highlight_field] Expected START_OBJECT but was: \(member.value.token)")
        }
        for option in options where option.key != "fragment_offset" {
            if try !highlightOption(option, &field.options) {
                throw body.unknownField(option, in: "highlight_field", candidates: Self.highlightKeys)
            }
        }
        return field
    }

    private func highlightOption(_ member: RequestNode.Member, _ options: inout Highlight.Options) throws -> Bool {
        let value = member.value
        func texts() throws -> [String] { try (value.elements ?? [value]).map { try body.text($0) } }
        func size(_ member: RequestNode.Member) throws -> Int {
            try queries.atLeast(0, member.value) {
                "[\(member.key)] of [highlight] must not be negative, found [\($0)]"
            }
        }
        switch member.key {
        case "pre_tags": options.preTags = try texts()
        case "post_tags": options.postTags = try texts()
        case "fragment_size": options.fragmentSize = try size(member)
        case "number_of_fragments": options.numberOfFragments = try size(member)
        case "no_match_size": options.noMatchSize = try size(member)
        case "order": options.order = try body.text(value).lowercased() == "score" ? "score" : "none"
        case "require_field_match": options.requireFieldMatch = try body.bool(value)
        case "highlight_query": options.query = try queries.query(value)
        case "type":
            let text = try body.text(value)
            guard ["unified", "plain", "fvh"].contains(text) else {
                throw SearchError.illegalArgument("unknown highlighter type [\(text)]").during(.fetch)
            }
            options.type = text
        case "boundary_scanner":
            let text = try body.text(value)
            guard ["chars", "sentence", "word"].contains(text.lowercased()) else {
                throw SearchError.illegalArgument("No enum constant for boundary_scanner [\(text)]")
            }
            options.boundaryScanner = text.lowercased()
        case "max_analyzer_offset": options.maxAnalyzerOffset = try body.int(value)
        case "matched_fields": options.matchedFields = try texts()
        case "highlight_filter", "force_source", "use_explicit_order": _ = try body.bool(value)
        case "fragmenter", "boundary_chars", "boundary_scanner_locale": _ = try body.text(value)
        case "boundary_max_scan", "phrase_limit": _ = try body.int(value)
        case "options": break
        default: return false
        }
        return true
    }
}
