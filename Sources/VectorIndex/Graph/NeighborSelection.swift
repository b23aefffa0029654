/// Chooses the links of a row among candidates: near ones, in different directions.
///
/// The heuristic of Malkov and Yashunin (2018, algorithm 4): from the nearest on, a candidate is taken if it is not nearer to one that was
/// taken before than to the row.
final class NeighborSelection {
    private let probe: Probe
    private let rows: VectorRows
    private var remaining: [Neighbor] = []
    private var ids: [UInt32] = []
    private var distances: [Float] = []
    private(set) var chosen: [Neighbor] = []

    init(_ rows: VectorRows) {
        self.rows = rows
        probe = Probe(field: rows.field)
    }

    /// Leaves up to `limit` of the candidates in ``chosen``, nearest first.
    ///
    /// - Parameter candidates: nearest first, with their distances to the row.
    func select(_ candidates: [Neighbor], limit: Int) {
        chosen.removeAll(keepingCapacity: true)
        remaining.removeAll(keepingCapacity: true)
        remaining.append(contentsOf: candidates)
        if distances.count < candidates.count {
            distances = [Float](repeating: 0, count: candidates.count)
            ids = [UInt32](repeating: 0, count: candidates.count)
        }
        var start = 0
        var end = remaining.count
        while start < end {
            let taken = remaining[start]
            chosen.append(taken)
            start += 1
            guard chosen.count < limit, start < end else { return }
            // All others that are nearer to it than to the row are out.
            probe.load(row: Int(taken.row), of: rows)
            let count = end - start
            for i in 0..<count { ids[i] = remaining[start + i].row }
            ids.withUnsafeBufferPointer { ids in
                distances.withUnsafeMutableBufferPointer {
                    probe.near(rows, ids: ids.baseAddress, count: count, into: $0.baseAddress!)
                }
            }
            var kept = start
            for i in 0..<count where !(distances[i] < remaining[start + i].distance) {
                remaining[kept] = remaining[start + i]
                kept += 1
            }
            end = kept
        }
    }
}
