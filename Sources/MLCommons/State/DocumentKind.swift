import ClusterState

/// What ML Commons keeps; OpenSearch has a system index for each kind, whose name answers repeat.
enum DocumentKind: Sendable, Hashable {
    case modelGroup
    case model
    case task

    var metadataKind: ClusterMetadata.Kind {
        switch self {
        case .modelGroup: .modelGroup
        case .model: .model
        case .task: .modelTask
        }
    }

    /// The index of OpenSearch.
    var index: String {
        switch self {
        case .modelGroup: ".plugins-ml-model-group"
        case .model: ".plugins-ml-model"
        case .task: ".plugins-ml-task"
        }
    }
}
