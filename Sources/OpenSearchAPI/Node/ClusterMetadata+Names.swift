internal import ClusterState
internal import JSON

extension ClusterMetadata {
    /// The names that expressions are matched against.
    var catalog: IndexCatalog {
        var entries: [String: IndexCatalog.Entry] = [:]
        var aliases: [String: (indices: [String], isHidden: Bool)] = [:]
        for index in indices.values {
            entries[index.name] = IndexCatalog.Entry(
                name: index.name, isOpen: index.isOpen, isHidden: index.settings["index.hidden"]?.string == "true")
            for (alias, definition) in index.aliases {
                aliases[alias, default: ([], false)].indices.append(index.name)
                if definition["is_hidden"]?.bool == true { aliases[alias]?.isHidden = true }
            }
        }
        for alias in aliases.keys { aliases[alias]?.indices.sort() }
        return IndexCatalog(
            indices: entries, aliases: aliases, streams: dataStreams.mapValues { $0.indices.map(\.name) },
            now: Clock.milliseconds)
    }

    /// The indices that the part `index` of a path means, in the order found.
    func indices(
        of request: RestRequest, _ options: IndicesOptions, parameter: String = "index"
    ) throws(OpenSearchError) -> [IndexMetadata] {
        let names = try catalog.resolve(request.list(parameter) ?? [], try options.overridden(by: request))
        return names.compactMap { indices[$0] }
    }

    /// All templates.
    var templates: TemplateSet {
        TemplateSet(
            index: all(.indexTemplate).compactMapValues(\.object),
            component: all(.componentTemplate).compactMapValues(\.object),
            legacy: all(.legacyTemplate).compactMapValues(\.object))
    }

    /// The value of a cluster setting: transient, else persistent, else its default.
    func clusterSetting(_ name: String) -> String? {
        transientSettings[name]?.string ?? self[.setting, name]?.string ?? ClusterSettings.defaults[name]
    }
}

extension IndexMetadata {
    /// The settings as a document.
    var settingsDocument: SettingsDocument {
        SettingsDocument(flat: Dictionary(settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
    }

    /// Settings with what the server itself adds to them.
    var fullSettings: SettingsDocument {
        var settings = settingsDocument
        settings.remove(startingWith: DataStream.settingPrefix)
        settings["index.uuid"] = .string(uuid)
        settings["index.creation_date"] = .string("\(createdAt)")
        settings["index.provided_name"] = .string(name)
        settings["index.version.created"] = "137247827"
        if settings["index.replication.type"] == nil { settings["index.replication.type"] = "DOCUMENT" }
        settings["index.number_of_shards"] = .string("\(numberOfShards)")
        settings["index.number_of_replicas"] = .string("\(numberOfReplicas)")
        return settings
    }

    /// The value of a setting, or what holds without one.
    func setting(_ name: String) -> String? {
        settings[name]?.string ?? IndexSettings.defaults[name]
    }

    /// The shards that were configured; there is one in truth.
    var numberOfShards: Int { settings["index.number_of_shards"]?.string.flatMap { Int($0) } ?? 1 }

    /// The replicas that were configured; none is ever assigned.
    var numberOfReplicas: Int {
        // One node: what expands with the cluster stays at none.
        if let expand = settings["index.auto_expand_replicas"]?.string, expand != "false" { return 0 }
        return settings["index.number_of_replicas"]?.string.flatMap { Int($0) } ?? 1
    }

    /// Whether every configured copy is assigned.
    var health: String { numberOfReplicas > 0 ? "yellow" : "green" }

    /// Whether patterns pass it by.
    var isHidden: Bool { settings["index.hidden"]?.string == "true" }
}
