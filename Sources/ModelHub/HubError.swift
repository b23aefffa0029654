/// Why a model could not be found or fetched: what was asked for, which URL or file was at fault, what happened, and what to do about it.
public struct HubError: Error, Sendable, Hashable {
    /// The class of a fault, for callers that treat some of them apart.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The reference is not written as one.
        case invalidReference
        /// There is no such repository, artifact or local path, or it is private and the token does not open it.
        case notFound
        /// The repository is there, and the revision is not.
        case revisionNotFound
        /// The server wants a token, or refuses the one that it was sent.
        case unauthorized
        /// The server refuses: a licence that has to be accepted first, or a right that the token lacks.
        case forbidden
        /// It is not in the cache, and the caller or the offline mode forbids to fetch it.
        case offline
        /// The repository does not have the files of a model.
        case missingFile
        /// The server cannot be reached, or the connection broke, more often than retries are allowed.
        case network
        /// The server did not answer in time.
        case timeout
        /// The server answered with a status that retries did not cure.
        case status
        /// Redirects that never end, or lead to where a download must not go.
        case redirect
        /// The answer is not what the protocol says: a page instead of JSON, no ETag, no commit, a wrong range.
        case malformedResponse
        /// The bytes are not those that the server announced.
        case checksum
        /// The file is shorter or longer than the server announced.
        case size
        /// The file became another one on the server while it was fetched.
        case changed
        /// More files or bytes than the settings allow.
        case limitExceeded
        /// A file name that leads out of the cache, or that no file can have.
        case unsafeName
        /// The disk is full.
        case diskFull
        /// The system refuses to read or write a file of the cache.
        case cache
        /// The caller cancelled.
        case cancelled
    }

    /// The class of the fault.
    public let kind: Kind
    /// What was asked for: the reference, or a file of it.
    public let subject: String
    /// The URL at fault, without credentials and query.
    public let url: String?
    /// The HTTP status, where there was an answer.
    public let status: Int?
    /// What is wrong, as a sentence without its full stop.
    public let reason: String
    /// What the user can do about it, as a sentence without its full stop.
    public let advice: String?

    /// Makes an error from its parts.
    public init(
        _ kind: Kind, _ subject: String, url: String? = nil, status: Int? = nil, reason: String, advice: String? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.url = url
        self.status = status
        self.reason = reason
        self.advice = advice
    }

    /// What a cancelled task ends with.
    static func cancelled(_ subject: String) -> HubError {
        HubError(
            .cancelled, subject, reason: "stopped before the end",
            advice: "Ask again: what has arrived is kept, and only the rest is fetched")
    }
}

extension HubError: CustomStringConvertible {
    /// Everything that is known, in one line.
    public var description: String {
        var text = "\(subject): \(reason)"
        if let status { text += " (status \(status))" }
        if let url { text += " [\(url)]" }
        text += "."
        if let advice { text += " \(advice)." }
        return text
    }
}
