import JSON

/// Which parameters each field type takes, in the order in which OpenSearch writes them.
extension FieldKind {
    /// The parameters; `type`, `fields` and `copy_to` are apart.
    var parameters: [ParameterSpecification] { Self.tables[self] ?? [] }

    private static let tables: [FieldKind: [ParameterSpecification]] = {
        var tables: [FieldKind: [ParameterSpecification]] = [:]
        for kind in allCases { tables[kind] = table(of: kind) }
        return tables
    }()

    private typealias Parameter = ParameterSpecification

    private static let index = Parameter("index", .boolean, true)
    private static let store = Parameter("store", .boolean, false)
    private static let docValues = Parameter("doc_values", .boolean, true)
    private static let boost = Parameter("boost", .number, 1, update: .always)
    private static let meta = Parameter("meta", .stringMap, [:], update: .always)
    private static let similarity = Parameter("similarity", .similarity, nil, acceptsNull: true)
    private static let eagerGlobalOrdinals = Parameter("eager_global_ordinals", .boolean, false, update: .always)
    private static let ignoreMalformed = Parameter(
        "ignore_malformed", .boolean, false, update: .always, echo: .whenGiven)
    private static let coerce = Parameter("coerce", .boolean, true, update: .always, echo: .whenGiven)
    private static let ignoreAbove = Parameter("ignore_above", .integer, 2_147_483_647, update: .always)

    private static let indexOptions = Parameter(
        "index_options", .choice(["positions", "docs", "freqs", "offsets"]), "positions")
    private static let termVector = Parameter(
        "term_vector",
        .choice([
            "no", "yes", "with_positions", "with_offsets", "with_positions_offsets", "with_positions_payloads",
            "with_positions_offsets_payloads",
        ]), "no")
    private static let analyzers = [
        Parameter("analyzer", .analyzer, "default"),
        Parameter("search_analyzer", .analyzer, "default", update: .always),
        Parameter("search_quote_analyzer", .analyzer, "default", update: .always),
    ]

    private static func table(of kind: FieldKind) -> [Parameter] {
        switch kind {
        case .text:
            [index, store, indexOptions, Parameter("norms", .boolean, true, update: .onlyToFalse), termVector]
                + analyzers + [
                    similarity, Parameter("position_increment_gap", .integer, -1),
                    Parameter("fielddata", .boolean, false, update: .always),
                    Parameter("fielddata_frequency_filter", .any, nil, update: .always),
                    eagerGlobalOrdinals, Parameter("index_phrases", .boolean, false),
                    Parameter("index_prefixes", .any, nil, acceptsNull: true), boost, meta,
                ]
        case .matchOnlyText:
            [index, store] + analyzers + [boost, meta]
        case .searchAsYouType:
            [
                index, store, docValues, Parameter("max_shingle_size", .integer, 3), indexOptions,
                Parameter("norms", .boolean, true, update: .onlyToFalse), termVector,
            ] + analyzers + [similarity, meta]
        case .keyword:
            [
                index, docValues, store, Parameter("null_value", .string, nil, acceptsNull: true),
                eagerGlobalOrdinals, ignoreAbove, Parameter("index_options", .choice(["docs", "freqs"]), "docs"),
                Parameter("norms", .boolean, false, update: .onlyToFalse), similarity,
                Parameter("use_similarity", .boolean, false, update: .always),
                Parameter("normalizer", .string, "default"),
                Parameter("split_queries_on_whitespace", .boolean, false, update: .always), boost, meta,
            ]
        case .constantKeyword:
            [Parameter("value", .string, nil)]
        case .wildcard:
            [
                Parameter("null_value", .string, nil, acceptsNull: true), ignoreAbove,
                Parameter("normalizer", .string, "default"), Parameter("doc_values", .boolean, false), meta,
            ]
        case .boolean:
            [index, docValues, store, Parameter("null_value", .boolean, nil, acceptsNull: true), boost, meta]
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double:
            [
                index, docValues, store, ignoreMalformed, coerce,
                Parameter("null_value", .number, nil, acceptsNull: true), Parameter("skip_list", .boolean, false),
                boost, meta,
            ]
        case .scaledFloat:
            [
                index, docValues, store, ignoreMalformed, meta, Parameter("scaling_factor", .number, nil), coerce,
                Parameter("null_value", .number, nil, acceptsNull: true), Parameter("skip_list", .boolean, false),
            ]
        case .date, .dateNanos:
            [
                index, docValues, store, Parameter("format", .string, .string(DateFormat.defaultPattern)),
                Parameter("print_format", .string, nil, acceptsNull: true), Parameter("locale", .string, ""),
                Parameter("null_value", .string, nil, acceptsNull: true),
                Parameter("ignore_malformed", .boolean, false, update: .always), boost, meta,
            ]
        case .ip:
            [
                index, docValues, store, Parameter("ignore_malformed", .boolean, false, update: .always),
                Parameter("null_value", .string, nil, acceptsNull: true), meta,
            ]
        case .flatObject: []
        case .alias: [Parameter("path", .string, nil)]
        case .binary: [store, Parameter("doc_values", .boolean, false), meta]
        case .tokenCount:
            [
                index, docValues, store, Parameter("analyzer", .analyzer, nil),
                Parameter("null_value", .integer, nil, acceptsNull: true),
                Parameter("enable_position_increments", .boolean, true), meta,
            ]
        case .rankFeature, .rankFeatures:
            [Parameter("positive_score_impact", .boolean, true), meta]
        case .knnVector:
            [
                store, docValues, Parameter("dimension", .dimension, -1),
                Parameter("data_type", .vectorElement, "float"),
                meta, Parameter("method", .any, nil), Parameter("model_id", .string, nil),
                Parameter("mode", .choice(["null", "in_memory", "on_disk"]), nil, acceptsNull: true),
                Parameter(
                    "compression_level", .choice(["", "1x", "2x", "4x", "8x", "16x", "32x"]), "", acceptsNull: true),
                Parameter("space_type", .string, "undefined"),
            ]
        case .sparseVector: [Parameter("method", .any, nil)]
        case .semantic:
            [
                Parameter("model_id", .string, nil, update: .always),
                Parameter("search_model_id", .string, nil, update: .always),
                Parameter("raw_field_type", .string, nil), Parameter("semantic_info_field_name", .string, nil),
                Parameter("chunking", .any, nil, update: .always), Parameter("batch_size", .integer, nil),
                Parameter("semantic_field_search_analyzer", .string, nil, update: .always),
                Parameter("dense_embedding_config", .any, nil), Parameter("sparse_encoding_config", .any, nil),
                Parameter("skip_existing_embedding", .boolean, nil), meta,
            ]
        case .completion:
            [
                Parameter("analyzer", .analyzer, "simple"),
                Parameter("search_analyzer", .analyzer, "simple", update: .always),
                Parameter("preserve_separators", .boolean, true),
                Parameter("preserve_position_increments", .boolean, true),
                Parameter("max_input_length", .integer, 50, update: .always), Parameter("contexts", .any, nil), meta,
            ]
        case .geoPoint:
            [
                index, docValues, store, ignoreMalformed, Parameter("ignore_z_value", .boolean, true, update: .always),
                Parameter("null_value", .any, nil, acceptsNull: true), meta,
            ]
        case .integerRange, .longRange, .floatRange, .doubleRange, .ipRange:
            [index, docValues, store, coerce, boost, meta]
        case .dateRange:
            [
                index, docValues, store, coerce, Parameter("format", .string, .string(DateFormat.defaultPattern)),
                Parameter("locale", .string, ""), boost, meta,
            ]
        }
    }
}
