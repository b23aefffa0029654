internal import Access
internal import ClusterState
internal import Indices

/// Points in time and scrolls, as far as the caller may search their indices.
extension OpenSearchNode {
    /// Those of a kind.
    func contexts(_ kind: ReaderContexts.Kind) -> [ReaderContexts.Context] {
        let all = indices.contexts.all(kind)
        guard let authorization = Authorization.current, !authorization.caller.isUnlimited else { return all }
        let known = metadata.current.indices
        return all.filter { context in
            context.snapshots.allSatisfy { snapshot in
                // What was deleted is nobody's any more.
                known[snapshot.indexName].map { authorization.allows(.search, $0) } ?? true
            }
        }
    }

    /// Closes all of a kind; their ids come back.
    func closeContexts(_ kind: ReaderContexts.Kind) -> [String] {
        guard let authorization = Authorization.current, !authorization.caller.isUnlimited else {
            return indices.contexts.closeAll(kind)
        }
        return contexts(kind).map(\.id).filter { indices.contexts.close($0) }
    }

    /// Closes one; false if there is none, or none that the caller may see.
    func closeContext(_ id: String) -> Bool {
        guard let authorization = Authorization.current, !authorization.caller.isUnlimited else {
            return indices.contexts.close(id)
        }
        return (contexts(.pointInTime) + contexts(.scroll)).contains { $0.id == id } && indices.contexts.close(id)
    }
}
