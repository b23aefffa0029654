import ClusterState
import JSON

extension MLCommons {
    /// Refuses to delete a model that pipelines name, where the settings ask to look.
    func checkPipelines(of id: String) throws(MLError) {
        guard state.settings.flag(MLSetting.deletesSafely) else { return }
        for (kind, name) in [(ClusterMetadata.Kind.ingestPipeline, "ingest"), (.searchPipeline, "search")] {
            let users = state.metadata.current.all(kind).filter { $0.value.contains(text: id) }.map(\.key).sorted()
            guard users.isEmpty else {
                throw .status(
                    409,
                    "\(users.count) \(name) pipelines are still using this model, please delete or update the pipelines first: [\(users.joined(separator: ", "))]"
                )
            }
        }
    }
}

extension JSONValue {
    /// Whether a text is one of the values inside.
    fileprivate func contains(text: String) -> Bool {
        switch self {
        case .string(let own): own == text
        case .array(let items): items.contains { $0.contains(text: text) }
        case .object(let object): object.contains { $0.value.contains(text: text) }
        default: false
        }
    }
}
