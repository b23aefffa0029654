import JSON
public import SearchIndex
public import VectorIndex

/// What a `knn_vector` field is: its vectors, and how they are searched.
public struct VectorMapping: Sendable, Hashable {
    /// Dimension, elements and space.
    public let field: VectorField
    /// Whether the field has a method, which `index.knn` decides.
    ///
    /// Fields without one are compared vector by vector.
    public let hasMethod: Bool
    /// The method's name: `hnsw` or `flat`; nil without a method.
    public let method: String?
    /// The method's engine.
    public let engine: VectorEngine
    /// How a graph is built; nil: there is never one.
    public let graph: GraphOptions?
    /// The method's `ef_search`: how wide a graph is searched where the query does not say it; nil if the method does not say it either.
    public let efSearch: Int?

    /// Reads the parameters of a field, and checks them as OpenSearch's k-NN plug-in does.
    ///
    /// - Throws: ``MappingError`` in the plug-in's words.
    init(_ definition: FieldDefinition, _ settings: VectorSettings) throws(MappingError) {
        let name = definition.name
        let element = VectorElement(rawValue: definition["data_type"]?.string ?? "") ?? .float
        let topSpace = try VectorMethod.space(definition["space_type"]?.string)
        let compression = definition["compression_level"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let mode = definition["mode"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let given = try definition["method"].map { json throws(MappingError) in try VectorMethod(json) }
        if given != nil, definition["model_id"] != nil {
            throw MappingError(
                .illegalArgument, "Method and model can not be both specified in the mapping: \(name)")
        }
        guard settings.isVectorIndex else {
            if given != nil || definition["model_id"] != nil {
                throw MappingError(
                    .illegalArgument, "Cannot set modelId or method parameters when index.knn setting is false")
            }
            let dimension = try Self.dimension(of: definition)
            if compression != nil || mode != nil { throw Self.compressionRefused(in: "flat", name) }
            hasMethod = false
            method = nil
            engine = .faiss
            graph = nil
            efSearch = nil
            field = try Self.field(dimension, element, topSpace ?? (element == .binary ? .hamming : .l2))
            return
        }
        if let model = definition["model_id"]?.string {
            if topSpace != nil {
                throw MappingError(
                    .illegalArgument, "TopLevel Space type and model can not be both specified in the mapping")
            }
            if compression != nil || mode != nil { throw Self.compressionRefused(in: "model", name) }
            throw MappingError(
                .illegalArgument,
                "[model_id] [\(model)] of vector [\(name)] names a trained model, and Needletail trains none: use "
                    + "[method] with the name [hnsw], which needs no training")
        }
        if element != .float, compression != nil || mode != nil {
            throw MappingError(
                .mapperParsing,
                "Compression and mode cannot be used for non-float32 data type for field \(name)")
        }
        let resolved = try VectorMethod(
            definition, given: given, element: element, topSpace: topSpace, settings: settings)
        try VectorMethodRules(mode: mode, compression: compression, element: element).check(
            resolved, dimension: definition["dimension"]?.int)
        hasMethod = true
        method = resolved.name
        engine = resolved.engine ?? .faiss
        efSearch = resolved.integer("ef_search")
        graph =
            resolved.name == "hnsw"
            ? GraphOptions(
                m: resolved.integer("m") ?? 16, efConstruction: resolved.integer("ef_construction") ?? 100) : nil
        field = try Self.field(try Self.dimension(of: definition), element, resolved.space ?? .l2)
    }

    /// What the index keeps of the field.
    public var options: VectorOptions { VectorOptions(field: field, graph: graph) }

    private static func dimension(of definition: FieldDefinition) throws(MappingError) -> Int {
        guard let dimension = definition["dimension"]?.int else {
            throw MappingError(.illegalArgument, "Dimension value missing for vector: \(definition.name)")
        }
        guard dimension <= VectorField.maximumDimension else {
            throw MappingError(
                .illegalArgument,
                "Dimension value cannot be greater than \(VectorField.maximumDimension) for vector: "
                    + definition.name)
        }
        return dimension
    }

    private static func field(
        _ dimension: Int, _ element: VectorElement, _ space: VectorSpace
    ) throws(MappingError) -> VectorField {
        do { return try VectorField(dimension: dimension, element: element, space: space) } catch {
            throw MappingError(.illegalArgument, error.reason)
        }
    }

    private static func compressionRefused(in kind: String, _ name: String) -> MappingError {
        MappingError(
            .mapperParsing,
            "Compression and mode can not be specified in a \(kind) mapping configuration for field: \(name)")
    }
}
