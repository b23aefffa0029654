import JSON
import Mappings
import SearchIndex

/// `terms` and `rare_terms`.
final class TermsAggregator: Aggregator {
    private let values: FieldValues
    private let specification: TermsSpecification
    private let isOnlyIndex: Bool
    private let filter: TermSelection
    private var table = BucketTable()
    private var byOwner: [Int: [Int]]?

    init(
        values: FieldValues, specification: TermsSpecification, filter: TermSelection, isOnlyIndex: Bool,
        children: [Aggregator]
    ) {
        self.values = values
        self.specification = specification
        self.filter = filter
        self.isOnlyIndex = isOnlyIndex
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        values.begin(segment)
        if specification.minimumCount == 0, case .strings(let strings, _) = values { strings.addAllStrings() }
        try super.begin(segment)
    }

    override func collect(_ batch: DocumentBatch) throws {
        // Held here while the batch is counted, so that nobody else is asked for it.
        var table = BucketTable()
        swap(&table, &self.table)
        defer { swap(&table, &self.table) }
        let isOpen = filter.isOpen
        let hasChildren = !children.isEmpty
        switch values {
        case .strings(let strings, _):
            try strings.forEach(batch) { index, number in
                guard isOpen || filter.accepts(number, strings) else { return }
                let bucket = table.count(Int(batch.buckets[index]), Int64(number))
                if hasChildren { try collectChildren(Int(batch.documents[index]), batch.scores[index], bucket) }
            }
        case .numbers(let numbers, _):
            let divisor: Int64 = numbers.encoding == .nanoseconds ? 1_000_000 : 1
            for index in 0..<batch.count {
                let document = Int(batch.documents[index])
                var previous: Int64?
                try numbers.forEach(document) { value in
                    let key = divisor == 1 ? value : value / divisor
                    // Equal values of one document lie side by side and count once.
                    guard previous != key else { return }
                    previous = key
                    guard isOpen || filter.accepts(key, numbers.encoding) else { return }
                    let bucket = table.count(Int(batch.buckets[index]), key)
                    if hasChildren { try collectChildren(document, batch.scores[index], bucket) }
                }
            }
        case .unmapped: break
        }
        try flush()
    }

    override func result(_ owner: Int) throws -> PartialAggregation {
        var result = PartialBuckets()
        result.format = values.format
        switch values {
        case .unmapped: return .buckets(result)
        case .strings(let strings, _):
            result.keyType = .strings
            if specification.minimumCount == 0 { addEmptyBuckets(of: strings, owner) }
        case .numbers(let numbers, _):
            switch numbers.encoding {
            case .integer, .nanoseconds: result.keyType = .integers
            case .floating, .scaled: result.keyType = .floats
            case .unsigned: result.keyType = .unsigned
            }
        }
        if byOwner == nil { byOwner = table.bucketsByOwner() }
        var buckets = byOwner?[owner] ?? []
        if isOnlyIndex {
            buckets.removeAll { table.counts[$0] < specification.minimumCount }
            if let maximum = specification.maximumCount { buckets.removeAll { table.counts[$0] > maximum } }
            result.otherCount = cut(&buckets)
        }
        result.buckets = try buckets.map {
            PartialBucket(key: key(of: $0), count: table.counts[$0], children: try childResults($0))
        }
        return .buckets(result)
    }

    private func addEmptyBuckets(of strings: StringValues, _ owner: Int) {
        for number in strings.strings.indices where filter.isOpen || filter.accepts(number, strings) {
            _ = table.bucket(owner, Int64(number))
        }
        byOwner = nil
    }

    private func key(of bucket: Int) -> BucketKey {
        switch values {
        case .strings(let strings, _): .bytes(strings.strings[Int(table.keys[bucket])])
        case .numbers(let numbers, _):
            numbers.encoding == .nanoseconds
                ? .integer(table.keys[bucket]) : BucketKey(table.keys[bucket], numbers.encoding)
        case .unmapped: .missing
        }
    }

    /// Keeps the buckets that will be shown, where that can be told without results of aggregations inside; the count of documents in the
    /// others.
    private func cut(_ buckets: inout [Int]) -> Int {
        guard buckets.count > specification.size else { return 0 }
        for order in specification.order { if case .path = order.target { return 0 } }
        let orders = specification.order
        func precedes(_ a: Int, _ b: Int) -> Bool {
            for order in orders {
                switch order.target {
                case .count where table.counts[a] != table.counts[b]:
                    return (table.counts[a] < table.counts[b]) == order.ascending
                case .key where a != b: return keyPrecedes(a, b) == order.ascending
                default: continue
                }
            }
            return a != b && keyPrecedes(a, b)
        }
        let total = buckets.reduce(0) { $0 + table.counts[$1] }
        var best = BestOf(size: specification.size, precedes: precedes)
        for bucket in buckets { best.add(bucket) }
        buckets = best.elements
        return total - buckets.reduce(0) { $0 + table.counts[$1] }
    }

    private func keyPrecedes(_ a: Int, _ b: Int) -> Bool {
        if case .strings(let strings, _) = values {
            return strings.strings[Int(table.keys[a])].lexicographicallyPrecedes(strings.strings[Int(table.keys[b])])
        }
        // Numbers are kept as integers of their order.
        return table.keys[a] < table.keys[b]
    }
}

/// The best so many of any number of elements, unordered: a heap with the worst at its root.
struct BestOf<Element> {
    private(set) var elements: [Element] = []
    private let size: Int
    private let precedes: (Element, Element) -> Bool

    init(size: Int, precedes: @escaping (Element, Element) -> Bool) {
        self.size = size
        self.precedes = precedes
    }

    mutating func add(_ element: Element) {
        if elements.count < size {
            elements.append(element)
            var child = elements.count - 1
            while child > 0, case let parent = (child - 1) / 2, precedes(elements[parent], elements[child]) {
                elements.swapAt(parent, child)
                child = parent
            }
            return
        }
        guard size > 0, precedes(element, elements[0]) else { return }
        elements[0] = element
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < elements.count {
                if precedes(elements[worst], elements[child]) { worst = child }
            }
            if worst == parent { return }
            elements.swapAt(worst, parent)
            parent = worst
        }
    }
}
