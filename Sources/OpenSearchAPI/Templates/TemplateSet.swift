internal import JSON

/// The templates of the node: what new indices begin with.
struct TemplateSet: Sendable {
    /// Templates that stand alone or are composed, by name.
    var index: [String: JSONObject]
    /// Parts of templates, by name.
    var component: [String: JSONObject]
    /// Templates of the older kind, which are laid over one another, by name.
    var legacy: [String: JSONObject]

    /// What a template contributes to an index.
    struct Contribution: Sendable {
        var settings = SettingsDocument()
        var mappings: JSONObject = JSONObject()
        var aliases: JSONObject = JSONObject()

        /// Takes over what comes later and so wins.
        mutating func merge(_ template: JSONObject) throws(OpenSearchError) {
            if let settings = template["settings"]?.object {
                self.settings.merge(try SettingsDocument(settings, prefix: IndexSettings.prefix))
            }
            if let mappings = template["mappings"]?.object {
                self.mappings = TemplateSet.merged(self.mappings, TemplateSet.untyped(mappings))
            }
            for alias in template["aliases"]?.object ?? [:] { aliases[alias.key] = alias.value }
        }
    }

    /// The template that a new index gets: its name and what it says, in the order of later-wins.
    func match(_ index: String) -> (name: String, template: JSONObject)? {
        self.index.filter { Self.patterns($0.value).contains { Wildcard.matches($0, index) } }
            .max { Self.rank($0) < Self.rank($1) }.map { ($0.key, $0.value) }
    }

    /// All that templates contribute to a new index.
    func contribution(to index: String, isHidden: Bool = false) throws(OpenSearchError) -> Contribution {
        if let (_, template) = match(index) { return try composed(template) }
        var result = Contribution()
        let matching = legacy.filter { entry in
            Self.patterns(entry.value).contains { Wildcard.matches($0, index) && !(isHidden && $0 == "*") }
        }
        for (_, template) in matching.sorted(by: { (Self.order($0.value), $0.key) < (Self.order($1.value), $1.key) }) {
            try result.merge(template)
        }
        return result
    }

    /// A template with its parts.
    func composed(_ template: JSONObject) throws(OpenSearchError) -> Contribution {
        var result = Contribution()
        for name in template["composed_of"]?.array ?? [] {
            guard let part = name.string.flatMap({ component[$0]?["template"]?.object }) else { continue }
            try result.merge(part)
        }
        if let own = template["template"]?.object { try result.merge(own) }
        return result
    }

    /// The templates whose patterns meet those of a template, with their patterns.
    func overlapping(_ name: String?, _ template: JSONObject, samePriority: Bool) -> [(
        name: String, patterns: [String]
    )] {
        let patterns = Self.patterns(template)
        let priority = template["priority"]?.int ?? 0
        return index.filter { entry in
            entry.key != name && (!samePriority || (entry.value["priority"]?.int ?? 0) == priority)
                && Self.patterns(entry.value).contains { other in patterns.contains { Wildcard.overlap($0, other) } }
        }.map { (name: $0.key, patterns: Self.patterns($0.value)) }.sorted { $0.name < $1.name }
    }

    // MARK: Reading

    /// The patterns of a template.
    static func patterns(_ template: JSONObject) -> [String] {
        switch template["index_patterns"] {
        case .string(let text)?: text.split(separator: ",").map { String($0.trimmed) }
        case .array(let elements)?: elements.compactMap(\.string)
        default: []
        }
    }

    private static func order(_ template: JSONObject) -> Int { template["order"]?.int ?? 0 }

    /// Priority first; between equals the name decides, so that the choice is always the same.
    private static func rank(_ entry: (key: String, value: JSONObject)) -> (Int, String) {
        (entry.value["priority"]?.int ?? 0, entry.key)
    }

    /// Mappings without the type around them that older clients send.
    static func untyped(_ mappings: JSONObject) -> JSONObject {
        if mappings.count == 1, let inner = mappings["_doc"]?.object { return inner }
        return mappings
    }

    /// Mappings over one another: properties are joined, everything else is replaced.
    static func merged(_ base: JSONObject, _ over: JSONObject) -> JSONObject {
        var result = base
        for (key, value) in over {
            if key == "properties" || base[key]?["properties"] != nil || key == "_meta",
                let old = base[key]?.object, let new = value.object
            {
                result[key] = .object(merged(old, new))
            } else if key == "dynamic_templates", let old = base[key]?.array, let new = value.array {
                let names = Set(new.compactMap { $0.object?.keys.first })
                result[key] = .array(old.filter { !names.contains($0.object?.keys.first ?? "") } + new)
            } else {
                result[key] = value
            }
        }
        return result
    }
}
