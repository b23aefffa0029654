import Mappings
import SearchIndex

/// A query in the terms of one index: fields by number, values as bytes and integers.
///
/// It is what Lucene would be asked.
indirect enum Plan {
    /// Nothing.
    case none
    /// Every document.
    case all
    /// One term of one field, scored.
    case term(TermClause)
    /// Several terms at one place, scored as one term (Lucene's `SynonymQuery`).
    case synonym(ScoredField, [[UInt8]])
    /// One term in several fields with common statistics: the best field counts (`cross_fields`).
    case blended([BlendedTerm], tieBreaker: Float)
    /// Terms in order.
    case phrase(PhraseClause)
    /// Parts in order, each one of several ways (multi-word synonyms in a phrase).
    case graphPhrase(GraphPhraseClause)
    /// Terms in order, the last one a prefix.
    case phrasePrefix(PhraseClause, prefix: [UInt8], position: Int, maxExpansions: Int)
    /// Terms within an edit distance.
    case fuzzy(ScoredField, FuzzyClause)
    /// One term in several fields as if they were one field (BM25F).
    case combined([CombinedField], term: [UInt8])
    /// A boolean combination.
    case boolean(BooleanClause)
    /// The best of several.
    case disMax([Plan], tieBreaker: Float)
    /// The same score for all that match.
    case constant(Plan)
    /// A factor of the score.
    case boost(Plan, Float)
    /// What a field's type made of a value, without scores.
    case field(FieldQuery)
    /// The terms of a field that match a pattern, all with one score.
    case pattern(FieldNumber, TermPatternSource, description: String)
    /// The terms of a field that match a pattern, as clauses of their own.
    case patternTerms(ScoredField, TermPatternSource, PatternRewrite)
    /// Documents by sequence number.
    case seqNos([Int64])
    /// Demotes.
    case boosting(Plan, Plan, Float)
    /// Changes scores by functions.
    case functions(FunctionClause)
    /// Parents of nested objects.
    case nested(NestedClause)
    /// At least so many of several, the number in a field.
    case coverage([Plan], FieldNumber)
    /// Vectors near a vector.
    case nearest(NearestClause)
    /// Documents that share features.
    case features(FeaturesClause)
    /// A stored number.
    case feature(FeatureClause)
    /// A part of all documents.
    case slice(id: Int, max: Int)
}

/// A field with what its scores need.
struct ScoredField {
    var number: FieldNumber
    var name: String
    var similarity: FieldSimilarity
    var hasNorms: Bool
    /// Whether terms are known with their positions.
    var hasPositions: Bool
}

/// How a field scores.
enum FieldSimilarity {
    case bm25(BM25)
    /// The boost alone.
    case boolean
}

struct TermClause {
    var field: ScoredField
    var term: [UInt8]
}

struct BlendedTerm {
    var field: ScoredField
    var term: [UInt8]
    var boost: Float
}

struct CombinedField {
    var field: ScoredField
    var weight: Float
}

struct PhraseClause {
    var field: ScoredField
    var places: [(position: Int, terms: [[UInt8]])]
    var slop: Int
}

/// A phrase in which multi-word synonyms stand beside the words that they are for.
struct GraphPhraseClause {
    /// One of the ways through a part.
    struct Way {
        /// The terms with their distance from the first.
        var terms: [(offset: Int, term: [UInt8])]
        /// Whether the last term is a prefix.
        var endsWithPrefix = false
    }

    var field: ScoredField
    var parts: [[Way]]
    /// How many terms a prefix becomes at most.
    var maxExpansions = 50
}

struct FuzzyClause {
    var text: String
    var edits: Int
    var prefixLength: Int
    var maxExpansions: Int
    var transpositions: Bool
    /// How the terms become clauses; `nil`: the nearest ones, with one document frequency.
    var rewrite: PatternRewrite?
}

struct BooleanClause {
    var must: [Plan] = []
    var filter: [Plan] = []
    var should: [Plan] = []
    var mustNot: [Plan] = []
    var minimumShouldMatch = 0

    var count: Int { must.count + filter.count + should.count + mustNot.count }
}

struct FunctionClause {
    struct Function {
        var filter: Plan?
        var weight: Float?
        var value: FunctionScoreQuery.Value?
        var field: MappedField?
        /// Origin, scale and offset of a decay in the field's units.
        var origin = 0.0
        var scale = 0.0
        var offset = 0.0
    }

    var query: Plan
    var functions: [Function]
    var scoreMode: FunctionScoreQuery.ScoreMode
    var boostMode: FunctionScoreQuery.BoostMode
    var maxBoost: Float
    var minScore: Float?
    /// Whether the boost multiplies the value of the function.
    var takesBoost = false
}

struct NestedClause {
    var query: Plan
    /// The path of the objects that are asked.
    var path: String
    /// The path of the objects that are found; `nil`: the documents themselves.
    var parentPath: String?
    var scoreMode: NestedQuery.ScoreMode
}

/// How terms that match a pattern become a query (Lucene's rewrite methods).
enum PatternRewrite: Hashable {
    /// All terms, one score.
    case constant
    /// Each term a clause with its own score; too many are an error.
    case scoring
    /// Each term a clause, one score; too many are an error.
    case constantBoolean
    /// The first terms, each with its own score.
    case top(Int)
    /// The first terms, each with its boost as score.
    case topBoost(Int)
    /// The first terms, all with the document frequency of the most frequent.
    case topBlended(Int)
}

/// How the pattern of terms is made; each thread makes its own.
enum TermPatternSource {
    case prefix(String, bothCases: Bool)
    case equal(String)
    case wildcard(String, bothCases: Bool)
    case regexp(String, RegexpFlags, bothCases: Bool, maxStates: Int)

    func make() throws -> TermPattern {
        switch self {
        case .prefix(let text, let bothCases): .prefix(text, bothCases: bothCases)
        case .equal(let text): .equal(text, bothCases: true)
        case .wildcard(let text, let bothCases): .wildcard(text, bothCases: bothCases)
        case .regexp(let text, let flags, let bothCases, let maxStates):
            try RegularExpression.pattern(text, flags: flags, bothCases: bothCases, maxStates: maxStates)
        }
    }
}
