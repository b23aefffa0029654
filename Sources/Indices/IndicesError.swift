public import ClusterState
public import DocumentStore
public import Mappings
public import SearchIndex
public import TextAnalysis

/// Why something cannot be done with an index or with all of them.
public enum IndicesError: Error, Sendable {
    /// There is no index of this name.
    case indexNotFound(String)
    /// There is one already.
    case indexExists(String, uuid: String)
    /// The index is closed.
    case indexClosed(String, uuid: String)
    /// A setting has a value that it cannot have.
    case setting(name: String, reason: String)
    /// The documents cannot be read or written.
    case documents(DocumentStoreError)
    /// The metadata cannot be read or written.
    case metadata(ClusterStateError)
    /// The mapping does not allow it.
    case mapping(MappingError)
    /// The analysis settings are wrong.
    case analysis(AnalysisError)
    /// The segments cannot be read or written.
    case segments(IndexError)
    /// A point in time or a scroll that is not there, or not any more.
    case contextMissing(id: String)
    /// Too many points in time or scrolls are open.
    case tooManyContexts(limit: Int)
}

extension IndicesError {
    /// Whether no space is left for what was asked: the same may go when there is room again.
    public var isDiskFull: Bool {
        switch self {
        case .documents(let error): error.kind == .diskFull
        case .metadata(let error): error.kind == .diskFull
        default: false
        }
    }

    /// Whether it may go away by itself: somebody makes room, or lets a file go.
    var mayPass: Bool {
        switch self {
        case .documents(let error): error.kind == .diskFull || error.kind == .locked || error.kind == .system
        case .metadata(let error): error.kind == .diskFull || error.kind == .locked || error.kind == .system
        case .segments(.file): true
        default: false
        }
    }
}

extension IndicesError: CustomStringConvertible {
    /// What happened and what to do.
    public var description: String {
        switch self {
        case .indexNotFound(let name): "no such index [\(name)]"
        case .indexExists(let name, let uuid): "index [\(name)/\(uuid)] already exists"
        case .indexClosed(let name, let uuid): "index [\(name)/\(uuid)] is closed; open it first"
        case .setting(let name, let reason): "[\(name)]: \(reason)"
        case .documents(let error): error.description
        case .metadata(let error): error.description
        case .mapping(let error): error.description
        case .analysis(let error): "\(error)"
        case .segments(let error): error.description
        case .contextMissing(let id): "no search context with the id [\(id)]; it has expired or was closed, begin again"
        case .tooManyContexts(let limit):
            "\(limit) search contexts are open, which is the limit; close some or let them expire"
        }
    }
}
