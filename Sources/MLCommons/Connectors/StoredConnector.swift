import Connectors
import JSON

/// A connector as documents keep it: the definition for everybody to see, the credential sealed.
///
/// A connector of its own is a document, one that belongs to a model is a part of the model's.
struct StoredConnector {
    let definition: ConnectorDefinition
    /// Sealed secrets by name.
    let sealed: JSONObject

    init(_ definition: ConnectorDefinition, sealing credential: [String: String], _ cipher: any CredentialCipher) throws
    {
        self.definition = definition
        var sealed = JSONObject()
        for (name, secret) in credential.sorted(by: { $0.key < $1.key }) {
            sealed[name] = .string(try cipher.seal(secret))
        }
        self.sealed = sealed
    }

    /// Reads what was kept.
    init(_ source: JSONObject, sealed: JSONObject?) throws(ConnectorError) {
        definition = try ConnectorDefinition(source, credential: nil)
        self.sealed = sealed ?? [:]
    }

    /// The secrets by name.
    func credential(_ cipher: any CredentialCipher) throws(MLError) -> [String: String] {
        var credential: [String: String] = [:]
        for (name, value) in sealed {
            guard let text = value.string, let secret = try? cipher.open(text) else {
                throw MLError(
                    500, "meta_data_exception",
                    "The credential of the connector cannot be opened with this node's key. Send it again with PUT /_plugins/_ml/connectors/{connector_id}."
                )
            }
            credential[name] = secret
        }
        return credential
    }
}
