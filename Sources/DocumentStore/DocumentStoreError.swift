public import SQLite

/// Why documents cannot be read or written, and what to do about it.
public struct DocumentStoreError: Error, Sendable, Hashable {
    /// Kinds that a caller may want to tell apart.
    public enum Kind: Sendable, Hashable {
        /// No space is left on the device, or a limit of the system is reached.
        ///
        /// Nothing of the refused write is stored.
        case diskFull
        /// The file or its folder may not be written.
        case readOnly
        /// The file contradicts itself: it is truncated, bits have changed, or it is no document store.
        case damaged
        /// The file was written by a newer version of the program.
        case newerFormat
        /// Another process works with the file.
        case locked
        /// There is no such file.
        case missing
        /// A document is larger than can be stored.
        case tooLarge
        /// The store has been closed.
        case closed
        /// Anything else that the system or SQLite refuses.
        case system
    }

    /// What kind of failure this is.
    public let kind: Kind
    /// The file.
    public let path: String
    /// What happened and what to do, in one or two sentences without the path.
    public let reason: String

    /// An error with all its parts.
    public init(_ kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// What an error of SQLite means for the documents.
    public init(_ error: SQLiteError) {
        path = error.path
        reason = error.advice(
            repair: "restore it from a backup, or export what can still be read and load it into a new index")
        kind =
            switch error.condition {
            case .diskFull: .diskFull
            case .notWritable: .readOnly
            case .missing: .missing
            case .damaged: .damaged
            case .inUse: .locked
            case .tooLarge: .tooLarge
            case .other: .system
            }
    }
}

extension DocumentStoreError: CustomStringConvertible {
    /// Path and reason.
    public var description: String { "\(path): \(reason)" }
}
