/// What to look for among the vectors of a segment.
public struct VectorQuery: Sendable {
    /// The vector; as many numbers as ``VectorField/givenCount``.
    public var vector: [Float]
    /// How many of the nearest are wanted; at most so many come back.
    public var k: Int
    /// Only vectors within this distance; see ``VectorField/radius(minimumScore:)``.
    public var radius: Float?
    /// Width of a search in a graph: more finds more, and takes longer.
    public var efSearch: Int
    /// Who decides how it is done.
    public var method: Method

    /// How a search is done.
    public enum Method: Sendable, Hashable {
        /// As ``SearchPlan`` thinks best.
        case automatic
        /// All vectors are compared.
        case exact
        /// The graph is searched where there is one.
        case graph
    }

    /// A search for the k nearest, or for all within a radius, the k nearest of them.
    public init(
        vector: [Float], k: Int, radius: Float? = nil, efSearch: Int = 100, method: Method = .automatic
    ) {
        self.vector = vector
        self.k = k
        self.radius = radius
        self.efSearch = efSearch
        self.method = method
    }
}

/// A vector that was found.
public struct VectorHit: Sendable, Hashable {
    /// Number of its document in the segment.
    public var document: Int
    /// The exact distance.
    public var distance: Float
    /// Its score.
    public var score: Float
}

/// What a search found.
public struct VectorMatches: Sendable {
    /// Nearest first, equally near ones in the order of documents.
    public var hits: [VectorHit]
    /// How it was done, and why.
    public var plan: SearchPlan
    /// Distances that were computed, rounded or exact.
    public var comparisons: Int
}
