import JSON
import Mappings
import SearchIndex

/// The ends of one range, read by the type of the field.
struct ResolvedRange: Sendable {
    var key: String?
    var from: Double?
    var to: Double?
    var fromBytes: [UInt8]?
    var toBytes: [UInt8]?
    var mask: String?

    func contains(_ bytes: [UInt8]) -> Bool {
        if let fromBytes, bytes.lexicographicallyPrecedes(fromBytes) { return false }
        if let toBytes { return bytes.lexicographicallyPrecedes(toBytes) }
        return true
    }
}

/// `range`, `date_range` and `ip_range`: every document counts once in each range that one of its values lies in.
final class RangesAggregator: Aggregator {
    private let values: FieldValues
    private let ranges: [ResolvedRange]
    private var counts = BucketArray(0)
    /// Which ranges a string lies in, by the string's number.
    private var membership: [[Int]] = []
    /// The ends of number ranges.
    private let ends: [(from: Double, to: Double)]

    init(values: FieldValues, ranges: [ResolvedRange], children: [Aggregator]) {
        self.values = values
        self.ranges = ranges
        ends = ranges.map { ($0.from ?? -.infinity, $0.to ?? .infinity) }
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        values.begin(segment)
        try super.begin(segment)
    }

    override func collect(_ batch: DocumentBatch) throws {
        switch values {
        case .numbers(let numbers, _): try collect(batch, numbers)
        case .strings(let strings, _): try collect(batch, strings)
        case .unmapped: break
        }
        try flush()
    }

    private func collect(_ batch: DocumentBatch, _ numbers: NumberValues) throws {
        let encoding = numbers.encoding
        let ends = ends
        let words = (ends.count + 63) / 64
        var inside = [UInt64](repeating: 0, count: words)
        for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            numbers.forEach(document) { value in
                let number = encoding.double(value)
                for place in ends.indices where number >= ends[place].from && number < ends[place].to {
                    inside[place >> 6] |= 1 << UInt64(truncatingIfNeeded: place & 63)
                }
            }
            for word in 0..<words {
                while inside[word] != 0 {
                    let place = word << 6 | inside[word].trailingZeroBitCount
                    inside[word] &= inside[word] &- 1
                    try add(place, document, batch.scores[index], Int(batch.buckets[index]))
                }
            }
        }
    }

    private func collect(_ batch: DocumentBatch, _ strings: StringValues) throws {
        for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            var places: Set<Int> = []
            strings.forEach(document) { number in
                while membership.count <= number {
                    let bytes = strings.strings[membership.count]
                    membership.append(ranges.indices.filter { ranges[$0].contains(bytes) })
                }
                places.formUnion(membership[number])
            }
            for place in places.sorted() {
                try add(place, document, batch.scores[index], Int(batch.buckets[index]))
            }
        }
    }

    @inline(__always)
    private func add(_ place: Int, _ document: Int, _ score: Float, _ bucket: Int) throws {
        let own = bucket * ranges.count + place
        counts[own] += 1
        if !children.isEmpty { try collectChildren(document, score, own) }
    }

    override func result(_ owner: Int) throws -> PartialAggregation {
        var result = PartialBuckets()
        result.format = values.format
        result.keyType = .integers
        result.ranges = ranges
        result.buckets = try ranges.indices.map { place in
            let own = owner * ranges.count + place
            return PartialBucket(key: .place(place), count: counts[own], children: try childResults(own))
        }
        return .buckets(result)
    }
}
