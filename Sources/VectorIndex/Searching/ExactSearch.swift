import CKernels

/// Compares a query with all rows, or all allowed ones.
///
/// Where rows have codes, a bound from the codes says of most rows that they cannot be among the best; the others are compared by
/// their values. So the result is that of comparing all values.
final class ExactSearch {
    private static let block = 512
    private let ids: UnsafeMutablePointer<UInt32>
    private let chosen: UnsafeMutablePointer<UInt32>
    private let distances: UnsafeMutablePointer<Float>

    init() {
        ids = .allocate(capacity: Self.block)
        chosen = .allocate(capacity: Self.block)
        distances = .allocate(capacity: Self.block)
    }

    deinit {
        ids.deallocate()
        chosen.deallocate()
        distances.deallocate()
    }

    /// The k nearest rows within a radius, nearest first, and how many distances that took.
    ///
    /// - Parameter list: the rows to compare: calls its argument for each, ascending; `nil`: all.
    func search(
        _ probe: Probe, _ rows: VectorRows, k: Int, radius: Float?, list: ((_ row: (UInt32) -> Void) -> Void)?
    ) -> (nearest: [Neighbor], comparisons: Int) {
        var heap = BestHeap(limit: k)
        var comparisons = 0
        guard k > 0 else { return ([], 0) }
        if let list {
            var count = 0
            list { row in
                ids[count] = row
                count += 1
                if count == Self.block {
                    compare(probe, rows, ids, first: 0, count: count, radius: radius, &heap, &comparisons)
                    count = 0
                }
            }
            compare(probe, rows, ids, first: 0, count: count, radius: radius, &heap, &comparisons)
        } else {
            for first in stride(from: 0, to: rows.count, by: Self.block) {
                compare(
                    probe, rows, nil, first: first, count: min(Self.block, rows.count - first), radius: radius, &heap,
                    &comparisons)
            }
        }
        return (heap.sorted, comparisons)
    }

    private func compare(
        _ probe: Probe, _ rows: VectorRows, _ ids: UnsafePointer<UInt32>?, first: Int, count: Int, radius: Float?,
        _ heap: inout BestHeap, _ comparisons: inout Int
    ) {
        guard count > 0 else { return }
        comparisons += count
        let limit = min(heap.threshold, radius ?? .infinity)
        guard probe.usesCodes, rows.codes != nil, limit < .infinity else {
            probe.exact(rows, ids: ids, first: first, count: count, into: distances)
            offer(ids, first: first, count: count, radius: radius, &heap)
            return
        }
        probe.lowerBounds(rows, ids: ids, first: first, count: count, into: distances)
        let near = ck_indices_below(distances, count, limit, chosen)
        guard near > 0 else { return }
        for i in 0..<near { chosen[i] = ids.map { $0[Int(chosen[i])] } ?? UInt32(first) + chosen[i] }
        comparisons += near
        probe.exact(rows, ids: chosen, count: near, into: distances)
        offer(chosen, first: 0, count: near, radius: radius, &heap)
    }

    private func offer(
        _ ids: UnsafePointer<UInt32>?, first: Int, count: Int, radius: Float?, _ heap: inout BestHeap
    ) {
        let radius = radius ?? .infinity
        for i in 0..<count where distances[i] <= min(radius, heap.threshold) {
            heap.offer(Neighbor(distance: distances[i], row: ids.map { $0[i] } ?? UInt32(first + i)))
        }
    }
}
