public import Connectors

/// What connectors need of the world: a way to send requests, and a safe place for secrets.
public struct ConnectorServices: Sendable {
    /// Sends requests.
    public let transport: any ConnectorTransport
    /// Seals credentials.
    public let cipher: any CredentialCipher

    /// Services.
    public init(transport: any ConnectorTransport, cipher: any CredentialCipher) {
        self.transport = transport
        self.cipher = cipher
    }
}

extension MLError {
    init(_ error: ConnectorError) { self.init(error.status, error.type, error.reason) }
}
