import JSON
import Mappings
import SearchIndex

/// The numbers of a field, by document of the segment at hand.
final class NumberValues {
    let field: MappedField?
    let encoding: NumericEncoding
    /// What a document without a value counts as.
    let missing: Int64?
    private(set) var column: IntegerColumn?

    init(field: MappedField?, encoding: NumericEncoding, missing: Int64?) {
        self.field = field
        self.encoding = encoding
        self.missing = missing
    }

    private var isSingleValued = false

    func begin(_ segment: Segment) {
        column = field.flatMap { segment.integers($0.number) }
        isSingleValued = column?.isSingleValued ?? false
    }

    /// Calls with each value of a document.
    @inline(__always)
    func forEach(_ document: Int, _ body: (Int64) throws -> Void) rethrows {
        if let column {
            if isSingleValued {
                if let value = column.first(of: document) { return try body(value) }
            } else {
                let count = column.count(of: document)
                for index in 0..<count { try body(column.value(index, of: document)) }
                if count > 0 { return }
            }
        }
        if let missing { try body(missing) }
    }

    /// Calls with the bucket and each value of each document of a batch.
    @inline(__always)
    func forEach(_ batch: DocumentBatch, _ body: (Int, Int64) -> Void) {
        let column = column
        let missing = missing
        guard let column else {
            if let missing { for index in 0..<batch.count { body(Int(batch.buckets[index]), missing) } }
            return
        }
        if column.isSingleValued {
            for index in 0..<batch.count {
                if let value = column.first(of: Int(batch.documents[index])) ?? missing {
                    body(Int(batch.buckets[index]), value)
                }
            }
            return
        }
        for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            let bucket = Int(batch.buckets[index])
            let count = column.count(of: document)
            if count == 0, let missing { body(bucket, missing) }
            for place in 0..<count { body(bucket, column.value(place, of: document)) }
        }
    }

    /// Whether a document has no value.
    func isMissing(_ document: Int) -> Bool { missing == nil && (column?.count(of: document) ?? 0) == 0 }
}

/// The strings of a field, by document of the segment at hand, each with one number for the whole index.
final class StringValues {
    let field: MappedField?
    let missing: [UInt8]?
    private(set) var column: OrdinalColumn?
    private var ordinals: IntegerColumn?
    private var isSingleValued = false
    /// The strings that have a number, by number.
    private(set) var strings: [[UInt8]] = []
    private var numbers: [[UInt8]: Int32] = [:]
    /// The numbers of this segment's ordinals, -1 for those not met yet.
    private var known = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 0)
    private var missingNumber: Int?

    init(field: MappedField?, missing: [UInt8]?) {
        self.field = field
        self.missing = missing
    }

    deinit { known.deallocate() }

    func begin(_ segment: Segment) {
        column = field.flatMap { segment.ordinals($0.number) }
        ordinals = column?.ordinals
        isSingleValued = ordinals?.isSingleValued ?? false
        known.deallocate()
        known = .allocate(capacity: column?.count ?? 0)
        known.initialize(repeating: -1)
    }

    /// Calls with the number of each string of a document.
    @inline(__always)
    func forEach(_ document: Int, _ body: (Int) throws -> Void) rethrows {
        if let column {
            if isSingleValued {
                if let ordinal = ordinals?.first(of: document) {
                    let number = known[Int(ordinal)]
                    return try body(number >= 0 ? Int(number) : self.number(of: Int(ordinal), in: column))
                }
            } else if let ordinals {
                let count = ordinals.count(of: document)
                for index in 0..<count {
                    let ordinal = Int(ordinals.value(index, of: document))
                    let number = known[ordinal]
                    try body(number >= 0 ? Int(number) : self.number(of: ordinal, in: column))
                }
                if count > 0 { return }
            }
        }
        if missing != nil { try body(numberOfMissing()) }
    }

    /// Calls with the place and the number of each string of each document of a batch.
    @inline(__always)
    func forEach(_ batch: DocumentBatch, _ body: (Int, Int) throws -> Void) rethrows {
        guard let column, let ordinals else {
            if missing != nil { for index in 0..<batch.count { try body(index, numberOfMissing()) } }
            return
        }
        let known = known
        let hasMissing = missing != nil
        if isSingleValued {
            for index in 0..<batch.count {
                if let ordinal = ordinals.first(of: Int(batch.documents[index])) {
                    let number = known[Int(ordinal)]
                    try body(index, number >= 0 ? Int(number) : self.number(of: Int(ordinal), in: column))
                } else if hasMissing {
                    try body(index, numberOfMissing())
                }
            }
            return
        }
        for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            let count = ordinals.count(of: document)
            if count == 0, hasMissing { try body(index, numberOfMissing()) }
            for place in 0..<count {
                let ordinal = Int(ordinals.value(place, of: document))
                let number = known[ordinal]
                try body(index, number >= 0 ? Int(number) : self.number(of: ordinal, in: column))
            }
        }
    }

    @inline(never)
    private func number(of ordinal: Int, in column: OrdinalColumn) -> Int {
        let number = self.number(of: column.bytes(of: ordinal))
        known[ordinal] = Int32(truncatingIfNeeded: number)
        return number
    }

    /// The number of a string, new or known.
    func number(of bytes: [UInt8]) -> Int {
        if let number = numbers[bytes] { return Int(number) }
        numbers[bytes] = Int32(truncatingIfNeeded: strings.count)
        strings.append(bytes)
        return strings.count - 1
    }

    private func numberOfMissing() -> Int {
        if let missingNumber { return missingNumber }
        let number = number(of: missing ?? [])
        missingNumber = number
        return number
    }

    func isMissing(_ document: Int) -> Bool { missing == nil && (column?.ordinals.count(of: document) ?? 0) == 0 }

    /// Gives numbers to all strings of the segment, for aggregations that show empty buckets.
    func addAllStrings() {
        guard let column else { return }
        for ordinal in 0..<column.count where known[ordinal] < 0 { _ = number(of: ordinal, in: column) }
    }
}

/// The values that an aggregation reads, by the type of its field.
enum FieldValues {
    case numbers(NumberValues, ValueFormat)
    case strings(StringValues, ValueFormat)
    /// The field is not mapped.
    case unmapped

    func begin(_ segment: Segment) {
        switch self {
        case .numbers(let values, _): values.begin(segment)
        case .strings(let values, _): values.begin(segment)
        case .unmapped: break
        }
    }

    func isMissing(_ document: Int) -> Bool {
        switch self {
        case .numbers(let values, _): values.isMissing(document)
        case .strings(let values, _): values.isMissing(document)
        case .unmapped: true
        }
    }

    var format: ValueFormat {
        switch self {
        case .numbers(_, let format), .strings(_, let format): format
        case .unmapped: .raw
        }
    }
}
