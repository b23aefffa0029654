public import JSON

/// How a score came about: Lucene's explanation tree.
public struct Explanation: Sendable, Hashable {
    /// The value; `nil` where a document does not match.
    public var value: Float
    /// Whether the document matches.
    public var isMatch: Bool
    /// What the value is.
    public var description: String
    /// What it is made of.
    public var details: [Explanation]

    /// A match.
    public init(_ value: Float, _ description: String, _ details: [Explanation] = []) {
        self.value = value
        isMatch = true
        self.description = description
        self.details = details
    }

    /// A document that does not match.
    public static func noMatch(_ description: String, _ details: [Explanation] = []) -> Explanation {
        var explanation = Explanation(0, description, details)
        explanation.isMatch = false
        return explanation
    }

    /// The tree as the API shows it.
    public var json: JSONValue {
        let number: JSONValue =
            value == value.rounded() && abs(value) < 1e7 && isCount
            ? .number(JSONNumber(Int(value))) : .number(JSONNumber(Double(String(value)) ?? Double(value)))
        return [
            "value": number, "description": .string(description), "details": .array(details.map(\.json)),
        ]
    }

    /// Whether the value counts documents, which Lucene writes without a fraction.
    private var isCount: Bool { description.hasPrefix("n, ") || description.hasPrefix("N, ") }
}
