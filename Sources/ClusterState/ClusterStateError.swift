public import SQLite

/// Why the node's folder or its metadata cannot be used, and what to do about it.
public struct ClusterStateError: Error, Sendable, Hashable {
    /// Kinds that a caller may want to tell apart.
    public enum Kind: Sendable, Hashable {
        /// Another process has the folder.
        case locked
        /// Folder or file may not be written.
        case readOnly
        /// There is no such folder or file, and it was not to be made.
        case missing
        /// The folder holds other things.
        case notADataFolder
        /// A newer version of the program wrote it.
        case newerFormat
        /// The file contradicts itself.
        case damaged
        /// A value is nested deeper than it could be read again.
        case tooDeep
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
        reason = error.advice(repair: "restore it from a backup")
        kind =
            switch error.condition {
            case .diskFull: .diskFull
            case .notWritable: .readOnly
            case .missing: .missing
            case .damaged: .damaged
            case .inUse: .locked
            case .tooLarge, .other: .system
            }
    }
}

extension ClusterStateError: CustomStringConvertible {
    /// Path and reason.
    public var description: String { "\(path): \(reason)" }
}
