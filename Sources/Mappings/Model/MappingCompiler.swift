import JSON
import SearchIndex

/// Makes the objects and fields of a mapping from its definition: full names, numbers, limits, what aliases stand for.
struct MappingCompiler {
    let context: MappingContext
    private(set) var fieldNames: [String]
    private var numbers: [String: UInt32] = [:]
    private(set) var fields: [String: MappedField] = [:]
    private(set) var aliases: [String: String] = [:]
    private(set) var objects: [String: MappedObject] = [:]
    private var aliasScopes: [(name: String, nestedPath: String?)] = []
    private var nestedFieldCount = 0

    init(context: MappingContext, fieldNames: [String]) {
        self.context = context
        self.fieldNames = fieldNames
        for (index, name) in fieldNames.enumerated() { numbers[name] = MetadataField.firstFree + UInt32(index) }
    }

    mutating func compile(_ definition: MappingDefinition) throws(MappingError) -> MappedObject {
        let root = try compile(definition.root, path: "", dynamic: definition.root.dynamic ?? .true, nestedPath: nil)
        try checkAliases()
        try checkCopies()
        return root
    }

    private mutating func number(of name: String) -> FieldNumber {
        if let number = numbers[name] { return FieldNumber(number) }
        let number = MetadataField.firstFree + UInt32(fieldNames.count)
        fieldNames.append(name)
        numbers[name] = number
        return FieldNumber(number)
    }

    private mutating func compile(
        _ definition: ObjectDefinition, path: String, dynamic: ObjectDefinition.Dynamic, nestedPath: String?
    ) throws(MappingError) -> MappedObject {
        let nestedPath = definition.nesting == nil ? nestedPath : path
        if definition.nesting != nil { nestedFieldCount += 1 }
        var children: [(name: String, child: MappedObject.Child)] = []
        for (name, node) in definition.children.sorted(by: { $0.key < $1.key }) {
            let fullName = path.isEmpty ? name : path + "." + name
            if path.isEmpty, MetadataField.reserved.contains(name) {
                throw MappingError(
                    .mapperParsing, "Field [\(name)] is defined more than once")
            }
            switch node {
            case .object(let object):
                let inherited = object.dynamic ?? dynamic
                let compiled = try compile(object, path: fullName, dynamic: inherited, nestedPath: nestedPath)
                children.append((name, .object(compiled)))
            case .field(let field) where field.kind == .alias:
                aliases[fullName] = field["path"]?.string ?? ""
                aliasScopes.append((fullName, nestedPath))
                children.append((name, .alias(fullName)))
            case .field(let field):
                let compiled = try compile(field, name: fullName, nestedPath: nestedPath, isMultiField: false)
                children.append((name, .field(compiled)))
            }
        }
        let object = MappedObject(
            definition: definition, path: path, dynamic: dynamic, nestedPath: nestedPath, children: children)
        objects[path] = object
        return object
    }

    private mutating func compile(
        _ definition: FieldDefinition, name: String, nestedPath: String?, isMultiField: Bool
    ) throws(MappingError) -> MappedField {
        let number = number(of: name)
        var multiFields: [MappedField] = []
        for (subname, field) in definition.fields.sorted(by: { $0.key < $1.key }) {
            multiFields.append(
                try compile(field, name: name + "." + subname, nestedPath: nestedPath, isMultiField: true))
        }
        let field = try MappedField(
            definition: definition, name: name, number: number,
            pathNumber: definition.kind == .flatObject ? self.number(of: name + "._valueAndPath") : nil,
            nestedPath: nestedPath, isMultiField: isMultiField, multiFields: multiFields, context: context)
        fields[name] = field
        return field
    }

    // MARK: Checks

    private func checkAliases() throws(MappingError) {
        for (name, nestedPath) in aliasScopes {
            let path = aliases[name] ?? ""
            let start = "Invalid [path] value [\(path)] for field alias [\(name)]: "
            if path == name { throw MappingError(.mapperParsing, start + "an alias cannot refer to itself.") }
            if aliases[path] != nil {
                throw MappingError(.mapperParsing, start + "an alias cannot refer to another alias.")
            }
            guard let target = fields[path] else {
                throw MappingError(
                    .mapperParsing, start + "an alias must refer to an existing field in the mappings.")
            }
            guard target.nestedPath == nestedPath else {
                throw MappingError(
                    .illegalArgument,
                    start + "an alias must have the same nested scope as its target. "
                        + (nestedPath.map { "The alias's nested scope is [\($0)]" } ?? "The alias is not nested")
                        + ", but "
                        + (target.nestedPath.map { "the target's nested scope is [\($0)]." }
                            ?? "the target is not nested."))
            }
        }
    }

    private func checkCopies() throws(MappingError) {
        for field in fields.values.sorted(by: { $0.name < $1.name }) {
            for target in field.copyTo {
                if field.isMultiField {
                    throw MappingError(
                        .illegalArgument, "[copy_to] may not be used to copy from a multi-field: [\(field.name)]")
                }
                if objects[target] != nil {
                    throw MappingError(
                        .illegalArgument, "Cannot copy to field [\(target)] since it is mapped as an object")
                }
                guard let copy = fields[target] else { continue }
                if copy.isMultiField {
                    throw MappingError(
                        .illegalArgument, "[copy_to] may not be used to copy to a multi-field: [\(target)]")
                }
                if let scope = copy.nestedPath,
                    !(field.nestedPath == scope || (field.nestedPath ?? "").hasPrefix(scope + "."))
                {
                    throw MappingError(
                        .illegalArgument,
                        "Illegal combination of [copy_to] and [nested] mappings: [copy_to] may only copy data to the "
                            + "current nested document or any of its parents, however one [copy_to] directive is "
                            + "trying to copy data from nested object [\(field.nestedPath ?? "null")] to [\(scope)]")
                }
            }
        }
    }

    /// Bounds on the whole mapping.
    func checkLimits() throws(MappingError) {
        let limits = context.limits
        let total = fields.count + aliases.count + objects.count - 1
        if total > limits.totalFields {
            throw MappingError(.illegalArgument, "Limit of total fields [\(limits.totalFields)] has been exceeded")
        }
        for path in objects.keys.sorted() where !path.isEmpty {
            let depth = path.utf8.reduce(2) { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) }
            if depth > limits.depth {
                throw MappingError(
                    .illegalArgument,
                    "Limit of mapping depth [\(limits.depth)] has been exceeded due to object field [\(path)]")
            }
        }
        if nestedFieldCount > limits.nestedFields {
            throw MappingError(
                .illegalArgument, "Limit of nested fields [\(limits.nestedFields)] has been exceeded")
        }
        guard limits.fieldNameLength < Int.max else { return }
        for path in fields.keys.sorted() + objects.keys.sorted() + aliases.keys.sorted() {
            let name = path.split(separator: ".").last ?? ""
            if name.utf16.count > limits.fieldNameLength {
                throw MappingError(
                    .illegalArgument,
                    "Field name [\(name)] in index is too long. The limit is set to "
                        + "[\(limits.fieldNameLength)] characters but was [\(name.utf16.count)] characters")
            }
        }
    }
}
