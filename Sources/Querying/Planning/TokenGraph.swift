import TextAnalysis

/// The tokens of a text as a graph: a synonym of several words runs beside the words that it stands for.
///
/// Cut into parts and paths as Lucene's `GraphTokenStreamFiniteStrings` does.
struct TokenGraph {
    /// A token between two nodes.
    struct Edge {
        var from: Int
        var to: Int
        var term: [UInt8]
        /// How far it stands behind the token before it; more than 1 where words were left out.
        var increment: Int
    }

    /// What lies between two nodes that every way through the graph passes.
    enum Part {
        /// Terms that stand in each other's place.
        case terms([[UInt8]])
        /// Ways of different lengths.
        case paths([[Edge]])
    }

    private var leaving: [[Edge]]

    /// - Parameter tokens: In the order of the stream.
    init(_ tokens: [AnalyzedToken]) {
        var edges: [Edge] = []
        var place = -1
        var gap = 0
        var lastIncrement = 1
        var lastPosition = -1
        var nodes = 0
        for token in tokens {
            let increment = token.position - lastPosition
            lastPosition = token.position
            if increment == 0, place >= 0 {
                place -= gap
            } else {
                place += 1
                gap = increment - 1
                lastIncrement = increment
            }
            let end = place + max(1, token.positionLength) + gap
            nodes = max(nodes, end)
            edges.append(Edge(from: place, to: end, term: Array(token.text.utf8), increment: lastIncrement))
            place += gap
        }
        // Ways that do not lead to the end do not count.
        var leadsToEnd = Set([nodes])
        for edge in edges.sorted(by: { $0.from > $1.from }) where leadsToEnd.contains(edge.to) {
            leadsToEnd.insert(edge.from)
        }
        leaving = Array(repeating: [], count: nodes + 1)
        for edge in edges where leadsToEnd.contains(edge.to) {
            if !leaving[edge.from].contains(where: { $0.to == edge.to && $0.term == edge.term }) {
                leaving[edge.from].append(edge)
            }
        }
    }

    /// The parts in order; `nil` if one has more ways than the limit.
    func parts(limit: Int) -> [Part]? {
        var parts: [Part] = []
        var start = 0
        while start < leaving.count - 1 {
            let end = nextJoint(after: start)
            let edges = leaving[start]
            if edges.allSatisfy({ $0.to == edges[0].to }) {
                parts.append(.terms(edges.map(\.term)))
            } else {
                guard let paths = paths(from: start, to: end, limit: limit) else { return nil }
                parts.append(.paths(paths))
            }
            start = end
        }
        return parts
    }

    /// Every way through the whole graph; `nil` if there are more than the limit.
    func paths(limit: Int) -> [[Edge]]? { paths(from: 0, to: leaving.count - 1, limit: limit) }

    /// The next node that no edge leads past.
    private func nextJoint(after start: Int) -> Int {
        var end = start
        var node = start
        repeat {
            for edge in leaving[node] { end = max(end, edge.to) }
            node += 1
        } while node < end
        return end
    }

    private func paths(from start: Int, to end: Int, limit: Int) -> [[Edge]]? {
        var found: [[Edge]] = []
        var open: [[Edge]] = leaving[start].reversed().map { [$0] }
        while let path = open.popLast() {
            guard let last = path.last, last.to != end else {
                found.append(path)
                if found.count > limit { return nil }
                continue
            }
            for edge in leaving[last.to].reversed() { open.append(path + [edge]) }
            if open.count > limit { return nil }
        }
        return found
    }
}
