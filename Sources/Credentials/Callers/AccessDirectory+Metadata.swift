public import Access
public import ClusterState

extension AccessDirectory {
    /// The directory of a node.
    public init(_ metadata: ClusterMetadata) {
        self.init(
            users: metadata.all(.user), roles: metadata.all(.role), mappings: metadata.all(.roleMapping))
    }
}
