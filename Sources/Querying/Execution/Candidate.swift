import SearchIndex

/// A value that hits are sorted by.
enum HitSortKey: Sendable, Hashable {
    case integer(Int64)
    case bytes([UInt8])
    case missing

    /// Ascending; what is missing is behind everything.
    static func compare(_ a: HitSortKey, _ b: HitSortKey) -> Int {
        switch (a, b) {
        case (.integer(let a), .integer(let b)): a < b ? -1 : a > b ? 1 : 0
        case (.bytes(let a), .bytes(let b)):
            a.lexicographicallyPrecedes(b) ? -1 : a == b ? 0 : 1
        case (.missing, .missing): 0
        case (.missing, _): 1
        case (_, .missing): -1
        case (.integer, .bytes): -1
        case (.bytes, .integer): 1
        }
    }
}

/// A document on its way to become a hit.
struct Candidate {
    /// The place of its index among those searched.
    var view: Int
    /// Its number in the snapshot.
    var document: Int
    var score: Float
    /// One key for each sort field; empty for a sort by score.
    var keys: [HitSortKey] = []
    /// What it is grouped by.
    var group: HitSortKey?
}

/// The order of hits.
struct HitOrder {
    struct Part {
        var descending: Bool
        /// Whether documents without a value come first.
        var missingFirst: Bool
    }

    /// Empty: by score.
    var parts: [Part]

    /// Whether `a` comes before `b`.
    func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
        if parts.isEmpty {
            if a.score != b.score { return a.score > b.score }
        } else {
            let order = compare(a.keys, b.keys)
            if order != 0 { return order < 0 }
        }
        return (a.view, a.document) < (b.view, b.document)
    }

    func compare(_ a: [HitSortKey], _ b: [HitSortKey]) -> Int {
        for (i, part) in parts.enumerated() {
            let order = compare(a[i], b[i], part)
            if order != 0 { return order }
        }
        return 0
    }

    private func compare(_ a: HitSortKey, _ b: HitSortKey, _ part: Part) -> Int {
        if a == .missing || b == .missing {
            if a == b { return 0 }
            return (a == .missing) == part.missingFirst ? -1 : 1
        }
        let order = HitSortKey.compare(a, b)
        return part.descending ? -order : order
    }
}

/// Keeps the first so many candidates of an order, one a group where there are groups.
struct CandidateQueue {
    private let capacity: Int
    private let order: HitOrder
    /// A heap with the last candidate on top.
    private var heap: [Candidate] = []
    private var groups: [HitSortKey: Candidate] = [:]
    private let isGrouped: Bool

    init(capacity: Int, order: HitOrder, isGrouped: Bool) {
        self.capacity = capacity
        self.order = order
        self.isGrouped = isGrouped
    }

    /// Whether a candidate with these keys would be kept.
    func accepts(_ candidate: Candidate) -> Bool {
        if isGrouped { return true }
        return capacity > 0 && (heap.count < capacity || order.precedes(candidate, heap[0]))
    }

    mutating func insert(_ candidate: Candidate) {
        if isGrouped {
            let group = candidate.group ?? .missing
            if let known = groups[group], order.precedes(known, candidate) { return }
            groups[group] = candidate
            return
        }
        guard accepts(candidate) else { return }
        if heap.count < capacity {
            heap.append(candidate)
            var child = heap.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard order.precedes(heap[parent], heap[child]) else { break }
                heap.swapAt(parent, child)
                child = parent
            }
            return
        }
        heap[0] = candidate
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, order.precedes(heap[child], heap[child + 1]) { child += 1 }
            guard order.precedes(heap[parent], heap[child]) else { break }
            heap.swapAt(parent, child)
            parent = child
        }
    }

    func finish() -> [Candidate] {
        let all = isGrouped ? Array(groups.values) : heap
        return Array(all.sorted { order.precedes($0, $1) }.prefix(capacity))
    }
}
