/// A query as it was asked, before any index is known.
public struct Query: Sendable, Hashable {
    /// What is asked.
    public indirect enum Kind: Sendable, Hashable {
        /// Every document.
        case matchAll
        /// No document.
        case matchNone
        /// Analysed text.
        case match(MatchQuery)
        /// Analysed text, in order.
        case matchPhrase(MatchPhraseQuery)
        /// Analysed text, the last term as a prefix, in order.
        case matchPhrasePrefix(MatchPhrasePrefixQuery)
        /// Analysed text, the last term as a prefix.
        case matchBoolPrefix(MatchBoolPrefixQuery)
        /// Analysed text in several fields.
        case multiMatch(MultiMatchQuery)
        /// Several fields as one field.
        case combinedFields(CombinedFieldsQuery)
        /// Lucene's query language.
        case queryString(QueryStringQuery)
        /// The forgiving query language.
        case simpleQueryString(SimpleQueryStringQuery)
        /// One exact value.
        case term(TermQuery)
        /// Any of several exact values.
        case terms(TermsQuery)
        /// At least so many of several exact values.
        case termsSet(TermsSetQuery)
        /// Values between bounds.
        case range(RangeQuery)
        /// Documents with a value in the field.
        case exists(field: String)
        /// Terms with a prefix.
        case prefix(PatternQuery)
        /// Terms that match `*` and `?`.
        case wildcard(PatternQuery)
        /// Terms that match a regular expression.
        case regexp(RegexpQuery)
        /// Terms within an edit distance.
        case fuzzy(FuzzyQuery)
        /// Documents by `_id`.
        case ids([String])
        /// Boolean combination.
        case bool(BoolQuery)
        /// The best of several queries.
        case disMax(DisMaxQuery)
        /// A filter with a constant score.
        case constantScore(Query)
        /// Demotes what matches a second query.
        case boosting(BoostingQuery)
        /// Changes scores by functions.
        case functionScore(FunctionScoreQuery)
        /// Asks nested objects.
        case nested(NestedQuery)
        /// Several queries whose scores are made comparable first.
        case hybrid(HybridQuery)
        /// Vectors near a vector.
        case knn(KNNQuery)
        /// Documents near a text.
        case neural(NeuralQuery)
        /// Documents that share weighted tokens.
        case neuralSparse(NeuralSparseQuery)
        /// A stored number.
        case rankFeature(RankFeatureQuery)
    }

    /// What is asked.
    public var kind: Kind
    /// Factor of the score.
    public var boost: Float
    /// The name under which a hit reports that this query matched it.
    public var name: String?

    /// Makes a query.
    public init(_ kind: Kind, boost: Float = 1, name: String? = nil) {
        self.kind = kind
        self.boost = boost
        self.name = name
    }

    /// Every document.
    public static let matchAll = Query(.matchAll)
}

/// How the clauses made of several terms are combined.
public enum ClauseOperator: String, Sendable, Hashable {
    /// At least one, or as many as `minimum_should_match` says.
    case or
    /// All of them.
    case and
}

/// What a query on text matches whose analysis leaves no term.
public enum ZeroTermsQuery: String, Sendable, Hashable {
    /// Nothing.
    case none
    /// Everything.
    case all
    /// The clause is left out.
    case null
}

/// The `bool` part.
public struct BoolQuery: Sendable, Hashable {
    /// Must match, and score.
    public var must: [Query] = []
    /// Must match, without score.
    public var filter: [Query] = []
    /// May match, and score.
    public var should: [Query] = []
    /// Must not match.
    public var mustNot: [Query] = []
    /// How many of `should` must match, in any of OpenSearch's forms.
    public var minimumShouldMatch: String?
    /// Whether a query of `must_not` alone matches everything else.
    public var adjustPureNegative = true

    /// An empty one, which matches everything.
    public init() {}
}

/// The `dis_max` part.
public struct DisMaxQuery: Sendable, Hashable {
    /// The alternatives.
    public var queries: [Query]
    /// How much the scores of the others count.
    public var tieBreaker: Float
}

/// The `boosting` part.
public struct BoostingQuery: Sendable, Hashable {
    /// What matches and scores.
    public var positive: Query
    /// What is demoted.
    public var negative: Query
    /// The factor of the demoted.
    public var negativeBoost: Float
}

/// The `nested` part.
public struct NestedQuery: Sendable, Hashable {
    /// How the scores of a document's nested objects become one.
    public enum ScoreMode: String, Sendable, Hashable {
        /// The mean.
        case avg
        /// The sum.
        case sum
        /// The smallest.
        case min
        /// The largest.
        case max
        /// Zero.
        case none
    }

    /// The path of the nested objects.
    public var path: String
    /// What they must match.
    public var query: Query
    /// How their scores become one.
    public var scoreMode: ScoreMode
    /// Whether an index without the path matches nothing instead of failing.
    public var ignoreUnmapped: Bool
    /// What to return of the matching objects.
    public var innerHits: InnerHits?
}
