import JSON

/// The `suggest` part of a response: what the indices found, merged.
enum SuggestionResults {
    /// - Parameter found: For each index the entries of each suggestion.
    static func json(
        _ suggestions: [TermSuggestion], _ found: [[[SuggestionEntry]]], typedKeys: Bool
    ) throws -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        for (number, suggestion) in suggestions.enumerated() {
            var merged = found.first?[number] ?? []
            for other in found.dropFirst() {
                for (place, entry) in other[number].enumerated() {
                    guard place < merged.count, merged[place].text == entry.text else {
                        throw SearchError(
                            type: "illegal_state_exception",
                            reason:
                                "the analysers of field [\(suggestion.field)] cut the text of suggestion [\(suggestion.name)] differently in the indices; name one with [analyzer]",
                            phase: .query)
                    }
                    merge(entry.options, into: &merged[place].options)
                }
            }
            let entries = merged.map { entry -> JSONValue in
                let options = entry.options.sorted(by: suggestion.order.precedes).prefix(suggestion.size)
                return [
                    "text": .string(entry.text), "offset": .number(JSONNumber(entry.offset)),
                    "length": .number(JSONNumber(entry.length)), "options": .array(options.map(json)),
                ]
            }
            members.append((typedKeys ? "term#\(suggestion.name)" : suggestion.name, .array(entries)))
        }
        return .object(JSONObject(members))
    }

    private static func json(_ option: SuggestionEntry.Option) -> JSONValue {
        [
            "text": .string(option.text), "score": ScoreText.json(option.score),
            "freq": .number(JSONNumber(option.frequency)),
        ]
    }

    private static func merge(_ options: [SuggestionEntry.Option], into merged: inout [SuggestionEntry.Option]) {
        for option in options {
            if let known = merged.firstIndex(where: { $0.text == option.text }) {
                merged[known].frequency += option.frequency
                merged[known].score = max(merged[known].score, option.score)
            } else {
                merged.append(option)
            }
        }
    }
}
