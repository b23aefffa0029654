import JSON
import Mappings
import SearchIndex

/// `composite`: a bucket for each combination of the values of several sources, in pages.
final class CompositeAggregator: Aggregator {
    /// One source: its values as keys of one order.
    final class Source {
        let entry: CompositeSpecification.Entry
        let values: FieldValues
        var rounding: HistogramRounding?

        init(entry: CompositeSpecification.Entry, values: FieldValues, rounding: HistogramRounding?) {
            self.entry = entry
            self.values = values
            self.rounding = rounding
        }

        /// Stands for documents without a value.
        static let missing = Int64.min + 1

        func keys(_ document: Int, into keys: inout [Int64]) {
            keys.removeAll(keepingCapacity: true)
            switch values {
            case .strings(let strings, _): strings.forEach(document) { keys.append(Int64($0)) }
            case .numbers(let numbers, _):
                numbers.forEach(document) { value in
                    let key: Int64
                    if rounding != nil {
                        key = rounding?.key(numbers.encoding.double(value)) ?? 0
                    } else {
                        key = numbers.encoding == .nanoseconds ? value / 1_000_000 : value
                    }
                    if keys.last != key { keys.append(key) }
                }
            case .unmapped: break
            }
            if keys.isEmpty, entry.includesMissing { keys.append(Self.missing) }
        }

        func bucketKey(_ key: Int64) -> BucketKey {
            if key == Self.missing { return .missing }
            switch values {
            case .strings(let strings, _): return .bytes(strings.strings[Int(key)])
            case .numbers(let numbers, _):
                if let rounding { return rounding.bucketKey(key) }
                return numbers.encoding == .nanoseconds ? .integer(key) : BucketKey(key, numbers.encoding)
            case .unmapped: return .missing
            }
        }
    }

    private let sources: [Source]
    private let size: Int
    private let after: [BucketKey]?
    private let isOnlyIndex: Bool
    /// For each source: numbers of prefixes of combinations, from the number before and the source's key.
    private var tables: [BucketTable]
    private var keys: [[Int64]]

    init(sources: [Source], size: Int, after: [BucketKey]?, isOnlyIndex: Bool, children: [Aggregator]) {
        self.sources = sources
        self.size = size
        self.after = after
        self.isOnlyIndex = isOnlyIndex
        tables = [BucketTable](repeating: BucketTable(), count: sources.count)
        keys = [[Int64]](repeating: [], count: sources.count)
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        for source in sources { source.values.begin(segment) }
        try super.begin(segment)
    }

    override func collect(_ batch: DocumentBatch) throws {
        // Held here while the batch is counted, so that nobody else is asked for them.
        var tables: [BucketTable] = []
        var keys: [[Int64]] = []
        swap(&tables, &self.tables)
        swap(&keys, &self.keys)
        defer {
            swap(&tables, &self.tables)
            swap(&keys, &self.keys)
        }
        let sources = sources
        documents: for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            for place in sources.indices {
                sources[place].keys(document, into: &keys[place])
                if keys[place].isEmpty { continue documents }
            }
            try combine(
                0, Int(batch.buckets[index]), document, batch.scores[index], keys, &tables)
        }
        try flush()
    }

    /// Counts each combination of the keys from one source on.
    private func combine(
        _ place: Int, _ prefix: Int, _ document: Int, _ score: Float, _ keys: [[Int64]], _ tables: inout [BucketTable]
    ) throws {
        for key in keys[place] {
            if place + 1 < keys.count {
                let own = tables[place].bucket(prefix, key)
                try combine(place + 1, own, document, score, keys, &tables)
            } else {
                let own = tables[place].count(prefix, key)
                if !children.isEmpty { try collectChildren(document, score, own) }
            }
        }
    }

    override func result(_ owner: Int) throws -> PartialAggregation {
        var result = PartialBuckets()
        result.keyType = .strings
        result.formats = sources.map(\.values.format)
        let entries = sources.map(\.entry)
        var best = BestOf<(key: [BucketKey], bucket: Int)>(size: isOnlyIndex ? size : Int.max) {
            CompositeOrder.precedes($0.key, $1.key, entries)
        }
        let counts = tables[tables.count - 1].counts
        for bucket in counts.indices {
            var key: [BucketKey] = []
            var number = bucket
            for place in sources.indices.reversed() {
                key.append(sources[place].bucketKey(tables[place].keys[number]))
                number = Int(tables[place].owners[number])
            }
            guard number == owner else { continue }
            key.reverse()
            if let after, !CompositeOrder.precedes(after, key, entries) { continue }
            best.add((key, bucket))
        }
        result.buckets = try best.elements.map {
            PartialBucket(key: .tuple($0.key), count: counts[$0.bucket], children: try childResults($0.bucket))
        }
        return .buckets(result)
    }
}

/// The order of composite keys.
enum CompositeOrder {
    static func precedes(_ left: [BucketKey], _ right: [BucketKey], _ entries: [CompositeSpecification.Entry]) -> Bool {
        for (place, entry) in entries.enumerated() where left[place] != right[place] {
            let isMissing = left[place] == .missing
            if isMissing || right[place] == .missing, let first = entry.missingFirst { return isMissing == first }
            return BucketKey.precedes(left[place], right[place]) == entry.ascending
        }
        return false
    }
}
