import JSON
import VectorIndex

/// Merges a change into a mapping, and refuses what cannot change, with OpenSearch's words.
struct MappingMerger {
    let context: MappingContext

    func merge(_ old: MappingDefinition, _ new: MappingDefinition) throws(MappingError) -> MappingDefinition {
        var merged = old
        merged.root = try merge(old.root, new.root, path: "")
        if let value = new.dateDetection { merged.dateDetection = value }
        if let value = new.numericDetection { merged.numericDetection = value }
        if let value = new.dynamicDateFormats { merged.dynamicDateFormats = value }
        if let templates = new.dynamicTemplates {
            // Templates of the same name are replaced in place; new ones come behind.
            var all = old.dynamicTemplates ?? []
            for template in templates {
                if let place = all.firstIndex(where: { $0.name == template.name }) {
                    all[place] = template
                } else {
                    all.append(template)
                }
            }
            merged.dynamicTemplates = templates.isEmpty ? [] : all
        }
        if let meta = new.meta { merged.meta = meta }
        if new.source != SourceOptions() || old.source != SourceOptions() {
            merged.source = try merge(old.source, new.source)
        }
        if let required = new.requiresRouting {
            if let existing = old.requiresRouting ?? (old.root.children.isEmpty ? nil : false), existing != required {
                throw conflict(
                    "_routing", ["Cannot update parameter [required] from [\(existing)] to [\(required)]"])
            }
            merged.requiresRouting = required
        }
        for (name, value) in new.otherMetadata { merged.otherMetadata[name] = value }
        return merged
    }

    private func merge(_ old: SourceOptions, _ new: SourceOptions) throws(MappingError) -> SourceOptions {
        var conflicts: [String] = []
        if new.isEnabled != old.isEnabled, !new.isEnabled || new != SourceOptions() {
            conflicts.append("Cannot update parameter [enabled] from [\(old.isEnabled)] to [\(new.isEnabled)]")
        }
        if !conflicts.isEmpty { throw conflict("_source", conflicts) }
        guard new != SourceOptions() else { return old }
        var merged = new
        merged.isEnabled = old.isEnabled
        return merged
    }

    private func conflict(_ name: String, _ conflicts: [String]) -> MappingError {
        MappingError(
            .illegalArgument,
            "Mapper for [\(name)] conflicts with existing mapper:\n\t" + conflicts.joined(separator: "\n\t"))
    }

    // MARK: Objects

    func merge(
        _ old: ObjectDefinition, _ new: ObjectDefinition, path: String
    ) throws(MappingError) -> ObjectDefinition {
        var merged = old
        if (old.nesting != nil) != (new.nesting != nil) {
            throw MappingError(
                .illegalArgument,
                old.nesting == nil
                    ? "cannot change object mapping from non-nested to nested"
                    : "cannot change object mapping from nested to non-nested")
        }
        if let oldNesting = old.nesting, let newNesting = new.nesting {
            if let include = newNesting.includeInParent, include != (oldNesting.includeInParent ?? false) {
                throw MappingError(
                    .mapper, "the [include_in_parent] parameter can't be updated on a nested object mapping")
            }
            if let include = newNesting.includeInRoot, include != (oldNesting.includeInRoot ?? false) {
                throw MappingError(
                    .mapper, "the [include_in_root] parameter can't be updated on a nested object mapping")
            }
        }
        if let dynamic = new.dynamic { merged.dynamic = dynamic }
        if old.isEnabled != new.isEnabled {
            throw MappingError(
                .mapper,
                "the [enabled] parameter can't be updated for the object mapping [\(path.isEmpty ? "_doc" : path)]")
        }
        for (name, child) in new.children.sorted(by: { $0.key < $1.key }) {
            if let existing = old.children[name] {
                merged.children[name] = try merge(existing, child, path: path.isEmpty ? name : path + "." + name)
            } else {
                merged.children[name] = child
            }
        }
        return merged
    }

    func merge(
        _ old: ObjectDefinition.Node, _ new: ObjectDefinition.Node, path: String
    ) throws(MappingError) -> ObjectDefinition.Node {
        switch (old, new) {
        case (.object(let old), .object(let new)): return .object(try merge(old, new, path: path))
        case (.field(let old), .field(let new)): return .field(try merge(old, new, path: path))
        case (.object, .field):
            throw MappingError(
                .illegalArgument, "can't merge a non object mapping [\(path)] with an object mapping")
        case (.field(let field), .object):
            throw MappingError(
                .illegalArgument,
                "mapper [\(path)] cannot be changed from type [\(field.kind.rawValue)] to [ObjectMapper]")
        }
    }

    // MARK: Fields

    private func merge(
        _ old: FieldDefinition, _ new: FieldDefinition, path: String
    ) throws(MappingError) -> FieldDefinition {
        guard old.kind == new.kind else {
            throw MappingError(
                .illegalArgument,
                "mapper [\(path)] cannot be changed from type [\(old.kind.rawValue)] to [\(new.kind.rawValue)]")
        }
        if old.kind == .alias { return new }
        var merged = old
        var conflicts: [String] = []
        for specification in old.kind.parameters {
            let before = value(of: specification, in: old)
            let after = value(of: specification, in: new)
            if before == after || isSameMethod(specification, old, new) {
                if let given = new.parameters[specification.name], specification.echo == .whenGiven {
                    merged.parameters[specification.name] = given
                }
                continue
            }
            let isAllowed =
                switch specification.update {
                case .always: true
                case .never: false
                case .onlyToFalse: before == .bool(true) && after == .bool(false)
                }
            if isAllowed {
                merged.parameters[specification.name] = new.parameters[specification.name]
            } else {
                conflicts.append(
                    "Cannot update parameter [\(specification.name)] from [\(shown(before, of: specification))] "
                        + "to [\(shown(after, of: specification))]")
            }
        }
        if !conflicts.isEmpty { throw conflict(path, conflicts) }
        for (name, field) in new.fields {
            if let existing = old.fields[name] {
                merged.fields[name] = try merge(existing, field, path: path + "." + name)
            } else {
                merged.fields[name] = field
            }
        }
        merged.copyTo = new.copyTo
        return merged
    }

    /// The value in force: a search analyser that is not given is the index analyser, and so on.
    private func value(of specification: ParameterSpecification, in field: FieldDefinition) -> JSONValue {
        if let value = field.parameters[specification.name] { return value }
        switch specification.name {
        case "search_analyzer" where field.kind != .completion:
            return field.parameters["analyzer"] ?? specification.defaultValue
        case "search_quote_analyzer":
            return field.parameters["search_analyzer"] ?? field.parameters["analyzer"] ?? specification.defaultValue
        default: return specification.defaultValue
        }
    }

    /// Whether two methods of vectors are one once their defaults are filled in.
    private func isSameMethod(
        _ specification: ParameterSpecification, _ old: FieldDefinition, _ new: FieldDefinition
    ) -> Bool {
        guard specification.name == "method", let before = old["method"], let after = new["method"] else {
            return false
        }
        switch old.kind {
        case .knnVector:
            guard let before = try? VectorMethod(before), let after = try? VectorMethod(after) else { return false }
            return resolved(before, old) == resolved(after, new)
        case .sparseVector:
            guard let before = try? SeismicMethod(before), let after = try? SeismicMethod(after) else { return false }
            return before == after
        default: return false
        }
    }

    private func resolved(_ method: VectorMethod, _ field: FieldDefinition) -> VectorMethod? {
        try? VectorMethod(
            field, given: method, element: VectorElement(rawValue: field["data_type"]?.string ?? "") ?? .float,
            topSpace: VectorMethod.space(field["space_type"]?.string), settings: context.vectors)
    }

    /// A value in a conflict; of a method, its name.
    private func shown(_ value: JSONValue, of specification: ParameterSpecification) -> String {
        if specification.name == "method", let name = value["name"]?.string { return name }
        return value.isNull ? "null" : ParameterSpecification.text(value)
    }
}
