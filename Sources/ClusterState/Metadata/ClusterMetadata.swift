public import JSON

/// Everything that the node remembers, as of one moment: a value, changed as a whole by ``MetadataStore/update(_:)``.
public struct ClusterMetadata: Sendable {
    /// Things with a name and a JSON body.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `/_template/NAME`.
        case legacyTemplate = "legacy_template"
        /// `/_index_template/NAME`.
        case indexTemplate = "index_template"
        /// `/_component_template/NAME`.
        case componentTemplate = "component_template"
        /// Persistent cluster settings: one item a setting, by its full dotted name.
        case setting
        /// `/_scripts/ID`.
        case script
        /// `/_ingest/pipeline/ID`.
        case ingestPipeline = "ingest_pipeline"
        /// `/_search/pipeline/ID`.
        case searchPipeline = "search_pipeline"
        /// `/_plugins/_ml/model_groups/ID`.
        case modelGroup = "ml_model_group"
        /// `/_plugins/_ml/models/ID`.
        case model = "ml_model"
        /// `/_plugins/_ml/tasks/ID`.
        case modelTask = "ml_task"
        /// Users by name, with the hashes of their passwords.
        case user
        /// Roles by name.
        case role
        /// Who has a role, by the role's name.
        case roleMapping = "role_mapping"
        /// API keys by id, with their hashes.
        case apiKey = "api_key"
        /// `/_plugins/_ml/connectors/ID`.
        case connector = "ml_connector"
        /// `/_plugins/_ml/controllers/ID`.
        case controller = "ml_controller"
    }

    /// The unique id of this cluster of one node; made with the data folder.
    public let clusterUUID: String
    /// The unique id of this node; made with the data folder.
    public let nodeID: String
    /// Counts changes, from 1.
    public private(set) var version: Int
    /// The indices by name.
    public private(set) var indices: [String: IndexMetadata]
    /// Cluster settings that hold until the node stops, by their full dotted names.
    ///
    /// They are not written down.
    public var transientSettings: [String: JSONValue] = [:] {
        didSet { isChanged = true }
    }
    private var items: [Kind: [String: JSONValue]]
    /// What was changed since the last publication: what has to be written.
    private(set) var changes: [Change] = [] {
        didSet { isChanged = true }
    }
    /// Whether there is anything to publish.
    private(set) var isChanged = false

    enum Change: Sendable {
        case putIndex(IndexMetadata)
        case removeIndex(uuid: String)
        case putItem(Kind, String, JSONValue)
        case removeItem(Kind, String)
    }

    init(
        clusterUUID: String, nodeID: String, version: Int, indices: [String: IndexMetadata],
        items: [Kind: [String: JSONValue]]
    ) {
        self.clusterUUID = clusterUUID
        self.nodeID = nodeID
        self.version = version
        self.indices = indices
        self.items = items
    }

    /// Adds an index or replaces what is known about it.
    ///
    /// - Precondition: An index of this name that is there already has the same uuid.
    public mutating func put(_ index: IndexMetadata) {
        precondition(indices[index.name].map { $0.uuid == index.uuid } ?? true, "two indices of one name")
        indices[index.name] = index
        changes.append(.putIndex(index))
    }

    /// Forgets an index; nothing if there is none.
    public mutating func removeIndex(_ name: String) {
        guard let index = indices.removeValue(forKey: name) else { return }
        changes.append(.removeIndex(uuid: index.uuid))
    }

    /// All things of one kind, by name.
    public func all(_ kind: Kind) -> [String: JSONValue] { items[kind] ?? [:] }

    /// The body of a thing; setting `nil` removes it.
    public subscript(kind: Kind, name: String) -> JSONValue? {
        get { items[kind]?[name] }
        set {
            if let newValue {
                items[kind, default: [:]][name] = newValue
                changes.append(.putItem(kind, name, newValue))
            } else if items[kind]?.removeValue(forKey: name) != nil {
                changes.append(.removeItem(kind, name))
            }
        }
    }

    /// The same with nothing left to write.
    func published() -> ClusterMetadata {
        var copy = self
        copy.version += 1
        copy.changes = []
        copy.isChanged = false
        return copy
    }
}
