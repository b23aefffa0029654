public import SQLite

/// Why the node's folder or its metadata cannot be used, and what to do about it.
public struct ClusterStateError: Error, Sendable, Hashable {
    /// Kinds that a caller may want to tell apart.
    public enum Kind: Sendable, Hashable {
        /// Another process has the folder.
        case locked
        /// Folder or file may not be written.
        case readOnly
        /// There is no such folder, and it was not to be made.
        case missing
        /// The folder holds other things.
        case notADataFolder
        /// A newer version of the program wrote it.
        case newerFormat
        /// The file contradicts itself.
        case damaged
        /// No space is left on the device.
        case diskFull
        /// Anything else that the system refuses.
        case system
    }

    /// What kind of failure this is.
    public let kind: Kind
    /// The folder or file.
    public let path: String
    /// What happened and what to do, in one or two sentences without the path.
    public let reason: String

    /// An error with all its parts.
    public init(_ kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// What an error of SQLite means for the metadata.
    public init(_ error: SQLiteError) {
        path = error.path
        let evidence = "SQLite: \(error.message), code \(error.code.rawValue), system error \(error.systemError)"
        switch error.code.primary {
        case .full:
            kind = .diskFull
            reason = "no space is left on the device; free some and repeat the request (\(evidence))"
        case .inputOutput where error.code == .writeFailed:
            kind = .diskFull
            reason = "the system refused to write; look for a full disk or a quota and repeat the request (\(evidence))"
        case .readOnly, .cannotOpen:
            kind = .readOnly
            reason = "it cannot be opened for writing; make file and folder writable for this user (\(evidence))"
        case .inputOutput where error.code == .shortRead, .corrupt, .notADatabase:
            kind = .damaged
            reason = "the file is damaged; restore it from a backup (\(evidence))"
        case .busy, .locked:
            kind = .locked
            reason = "another process works with it; stop that one first (\(evidence))"
        default:
            kind = .system
            reason = evidence
        }
    }
}

extension ClusterStateError: CustomStringConvertible {
    /// Path and reason.
    public var description: String { "\(path): \(reason)" }
}
