import HTTPTypes
import Indices
import JSON
import TextEncoding

/// The fields of an index that models fill: their mapping, and what makes their values.
struct EncodedFields {
    let models: LocalModels

    /// Creates an index as a client would.
    ///
    /// - Parameter definition: the body of the request; fields that it does not define are added.
    func create(_ index: String, definition: JSONValue, _ search: LocalSearch) throws {
        guard let asked = definition.object else {
            _ = try search.ask(.put, "/" + index, definition)
            return
        }
        _ = try search.ask(.put, "/" + index, .object(try self.definition(asked)))
    }

    /// What was asked for, and the fields that it does not define itself.
    private func definition(_ asked: JSONObject) throws -> JSONObject {
        guard !models.fields.isEmpty else { return asked }
        var definition = asked
        var mappings = definition["mappings"]?.object ?? JSONObject()
        var properties = mappings["properties"]?.object ?? JSONObject()
        for field in models.fields {
            if let known = Self.field(field.field, in: mappings) {
                try check(known, field)
            } else {
                properties[field.field] = mapping(of: field)
            }
        }
        mappings["properties"] = .object(properties)
        definition["mappings"] = .object(mappings)
        if models.fields.contains(where: { $0.form == .dense }) {
            var settings = definition["settings"]?.object ?? JSONObject()
            let said = settings["index.knn"] ?? settings["knn"] ?? settings["index"]?["knn"]
            if said?.bool == false || said?.string == "false" { throw Self.needsKNN("--definition") }
            if said == nil { settings["index.knn"] = true }
            definition["settings"] = .object(settings)
        }
        return definition
    }

    /// Makes sure that an index has the fields, and adds those that are missing.
    func define(in index: String, _ search: LocalSearch) throws {
        guard !models.fields.isEmpty else { return }
        if models.fields.contains(where: { $0.form == .dense }) {
            let settings = try search.settings(of: index)
            if settings["index"]?["knn"]?.string != "true" { throw Self.needsKNN("the index '\(index)'") }
        }
        let mappings = try search.mappings(of: index)
        var missing = JSONObject()
        for field in models.fields {
            if let known = Self.field(field.field, in: mappings) {
                try check(known, field)
            } else {
                missing[field.field] = mapping(of: field)
            }
        }
        if !missing.isEmpty {
            _ = try search.ask(.put, "/\(index)/_mapping", ["properties": .object(missing)])
        }
    }

    /// What makes the values, for fields as an index defines them; nil if there are no fields.
    func encoding(of index: String, _ search: LocalSearch) throws -> DocumentEncoding? {
        if models.fields.isEmpty { return nil }
        let mappings = try search.mappings(of: index)
        let fields = models.fields.map { field in
            let isNumbered = Self.field(field.field, in: mappings)?["type"]?.string == "sparse_vector"
            return FieldEncoding(
                field: field.field, form: field.form == .dense ? .vector : isNumbered ? .tokenNumbers : .tokens,
                model: field.model, sources: field.sources)
        }
        return DocumentEncoding(fields, by: TextBatchEncoder(models.engine))
    }

    private static func needsKNN(_ place: String) -> CommandFailure {
        CommandFailure(
            .badData,
            "--embed: \(place) does not have the setting index.knn, without which vectors cannot be searched, and which an index keeps as "
                + "it was made. Load into a new index.")
    }

    private func mapping(of field: FieldModel) -> JSONValue {
        guard field.form == .dense else { return ["type": "rank_features"] }
        return [
            "type": "knn_vector", "dimension": .number(JSONNumber(models.dimensions(of: field) ?? 0)),
            "space_type": .string(models.space(of: field)),
        ]
    }

    private func check(_ known: JSONObject, _ field: FieldModel) throws(CommandFailure) {
        let type = known["type"]?.string ?? "object"
        let fitting = field.form == .dense ? ["knn_vector"] : ["rank_features", "sparse_vector"]
        guard fitting.contains(type) else {
            throw CommandFailure(
                .badData,
                "\(field.form.option) \(field.field): the index has it as \(type), not as \(fitting.joined(separator: " or ")). "
                    + "Take another field, or another index.")
        }
        guard field.form == .dense, let dimension = known["dimension"]?.int,
            let found = models.dimensions(of: field), dimension != found
        else { return }
        throw CommandFailure(
            .badData,
            "\(field.form.option) \(field.field): the index has vectors of \(dimension) values there, and those of "
                + "\(field.model) have \(found). Take the model that the index was loaded with, or another field.")
    }

    /// The definition of a field in a mapping; nil if it has none.
    private static func field(_ name: String, in mappings: JSONObject) -> JSONObject? {
        guard let properties = mappings["properties"]?.object else { return nil }
        if let known = properties[name]?.object { return known }
        guard let dot = name.firstIndex(of: "."), let inner = properties[String(name[..<dot])]?.object else {
            return nil
        }
        return field(String(name[name.index(after: dot)...]), in: inner)
    }
}
