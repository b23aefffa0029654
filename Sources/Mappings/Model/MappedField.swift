public import JSON
public import SearchIndex

/// A field that documents can have, ready for indexing and searching: a field of the mapping, or one of its multi-fields.
public final class MappedField: Sendable {
    /// The full name: `author.name.keyword`.
    public let name: String
    /// The number under which the index knows the field.
    public let number: FieldNumber
    /// The number of a flat object's values with their paths before them: `a.b=value`.
    public let pathNumber: FieldNumber?
    /// The path inside a flat object, for a field that ``Mapping/field(_:)`` made of one.
    public let flatPath: String?
    /// Its type.
    public let kind: FieldKind
    /// What the index keeps of it.
    public let options: FieldOptions
    /// Whether queries may search it (`index`).
    public let isIndexed: Bool
    /// Whether values are kept by document (`doc_values`, or `fielddata` of a text).
    public let hasDocValues: Bool
    /// Whether `store` is set: values are then read from `_source` when asked for as stored fields.
    public let isStored: Bool
    /// The name of the analyser of texts, or nil for a type without one.
    public let analyzer: String?
    /// The name of the analyser of queries.
    public let searchAnalyzer: String?
    /// The name of the analyser of phrases in queries.
    public let searchQuoteAnalyzer: String?
    /// The name of the normaliser of a keyword.
    public let normalizer: String?
    /// Whether a keyword's match queries split at white space.
    public let splitsQueriesOnWhitespace: Bool
    /// The similarity's name: `BM25`, `boolean`, or one from the settings.
    public let similarity: String
    /// The nested object that the field belongs to, or nil for the document itself.
    public let nestedPath: String?
    /// How dates are read and written.
    public let dateFormat: DateFormat?
    /// What a scaled float is multiplied with.
    public let scalingFactor: Double?
    /// The value of a constant keyword, if it has one.
    public let constantValue: String?
    /// How far the positions of two values of a text are apart.
    public let positionIncrementGap: Int
    /// What a `knn_vector` is; nil for other types.
    public let vector: VectorMapping?
    /// What a `rank_feature`, `rank_features` or `sparse_vector` is; nil for other types.
    public let features: FeatureMapping?
    /// The whole definition, with defaults left out.
    package let definition: FieldDefinition
    /// Whether the field is a multi-field of another.
    public let isMultiField: Bool

    // What documents are read with.
    let ignoreAbove: Int
    let ignoresMalformed: Bool
    let coerces: Bool
    let nullValue: JSONValue?
    /// Multi-fields and, in `copyTo`, the numbers of other fields are filled by the same value.
    let multiFields: [MappedField]
    let copyTo: [String]

    init(
        definition: FieldDefinition, name: String, number: FieldNumber, pathNumber: FieldNumber? = nil,
        flatPath: String? = nil, nestedPath: String?, isMultiField: Bool, multiFields: [MappedField],
        context: MappingContext
    ) throws(MappingError) {
        let kind = definition.kind
        self.definition = definition
        self.name = name
        self.number = number
        self.pathNumber = pathNumber
        self.flatPath = flatPath
        self.kind = kind
        self.nestedPath = nestedPath
        self.isMultiField = isMultiField
        self.multiFields = multiFields
        copyTo = definition.copyTo
        isIndexed = definition.bool("index", default: true) && !kind.isSourceOnly
        isStored = definition.bool("store", default: false)
        let vector = kind == .knnVector ? try VectorMapping(definition, context.vectors) : nil
        let features = try FeatureMapping(definition, name: name, context.vectors)
        self.vector = vector
        self.features = features
        var options = try Self.options(of: definition, isIndexed: isIndexed, name: name)
        if let vector { options.companion = .vectors(vector.options) }
        if let features { options.companion = .features(features.options) }
        self.options = options
        let isNumber = kind.isNumeric || kind.isDate
        hasDocValues = options.values != .none && (!isNumber || definition.bool("doc_values", default: true))
        if kind.isText || kind == .tokenCount {
            let indexAnalyzer = definition["analyzer"]?.string ?? "default"
            let hasOwn = definition["analyzer"] != nil
            let search = definition["search_analyzer"]?.string ?? (hasOwn ? indexAnalyzer : "default_search")
            analyzer = indexAnalyzer
            searchAnalyzer = search
            searchQuoteAnalyzer = definition["search_quote_analyzer"]?.string ?? search
        } else {
            analyzer = nil
            searchAnalyzer = nil
            searchQuoteAnalyzer = nil
        }
        let normalizer = definition["normalizer"]?.string
        self.normalizer = normalizer == "default" ? nil : normalizer
        splitsQueriesOnWhitespace = definition.bool("split_queries_on_whitespace", default: false)
        similarity = definition["similarity"]?.string ?? "BM25"
        if kind.isDate || kind == .dateRange {
            let pattern = definition["format"]?.string ?? DateFormat.defaultPattern
            do {
                dateFormat = try DateFormat(pattern, locale: definition["locale"]?.string ?? "")
            } catch {
                throw MappingError(
                    .illegalArgument, "Error parsing [format] on field [\(definition.name)]: \(error.reason)",
                    cause: error)
            }
        } else {
            dateFormat = nil
        }
        scalingFactor = kind == .scaledFloat ? definition["scaling_factor"]?.double : nil
        constantValue = kind == .constantKeyword ? definition["value"]?.string : nil
        let gap = definition["position_increment_gap"]?.int ?? -1
        positionIncrementGap = gap < 0 ? 100 : gap
        ignoreAbove = definition["ignore_above"]?.int ?? Int.max
        ignoresMalformed = definition.bool("ignore_malformed", default: context.ignoresMalformed)
        coerces = definition.bool("coerce", default: context.coerces)
        nullValue = definition["null_value"]
    }

    /// Whether queries find something by this field, as `_field_caps` tells it.
    public var isSearchable: Bool { !kind.isSourceOnly && (isIndexed || hasDocValues || kind == .constantKeyword) }

    /// Whether aggregations and sorting read this field, as `_field_caps` tells it.
    public var isAggregatable: Bool { hasDocValues || kind == .constantKeyword }

    /// Whether higher values of a feature are better ones (`positive_score_impact`); true for other types.
    public var positiveScoreImpact: Bool { features?.hasPositiveImpact ?? true }

    /// The `ef_search` of a vector's method; nil where the mapping does not say it.
    public var efSearch: Int? { vector?.efSearch }

    /// The value of the parameter `meta`, which `_field_caps` shows.
    public var meta: JSONValue? { definition["meta"] }

    /// The definition as it stands under the field's name in `properties`.
    public var json: JSONValue { MappingWriter().json(of: definition) }

    /// What the index keeps of a field, from its type and its parameters.
    private static func options(
        of definition: FieldDefinition, isIndexed: Bool, name: String
    ) throws(MappingError) -> FieldOptions {
        let hasValues = definition.bool("doc_values", default: true)
        switch definition.kind {
        case .text, .matchOnlyText, .searchAsYouType:
            var indexing = FieldOptions.Indexing.positions
            if let asked = definition["index_options"]?.string {
                indexing = asked == "docs" ? .documents : asked == "freqs" ? .frequencies : .positions
            }
            if indexing != .positions, definition["position_increment_gap"] != nil {
                throw MappingError(
                    .illegalArgument,
                    "Cannot set position_increment_gap on field [\(definition.name)] without positions enabled")
            }
            let hasNorms = definition.kind != .matchOnlyText && definition.bool("norms", default: true)
            return FieldOptions(
                indexing: isIndexed ? indexing : .none, hasNorms: isIndexed && hasNorms,
                values: definition.bool("fielddata", default: false) ? .ordinals : .none)
        case .keyword:
            let usesFrequencies = definition["index_options"]?.string == "freqs"
            return FieldOptions(
                indexing: !isIndexed ? .none : usesFrequencies ? .frequencies : .documents,
                hasNorms: isIndexed && definition.bool("norms", default: false),
                values: hasValues ? .ordinals : .none)
        case .wildcard, .flatObject: return .keyword
        case .ip:
            return FieldOptions(indexing: isIndexed ? .documents : .none, values: hasValues ? .ordinals : .none)
        case .boolean:
            return FieldOptions(indexing: isIndexed ? .documents : .none, values: hasValues ? .integers : .none)
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double, .scaledFloat, .date,
            .dateNanos, .tokenCount:
            // Ranges and terms of numbers are found through the values, so that a field that is indexed has them.
            return FieldOptions(values: hasValues || isIndexed ? .integers : .none)
        case .constantKeyword, .alias, .binary, .rankFeature, .rankFeatures, .knnVector, .sparseVector, .semantic,
            .completion, .geoPoint, .integerRange, .longRange, .floatRange, .doubleRange, .dateRange, .ipRange:
            return FieldOptions()
        }
    }
}
