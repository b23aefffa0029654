public import JSON

/// What a node remembers about an index besides its documents.
public struct IndexMetadata: Sendable, Hashable {
    /// Its name; changes never.
    public let name: String
    /// Its unique id: 22 URL-safe characters; the name of its folder.
    public let uuid: String
    /// When it was made, in milliseconds since 1970.
    public let createdAt: Int64
    /// Whether it serves requests.
    public var isOpen: Bool
    /// The explicit settings by full dotted names (`index.number_of_shards`); values are JSON strings, or arrays of them.
    public var settings: JSONObject
    /// The mapping as its owner writes it.
    public var mappings: JSONValue
    /// The names of the fields that the segments know by number; only ever appended to.
    public var fieldNames: [String] = []
    /// The aliases: name to `{filter, index_routing, search_routing, is_write_index, is_hidden}`.
    public var aliases: [String: JSONObject]
    /// How often the settings were changed, from 1.
    public var settingsVersion: Int
    /// How often the mapping was changed, from 1.
    public var mappingVersion: Int
    /// How often the aliases were changed, from 1.
    public var aliasesVersion: Int

    /// Metadata of a new index.
    public init(
        name: String, uuid: String = UniqueIdentifier.next(), createdAt: Int64, isOpen: Bool = true,
        settings: JSONObject = [:], mappings: JSONValue = .object([:]), aliases: [String: JSONObject] = [:]
    ) {
        self.name = name
        self.uuid = uuid
        self.createdAt = createdAt
        self.isOpen = isOpen
        self.settings = settings
        self.mappings = mappings
        self.aliases = aliases
        settingsVersion = 1
        mappingVersion = 1
        aliasesVersion = 1
    }
}
