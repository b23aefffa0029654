public import JSON

/// The `match` part.
public struct MatchQuery: Sendable, Hashable {
    /// The field, possibly an alias.
    public var field: String
    /// The text or value.
    public var value: JSONValue
    /// How terms are combined.
    public var `operator` = ClauseOperator.or
    /// The analyser in place of the field's.
    public var analyzer: String?
    /// Fuzzy terms.
    public var fuzziness: Fuzziness?
    /// How many code points fuzzy terms share.
    public var prefixLength = 0
    /// How many terms a fuzzy term becomes at most.
    public var maxExpansions = 50
    /// Whether swapped neighbours are one edit.
    public var fuzzyTranspositions = true
    /// How fuzzy terms score.
    public var fuzzyRewrite: String?
    /// How many terms must match.
    public var minimumShouldMatch: String?
    /// What no terms match.
    public var zeroTerms = ZeroTermsQuery.none
    /// Whether values of the wrong type match nothing instead of failing.
    public var lenient = false
    /// Whether synonyms of several words are phrases.
    public var synonymPhrases = true
}

/// The `match_phrase` part.
public struct MatchPhraseQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The text or value.
    public var value: JSONValue
    /// The analyser in place of the field's.
    public var analyzer: String?
    /// How many positions terms may move.
    public var slop = 0
    /// What no terms match.
    public var zeroTerms = ZeroTermsQuery.none
    /// Whether values of the wrong type match nothing instead of failing.
    public var lenient = false
}

/// The `match_phrase_prefix` part.
public struct MatchPhrasePrefixQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The text or value.
    public var value: JSONValue
    /// The analyser in place of the field's.
    public var analyzer: String?
    /// How many positions terms may move.
    public var slop = 0
    /// How many terms the last one becomes at most.
    public var maxExpansions = 50
    /// What no terms match.
    public var zeroTerms = ZeroTermsQuery.none
}

/// The `match_bool_prefix` part.
public struct MatchBoolPrefixQuery: Sendable, Hashable {
    /// The terms but the last; its options are those of a match query.
    public var match: MatchQuery
}

/// The `multi_match` part.
public struct MultiMatchQuery: Sendable, Hashable {
    /// How fields are combined.
    public enum Style: String, Sendable, Hashable {
        /// The best field, others by `tie_breaker`.
        case bestFields = "best_fields"
        /// The sum of the fields.
        case mostFields = "most_fields"
        /// Terms may be spread over fields.
        case crossFields = "cross_fields"
        /// As `best_fields`, of phrases.
        case phrase
        /// As `best_fields`, of phrases with a prefix.
        case phrasePrefix = "phrase_prefix"
        /// As `most_fields`, with a prefix.
        case boolPrefix = "bool_prefix"
    }

    /// Field names or patterns with their boosts; empty: the index's default fields.
    public var fields: [FieldBoost]
    /// The options that all fields share; its field is empty.
    public var match: MatchQuery
    /// How fields are combined.
    public var style = Style.bestFields
    /// How many positions terms may move.
    public var slop = 0
    /// How much the other fields count.
    public var tieBreaker: Float?
}

/// A field name or pattern with the factor of its scores.
public struct FieldBoost: Sendable, Hashable {
    /// The name or pattern.
    public var field: String
    /// The factor.
    public var boost: Float
}

/// The `combined_fields` part.
public struct CombinedFieldsQuery: Sendable, Hashable {
    /// Field names or patterns with their weights.
    public var fields: [FieldBoost]
    /// The text.
    public var value: JSONValue
    /// How terms are combined.
    public var `operator` = ClauseOperator.or
}

/// The `query_string` part.
public struct QueryStringQuery: Sendable, Hashable {
    /// The text in Lucene's query language.
    public var query: String
    /// The field of clauses that name none.
    public var defaultField: String?
    /// The fields of clauses that name none.
    public var fields: [FieldBoost] = []
    /// How clauses without an operator are combined.
    public var defaultOperator = ClauseOperator.or
    /// The analyser in place of the fields'.
    public var analyzer: String?
    /// The analyser of phrases.
    public var quoteAnalyzer: String?
    /// The suffix of the fields that phrases ask.
    public var quoteFieldSuffix: String?
    /// Whether `*` and `?` may come first.
    public var allowLeadingWildcard = true
    /// Whether patterns are analysed.
    public var analyzeWildcard = false
    /// The edit distance of `term~`.
    public var fuzziness = Fuzziness.auto
    /// How many code points fuzzy terms share.
    public var fuzzyPrefixLength = 0
    /// How many terms a fuzzy term becomes at most.
    public var fuzzyMaxExpansions = 50
    /// Whether swapped neighbours are one edit.
    public var fuzzyTranspositions = true
    /// How fuzzy terms score.
    public var fuzzyRewrite: String?
    /// How the terms of patterns score.
    public var rewrite: String?
    /// The slop of phrases that name none.
    public var phraseSlop = 0
    /// Whether values of the wrong type match nothing instead of failing; `nil`: as the index is set up, or if all fields are searched.
    public var lenient: Bool?
    /// The time zone of dates in ranges.
    public var timeZone: String?
    /// How fields are combined.
    public var style = MultiMatchQuery.Style.bestFields
    /// How much the other fields count.
    public var tieBreaker: Float?
    /// How many clauses must match.
    public var minimumShouldMatch: String?
    /// Whether all text is escaped.
    public var escape = false
    /// The bound on the states of a regular expression.
    public var maxDeterminizedStates = 10_000
    /// Whether synonyms of several words are phrases.
    public var synonymPhrases = true
}

/// The `simple_query_string` part.
public struct SimpleQueryStringQuery: Sendable, Hashable {
    /// The operators that are understood.
    public struct Flags: OptionSet, Sendable, Hashable {
        /// The bits.
        public var rawValue: Int
        /// Makes flags of bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// The `+` part.
        public static let and = Flags(rawValue: 1)
        /// The `|` part.
        public static let or = Flags(rawValue: 8)
        /// The `-` part.
        public static let not = Flags(rawValue: 2)
        /// The `*` part.
        public static let prefix = Flags(rawValue: 16)
        /// The `"` part.
        public static let phrase = Flags(rawValue: 32)
        /// The parentheses.
        public static let precedence = Flags(rawValue: 64)
        /// The `\` part.
        public static let escape = Flags(rawValue: 128)
        /// White space between clauses.
        public static let whitespace = Flags(rawValue: 256)
        /// `~` behind a term.
        public static let fuzzy = Flags(rawValue: 512)
        /// `~` behind a phrase.
        public static let near = Flags(rawValue: 1024)
        /// All of them.
        public static let all = Flags(rawValue: 0xFFFF)
    }

    /// The text.
    public var query: String
    /// The fields; empty: the index's default fields.
    public var fields: [FieldBoost] = []
    /// The analyser in place of the fields'.
    public var analyzer: String?
    /// The operators that are understood.
    public var flags = Flags.all
    /// How clauses without an operator are combined.
    public var defaultOperator = ClauseOperator.or
    /// Whether values of the wrong type match nothing instead of failing; `nil`: as the index is set up, or if all fields are searched.
    public var lenient: Bool?
    /// How many clauses must match.
    public var minimumShouldMatch: String?
    /// Whether prefixes are analysed.
    public var analyzeWildcard = false
    /// The suffix of the fields that phrases ask.
    public var quoteFieldSuffix: String?
    /// How many code points fuzzy terms share.
    public var fuzzyPrefixLength = 0
    /// How many terms a fuzzy term becomes at most.
    public var fuzzyMaxExpansions = 50
    /// Whether swapped neighbours are one edit.
    public var fuzzyTranspositions = true
    /// Whether synonyms of several words are phrases.
    public var synonymPhrases = true
}
