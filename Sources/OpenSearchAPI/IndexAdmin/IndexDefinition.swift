internal import ClusterState
internal import JSON

/// What a new index is to be: settings, mappings and aliases.
struct IndexDefinition: Sendable {
    var settings = SettingsDocument()
    var mappings: JSONObject = [:]
    var aliases: [(key: String, value: JSONObject)] = []

    init() {}

    /// Reads the body of a request that makes an index.
    init(_ body: JSONObject) throws(OpenSearchError) {
        var loose = JSONObject()
        for (key, value) in body {
            switch key {
            case "settings":
                guard let object = value.object else {
                    throw OpenSearchError(400, "parse_exception", "key [settings] must be an object")
                }
                settings = try SettingsDocument(object, prefix: IndexSettings.prefix)
            case "mappings", "mapping":
                guard let object = value.object else {
                    if value.isNull { continue }
                    throw OpenSearchError(400, "parse_exception", "key [mappings] must be an object")
                }
                mappings = TemplateSet.untyped(object)
            case "aliases":
                for (alias, definition) in value.object ?? [:] {
                    let name = try DateMathName.resolve(alias, now: Clock.milliseconds)
                    try IndexName.validateAlias(name)
                    aliases.append((name, try AliasDefinition(definition.object ?? [:]).document))
                }
            default:
                // Settings may stand without the object around them, as long as they are settings.
                guard key == "index" || key.hasPrefix("index.") else {
                    throw OpenSearchError(400, "parse_exception", "unknown key [\(key)] for create index")
                }
                loose[key] = value
            }
        }
        if !loose.isEmpty { settings.merge(try SettingsDocument(loose, prefix: IndexSettings.prefix)) }
    }

    /// The definition over what templates say.
    func over(_ templates: TemplateSet.Contribution, index: String) throws(OpenSearchError) -> IndexDefinition {
        var result = IndexDefinition()
        result.settings = templates.settings
        result.settings.merge(settings)
        result.mappings = TemplateSet.merged(templates.mappings, mappings)
        var all: [String: JSONObject] = [:]
        for (alias, value) in templates.aliases { all[alias] = value.object ?? [:] }
        for (alias, value) in aliases { all[alias] = value }
        result.aliases = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
        return result
    }
}

extension OpenSearchNode {
    /// Makes an index.
    ///
    /// - Parameters:
    ///   - usesTemplates: whether templates that fit the name have a say.
    ///   - own: settings of the server itself.
    @discardableResult
    func createIndex(
        _ name: String, _ definition: IndexDefinition, usesTemplates: Bool = true,
        own: SettingsDocument = SettingsDocument()
    ) throws -> IndexMetadata {
        try IndexName.validate(name)
        let metadata = self.metadata.current
        if let there = metadata.indices[name] { throw OpenSearchError.indexExists(name, uuid: there.uuid) }
        let catalog = metadata.catalog
        if catalog.aliases[name] != nil || catalog.streams[name] != nil {
            throw OpenSearchError.invalidIndexName(
                name, "already exists as \(catalog.streams[name] == nil ? "alias" : "data stream")")
        }
        for (alias, _) in definition.aliases {
            try Authorization.current?.check(["indices:admin/aliases"], on: [alias])
        }
        var full = definition
        if usesTemplates {
            let isHidden = definition.settings.text("index.hidden") == "true"
            if let (template, body) = metadata.templates.match(name), body["data_stream"] != nil {
                throw OpenSearchError.illegalArgument(
                    "cannot create index with name [\(name)], because it matches with template [\(template)] that creates data "
                        + "streams only, use create data stream api instead")
            }
            full = try definition.over(try metadata.templates.contribution(to: name, isHidden: isHidden), index: name)
        }
        try IndexSettings.validateForCreation(full.settings)
        for (alias, _) in full.aliases
        where metadata.indices[alias] != nil || alias == name || catalog.streams[alias] != nil {
            throw OpenSearchError(
                400, "invalid_alias_name_exception",
                "Invalid alias name [\(alias)]: an index or data stream exists with the same name as the alias")
        }
        let limit = metadata.clusterSetting("cluster.max_shards_per_node").flatMap { Int($0) } ?? 1000
        let open = metadata.indices.values.filter(\.isOpen).reduce(0) { $0 + $1.numberOfShards }
        let added = full.settings.text("index.number_of_shards").flatMap { Int($0) } ?? 1
        if open + added > limit {
            throw OpenSearchError(
                400, "validation_exception",
                "Validation Failed: 1: this action would add [\(added)] total shards, but this cluster currently has "
                    + "[\(open)]/[\(limit)] maximum shards open;")
        }
        full.settings["index.number_of_shards"] = full.settings["index.number_of_shards"] ?? "1"
        full.settings["index.number_of_replicas"] = full.settings["index.number_of_replicas"] ?? "1"
        full.settings.merge(own)
        return try addIndex(name, full)
    }

    /// Makes an index, or a data stream, of what templates say for its name; another request may have been faster.
    func createIndexAutomatically(_ name: String) throws {
        do {
            if metadata.current.templates.match(name)?.template["data_stream"] != nil {
                try createDataStream(name)
            } else {
                try createIndex(name, IndexDefinition())
            }
        } catch let error as OpenSearchError where error.type == "resource_already_exists_exception" {}
    }
}
