/// What is done with an index that a request names, where the index is found.
enum IndexUse: Sendable, Hashable {
    /// Searching and counting.
    case search
    /// Reading a document by its id.
    case get
    /// A change of a document.
    case write(WriteRequest.Kind)

    /// OpenSearch's action, unless the operation has one of its own.
    var action: String {
        switch self {
        case .search: "indices:data/read/search"
        case .get: "indices:data/read/get"
        case .write(.index), .write(.create): "indices:data/write/index"
        case .write(.update): "indices:data/write/update"
        case .write(.delete): "indices:data/write/delete"
        }
    }

    /// Whether an action is of the same kind, so that it stands for the use.
    func isCovered(by action: String) -> Bool {
        switch self {
        case .search, .get: action.hasPrefix("indices:data/read/")
        case .write: false
        }
    }
}
