public import JSON
public import SearchIndex

/// The mapping of an index: which fields documents have, of what types, and what happens to others.
///
/// Immutable.
///
/// A change makes a new mapping (``merging(_:)``). Fields keep the numbers under which the index knows them; ``fieldNames`` must be
/// kept with the mapping's JSON and given back when it is read again.
public final class Mapping: Sendable {
    /// What the mapping was read with.
    public let context: MappingContext
    /// The names of all fields that ever had a number, by number.
    public let fieldNames: [String]
    /// The definition that everything else is made of.
    package let definition: MappingDefinition
    /// All fields and multi-fields by full name; aliases are in ``aliases``.
    package let fieldsByName: [String: MappedField]
    /// The full names of the fields that aliases stand for.
    package let aliases: [String: String]
    /// All objects by full path; the root's path is empty.
    package let objects: [String: MappedObject]
    /// The root object.
    package let root: MappedObject

    /// A mapping without fields.
    public static let empty: Mapping = {
        do { return try Mapping(MappingDefinition(), fieldNames: [], context: MappingContext()) } catch {
            preconditionFailure("the empty mapping is valid: \(error)")
        }
    }()

    private init(_ definition: MappingDefinition, _ compiler: MappingCompiler, root: MappedObject) {
        self.root = root
        self.definition = definition
        context = compiler.context
        fieldNames = compiler.fieldNames
        fieldsByName = compiler.fields
        aliases = compiler.aliases
        objects = compiler.objects
    }

    package convenience init(
        _ definition: MappingDefinition, fieldNames: [String], context: MappingContext
    ) throws(MappingError) {
        var compiler = MappingCompiler(context: context, fieldNames: fieldNames)
        let root = try compiler.compile(definition)
        try compiler.checkLimits()
        self.init(definition, compiler, root: root)
    }

    /// Reads the mapping of an index: the value of `mappings`.
    ///
    /// - Parameter checksLimits: Whether more than the context's limits allow is an error; an index that is there may have more.
    /// - Throws: ``MappingError`` as OpenSearch answers it to the creation of an index.
    public convenience init(
        parsing json: JSONValue, fieldNames: [String] = [], context: MappingContext = MappingContext(),
        checksLimits: Bool = true
    ) throws(MappingError) {
        var compiler = MappingCompiler(context: context, fieldNames: fieldNames)
        let definition: MappingDefinition
        let root: MappedObject
        do {
            definition = try MappingReader(context: context).read(json)
            root = try compiler.compile(definition)
        } catch {
            throw MappingError(.mapperParsing, "Failed to parse mapping [_doc]: \(error.reason)", cause: error)
        }
        if checksLimits { try compiler.checkLimits() }
        self.init(definition, compiler, root: root)
    }

    /// This mapping with another context: its limits hold for changes from now on, whatever there is already.
    public func with(_ context: MappingContext) throws(MappingError) -> Mapping {
        var compiler = MappingCompiler(context: context, fieldNames: fieldNames)
        let root = try compiler.compile(definition)
        return Mapping(definition, compiler, root: root)
    }

    /// This mapping with the changes of a `PUT _mapping` body.
    ///
    /// - Throws: ``MappingError`` with OpenSearch's words about what cannot be changed.
    public func merging(_ json: JSONValue) throws(MappingError) -> Mapping {
        try merging(definition: try MappingReader(context: context).read(json))
    }

    /// This mapping with what a document added to it.
    public func merging(_ update: MappingUpdate) throws(MappingError) -> Mapping {
        try merging(definition: update.definition)
    }

    package func merging(definition other: MappingDefinition) throws(MappingError) -> Mapping {
        let merged = try MappingMerger(context: context).merge(definition, other)
        return try Mapping(merged, fieldNames: fieldNames, context: context)
    }

    /// The mapping as `GET _mapping` shows it: without defaults, properties sorted by name.
    public var json: JSONValue { MappingWriter().json(of: definition) }

    // MARK: Look-up

    /// The field or multi-field of a name, or the one that an alias of this name stands for.
    public func field(_ name: String) -> MappedField? {
        fieldsByName[name] ?? aliases[name].flatMap { fieldsByName[$0] } ?? flatObjectLeaf(name)
            ?? Self.metadataFields[name]
    }

    /// `_routing` and `_ignored`, which queries, sorting and aggregations may name.
    private static let metadataFields: [String: MappedField] = {
        var fields: [String: MappedField] = [:]
        for field in [MetadataField.routing, .ignored] {
            fields[field.rawValue] = try? MappedField(
                definition: FieldDefinition(name: field.rawValue, kind: .keyword), name: field.rawValue,
                number: field.number, nestedPath: nil, isMultiField: false, multiFields: [], context: MappingContext())
        }
        return fields
    }()

    /// A path inside a flat object as a field of its own.
    private func flatObjectLeaf(_ name: String) -> MappedField? {
        var end = name.startIndex
        while let dot = name[end...].firstIndex(of: ".") {
            if let field = fieldsByName[String(name[..<dot])], field.kind == .flatObject, let number = field.pathNumber
            {
                let path = String(name[name.index(after: dot)...])
                return try? MappedField(
                    definition: field.definition, name: name, number: number, flatPath: path,
                    nestedPath: field.nestedPath, isMultiField: false, multiFields: [], context: context)
            }
            end = name.index(after: dot)
        }
        return nil
    }

    /// All fields and multi-fields, sorted by name; aliases are left out.
    public var fields: [MappedField] { fieldsByName.values.sorted { $0.name < $1.name } }

    /// The names of fields, multi-fields and aliases that match a pattern with `*`, sorted.
    public func fieldNames(matching pattern: String) -> [String] {
        if !pattern.contains("*") { return field(pattern) == nil ? [] : [pattern] }
        let matcher = WildcardPattern(pattern)
        let names = fieldsByName.keys.filter(matcher.matches) + aliases.keys.filter(matcher.matches)
        return names.sorted()
    }

    /// The kind of an object: nil if there is no object of this path.
    public func object(_ path: String) -> MappedObject? { objects[path] }

    /// The leaves of an object, sorted by name: what an `exists` query on the object asks for.
    public func fields(inObject path: String) -> [MappedField] {
        fieldsByName.values.filter { $0.name.hasPrefix(path + ".") && !$0.isMultiField }.sorted { $0.name < $1.name }
    }

    /// The nested object that a field or an object belongs to, or nil for the document itself.
    public func nestedPath(of name: String) -> String? {
        if let field = field(name) { return field.nestedPath }
        var path = Substring(name)
        while true {
            if let object = objects[String(path)], object.isNested { return object.path }
            guard let dot = path.lastIndex(of: ".") else { return nil }
            path = path[..<dot]
        }
    }

    /// What the index must know of every numbered field.
    public var indexedFields: [(number: FieldNumber, options: FieldOptions)] {
        fieldsByName.values.flatMap { field in
            [(field.number, field.options)] + (field.pathNumber.map { [($0, field.options)] } ?? [])
        } + MetadataField.allCases.map { ($0.number, $0.options) }
    }

    /// Whether documents must come with a routing value.
    public var requiresRouting: Bool { definition.requiresRouting ?? false }

    /// What is kept of `_source`.
    public var sourceOptions: SourceOptions { definition.source }

    /// The user's `_meta`.
    public var meta: JSONValue? { definition.meta }
}

/// What a document adds to a mapping.
public struct MappingUpdate: Sendable {
    package let definition: MappingDefinition

    /// The addition as the body of a `PUT _mapping`.
    public var json: JSONValue { MappingWriter().json(of: definition) }
}
