public import JSON

/// How a language model draws its answer.
public struct SamplingOptions: Sendable, Hashable {
    /// The most tokens of an answer.
    public var maximumTokens = 512
    /// How freely it chooses its words; 0 takes the likeliest; nil leaves it to the model.
    public var temperature: Double? = 0.7
    /// The share of likely words that it chooses among; nil leaves it to the model.
    public var topP: Double?
    /// Fields of the body that take the place of those made here; null takes one away.
    ///
    /// `{"max_tokens": null, "max_completion_tokens": 512}` is
    /// what newer models of OpenAI want.
    public var overrides: JSONObject = [:]

    /// The defaults.
    public init() {}

    /// Throws for values that cannot be.
    public func check() throws(PromptingError) {
        guard (16...100_000).contains(maximumTokens) else {
            throw PromptingError(.badSetting, "answers of \(maximumTokens) tokens", advice: "Give 16 to 100000")
        }
        guard (0...2).contains(temperature ?? 1) else {
            throw PromptingError(.badSetting, "a temperature of \(temperature ?? 0)", advice: "Give 0 to 2")
        }
        guard topP.map({ $0 > 0 && $0 <= 1 }) ?? true else {
            throw PromptingError(.badSetting, "a share of likely words of \(topP ?? 0)", advice: "Give 0 to 1")
        }
    }
}
