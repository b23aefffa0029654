import JSON

/// Finds out what a document adds to its mapping: the fields that are not mapped, with the types that their values suggest.
///
/// Runs only for documents that have such fields; it reads the whole document once more.
struct DynamicMapper {
    let mapping: Mapping
    let id: String

    private static let defaultDateFormats: [DateFormat] = [
        .standard, (try? DateFormat("yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis")) ?? .standard,
    ]

    /// The addition, or nil if nothing that is not mapped has a value.
    func update(for source: UnsafeRawBufferPointer) throws(MappingError) -> MappingUpdate? {
        let json: JSONValue
        do { json = try JSONValue(parsing: source) } catch {
            throw MappingError(
                .mapperParsing, "failed to parse", cause: MappingError(.jsonParse, error.description))
        }
        guard case .object(let members) = json else { return nil }
        var definition = MappingDefinition()
        let root = Level(
            object: mapping.root, definition: mapping.definition.root, path: "", dynamic: mapping.root.dynamic)
        try add(members, level: root, to: &definition.root)
        guard !definition.root.children.isEmpty else { return nil }
        return MappingUpdate(definition: definition)
    }

    /// Where in the mapping an object of the document is.
    struct Level {
        /// What is mapped already; nil inside an object that is new.
        var object: MappedObject?
        var definition: ObjectDefinition
        var path: String
        var dynamic: ObjectDefinition.Dynamic

        func fullName(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
    }

    private func add(_ members: JSONObject, level: Level, to delta: inout ObjectDefinition) throws(MappingError) {
        for (name, value) in members {
            let parts = name.utf8.contains(UInt8(ascii: ".")) ? try DocumentPath.parts(of: name) : [name]
            try add(value, at: parts[...], level: level, to: &delta)
        }
    }

    /// Adds one value under a name of one or more parts.
    private func add(
        _ value: JSONValue, at parts: ArraySlice<String>, level: Level, to delta: inout ObjectDefinition
    ) throws(MappingError) {
        let name = parts[parts.startIndex]
        if name.isEmpty {
            throw MappingError(
                .mapperParsing, "failed to parse",
                cause: MappingError(.illegalArgument, "field name cannot be an empty string"))
        }
        let existing = level.object?.child(name.utf8)
        if parts.count > 1 {
            if case .field? = existing { return }
            guard let inner = try inner(name, existing, level: level, delta: delta) else { return }
            var added = childDelta(name, in: delta, nested: inner.nesting)
            try add(value, at: parts.dropFirst(), level: inner.level, to: &added)
            if existing == nil || !added.children.isEmpty { delta.children[name] = .object(added) }
            return
        }
        switch existing {
        case .field(let field)?:
            try addCopies(of: field, value, to: &delta, level: level)
        case .alias?: return
        case .object(let object)?:
            guard object.isEnabled else { return }
            try addObjects(value, name, existing, level: level, to: &delta)
        case nil:
            try addNew(value, name, level: level, to: &delta)
        }
    }

    private func childDelta(
        _ name: String, in delta: ObjectDefinition, nested: ObjectDefinition.Nesting?
    ) -> ObjectDefinition {
        if case .object(let object)? = delta.children[name] { return object }
        var object = ObjectDefinition(name: name)
        object.nesting = nested
        return object
    }

    /// The level of a child object, mapped or new; nil where nothing may be added.
    private func inner(
        _ name: String, _ existing: MappedObject.Child?, level: Level, delta: ObjectDefinition
    ) throws(MappingError) -> (level: Level, nesting: ObjectDefinition.Nesting?)? {
        if case .object(let object)? = existing {
            guard object.isEnabled else { return nil }
            guard case .object(let definition)? = level.definition.children[name] else { return nil }
            // Only whether it is nested matters to the merge: includes stay as they are.
            return (
                Level(object: object, definition: definition, path: object.path, dynamic: object.dynamic),
                object.isNested ? ObjectDefinition.Nesting() : nil
            )
        }
        guard level.dynamic != .false else { return nil }
        if level.dynamic == .falseAllowTemplates { return nil }
        if level.dynamic != .true { throw strict(name, level) }
        return (
            Level(
                object: nil, definition: ObjectDefinition(name: name), path: level.fullName(name),
                dynamic: level.dynamic), nil
        )
    }

    private func strict(_ name: String, _ level: Level) -> MappingError {
        MappingError(
            .strictDynamicMapping,
            "mapping set to \(level.dynamic.rawValue), dynamic introduction of [\(name)] within "
                + "[\(level.path.isEmpty ? "_doc" : level.path)] is not allowed")
    }

    /// Objects in a value (one, or any depth of arrays of them) under a mapped or already added object.
    private func addObjects(
        _ value: JSONValue, _ name: String, _ existing: MappedObject.Child?, level: Level,
        to delta: inout ObjectDefinition
    ) throws(MappingError) {
        switch value {
        case .array(let elements):
            for element in elements { try addObjects(element, name, existing, level: level, to: &delta) }
        case .object(let members):
            guard let inner = try inner(name, existing, level: level, delta: delta) else { return }
            var added = childDelta(name, in: delta, nested: inner.nesting)
            try add(members, level: inner.level, to: &added)
            if !added.children.isEmpty { delta.children[name] = .object(added) }
        default: return
        }
    }

    // MARK: New names

    private func addNew(
        _ value: JSONValue, _ name: String, level: Level, to delta: inout ObjectDefinition
    ) throws(MappingError) {
        if level.dynamic == .false { return }
        switch value {
        case .null: return
        case .array(let elements):
            // As OpenSearch, a template for objects may make a field of a whole array: a vector.
            if delta.children[name] == nil, case .field(let field)? = try template(.object, name, level: level),
                field.kind == .knnVector
            {
                delta.children[name] = .field(field)
                return
            }
            for element in elements { try addNew(element, name, level: level, to: &delta) }
        case .object(let members): try addNewObject(members, name, level: level, to: &delta)
        case .string, .number, .bool:
            guard let node = try field(for: value, name, level: level) else { return }
            if let earlier = delta.children[name] {
                if case .object = earlier {
                    throw MappingError(
                        .mapperParsing,
                        "object mapping for [\(level.fullName(name))] tried to parse field [\(name)] as object, but found "
                            + "a concrete value")
                }
                // The first value decides; the second reading checks the others against it.
                return
            }
            delta.children[name] = node
            if case .field(let definition) = node {
                try addTargets(definition.copyTo, value, to: &delta, level: level)
            }
        }
    }

    private func addNewObject(
        _ members: JSONObject, _ name: String, level: Level, to delta: inout ObjectDefinition
    ) throws(MappingError) {
        if case .field? = delta.children[name] { return }
        var added: ObjectDefinition
        if case .object(let earlier)? = delta.children[name] {
            added = earlier
        } else {
            switch try template(.object, name, level: level) {
            case .field(let field)?:
                delta.children[name] = .field(field)
                return
            case .object(let object)?: added = object
            case nil:
                if level.dynamic == .falseAllowTemplates { return }
                if level.dynamic != .true { throw strict(name, level) }
                added = ObjectDefinition(name: name)
            }
        }
        let inner = Level(
            object: nil, definition: added, path: level.fullName(name), dynamic: added.dynamic ?? level.dynamic)
        if added.isEnabled {
            // What a template mapped in the object is there already.
            for (key, value) in members {
                let parts = key.utf8.contains(UInt8(ascii: ".")) ? try DocumentPath.parts(of: key) : [key]
                if parts.count == 1, case .field? = added.children[key] { continue }
                try add(value, at: parts[...], level: inner, to: &added)
            }
        }
        delta.children[name] = .object(added)
    }

    /// The definition of a new field for a scalar; nil if templates decide and none matches.
    private func field(
        for value: JSONValue, _ name: String, level: Level
    ) throws(MappingError) -> ObjectDefinition.Node? {
        let (type, definition) = suggestion(for: value, name)
        if let node = try template(type, name, level: level) { return node }
        switch level.dynamic {
        case .falseAllowTemplates: return nil
        case .strictAllowTemplates: throw strict(name, level)
        default: return .field(definition)
        }
    }

    /// What dynamic templates call the types of values.
    enum ValueType: Equatable {
        case object, string, long, double, boolean
        case date(format: String)

        var name: String {
            switch self {
            case .object: "object"
            case .string: "string"
            case .long: "long"
            case .double: "double"
            case .boolean: "boolean"
            case .date: "date"
            }
        }

        /// The type of the field that a template without `type` makes.
        var fieldType: String { self == .string ? "text" : name }
    }

    private func suggestion(for value: JSONValue, _ name: String) -> (ValueType, FieldDefinition) {
        switch value {
        case .bool: return (.boolean, FieldDefinition(name: name, kind: .boolean))
        case .number(let number):
            let isWhole = number.isInteger || number.double.magnitude >= 9_223_372_036_854_775_808
            return isWhole
                ? (.long, FieldDefinition(name: name, kind: .long))
                : (.double, FieldDefinition(name: name, kind: .float))
        case .string(let text):
            let isLong = Int64(text) != nil
            let isDouble = isLong || JavaNumbers.parses(text)
            if mapping.definition.numericDetection ?? false, isDouble {
                return isLong
                    ? (.long, FieldDefinition(name: name, kind: .long))
                    : (.double, FieldDefinition(name: name, kind: .float))
            }
            if !isDouble, mapping.definition.dateDetection ?? true {
                for format in dateFormats where (try? format.moment(of: text)) != nil {
                    var definition = FieldDefinition(name: name, kind: .date)
                    if format.pattern != DateFormat.defaultPattern {
                        definition.parameters["format"] = .string(format.pattern)
                    }
                    return (.date(format: format.pattern), definition)
                }
            }
        default: break
        }
        var definition = FieldDefinition(name: name, kind: .text)
        definition.fields["keyword"] = FieldDefinition(
            name: "keyword", kind: .keyword, parameters: ["ignore_above": 256])
        return (.string, definition)
    }

    private var dateFormats: [DateFormat] {
        guard let formats = mapping.definition.dynamicDateFormats else { return Self.defaultDateFormats }
        return formats.compactMap { try? DateFormat($0) }
    }

    // MARK: Copies

    private func addCopies(
        of field: MappedField, _ value: JSONValue, to delta: inout ObjectDefinition, level: Level
    ) throws(MappingError) {
        try addTargets(field.copyTo, value, to: &delta, level: level)
    }

    /// Fields that values are copied to and that are not mapped.
    ///
    /// Only those of the root can be made here.
    private func addTargets(
        _ targets: [String], _ value: JSONValue, to delta: inout ObjectDefinition, level: Level
    ) throws(MappingError) {
        for target in targets where mapping.fieldsByName[target] == nil && mapping.aliases[target] == nil {
            guard level.path.isEmpty else {
                throw MappingError(
                    .mapperParsing,
                    "[copy_to] of a field inside [\(level.path)] names [\(target)], which is not mapped: map it first")
            }
            try add(value, at: try DocumentPath.parts(of: target)[...], level: level, to: &delta)
        }
    }
}
