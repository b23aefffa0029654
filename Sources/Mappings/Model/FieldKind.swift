/// The type of a field, as mappings name it.
public enum FieldKind: String, Sendable, Hashable, CaseIterable {
    /// Analysed text.
    case text
    /// Analysed text without norms and positions.
    case matchOnlyText = "match_only_text"
    /// Analysed text with shingles and prefixes beside it.
    case searchAsYouType = "search_as_you_type"
    /// A string as it is.
    case keyword
    /// A keyword that is the same in all documents.
    case constantKeyword = "constant_keyword"
    /// A keyword that is mostly searched with patterns.
    case wildcard
    /// `true` or `false`.
    case boolean
    /// A signed 8-bit integer.
    case byte
    /// A signed 16-bit integer.
    case short
    /// A signed 32-bit integer.
    case integer
    /// A signed 64-bit integer.
    case long
    /// An unsigned 64-bit integer.
    case unsignedLong = "unsigned_long"
    /// A 16-bit float.
    case halfFloat = "half_float"
    /// A 32-bit float.
    case float
    /// A 64-bit float.
    case double
    /// A decimal, kept as an integer after multiplication by `scaling_factor`.
    case scaledFloat = "scaled_float"
    /// A point in time, in milliseconds.
    case date
    /// A point in time, in nanoseconds.
    case dateNanos = "date_nanos"
    /// An IPv4 or IPv6 address.
    case ip
    /// An object of which all leaves are keywords.
    case flatObject = "flat_object"
    /// Another name of a field.
    case alias
    /// Base64 bytes.
    case binary
    /// How many tokens an analyser finds in a text.
    case tokenCount = "token_count"
    /// A number that raises or lowers scores.
    case rankFeature = "rank_feature"
    /// Many named numbers that raise or lower scores.
    case rankFeatures = "rank_features"
    /// A dense vector.
    case knnVector = "knn_vector"
    /// A learned sparse vector with token ids as keys.
    case sparseVector = "sparse_vector"
    /// Text that a model turns into vectors.
    case semantic
    /// Inputs of the completion suggester.
    case completion
    /// A latitude and a longitude.
    case geoPoint = "geo_point"
    /// A range of 32-bit integers.
    case integerRange = "integer_range"
    /// A range of 64-bit integers.
    case longRange = "long_range"
    /// A range of 32-bit floats.
    case floatRange = "float_range"
    /// A range of 64-bit floats.
    case doubleRange = "double_range"
    /// A range of dates.
    case dateRange = "date_range"
    /// A range of addresses.
    case ipRange = "ip_range"
}

extension FieldKind {
    /// Whether values are analysed into tokens with positions or frequencies.
    public var isText: Bool {
        switch self {
        case .text, .matchOnlyText, .searchAsYouType: true
        default: false
        }
    }

    /// Whether values are strings that are searched whole.
    public var isKeywordLike: Bool {
        switch self {
        case .keyword, .constantKeyword, .wildcard, .flatObject: true
        default: false
        }
    }

    /// Whether values are numbers (dates and booleans are not).
    public var isNumeric: Bool {
        switch self {
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double, .scaledFloat, .tokenCount:
            true
        default: false
        }
    }

    /// Whether values are points in time.
    public var isDate: Bool { self == .date || self == .dateNanos }

    /// Whether values are numbers without a fraction.
    public var isIntegral: Bool {
        switch self {
        case .byte, .short, .integer, .long, .unsignedLong, .tokenCount: true
        default: false
        }
    }

    /// Whether values are ranges.
    public var isRange: Bool {
        switch self {
        case .integerRange, .longRange, .floatRange, .doubleRange, .dateRange, .ipRange: true
        default: false
        }
    }

    /// Whether this version keeps values in `_source` only: the mapping is accepted and shown, but the field cannot be searched.
    public var isSourceOnly: Bool {
        switch self {
        case .binary, .semantic, .completion, .geoPoint: true
        default: isRange
        }
    }

    /// Whether values are features with weights.
    public var isFeature: Bool { self == .rankFeature || self == .rankFeatures || self == .sparseVector }

    /// The family of the type in `_field_caps`: `text`, `keyword`, or the type itself.
    public var familyName: String {
        switch self {
        case .matchOnlyText: "text"
        default: rawValue
        }
    }
}
