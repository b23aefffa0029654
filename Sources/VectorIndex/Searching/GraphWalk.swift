import CKernels

/// One thread's walks through a graph: what they need to remember, kept from one to the next.
final class GraphWalk {
    var nearest = NearestList()
    private var seen = RowSet()
    private var ids: UnsafeMutablePointer<UInt32>
    private var distances: UnsafeMutablePointer<Float>
    private var room = 0
    /// Distances computed since the last ``begin(_:)``.
    private(set) var comparisons = 0

    init() {
        ids = .allocate(capacity: 0)
        distances = .allocate(capacity: 0)
    }

    deinit {
        nearest.deallocate()
        seen.deallocate()
        ids.deallocate()
        distances.deallocate()
    }

    /// Starts counting, and makes room.
    func begin(_ graph: GraphView) {
        comparisons = 0
        guard room < 4 * graph.m + 1 else { return }
        room = 4 * graph.m + 1
        ids.deallocate()
        distances.deallocate()
        ids = .allocate(capacity: room)
        distances = .allocate(capacity: room)
    }

    /// Goes down from the top to a level, always to the nearest row.
    func descend(_ graph: GraphView, to level: Int, _ probe: Probe, _ rows: VectorRows) -> Neighbor {
        var best = graph.entry
        var distance: Float = 0
        withUnsafePointer(to: best) { probe.near(rows, ids: $0, count: 1, into: &distance) }
        var nearest = Neighbor(distance: distance, row: best)
        guard graph.topLevel > level else { return nearest }
        for current in stride(from: graph.topLevel, to: level, by: -1) {
            var moved = true
            while moved {
                moved = false
                var count = 0
                for id in graph.links(of: best, level: current) where Int(id) < graph.rowCount {
                    ids[count] = id
                    count += 1
                }
                probe.near(rows, ids: ids, count: count, into: distances)
                comparisons += count
                for i in 0..<count {
                    let candidate = Neighbor(distance: distances[i], row: ids[i])
                    if candidate < nearest {
                        nearest = candidate
                        moved = true
                    }
                }
                best = nearest.row
            }
        }
        return nearest
    }

    /// Fills ``nearest`` with the rows that are found around some entries, on a level.
    ///
    /// - Parameter limit: how many are kept: the search's width.
    func search(
        _ graph: GraphView, level: Int, from entries: [Neighbor], limit: Int, _ probe: Probe, _ rows: VectorRows
    ) {
        // What the loop changes stands in local variables: it is far faster so.
        nearest.reset(limit: max(1, min(limit, graph.rowCount)))
        seen.reset(rows: graph.rowCount)
        var list = nearest
        let seen = seen, ids = ids, distances = distances
        var compared = 0
        for entry in entries where seen.insert(entry.row) { list.offer(entry) }
        while let row = list.visitNext() {
            let links = level == 0 ? graph.links(of: row) : graph.links(of: row, level: level)
            if level == 0, let upcoming = list.upcoming { graph.prefetch(upcoming) }
            var count = 0
            for id in links where Int(id) < graph.rowCount && seen.insert(id) {
                ids[count] = id
                count += 1
            }
            probe.near(rows, ids: ids, count: count, into: distances)
            compared += count
            for i in 0..<count { list.offer(Neighbor(distance: distances[i], row: ids[i])) }
        }
        nearest = list
        comparisons += compared
    }

    /// The same on the lowest level, of allowed rows alone: where links lead to others, on to what those link to.
    ///
    /// As ACORN does it (Patel et al. 2024), without its denser graph: each visit looks for as many allowed rows as a row may have
    /// links, first among its links, then among theirs.
    ///
    /// - Parameter budget: how many distances may be computed.
    /// - Returns: whether it came to its end within the budget.
    func search(
        _ graph: GraphView, from entry: UInt32, limit: Int, budget: Int, _ probe: Probe, _ rows: VectorRows,
        where isAllowed: (UInt32) -> Bool
    ) -> Bool {
        nearest.reset(limit: max(1, min(limit, graph.rowCount)))
        seen.reset(rows: graph.rowCount)
        var list = nearest
        defer { nearest = list }
        let seen = seen, ids = ids, distances = distances, room = room
        let wanted = 2 * graph.m
        guard Int(entry) < graph.rowCount else { return true }
        // Around the entry as far as it takes to find allowed rows.
        var frontier: [UInt32] = [entry]
        _ = seen.insert(entry)
        var count = 0
        if isAllowed(entry) {
            ids[0] = entry
            count = 1
        }
        var next = 0
        while next < frontier.count, count < wanted, next < budget {
            for id in graph.links(of: frontier[next]) where Int(id) < graph.rowCount && seen.insert(id) {
                frontier.append(id)
                if isAllowed(id), count < room {
                    ids[count] = id
                    count += 1
                }
            }
            next += 1
        }
        while true {
            probe.near(rows, ids: ids, count: count, into: distances)
            comparisons += count
            for i in 0..<count { list.offer(Neighbor(distance: distances[i], row: ids[i])) }
            guard comparisons <= budget else { return false }
            guard let row = list.visitNext() else { return true }
            if let upcoming = list.upcoming { graph.prefetch(upcoming) }
            count = 0
            let links = graph.links(of: row)
            for id in links where Int(id) < graph.rowCount {
                if !isAllowed(id) {
                    graph.prefetch(id)
                } else if seen.insert(id) {
                    ids[count] = id
                    count += 1
                }
            }
            guard count < wanted else { continue }
            bridges: for bridge in links where Int(bridge) < graph.rowCount && !isAllowed(bridge) {
                guard seen.insert(bridge) else { continue }
                for id in graph.links(of: bridge) where Int(id) < graph.rowCount && isAllowed(id) && seen.insert(id) {
                    ids[count] = id
                    count += 1
                    if count == wanted { break bridges }
                }
            }
        }
    }
}
