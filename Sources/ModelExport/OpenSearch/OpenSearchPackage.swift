public import JSON

/// An archive that OpenSearch's ML Commons registers, and what a registration has to say.
public struct OpenSearchPackage: Sendable {
    /// `TEXT_EMBEDDING`, `SPARSE_ENCODING`, `SPARSE_TOKENIZE` or `TEXT_SIMILARITY`.
    public let function: String
    /// The zip.
    public let path: String
    /// The SHA-256 of the zip, in hexadecimal.
    public let digest: String
    /// The size of the zip in bytes.
    public let byteCount: Int
    /// The body of `POST /_plugins/_ml/models/_register`, which is also written beside the zip.
    public let registration: JSONValue
    /// Where that body was written.
    public let registrationPath: String
}
