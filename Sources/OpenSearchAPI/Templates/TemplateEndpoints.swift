internal import ClusterState
internal import HTTPTypes
internal import JSON

/// Templates of all three kinds.
struct TemplateEndpoints {
    let node: OpenSearchNode

    static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout", "local", "flat_settings"]

    var endpoints: [Endpoint] { kept + simulated }

    private var kept: [Endpoint] {
        let kinds: [(path: String, kind: ClusterMetadata.Kind)] = [
            ("/_index_template", .indexTemplate), ("/_component_template", .componentTemplate),
            ("/_template", .legacyTemplate),
        ]
        return kinds.flatMap { path, kind in
            [
                Endpoint("\(kind.rawValue).get", [.get], [path, "\(path)/{name}"], Self.timeouts) { request in
                    try get(kind, request)
                },
                Endpoint("\(kind.rawValue).exists", [.head], ["\(path)/{name}"], Self.timeouts) { request in
                    let names = node.metadata.current.all(kind).keys
                    let patterns = request.list("name") ?? []
                    let isThere = names.contains { name in patterns.contains { Wildcard.matches($0, name) } }
                    return RestResponse(.none, status: isThere ? 200 : 404)
                },
                Endpoint(
                    "\(kind.rawValue).put", [.put, .post], ["\(path)/{name}"],
                    Self.timeouts + ["create", "cause", "order"]
                ) { request in try put(kind, request) },
                Endpoint("\(kind.rawValue).delete", [.delete], ["\(path)/{name}"], Self.timeouts) { request in
                    try delete(kind, request)
                },
            ]
        }
    }

    // MARK: Reading

    private func get(_ kind: ClusterMetadata.Kind, _ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let isFlat = try request.flag("flat_settings")
        let all = node.metadata.current.all(kind).sorted { $0.key < $1.key }
        let patterns = request.list("name")
        let found = all.filter { entry in patterns.map { $0.contains { Wildcard.matches($0, entry.key) } } ?? true }
        let isMissing = found.isEmpty && !(patterns?.contains(where: Wildcard.isPattern) ?? true)
        let name = patterns?.joined(separator: ",") ?? ""
        switch kind {
        case .legacyTemplate:
            let members = found.map { (key: $0.key, value: Self.laidOut($0.value, isFlat)) }
            return RestResponse(.object(JSONObject(members)), status: isMissing ? 404 : 200)
        case .componentTemplate:
            if isMissing {
                throw OpenSearchError(
                    404, "resource_not_found_exception", "component template matching [\(name)] not found")
            }
            return RestResponse([
                "component_templates": .array(
                    found.map { ["name": .string($0.key), "component_template": Self.laidOut($0.value, isFlat)] })
            ])
        default:
            if isMissing {
                throw OpenSearchError(
                    404, "resource_not_found_exception", "index template matching [\(name)] not found")
            }
            return RestResponse([
                "index_templates": .array(
                    found.map { ["name": .string($0.key), "index_template": Self.laidOut($0.value, isFlat)] })
            ])
        }
    }

    /// A template with its settings flat, if that is wanted.
    private static func laidOut(_ template: JSONValue, _ isFlat: Bool) -> JSONValue {
        guard isFlat, var object = template.object else { return template }
        func flat(_ value: JSONValue?) -> JSONValue? {
            value?.object.flatMap { try? SettingsDocument($0).object(isFlat: true) }
        }
        if let settings = flat(object["settings"]) { object["settings"] = settings }
        if var inner = object["template"]?.object, let settings = flat(inner["settings"]) {
            inner["settings"] = settings
            object["template"] = .object(inner)
        }
        return .object(object)
    }

    // MARK: Changing

    private func put(_ kind: ClusterMetadata.Kind, _ request: RestRequest) throws -> RestResponse {
        let name = request.path("name")
        try Self.checkName(name, kind)
        let body = try request.requiredObject()
        let mustBeNew = try request.flag("create")
        let order = try request.integer("order")
        try node.metadata.update { metadata in
            if mustBeNew, metadata[kind, name] != nil {
                throw OpenSearchError.illegalArgument(
                    kind == .componentTemplate
                        ? "component template [\(name)] already exists"
                        : "index\(kind == .legacyTemplate ? "_" : " ")template [\(name)] already exists")
            }
            let templates = metadata.templates
            let template =
                switch kind {
                case .componentTemplate: try TemplateSet.normalizedComponentTemplate(name, body)
                case .legacyTemplate: try TemplateSet.normalizedLegacyTemplate(name, body, order: order)
                default: try templates.normalizedIndexTemplate(name, body)
                }
            metadata[kind, name] = .object(template)
        }
        return .acknowledged
    }

    private func delete(_ kind: ClusterMetadata.Kind, _ request: RestRequest) throws -> RestResponse {
        let patterns = request.list("name") ?? []
        try node.metadata.update { metadata in
            let names = metadata.all(kind).keys.filter { name in patterns.contains { Wildcard.matches($0, name) } }
                .sorted()
            if names.isEmpty, patterns != ["*"] {
                throw OpenSearchError(
                    404, "index_template_missing_exception",
                    "index_template [\(patterns.joined(separator: ","))] missing")
            }
            if kind == .componentTemplate {
                let users = metadata.all(.indexTemplate).filter { entry in
                    entry.value["composed_of"]?.array?.contains { names.contains($0.string ?? "") } ?? false
                }.keys.sorted()
                if !users.isEmpty {
                    throw OpenSearchError.illegalArgument(
                        "component templates [\(names.joined(separator: ", "))] cannot be removed as they are still in use by "
                            + "index templates [\(users.joined(separator: ", "))]")
                }
            }
            if kind == .indexTemplate {
                let templates = metadata.templates
                let users = metadata.dataStreams.keys.filter { stream in
                    templates.match(stream).map { names.contains($0.name) } ?? false
                }.sorted()
                if !users.isEmpty {
                    throw OpenSearchError.illegalArgument(
                        "unable to remove composable templates [\(names.joined(separator: ", "))] as they are in use by a data streams "
                            + "[\(users.joined(separator: ", "))]")
                }
            }
            for name in names { metadata[kind, name] = nil }
        }
        return .acknowledged
    }

    private static func checkName(_ name: String, _ kind: ClusterMetadata.Kind) throws(OpenSearchError) {
        let problem: String? =
            if name.contains(" ") {
                "name must not contain a space"
            } else if name.contains(",") {
                "name must not contain a ','"
            } else if name.contains("#") {
                "name must not contain a '#'"
            } else if name.hasPrefix("_") {
                "name must not start with '_'"
            } else if name != name.lowercased() {
                "name must be lower cased"
            } else if name.contains("*") {
                "name must not contain a '*'"
            } else {
                nil
            }
        if let problem {
            throw OpenSearchError(
                400, "invalid_index_template_exception",
                "index_template [\(name)] invalid, cause [Validation Failed: 1: \(problem);]")
        }
    }

    // MARK: Simulating

    private var simulated: [Endpoint] {
        [
            Endpoint(
                "index_template.simulate", [.post],
                ["/_index_template/_simulate", "/_index_template/_simulate/{name}"],
                Self.timeouts + ["create", "cause"]
            ) { request in
                let templates = node.metadata.current.templates
                let name = request.text("name")
                let template: JSONObject
                if request.hasContent {
                    template = try templates.normalizedIndexTemplate(name ?? "simulated", try request.object())
                } else {
                    guard let kept = name.flatMap({ templates.index[$0] }) else {
                        throw OpenSearchError.illegalArgument(
                            "unable to simulate template [\(name ?? "")] that does not exist")
                    }
                    template = kept
                }
                return RestResponse(
                    simulation(
                        try templates.composed(template), templates.overlapping(name, template, samePriority: false)))
            },
            Endpoint(
                "index_template.simulate_index", [.post], ["/_index_template/_simulate_index/{name}"],
                Self.timeouts + ["create", "cause"]
            ) { request in
                var templates = node.metadata.current.templates
                let index = request.path("name")
                if request.hasContent {
                    let own = "simulated"
                    templates.index[own] = try templates.normalizedIndexTemplate(own, try request.object())
                }
                guard let (name, template) = templates.match(index) else { return RestResponse([:]) }
                let others =
                    templates.index.filter { entry in
                        entry.key != name && TemplateSet.patterns(entry.value).contains { Wildcard.matches($0, index) }
                    }.map { (name: $0.key, patterns: TemplateSet.patterns($0.value)) }
                    + templates.legacy.filter { entry in
                        TemplateSet.patterns(entry.value).contains { Wildcard.matches($0, index) }
                    }.map { (name: $0.key, patterns: TemplateSet.patterns($0.value)) }
                return RestResponse(simulation(try templates.composed(template), others.sorted { $0.name < $1.name }))
            },
        ]
    }

    private func simulation(
        _ contribution: TemplateSet.Contribution, _ overlapping: [(name: String, patterns: [String])]
    ) -> JSONValue {
        [
            "template": [
                "settings": contribution.settings.object(isFlat: false), "mappings": .object(contribution.mappings),
                "aliases": .object(contribution.aliases),
            ],
            "overlapping": .array(
                overlapping.map {
                    ["name": .string($0.name), "index_patterns": .array($0.patterns.map { .string($0) })]
                }),
        ]
    }
}
