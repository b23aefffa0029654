import ClusterState

/// What ML Commons keeps; OpenSearch has a system index for each kind, whose name answers repeat.
enum DocumentKind: Sendable, Hashable {
    case modelGroup
    case model
    case task
    case connector
    case controller

    var metadataKind: ClusterMetadata.Kind {
        switch self {
        case .modelGroup: .modelGroup
        case .model: .model
        case .task: .modelTask
        case .connector: .connector
        case .controller: .controller
        }
    }

    /// The index of OpenSearch.
    var index: String {
        switch self {
        case .modelGroup: ".plugins-ml-model-group"
        case .model: ".plugins-ml-model"
        case .task: ".plugins-ml-task"
        case .connector: ".plugins-ml-connector"
        case .controller: ".plugins-ml-controller"
        }
    }
}
