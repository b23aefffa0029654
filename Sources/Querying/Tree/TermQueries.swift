public import JSON

/// The `term` part.
public struct TermQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The value.
    public var value: JSONValue
    /// Whether ASCII case is ignored.
    public var caseInsensitive = false
}

/// The `terms` part.
public struct TermsQuery: Sendable, Hashable {
    /// A document that holds the values.
    public struct Lookup: Sendable, Hashable {
        /// Its index.
        public var index: String
        /// Its `_id`.
        public var id: String?
        /// The dotted path of the values in its source.
        public var path: String
        /// Its routing.
        public var routing: String?
        /// Finds the documents in place of `id`.
        public var query: JSONValue?
    }

    /// The field.
    public var field: String
    /// The values.
    public var values: [JSONValue]
    /// Where the values come from instead.
    public var lookup: Lookup?
}

/// The `terms_set` part.
public struct TermsSetQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The values.
    public var values: [JSONValue]
    /// The field that says how many must match.
    public var minimumField: String?
    /// The number that must match.
    public var minimum: String?
}

/// The `range` part.
public struct RangeQuery: Sendable, Hashable {
    /// How ranges in the document relate to the one asked.
    public enum Relation: String, Sendable, Hashable {
        /// They overlap.
        case intersects
        /// The document's holds the asked one.
        case contains
        /// The asked one holds the document's.
        case within
    }

    /// The field.
    public var field: String
    /// The lower bound, `nil` for none.
    public var lower: JSONValue?
    /// The upper bound, `nil` for none.
    public var upper: JSONValue?
    /// Whether the lower bound is inside.
    public var includesLower = true
    /// Whether the upper bound is inside.
    public var includesUpper = true
    /// The format of dates.
    public var format: String?
    /// The time zone of dates.
    public var timeZone: String?
    /// How ranges relate.
    public var relation: Relation?

    /// A range without bounds.
    public init(field: String) { self.field = field }
}

/// The `prefix` and `wildcard` parts.
public struct PatternQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The prefix or pattern.
    public var value: String
    /// Whether ASCII case is ignored.
    public var caseInsensitive = false
    /// How the terms score.
    public var rewrite: String?
}

/// The `regexp` part.
public struct RegexpQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The expression in Lucene's syntax.
    public var value: String
    /// Lucene's syntax flags.
    public var flags = RegexpFlags.all
    /// Whether ASCII case is ignored.
    public var caseInsensitive = false
    /// The bound on states.
    public var maxDeterminizedStates = 10_000
    /// How the terms score.
    public var rewrite: String?
}

/// The optional operators of Lucene's regular expressions.
public struct RegexpFlags: OptionSet, Sendable, Hashable {
    /// The bits, as Lucene has them.
    public var rawValue: Int
    /// Makes flags of bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The `&` part.
    public static let intersection = RegexpFlags(rawValue: 1)
    /// The `~` part.
    public static let complement = RegexpFlags(rawValue: 2)
    /// The `#` part.
    public static let empty = RegexpFlags(rawValue: 4)
    /// The `@` part.
    public static let anyString = RegexpFlags(rawValue: 8)
    /// The `<n-m>` part.
    public static let interval = RegexpFlags(rawValue: 32)
    /// All of them.
    public static let all = RegexpFlags(rawValue: 0xFF)
    /// None of them.
    public static let none: RegexpFlags = []
}

/// The `fuzzy` part.
public struct FuzzyQuery: Sendable, Hashable {
    /// The field.
    public var field: String
    /// The value.
    public var value: JSONValue
    /// The edit distance.
    public var fuzziness = Fuzziness.auto
    /// How many code points terms share.
    public var prefixLength = 0
    /// How many terms are used at most.
    public var maxExpansions = 50
    /// Whether swapped neighbours are one edit.
    public var transpositions = true
    /// How the terms score.
    public var rewrite: String?
}

/// An edit distance: a number, or by the length of the term.
public struct Fuzziness: Sendable, Hashable {
    /// The text that was given, such as `AUTO:3,6` or `1`.
    public var text: String
    private var fixed: Int?
    private var low = 3
    private var high = 6

    /// By length: none below 3 code points, 1 below 6, else 2.
    public static let auto = Fuzziness(automatic: 3, 6)

    private init(automatic low: Int, _ high: Int) {
        text = low == 3 && high == 6 ? "AUTO" : "AUTO:\(low),\(high)"
        self.low = low
        self.high = high
    }

    /// Reads `AUTO`, `AUTO:low,high` or a number from 0.
    public init(_ text: String) throws {
        let upper = text.uppercased()
        if upper == "AUTO" {
            self = .auto
            return
        }
        if upper.hasPrefix("AUTO:") {
            let parts = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false).map {
                String($0).trimmed
            }
            guard parts.count == 2 else {
                throw SearchError(
                    type: "parse_exception", reason: "failed to find low and high distance values")
            }
            guard let low = Int(parts[0]), let high = Int(parts[1]) else {
                throw SearchError(type: "parse_exception", reason: "failed to parse [\(text)] as a \"auto:int,int\"")
            }
            guard low >= 0, high >= 0, low <= high else {
                throw SearchError.illegalArgument(
                    "fuzziness must be positive and low must not exceed high, found [\(text)]")
            }
            self.init(automatic: low, high)
            return
        }
        guard let value = Float(text) else {
            throw SearchError(type: "number_format_exception", reason: "For input string: \"\(text)\"")
        }
        guard value >= 0 else {
            throw SearchError.illegalArgument(
                "Valid edit distances are [0, 1, 2] but was [\(text)]")
        }
        self = .auto
        self.text = text
        fixed = Int(min(value, 2))
    }

    /// The edit distance for a term of so many code points.
    public func distance(forLength length: Int) -> Int {
        if let fixed { return fixed }
        return length < low ? 0 : length < high ? 1 : 2
    }
}
