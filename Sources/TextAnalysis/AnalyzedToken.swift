/// One token with everything that `_analyze` shows.
public struct AnalyzedToken: Sendable, Equatable {
    /// The text.
    public var text: String
    /// The first UTF-16 code unit in the original text.
    public var startOffset: Int
    /// Behind the last UTF-16 code unit in the original text.
    public var endOffset: Int
    /// The lexical type: `<ALPHANUM>`, `word`, `SYNONYM` and so on.
    public var type: String
    /// The position, counted from 0.
    public var position: Int
    /// How many positions the token spans; above 1 in graphs of synonyms and word parts.
    public var positionLength: Int
    /// Whether stemmers leave the token alone.
    public var isKeyword: Bool
}

/// What one text looks like behind each stage of an analyser: `_analyze` with `explain`.
public struct AnalysisDetail: Sendable {
    /// The tokens behind one stage.
    public struct Stage: Sendable {
        /// The name of the tokeniser or token filter.
        public var name: String
        /// Its tokens.
        public var tokens: [AnalyzedToken]
    }

    /// The text behind each character filter.
    public var characterFilters: [(name: String, text: String)]
    /// The tokens that the tokeniser cut; `nil` for an analyser that is no chain of named stages.
    public var tokenizer: Stage?
    /// The tokens behind each token filter.
    public var filters: [Stage]
    /// The tokens that the analyser gives, with its name.
    public var analyzer: Stage
}
