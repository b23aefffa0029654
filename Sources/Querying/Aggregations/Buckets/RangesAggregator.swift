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

    @inline(__always)
    func contains(_ value: Double) -> Bool { value >= (from ?? -.infinity) && (to.map { value < $0 } ?? true) }

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
    /// Which ranges the document at hand lies in.
    private var inside: [Bool]

    init(values: FieldValues, ranges: [ResolvedRange], children: [Aggregator]) {
        self.values = values
        self.ranges = ranges
        inside = [Bool](repeating: false, count: ranges.count)
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        values.begin(segment)
        try super.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        switch values {
        case .numbers(let numbers, _):
            let encoding = numbers.encoding
            for place in inside.indices { inside[place] = false }
            numbers.forEach(document) { value in
                let number = encoding.double(value)
                for place in ranges.indices where ranges[place].contains(number) { inside[place] = true }
            }
            for place in inside.indices where inside[place] { try add(place, document, score, bucket) }
        case .strings(let strings, _):
            var places: Set<Int> = []
            strings.forEach(document) { number in
                while membership.count <= number {
                    let bytes = strings.strings[membership.count]
                    membership.append(ranges.indices.filter { ranges[$0].contains(bytes) })
                }
                places.formUnion(membership[number])
            }
            for place in places.sorted() { try add(place, document, score, bucket) }
        case .unmapped: break
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
