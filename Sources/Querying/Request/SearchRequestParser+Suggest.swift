import JSON

/// The `suggest` part.
extension SearchRequestParser {
    func suggest(_ node: RequestNode) throws -> [TermSuggestion] {
        var global: String?
        var found: [(name: String, node: RequestNode)] = []
        for member in node.members ?? [] {
            if member.value.members != nil {
                found.append((member.key, member.value))
            } else if member.key == "text", member.value.isScalar {
                global = try body.text(member.value)
            } else {
                throw SearchError.illegalArgument("[suggest] does not support [\(member.key)]")
            }
        }
        return try found.map { try suggestion($0.name, $0.node, global) }
    }

    private func suggestion(_ name: String, _ node: RequestNode, _ global: String?) throws -> TermSuggestion {
        var text: String?
        var kind: RequestNode.Member?
        for member in node.members ?? [] {
            if member.value.members != nil {
                kind = member
            } else if ["text", "prefix", "regex"].contains(member.key), member.value.isScalar {
                text = try body.text(member.value)
            } else {
                throw SearchError.illegalArgument("[suggestion] does not support [\(member.key)]")
            }
        }
        guard let kind else { throw body.parsing(node, "missing suggestion object") }
        switch kind.key {
        case "term": break
        case "phrase", "completion":
            let instead =
                kind.key == "phrase"
                ? "use [term], or a match query with [fuzziness]"
                : "use a match_bool_prefix or match_phrase_prefix query"
            throw body.parsing(kind.value, "suggester [\(kind.key)] is not supported: \(instead)")
        default:
            let place = body.place(of: kind.value.offset)
            throw SearchError(
                type: "named_object_not_found_exception",
                reason: "[\(place.line):\(place.column)] unknown field [\(kind.key)]")
        }
        guard let text = text ?? global else {
            throw SearchError.illegalArgument("The required text option is missing")
        }
        var suggestion = TermSuggestion(name: name, text: text, field: "")
        for option in kind.value.members ?? [] {
            guard option.value.isScalar else {
                throw body.parsing(option.value, "suggester[term] parsing failed on [\(option.key)]")
            }
            try read(option, &suggestion)
        }
        if suggestion.field.isEmpty {
            throw SearchError(type: "parse_exception", reason: "the required field option [field] is missing")
        }
        return suggestion
    }

    private func read(_ option: RequestNode.Member, _ suggestion: inout TermSuggestion) throws {
        let value = option.value
        switch option.key {
        case "field": suggestion.field = try body.text(value)
        case "analyzer": suggestion.analyzer = try body.text(value)
        case "size": suggestion.size = try queries.atLeast(1, value) { _ in "size must be positive" }
        case "shard_size": suggestion.shardSize = try queries.atLeast(1, value) { _ in "shardSize must be positive" }
        case "suggest_mode": suggestion.mode = try choice(value, "suggest mode", TermSuggestion.Mode.init)
        case "sort": suggestion.order = try choice(value, "sort", TermSuggestion.Order.init)
        case "string_distance": suggestion.distance = try choice(value, "distance", StringDistance.init)
        case "accuracy":
            suggestion.accuracy = try body.float(value)
            if !(0...1).contains(suggestion.accuracy) {
                throw SearchError.illegalArgument("accuracy must be between 0 and 1")
            }
        case "max_edits":
            suggestion.maxEdits = try body.int(value)
            if !(1...2).contains(suggestion.maxEdits) {
                throw SearchError.illegalArgument("maxEdits must be between 1 and 2")
            }
        case "max_inspections":
            suggestion.maxInspections = try queries.atLeast(0, value) { _ in "maxInspections must be positive" }
        case "prefix_length":
            suggestion.prefixLength = try queries.atLeast(0, value) { _ in "prefixLength must be positive" }
        case "min_word_length":
            suggestion.minWordLength = try queries.atLeast(1, value) { _ in
                "minWordLength must be greater or equal to 1"
            }
        case "max_term_freq": suggestion.maxTermFrequency = try frequency(value, "maxTermFreq")
        case "min_doc_freq": suggestion.minDocumentFrequency = try frequency(value, "minDocFreq")
        default: throw body.parsing(value, "suggester[term] doesn't support field [\(option.key)]")
        }
    }

    private func choice<Choice>(_ node: RequestNode, _ what: String, _ make: (String) -> Choice?) throws -> Choice {
        let text = try body.text(node)
        guard let choice = make(text.lowercased()) else {
            throw SearchError.illegalArgument("Illegal \(what) option [\(text)]")
        }
        return choice
    }

    /// A share below 1, or a whole number.
    private func frequency(_ node: RequestNode, _ name: String) throws -> Float {
        let value = try body.float(node)
        if value < 0 { throw SearchError.illegalArgument("\(name) must be positive") }
        if value > 1, value != value.rounded(.down) {
            throw SearchError.illegalArgument("if \(name) is greater than 1, it must not be a fraction")
        }
        return value
    }
}
