/// How the vectors of a segment are searched, and why so.
public struct SearchPlan: Sendable, Hashable, CustomStringConvertible {
    /// The two ways.
    public enum Way: String, Sendable, Hashable {
        /// All vectors that may be found are compared with the query; finds the nearest for certain.
        case exact
        /// From neighbour to neighbour; may miss some.
        case graph
    }

    /// Why a way was taken.
    public enum Reason: Sendable, Hashable {
        /// The query wants it so.
        case requested
        /// The segment has no graph: it is small, or its space has none.
        case noGraph
        /// A radius is asked for, and all within it.
        case radius
        /// More of the vectors are wanted than a graph is good for.
        case manyWanted
        /// The filter leaves so few that comparing all is cheaper, or that links hardly lead from one to the next.
        case fewAllowed
        /// The segment has so few vectors that comparing all is cheaper.
        case fewVectors
        /// The graph costs less.
        case graphIsCheaper
        /// The walk through the graph met too few of the allowed documents, or cost more than comparing all.
        case graphGaveUp
    }

    /// The way that was taken.
    public var way: Way
    /// Why.
    public var reason: Reason
    /// Vectors of the segment.
    public var vectors: Int
    /// Vectors that could be found: of documents that live and pass the filter.
    public var allowed: Int

    /// For people.
    public var description: String {
        let share = "\(allowed) of \(vectors) vectors allowed"
        return switch reason {
        case .requested: "\(way.rawValue): requested, \(share)"
        case .noGraph: "exact: the segment has no graph, \(share)"
        case .radius: "exact: all within a radius are wanted, \(share)"
        case .manyWanted: "exact: many are wanted, \(share)"
        case .fewAllowed: "exact: comparing all costs less than the graph, \(share)"
        case .fewVectors: "exact: the segment has few vectors, \(share)"
        case .graphIsCheaper: "graph: it costs less than comparing all, \(share)"
        case .graphGaveUp: "exact: the graph led to too few, \(share)"
        }
    }

    /// Decides by an estimate of how many distances each way computes.
    static func plan(
        _ query: VectorQuery, vectors: Int, allowed: Int, hasGraph: Bool, m: Int
    ) -> SearchPlan {
        func exact(_ reason: Reason) -> SearchPlan {
            SearchPlan(way: .exact, reason: reason, vectors: vectors, allowed: allowed)
        }
        if !hasGraph { return exact(.noGraph) }
        switch query.method {
        case .exact: return exact(.requested)
        case .graph: return SearchPlan(way: .graph, reason: .requested, vectors: vectors, allowed: allowed)
        case .automatic: break
        }
        if query.radius != nil { return exact(.radius) }
        guard graphCost(width: min(max(query.efSearch, query.k), vectors), m: m) < allowed else {
            if allowed < vectors { return exact(.fewAllowed) }
            let isWide = query.k > query.efSearch && graphCost(width: min(query.efSearch, vectors), m: m) < vectors
            return exact(isWide ? .manyWanted : .fewVectors)
        }
        // A row has up to 2 m links: where less than one of them is allowed, the allowed rows fall apart.
        guard allowed > vectors / (2 * m) else { return exact(.fewAllowed) }
        return SearchPlan(way: .graph, reason: .graphIsCheaper, vectors: vectors, allowed: allowed)
    }

    /// What a walk costs, in rows that a scan compares.
    ///
    /// It compares about m rows for each that it keeps, and a scattered row costs as much as four in order; with a filter, walk and scan
    /// both become dearer.
    static func graphCost(width: Int, m: Int) -> Int { (width + m) * m * 4 }
}
