/// What an error of SQLite says about the file, for whoever has to do something about it.
public enum FileCondition: Sendable, Hashable {
    /// No space is left on the device, or a quota or a limit of the system is reached.
    ///
    /// Nothing of the refused transaction is stored.
    case diskFull
    /// The file or its folder may not be written.
    case notWritable
    /// There is no such file.
    case missing
    /// The file contradicts itself: it is truncated, bits have changed, or it is no database.
    case damaged
    /// Another process works with the file.
    case inUse
    /// A value is larger than SQLite can store.
    case tooLarge
    /// Anything else that the system or SQLite refuses.
    case other
}

extension SQLiteError {
    /// What the error says about the file.
    public var condition: FileCondition {
        switch code.primary {
        case .full: .diskFull
        case .inputOutput where code == .writeFailed || Self.spaceErrors.contains(systemError): .diskFull
        case .cannotOpen where Self.spaceErrors.contains(systemError): .diskFull
        case .cannotOpen where systemError == Self.noEntry: .missing
        case .readOnly, .cannotOpen: .notWritable
        case .inputOutput where code == .shortRead: .damaged
        case .corrupt, .notADatabase: .damaged
        case .busy, .locked: .inUse
        case .tooBig: .tooLarge
        default: .other
        }
    }

    /// What happened and what to do, in one or two sentences without the path.
    ///
    /// - Parameter repair: What to do about a damaged file, as the end of a sentence.
    public func advice(repair: String) -> String {
        let evidence =
            "SQLite: \(message), code \(code.rawValue)" + (systemError == 0 ? "" : ", system error \(systemError)")
        return switch condition {
        case .diskFull where code.primary == .full:
            "no space is left on the device; free some and repeat the request (\(evidence))"
        case .diskFull:
            "the system refused to write; look for a full disk, a quota or a file size limit, and repeat the request "
                + "(\(evidence))"
        case .notWritable: "it cannot be opened for writing; make file and folder writable for this user (\(evidence))"
        case .missing: "there is no such file; look whether its folder was moved or is not mounted (\(evidence))"
        case .damaged: "the file is damaged; \(repair) (\(evidence))"
        case .inUse: "another process works with it; stop that one first (\(evidence))"
        case .tooLarge: "a value is larger than 1,000,000,000 bytes; split it (\(evidence))"
        case .other: "the system or SQLite refused (\(evidence))"
        }
    }

    /// ENOSPC, EDQUOT, EFBIG.
    private static let spaceErrors: Set<Int32> = [28, 122, 27]
    /// ENOENT.
    private static let noEntry: Int32 = 2
}
