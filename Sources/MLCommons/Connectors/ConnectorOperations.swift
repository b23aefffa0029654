import Access
import Connectors
import HTTPTypes
import JSON

extension MLCommons {
    var connectorOperations: [MLOperation] {
        [
            MLOperation("create_connector", [.post], ["/connectors/_create"]) { [self] request in
                try createConnector(try request.requiredFields())
            },
            MLOperation("get_connector", [.get], ["/connectors/{connector_id}"]) { [self] request in
                let connector = try connector(request.path("connector_id"))
                guard mayUse(connector: connector) else {
                    throw MLError.status(403, "You don't have permission to access this connector")
                }
                return MLReply(connector.source)
            },
            MLOperation("update_connector", [.put], ["/connectors/{connector_id}"]) { [self] request in
                try updateConnector(request.path("connector_id"), try request.requiredFields())
            },
            MLOperation("delete_connector", [.delete], ["/connectors/{connector_id}"]) { [self] request in
                try deleteConnector(request.path("connector_id"))
            },
            search("search_connectors", "/connectors/_search", .connector) { document, _ in document.source },
        ]
    }

    /// A connector that is there.
    func connector(_ id: String) throws(MLError) -> StoredDocument {
        guard let connector = state[.connector, id] else {
            throw .status(404, "Failed to find connector with the provided connector id: \(id)")
        }
        return connector
    }

    /// Where connectors may lead to.
    var trustedEndpoints: TrustedEndpoints {
        let settings = state.settings
        return TrustedEndpoints(
            patterns: settings.texts(MLSetting.trustedEndpoints) ?? TrustedEndpoints.defaultPatterns,
            allowsPrivateAddresses: settings.flag(MLSetting.allowsPrivateAddresses))
    }

    /// The services of connectors, which remote models need.
    func connectorServices() throws(MLError) -> ConnectorServices {
        guard state.settings.flag(MLSetting.infersRemotely) else {
            throw .status(
                400,
                "Remote Inference is currently disabled. To enable it, update the setting \"\(MLSetting.infersRemotely.name)\" to true."
            )
        }
        guard let connectors else {
            throw .status(501, "This server was started without the means to call other servers.")
        }
        return connectors
    }

    /// Reads a connector of a request, and looks at where it leads.
    func readConnector(_ object: JSONObject, credential: [String: String]) throws(MLError) -> ConnectorDefinition {
        do throws(ConnectorError) {
            let definition = try ConnectorDefinition(object, credential: Set(credential.keys))
            try definition.check(trustedEndpoints)
            return definition
        } catch {
            throw MLError(error)
        }
    }

    /// Reads the credential of a request.
    func readCredential(_ object: JSONObject) throws(MLError) -> [String: String] {
        do throws(ConnectorError) {
            return try ConnectorDefinition.credential(of: object)
        } catch {
            throw MLError(error)
        }
    }

    private func createConnector(_ fields: Fields) throws -> MLReply {
        let services = try connectorServices()
        if try fields.bool("dry_run") ?? false { return MLReply(["connector_id": "dryRunConnector"]) }
        let credential = try readCredential(fields.object)
        let definition = try readConnector(fields.object, credential: credential)
        let request = try AccessRequest(fields)
        let shared = try sharing(request)
        let stored = try StoredConnector(definition, sealing: credential, services.cipher)
        let id = try state.update { draft in
            let id = DocumentID.next()
            let now = JSONValue.number(JSONNumber(Int(draft.now)))
            draft[.connector, id] = StoredDocument(
                Self.source(definition, shared, created: now, updated: now),
                own: ["credential": .object(stored.sealed)])
            return id
        }
        return MLReply(["connector_id": .string(id)])
    }

    /// With whom a connector is shared; nothing where nobody looks at callers.
    private func sharing(_ request: AccessRequest) throws(MLError) -> JSONObject {
        if let owner = state.settings.connectorOwner { return try request.document(for: owner, .connector) }
        guard !request.isStated else {
            throw .illegalArgument(
                "You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster."
            )
        }
        return [:]
    }

    private static func source(
        _ definition: ConnectorDefinition, _ shared: JSONObject, created: JSONValue, updated: JSONValue
    ) -> JSONObject {
        var source = JSONObject()
        let document = definition.document
        for (name, value) in document where name != "client_config" { source[name] = value }
        for name in ["backend_roles", "owner", "access"] { if let value = shared[name] { source[name] = value } }
        source["created_time"] = created
        source["last_updated_time"] = updated
        if let config = document["client_config"] { source["client_config"] = config }
        return source
    }

    private func updateConnector(_ id: String, _ fields: Fields) throws -> MLReply {
        let services = try connectorServices()
        let old = try connector(id)
        guard mayUse(connector: old) else {
            throw MLError.illegalArgument(
                "You don't have permission to update the connector, connector id: \(id)")
        }
        let changed = try changed(
            old.source, sealed: old.own["credential"]?.object, by: fields.object, services.cipher)
        let request = try AccessRequest(fields)
        var shared = old.source
        if request.isStated {
            shared = try sharing(request)
            shared["owner"] = old.source["owner"] ?? shared["owner"]
        }
        let reply: JSONObject = try state.update { draft in
            guard var connector = draft[.connector, id] else {
                throw MLError.status(404, "Failed to find connector with the provided connector id: \(id)")
            }
            let users = draft.all(.model).filter {
                $0.document.text("connector_id") == id && (Self.modelState(of: $0.document)?.isInUse ?? false)
            }
            guard users.isEmpty else {
                throw MLError.status(
                    400,
                    "\(users.count) models are still using this connector, please undeploy the models first: [\(users.map(\.id).joined(separator: ", "))]"
                )
            }
            connector.source = Self.source(
                changed.definition, shared, created: connector.source["created_time"] ?? .null,
                updated: .number(JSONNumber(Int(draft.now))))
            connector.own["credential"] = .object(changed.sealed)
            return draft.replace(connector, .connector, id)
        }
        return MLReply(reply)
    }

    /// A connector after an update; a credential takes the place of the one that is there.
    func changed(
        _ source: JSONObject, sealed: JSONObject?, by update: JSONObject, _ cipher: any CredentialCipher
    ) throws -> StoredConnector {
        let stored: StoredConnector
        do throws(ConnectorError) {
            stored = try StoredConnector(source, sealed: sealed)
        } catch {
            throw MLError(error)
        }
        let stated = try readCredential(update)
        let credential = stated.isEmpty ? try stored.credential(cipher) : stated
        let definition = try readConnector(stored.definition.fields(changedBy: update), credential: credential)
        return try StoredConnector(definition, sealing: credential, cipher)
    }

    private func deleteConnector(_ id: String) throws -> MLReply {
        try state.update { draft in
            guard let connector = draft[.connector, id] else {
                throw MLError.status(404, "Failed to find connector with the provided connector id: \(id)")
            }
            guard mayUse(connector: connector) else {
                throw MLError(400, "m_l_validation_exception", "You are not allowed to delete this connector")
            }
            let count = draft.all(.model).count { $0.document.text("connector_id") == id }
            guard count == 0 else {
                throw MLError.status(
                    409,
                    "\(count) models are still using this connector, please delete or update the models first!")
            }
            return MLReply(draft.delete(connector, .connector, id))
        }
    }
}
