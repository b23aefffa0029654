/// Why a model file or folder cannot be read or written: which file, where in it, what is wrong, and what to do about it.
public struct ModelFileError: Error, Sendable, Hashable {
    /// The class of a fault, for callers that treat some of them apart.
    public enum Kind: String, Sendable, Hashable {
        /// There is no such file or folder.
        case notFound
        /// The system refused to open, read, map or write.
        case unreadable
        /// The file ends before something that it announces.
        case truncated
        /// The file breaks its format.
        case malformed
        /// The format allows it, and this program cannot read it.
        case unsupported
        /// Something is larger than this program accepts, or than the file can hold.
        case limitExceeded
        /// A name leads out of the folder or archive that holds it.
        case unsafePath
        /// A tensor has another shape than the configuration says.
        case shapeMismatch
        /// Something needed is absent: a tensor, a field, a file of a model folder.
        case missing
    }

    /// The class of the fault.
    public let kind: Kind
    /// The file or folder; for a member of an archive, `archive: member`.
    public let path: String
    /// Bytes before the fault in that file, where one place can be named.
    public let offset: Int?
    /// The tensor or field at fault, where there is one.
    public let subject: String?
    /// What is wrong, as a sentence without its full stop.
    public let reason: String
    /// What the user can do about it, as a sentence without its full stop.
    public let advice: String?

    /// Makes an error from its parts.
    public init(
        _ kind: Kind, path: String, offset: Int? = nil, subject: String? = nil, reason: String, advice: String? = nil
    ) {
        self.kind = kind
        self.path = path
        self.offset = offset
        self.subject = subject
        self.reason = reason
        self.advice = advice
    }
}

extension ModelFileError: CustomStringConvertible {
    /// Everything that is known, in one line.
    public var description: String {
        var text = path
        if let offset { text += ", byte \(offset)" }
        if let subject { text += ", \(subject)" }
        text += ": \(reason)."
        if let advice { text += " \(advice)." }
        return text
    }
}
