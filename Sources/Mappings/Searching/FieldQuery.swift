public import JSON
public import SearchIndex

/// What an index must find for a query on one field, after the field's type has read the query's values.
public enum FieldQuery: Sendable, Hashable {
    /// No document.
    case none
    /// Every document.
    case all
    /// Documents that were marked as having the field (``SearchIndex/Segment/existence(of:)``).
    case existsMark(FieldNumber)
    /// Documents with at least one integer of the field.
    case existsInteger(FieldNumber)
    /// Documents with at least one byte value of the field.
    case existsOrdinal(FieldNumber)
    /// Documents with a term.
    case term(FieldNumber, [UInt8])
    /// Documents with any of several terms, sorted and different.
    case terms(FieldNumber, [[UInt8]])
    /// Documents with an integer in a range.
    case integers(FieldNumber, ClosedRange<Int64>)
    /// Documents with any of several integers, sorted and different.
    case integerSet(FieldNumber, [Int64])
    /// Documents with a term between two, in the order of bytes; nil for no bound.
    case termRange(FieldNumber, lower: Bound?, upper: Bound?)
    /// Documents with a byte value between two: for fields that are not indexed.
    case valueRange(FieldNumber, lower: Bound?, upper: Bound?)

    /// One end of a range of byte strings.
    public struct Bound: Sendable, Hashable {
        /// The bytes.
        public let bytes: [UInt8]
        /// Whether they belong to the range.
        public let isIncluded: Bool

        /// One end of a range.
        public init(_ bytes: [UInt8], isIncluded: Bool) {
            self.bytes = bytes
            self.isIncluded = isIncluded
        }
    }
}

/// What a range query asks for.
///
/// Values are JSON scalars; `null` is no bound.
public struct RangeBounds: Sendable, Hashable {
    /// The lower end; nil for none.
    public var lower: JSONValue?
    /// Whether the lower end belongs to the range (`gte`).
    public var includesLower = true
    /// The upper end; nil for none.
    public var upper: JSONValue?
    /// Whether the upper end belongs to the range (`lte`).
    public var includesUpper = true
    /// The zone of dates that do not say theirs.
    public var timeZone: TimeZoneRules?
    /// How dates are read, instead of the field's format.
    public var format: DateFormat?

    /// A range without ends.
    public init() {}
}

/// What the values of a query are read with.
public struct QueryValueContext: Sendable {
    /// What `now` means.
    public var now: Moment

    /// A context with the time that `now` means.
    public init(now: Moment) { self.now = now }
}
