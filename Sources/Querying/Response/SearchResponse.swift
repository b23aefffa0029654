public import JSON

/// What a search found.
public struct SearchResponse: Sendable {
    /// How many documents match.
    public struct Total: Sendable, Hashable {
        /// The number.
        public var value: Int
        /// Whether there may be more.
        public var isLowerBound: Bool

        /// Makes a total.
        public init(value: Int, isLowerBound: Bool) {
            self.value = value
            self.isLowerBound = isLowerBound
        }
    }

    /// Hits with their total: of a search, or of an `inner_hits`.
    public struct Hits: Sendable {
        /// How many match; `nil` when they were not counted.
        public var total: Total?
        /// The highest score; `nil` without scores.
        public var maxScore: Float?
        /// The hits asked for.
        public var hits: [SearchHit]

        /// Makes hits.
        public init(total: Total?, maxScore: Float?, hits: [SearchHit]) {
            self.total = total
            self.maxScore = maxScore
            self.hits = hits
        }
    }

    /// How long the search took, in milliseconds.
    public var took = 0
    /// Whether the time was over before all documents were seen.
    public var timedOut = false
    /// Whether `terminate_after` ended the search; `nil` if it was not asked for.
    public var terminatedEarly: Bool?
    /// How many indices were searched: one shard each.
    public var shards = 0
    /// Indices that could not be searched, while others could.
    public var failures: [SearchError] = []
    /// The hits.
    public var hits = Hits(total: nil, maxScore: nil, hits: [])
    /// The value of `aggregations`.
    public var aggregations: JSONValue?
    /// The value of `suggest`.
    public var suggest: JSONValue?
    /// The value of `profile`.
    public var profile: JSONValue?
}

/// A document that was found.
public struct SearchHit: Sendable {
    /// The index it is in.
    public var index: String
    /// Its `_id`; empty if the document is gone.
    public var id: String
    /// Its score; `nil` where hits are sorted otherwise.
    public var score: Float?
    /// Its source, as far as it was asked for.
    public var source: JSONValue?
    /// Its routing.
    public var routing: String?
    /// Its version, if asked for.
    public var version: Int?
    /// Its sequence number, if asked for.
    public var seqNo: Int?
    /// Its primary term, if asked for.
    public var primaryTerm: Int?
    /// Values by field, if asked for.
    public var fields: [(name: String, values: [JSONValue])] = []
    /// The names of fields that were not indexed because they were malformed or too long.
    public var ignored: [String] = []
    /// Fragments by field.
    public var highlight: [(name: String, fragments: [String])] = []
    /// The values it is sorted by; empty for a sort by score.
    public var sort: [JSONValue] = []
    /// The named queries that match it, with their scores.
    public var matchedQueries: [(name: String, score: Float)] = []
    /// Whether names come with scores.
    public var showsQueryScores = false
    /// How its score came about.
    public var explanation: Explanation?
    /// How a model came to its score, where a search pipeline was asked to tell; shown as `_rerank`.
    public var rerank: JSONValue?
    /// Hits inside of it, by name.
    public var innerHits: [(name: String, hits: SearchResponse.Hits)] = []
    /// For a nested object: its path and its place there, outermost first.
    public var nested: [(field: String, offset: Int)] = []
    /// Its number in the snapshot, for callers that go on from here.
    public var document = 0

    /// A hit without contents.
    public init(index: String, id: String) {
        self.index = index
        self.id = id
    }
}
