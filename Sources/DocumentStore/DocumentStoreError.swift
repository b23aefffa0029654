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
        let evidence = "SQLite: \(error.message), code \(error.code.rawValue)"
        switch error.code.primary {
        case .full:
            kind = .diskFull
            reason = "no space is left on the device; free some and repeat the request (\(evidence))"
        case .inputOutput where error.code == .writeFailed || Self.spaceErrors.contains(error.systemError):
            kind = .diskFull
            reason =
                "the system refused to write; look for a full disk, a quota or a file size limit, "
                + "and repeat the request (\(evidence), system error \(error.systemError))"
        case .readOnly:
            kind = .readOnly
            reason = "it may not be written; make file and folder writable for this user (\(evidence))"
        case .inputOutput where error.code == .shortRead, .corrupt, .notADatabase:
            kind = .damaged
            reason =
                "the file is damaged; restore it from a backup, or export what can still be read and load it into a new index "
                + "(\(evidence))"
        case .busy, .locked:
            kind = .locked
            reason = "another process works with it; stop that one first (\(evidence))"
        case .tooBig:
            kind = .tooLarge
            reason = "a document is larger than 1,000,000,000 bytes; split it (\(evidence))"
        default:
            kind = .system
            reason = "\(error.message) (code \(error.code.rawValue), system error \(error.systemError))"
        }
    }

    /// ENOSPC, EDQUOT, EFBIG.
    private static let spaceErrors: Set<Int32> = [28, 122, 27]
}

extension DocumentStoreError: CustomStringConvertible {
    /// Path and reason.
    public var description: String { "\(path): \(reason)" }
}
