public import JSON

/// What became of the questions to a language model.
public struct AnswerCounts: Sendable, Hashable {
    /// Documents that it was asked about.
    public var asked = 0
    /// Answers with at least one query in them.
    public var readable = 0
    /// Readable answers that end in the middle; what is whole in them counts.
    public var cut = 0
    /// Answers without a query.
    public var unreadable = 0
    /// Documents without any answer.
    public var missing = 0
    /// Failures by their codes.
    public var failed: [String: Int] = [:]
    /// Answers that name no document of these, or a prompt of another wording.
    public var unknown = 0
    /// Further answers about the same document; the first one counts.
    public var repeated = 0

    /// Nothing asked.
    public init() {}

    /// The counts in one sentence without its full stop.
    public var text: String {
        var parts = ["\(readable) of \(asked) answers are readable"]
        if cut > 0 { parts.append("\(cut) of them cut short") }
        if unreadable > 0 { parts.append("\(unreadable) hold no query") }
        for (code, count) in failed.sorted(by: { $0.key < $1.key }) { parts.append("\(count) failed (\(code))") }
        if missing > 0 { parts.append("\(missing) are missing") }
        if unknown > 0 { parts.append("\(unknown) are about other documents or prompts") }
        if repeated > 0 { parts.append("\(repeated) came again") }
        return parts.joined(separator: ", ")
    }

    /// The counts for programs.
    public var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        let failed = failed.sorted { $0.key < $1.key }.map { (key: $0.key, value: number($0.value)) }
        return .object(
            JSONObject([
                ("asked", number(asked)), ("readable", number(readable)), ("cut", number(cut)),
                ("unreadable", number(unreadable)), ("missing", number(missing)),
                ("failed", .object(JSONObject(failed))), ("unknown", number(unknown)), ("repeated", number(repeated)),
            ]))
    }
}
