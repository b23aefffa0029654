public import JSON

/// An entry of `sort`.
public struct SortField: Sendable, Hashable {
    /// Which of several values counts.
    public enum Mode: String, Sendable, Hashable {
        /// The smallest.
        case min
        /// The largest.
        case max
        /// The sum.
        case sum
        /// The mean.
        case avg
        /// The middle.
        case median
    }

    /// The nested objects whose values count.
    public struct Nested: Sendable, Hashable {
        /// Their path.
        public var path: String
        /// What they must match.
        public var filter: Query?
    }

    /// The field, or `_score`, `_doc`, `_id`, `_seq_no`, `_shard_doc`.
    public var field: String
    /// Whether large values come first.
    public var descending: Bool
    /// `_last`, `_first` or a value.
    public var missing: JSONValue?
    /// Which of several values counts; by default the one nearest the front.
    public var mode: Mode?
    /// The type to assume where the field is not mapped.
    public var unmappedType: String?
    /// The type to convert numbers to.
    public var numericType: String?
    /// How dates are written.
    public var format: String?
    /// The nested objects whose values count.
    public var nested: Nested?

    /// A sort by a field; `_score` is descending by itself.
    public init(field: String, descending: Bool? = nil) {
        self.field = field
        self.descending = descending ?? (field == "_score")
    }
}

/// A field name or pattern with the format of its values.
public struct FieldFormat: Sendable, Hashable {
    /// The name or pattern.
    public var field: String
    /// The format.
    public var format: String?
    /// Whether unmapped parts of the source are included (`fields` only).
    public var includeUnmapped = false
}

/// The `collapse` part.
public struct Collapse: Sendable, Hashable {
    /// The field whose values group hits.
    public var field: String
    /// What to show of each group.
    public var innerHits: [InnerHits]
}

/// `rescore` with a query.
public struct Rescore: Sendable, Hashable {
    /// How both scores become one.
    public enum ScoreMode: String, Sendable, Hashable {
        /// The sum.
        case total
        /// The product.
        case multiply
        /// The mean.
        case avg
        /// The larger.
        case max
        /// The smaller.
        case min
    }

    /// How many hits are rescored.
    public var windowSize: Int
    /// The second query.
    public var query: Query
    /// Factor of the first score.
    public var queryWeight: Float = 1
    /// Factor of the second score.
    public var rescoreQueryWeight: Float = 1
    /// How both scores become one.
    public var scoreMode = ScoreMode.total
}

/// `inner_hits` of nested queries and of collapse.
public struct InnerHits: Sendable, Hashable {
    /// The name in the response; by default path or field.
    public var name: String?
    /// The `from` part.
    public var from = 0
    /// The `size` part.
    public var size = 3
    /// The `sort` part.
    public var sort: [SortField] = []
    /// The `_source` part.
    public var source: SourceFilter?
    /// The `fields` part.
    public var fields: [FieldFormat] = []
    /// The `docvalue_fields` part.
    public var docvalueFields: [FieldFormat] = []
    /// The `stored_fields` part.
    public var storedFields: [String]?
    /// The `highlight` part.
    public var highlight: Highlight?
    /// The `version` part.
    public var version = false
    /// The `seq_no_primary_term` part.
    public var seqNoPrimaryTerm = false
    /// The `explain` part.
    public var explain = false
    /// The `track_scores` part.
    public var trackScores = false
    /// The `ignore_unmapped` part.
    public var ignoreUnmapped = false
    /// A second collapse inside the group.
    public var collapseField: String?

    /// The defaults.
    public init() {}
}

/// The `highlight` part.
public struct Highlight: Sendable, Hashable {
    /// What a field may say for itself; `nil` takes the outer value or the default.
    public struct Options: Sendable, Hashable {
        /// Tags before a match.
        public var preTags: [String]?
        /// Tags after a match.
        public var postTags: [String]?
        /// Length of a fragment in UTF-16 code units; 0 keeps the text whole.
        public var fragmentSize: Int?
        /// How many fragments; 0 keeps the text whole.
        public var numberOfFragments: Int?
        /// How much text to show where nothing matches.
        public var noMatchSize: Int?
        /// `score`: best fragments first.
        public var order: String?
        /// Whether only queries on the field count.
        public var requireFieldMatch: Bool?
        /// The query in place of the search's.
        public var query: Query?
        /// `unified`, `plain` or `fvh`: all treated alike.
        public var type: String?
        /// `sentence` or `word`.
        public var boundaryScanner: String?
        /// More text than so many UTF-16 code units is not analysed.
        public var maxAnalyzerOffset: Int?
        /// Other fields whose matches count too.
        public var matchedFields: [String]?
    }

    /// A field or pattern with its options.
    public struct Field: Sendable, Hashable {
        /// The name or pattern.
        public var field: String
        /// Its options.
        public var options: Options
    }

    /// The options of all fields.
    public var options = Options()
    /// The fields, in order.
    public var fields: [Field] = []
    /// Whether text is escaped for HTML.
    public var encodesHTML = false
}
