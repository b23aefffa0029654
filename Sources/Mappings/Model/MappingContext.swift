/// What a mapping is read with: names that the index's settings define, and limits.
public struct MappingContext: Sendable {
    /// Whether an analyser of this name exists; `default` always does.
    public var hasAnalyzer: @Sendable (String) -> Bool
    /// Whether a normaliser of this name exists.
    public var hasNormalizer: @Sendable (String) -> Bool
    /// Whether a similarity of this name exists.
    public var hasSimilarity: @Sendable (String) -> Bool
    /// Bounds on the size of the mapping.
    public var limits: MappingLimits
    /// `index.mapping.ignore_malformed`: what fields do that do not say it.
    public var ignoresMalformed: Bool
    /// `index.mapping.coerce`: what fields do that do not say it.
    public var coerces: Bool
    /// `index.knn`, `index.sparse` and what else the settings say about vectors and features.
    public var vectors: VectorSettings

    /// Makes a context; without arguments every analyser and normaliser exists and limits are OpenSearch's defaults.
    public init(
        hasAnalyzer: @escaping @Sendable (String) -> Bool = { _ in true },
        hasNormalizer: @escaping @Sendable (String) -> Bool = { _ in true },
        hasSimilarity: @escaping @Sendable (String) -> Bool = { $0 == "BM25" || $0 == "boolean" },
        limits: MappingLimits = MappingLimits(), ignoresMalformed: Bool = false, coerces: Bool = true,
        vectors: VectorSettings = VectorSettings()
    ) {
        self.hasAnalyzer = hasAnalyzer
        self.hasNormalizer = hasNormalizer
        self.hasSimilarity = hasSimilarity
        self.limits = limits
        self.ignoresMalformed = ignoresMalformed
        self.coerces = coerces
        self.vectors = vectors
    }
}

/// Bounds on mappings and documents, with the names and defaults of the `index.mapping.*` settings.
public struct MappingLimits: Sendable, Hashable {
    /// `index.mapping.total_fields.limit`: fields, objects, multi-fields and aliases together.
    public var totalFields = 1000
    /// `index.mapping.depth.limit`: objects inside one another, the field included.
    public var depth = 20
    /// `index.mapping.nested_fields.limit`: fields of type nested.
    public var nestedFields = 50
    /// `index.mapping.nested_objects.limit`: nested objects in one document.
    public var nestedObjects = 10_000
    /// `index.mapping.field_name_length.limit`: UTF-16 code units of one part of a name; no limit by default.
    public var fieldNameLength = Int.max

    /// OpenSearch's defaults.
    public init() {}
}
