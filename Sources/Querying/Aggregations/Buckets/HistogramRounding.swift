import JSON
import Mappings

/// Where the buckets of a histogram begin.
struct HistogramRounding: Sendable {
    private enum Step: Sendable {
        case number(Double)
        case fixed(Int64)
        case calendar(DateUnit)
    }

    private let step: Step
    private let offset: Double
    private let zone: TimeZoneRules
    /// The beginnings of all buckets of the segment's dates, if they are not too many.
    private var starts: [Int64] = []
    /// The bucket of the last date: dates of neighbouring documents are often near each other.
    private var start: Int64 = 1
    private var end: Int64 = 0
    /// Dates beyond, 285,000 years from 1970, are taken for these: sums of dates, offsets and intervals stay within 64 bits.
    private static let farthest: Int64 = 9_000_000_000_000_000

    init(_ specification: HistogramSpecification, zone: TimeZoneRules) {
        var offset = specification.offset
        if case .number = specification.interval {
        } else {
            offset = min(max(offset, -Double(Self.farthest)), Double(Self.farthest))
        }
        self.offset = offset
        self.zone = zone
        switch specification.interval {
        case .number(let interval): step = .number(interval)
        case .fixed(let milliseconds): step = .fixed(min(milliseconds, Self.farthest))
        case .calendar(let unit):
            switch unit {
            case .second: step = .calendar(.second)
            case .minute: step = .calendar(.minute)
            case .hour: step = .calendar(.hour)
            case .day: step = .calendar(.day)
            case .week: step = .calendar(.week)
            case .month: step = .calendar(.month)
            case .quarter: step = .calendar(.quarter)
            case .year: step = .calendar(.year)
            }
        }
    }

    /// Computes where buckets begin for dates between two, so that documents only search among them.
    mutating func prepare(_ low: Double, _ high: Double) {
        starts = []
        if case .number = step { return }
        guard low.magnitude < 9e15, high.magnitude < 9e15 else { return }
        var key = begin(of: Int64(low))
        var found: [Int64] = []
        while key <= Int64(high), found.count < 4096 {
            found.append(key)
            key = next(key)
        }
        // The end of the last bucket stands behind it.
        if key > Int64(high) { starts = found + [key] }
    }

    /// The key of a number: its bucket's place among all intervals, or of a date: the milliseconds at which its bucket begins.
    @inline(__always)
    mutating func key(_ value: Double) -> Int64 {
        if case .number(let interval) = step {
            let place = ((value - offset) / interval).rounded(.down)
            return place.magnitude < 9.2e18 ? Int64(place) : place < 0 ? .min : .max
        }
        let milliseconds = Self.milliseconds(value)
        if milliseconds >= start, milliseconds < end { return start }
        if starts.count > 1, milliseconds >= starts[0], milliseconds < starts[starts.count - 1] {
            var low = 0
            var high = starts.count - 1
            while low + 1 < high {
                let middle = (low + high) / 2
                if starts[middle] <= milliseconds { low = middle } else { high = middle }
            }
            start = starts[low]
            end = starts[low + 1]
            return start
        }
        return dateKey(milliseconds)
    }

    @inline(__always)
    private static func milliseconds(_ value: Double) -> Int64 {
        value.isNaN ? 0 : Int64(min(max(value, -Double(farthest)), Double(farthest)))
    }

    @inline(never)
    private mutating func dateKey(_ milliseconds: Int64) -> Int64 {
        start = begin(of: milliseconds)
        // No bucket is known to end before the next millisecond; a later one is only sure where the next begins.
        end = max(next(start), milliseconds + 1)
        return start
    }

    private func begin(of milliseconds: Int64) -> Int64 {
        let shifted = milliseconds - Int64(offset)
        let rounded: Int64
        switch step {
        case .number: rounded = shifted
        case .fixed(let length):
            let local = shifted + zoneOffset(shifted)
            let rest = local % length
            let floor = local - (rest < 0 ? rest + length : rest)
            rounded = zone.isFixed ? floor - zoneOffset(shifted) : utc(floor)
        case .calendar(let unit): rounded = unit.floor(Moment(milliseconds: shifted), zone: zone).milliseconds
        }
        return rounded + Int64(offset)
    }

    private func zoneOffset(_ milliseconds: Int64) -> Int64 {
        Int64(zone.offset(atSecondsSinceEpoch: Moment(milliseconds: milliseconds).seconds)) * 1000
    }

    /// The moment at which clocks show a time given in milliseconds.
    private func utc(_ local: Int64) -> Int64 {
        let moment = Moment(milliseconds: local)
        return Int64(zone.secondsSinceEpoch(ofLocalSeconds: moment.seconds)) * 1000
            + Int64(moment.nanosecond / 1_000_000)
    }

    /// The key of the bucket behind another.
    func next(_ key: Int64) -> Int64 {
        switch step {
        case .number: return key == .max ? key : key + 1
        case .fixed(let length):
            if zone.isFixed { return key + length }
            let after = begin(of: key + length)
            // Where clocks go forward or back, the same local beginning is further or nearer.
            return after > key ? after : key + length
        case .calendar(let unit):
            let moment = Moment(milliseconds: key - Int64(offset))
            return unit.add(1, to: moment, zone: zone).milliseconds + Int64(offset)
        }
    }

    /// The key as it is shown.
    func bucketKey(_ key: Int64) -> BucketKey {
        if case .number(let interval) = step { return .double(Double(key) * interval + offset) }
        return .integer(key)
    }

    /// The key that is shown as a bucket's key.
    func key(of bucketKey: BucketKey) -> Int64 {
        if case .number(let interval) = step {
            let place = ((bucketKey.number - offset) / interval).rounded()
            return place.magnitude < 9.2e18 ? Int64(place) : place < 0 ? .min : .max
        }
        if case .integer(let value) = bucketKey { return value }
        return 0
    }
}
