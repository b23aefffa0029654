/// The roles that come with the program, and cannot be changed.
///
/// `all_access`, `readall`, `ml_full_access`, `ml_read_access` and the others with long names are those of OpenSearch; `admin`, `read`, `write` and `ml` are what most
/// servers need.
public enum BuiltInRoles {
    /// The role of administrators, by OpenSearch's name.
    public static let administrator = "all_access"
    /// The roles whose holders administrate users and roles.
    public static let administrators: Set<String> = ["all_access", "admin"]

    /// All of them by name.
    public static let all: [String: Role] = [
        "all_access": unlimited("Everything: documents, models, the cluster, users and roles"),
        "admin": unlimited("Everything, as all_access"),
        "read": Role(
            "Reads all indices; asks models",
            ["cluster_composite_ops_ro", "cluster:monitor/main", predict] + modelsAreRead + pipelinesAreRead,
            [everywhere(["read", "indices:admin/mappings/get", "indices:admin/get", "indices:monitor/*"])],
            isBuiltIn: true),
        "write": Role(
            "Reads and changes all indices, makes and deletes them; asks models",
            [
                "cluster_composite_ops", "cluster_monitor", "cluster_manage_index_templates",
                "cluster_manage_pipelines", "cluster:admin/search/pipeline/*", "cluster:admin/component_template/*",
                "cluster:admin/script/*", predict,
            ] + modelsAreRead,
            [everywhere(["indices_all"])], isBuiltIn: true),
        "ml": Role(
            "Registers, deploys and asks models",
            ["cluster:admin/opensearch/ml/*", "cluster_monitor"],
            [everywhere(["indices_monitor"])], isBuiltIn: true),
        "readall": Role(
            "Reads all indices", ["cluster_composite_ops_ro"], [everywhere(["read"])], isBuiltIn: true),
        "readall_and_monitor": Role(
            "Reads all indices and the cluster's state", ["cluster_monitor", "cluster_composite_ops_ro"],
            [everywhere(["read"])], isBuiltIn: true),
        "ml_full_access": Role(
            "Registers, deploys and asks models", ["cluster_monitor", "cluster:admin/opensearch/ml/*"],
            [everywhere(["indices_monitor"])], isBuiltIn: true),
        "ml_read_access": Role("Sees models and their groups", modelsAreRead, [], isBuiltIn: true),
        "own_index": Role(
            "Does everything with the index that has the user's name", ["cluster_composite_ops"],
            [.init(["${user.name}"], ["indices_all"])], isBuiltIn: true),
    ]

    /// Asks a model; what the inference APIs need.
    public static let predict = "cluster:admin/opensearch/ml/predict"

    private static func unlimited(_ description: String) -> Role {
        Role(description, ["*"], [everywhere(["*"])], isBuiltIn: true)
    }

    private static func everywhere(_ actions: [String]) -> Role.IndexPermission { .init(["*"], actions) }

    private static let pipelinesAreRead = ["cluster:admin/ingest/pipeline/get", "cluster:admin/search/pipeline/get"]

    private static let modelsAreRead = [
        "connectors/get", "connectors/search", "controllers/get", "model_groups/get", "model_groups/search",
        "models/get", "models/search", "tasks/get", "tasks/search",
    ].map { "cluster:admin/opensearch/ml/\($0)" }
}
