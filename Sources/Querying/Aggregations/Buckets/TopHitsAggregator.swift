import JSON
import Mappings
import SearchIndex

/// `top_hits`: the best hits of each bucket.
final class TopHitsAggregator: Aggregator {
    /// One key of the order.
    struct Key {
        enum Source {
            case score
            case document
            case values(FieldValues)
        }

        var source: Source
        var descending: Bool
    }

    private struct Candidate {
        var document: Int
        var score: Float
        var keys: [SortKey]
    }

    private let specification: TopHitsSpecification
    private let context: any AggregationContext
    private let order: [Key]
    private var best: BucketArray<[Candidate]>
    private var totals = BucketArray(0)
    private var base = 0

    init(_ specification: TopHitsSpecification, order: [Key], context: any AggregationContext) {
        self.specification = specification
        self.order = order
        self.context = context
        best = BucketArray([])
        super.init()
    }

    override func begin(_ segment: Segment) {
        base = segment.base
        for key in order { if case .values(let values) = key.source { values.begin(segment) } }
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) {
        totals[bucket] += 1
        let wanted = specification.from + specification.size
        guard wanted > 0 else { return }
        let candidate = Candidate(
            document: base + document, score: score, keys: order.map { key(of: document, score, $0) })
        let hits = best[bucket]
        if hits.count == wanted, let last = hits.last, !precedes(candidate, last) { return }
        var place = hits.count
        while place > 0, precedes(candidate, hits[place - 1]) { place -= 1 }
        best[bucket].insert(candidate, at: place)
        if best[bucket].count > wanted { best[bucket].removeLast() }
    }

    private func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
        for (place, key) in order.enumerated() {
            if let result = a.keys[place].precedes(b.keys[place], descending: key.descending) { return result }
        }
        return a.document < b.document
    }

    private func key(of document: Int, _ score: Float, _ key: Key) -> SortKey {
        switch key.source {
        case .score: return .number(Double(score))
        case .document: return .integer(Int64(base + document))
        case .values(.numbers(let numbers, _)):
            var result: Int64?
            numbers.forEach(document) { value in
                // The smallest counts when ascending, the largest when descending.
                if result == nil || key.descending { result = value }
            }
            return result.map { SortKey.integer($0) } ?? .missing
        case .values(.strings(let strings, _)):
            var result: [UInt8]?
            strings.forEach(document) { number in
                if result == nil || key.descending { result = strings.strings[number] }
            }
            return result.map { SortKey.bytes($0) } ?? .missing
        case .values(.unmapped): return .missing
        }
    }

    override func result(_ bucket: Int) throws -> PartialAggregation {
        let candidates = best[bucket]
        let isSorted = !specification.sort.isEmpty
        let json = try context.hits(
            candidates.map { ScoredDocument(document: $0.document, score: $0.score) },
            sortValues: isSorted ? candidates.map { $0.keys.enumerated().map { shown($0.element, $0.offset) } } : [],
            body: specification.body)
        var result = PartialHits(total: totals[bucket])
        result.hits = zip(candidates, json).map {
            PartialHits.Hit(score: $0.score, keys: $0.keys, json: $1)
        }
        return .hits(result)
    }

    private func shown(_ key: SortKey, _ place: Int) -> JSONValue {
        switch key {
        case .number(let value): return .number(JSONNumber(value))
        case .integer(let value):
            if case .values(.numbers(let numbers, _)) = order[place].source {
                return ValueFormat.raw.json(value, encoding: numbers.encoding)
            }
            return .number(JSONNumber(Int(value)))
        case .bytes(let bytes):
            if case .values(let values) = order[place].source { return values.format.json(bytes) }
            return .string(String(decoding: bytes, as: UTF8.self))
        case .missing: return .null
        }
    }
}
