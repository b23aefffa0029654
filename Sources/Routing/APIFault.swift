/// Why a request is not answered as asked, before any dialect has put it into its own words.
///
/// Thrown by handlers and by the server itself; the route's ``FaultRenderer`` turns it into status and body.
public struct APIFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault; each dialect maps it to a status and a name of its own.
    public enum Kind: Sendable, Hashable {
        /// The body is not JSON.
        case malformedJSON
        /// The body is JSON, but a field is missing, unknown where that matters, or of the wrong type.
        case badField
        /// A value is of the right type and not allowed.
        case invalidValue
        /// There is nothing to do: no texts, no documents.
        case emptyInput
        /// More texts than a request may have.
        case tooManyTexts
        /// More tokens than the model, or a request, may have.
        case tooManyTokens
        /// The body is longer than the server reads.
        case bodyTooLarge
        /// The header fields are longer than the server reads.
        case headersTooLarge
        /// The body is not of a media type that the route reads, or none is named.
        case unsupportedMediaType
        /// `Content-Encoding` is not one that the server reads, or the compressed bytes are broken.
        case badContentEncoding
        /// The client took too long to send its request.
        case slowRequest
        /// No key, or a wrong one.
        case unauthorized
        /// Somebody who is known, and may not.
        case forbidden
        /// There is no such path.
        case noRoute
        /// The path exists for other methods.
        case wrongMethod(allowed: [String])
        /// There is no model of that name, or none at all for the task.
        case noModel
        /// The model is of another kind than the route asks for.
        case wrongModelKind
        /// The model is not loaded yet, or its loading failed.
        case modelNotReady
        /// The tokenizer cannot read the text.
        case tokenizer
        /// The model failed.
        case backend
        /// Too much is waiting already.
        case overloaded
        /// The request waited longer than it may.
        case queueTimeout
        /// The process is going down.
        case stopping
        /// The client went away.
        case cancelled
        /// A fault of the program.
        case internalError
    }

    /// The kind of fault.
    public var kind: Kind
    /// What is wrong and what to do, as sentences.
    public var message: String
    /// The field of the request that it is about, with dots and indexes (`documents[3].text`).
    public var field: String?
    /// The setting whose limit was met, by its name in the configuration file.
    public var setting: String?
    /// Seconds after which asking again makes sense.
    public var retryAfter: Int?

    /// A fault.
    public init(_ kind: Kind, _ message: String, field: String? = nil, setting: String? = nil, retryAfter: Int? = nil) {
        self.kind = kind
        self.message = message
        self.field = field
        self.setting = setting
        self.retryAfter = retryAfter
    }

    /// The message.
    public var description: String { message }
}
