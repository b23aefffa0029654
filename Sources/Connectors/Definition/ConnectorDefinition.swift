public import JSON

/// A connector without its credential: which service it asks, and how.
///
/// Source: `HttpConnector` and `AwsConnector` of ML Commons.
public struct ConnectorDefinition: Sendable, Hashable {
    /// How calls are authenticated.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        /// Signed by Signature Version 4 of AWS.
        case signed = "aws_sigv4"
        /// By whatever the headers say.
        case http
    }

    /// What people call it.
    public let name: String
    /// What it is for.
    public let description: String?
    /// Which version of itself it is; no meaning but for people.
    public let version: String
    /// How calls are authenticated.
    public let scheme: Scheme
    /// Values for `${parameters.x}`; what was no text is JSON.
    public let parameters: [String: String]
    /// What it can ask.
    public let actions: [ConnectorAction]
    /// How the service is called; nil means the defaults.
    public let clientConfig: ConnectorClientConfig?

    /// Reads a definition, as a request or the node's metadata have it.
    ///
    /// - Parameters:
    ///   - object: The fields; unknown ones are skipped, as in OpenSearch.
    ///   - credential: The names of all credentials, which signed connectors need some of; nil means that they are not checked.
    public init(_ object: JSONObject, credential: Set<String>?) throws(ConnectorError) {
        let fields = try ConnectorFields(.object(object))
        guard let name = try fields.text("name") else { throw .illegalArgument("Connector name is null") }
        guard let version = try fields.text("version") else { throw .illegalArgument("Connector version is null") }
        guard let scheme = try fields.text("protocol") else { throw .illegalArgument("Connector protocol is null") }
        if let credential, credential.isEmpty {
            throw .illegalArgument("Connector credential is null or empty list")
        }
        guard let known = Scheme(rawValue: scheme) else {
            throw .illegalArgument(
                "Unsupported connector protocol. Please use one of [\(Scheme.allCases.map(\.rawValue).joined(separator: ", "))]"
            )
        }
        self.name = name
        self.version = version
        self.scheme = known
        description = try fields.text("description")
        parameters = try fields.texts("parameters", encodes: true) ?? [:]
        clientConfig = try fields["client_config"].map { value throws(ConnectorError) in try .init(value) }
        guard let list = fields["actions"] else {
            throw .illegalArgument("No actions configured for this connector")
        }
        guard let values = list.array else { throw fields.wrong("actions", list, "an array") }
        var actions: [ConnectorAction] = []
        for (index, value) in values.enumerated() {
            actions.append(try ConnectorAction(value, place: "actions[\(index)]"))
        }
        self.actions = actions
        if known == .signed, let credential { try checkSigned(credential) }
    }

    private func checkSigned(_ credential: Set<String>) throws(ConnectorError) {
        guard credential.contains("access_key"), credential.contains("secret_key") else {
            throw .illegalArgument("Missing credential")
        }
        guard credential.contains("service_name") || parameters["service_name"] != nil else {
            throw .illegalArgument("Missing service name")
        }
        guard credential.contains("region") || parameters["region"] != nil else {
            throw .illegalArgument("Missing region")
        }
    }

    /// Reads the credential of a request: texts by name.
    public static func credential(of object: JSONObject) throws(ConnectorError) -> [String: String] {
        try ConnectorFields(.object(object)).texts("credential") ?? [:]
    }

    /// The fields of a definition after an update, whose parameters are added to those that are there; other fields are replaced.
    public func fields(changedBy update: JSONObject) -> JSONObject {
        var fields = document
        for name in ["name", "description", "version", "protocol", "actions", "client_config"] {
            if let value = update[name], !value.isNull { fields[name] = value }
        }
        if let more = update["parameters"]?.object {
            var all = fields["parameters"]?.object ?? [:]
            for (name, value) in more { all[name] = value }
            fields["parameters"] = .object(all)
        } else if let other = update["parameters"], !other.isNull {
            fields["parameters"] = other
        }
        return fields
    }

    /// The action that answers predictions.
    public func predictAction() throws(ConnectorError) -> ConnectorAction {
        guard let action = actions.first(where: { $0.kind == .predict }) else {
            throw .illegalArgument("no PREDICT action found")
        }
        return action
    }

    /// As answers show it, and as ``init(_:credential:)`` reads it.
    public var document: JSONObject {
        var document: JSONObject = ["name": .string(name), "version": .string(version)]
        if let description { document["description"] = .string(description) }
        document["protocol"] = .string(scheme.rawValue)
        document["parameters"] = .object(Self.sorted(parameters))
        document["actions"] = .array(actions.map { .object($0.document) })
        if let clientConfig { document["client_config"] = .object(clientConfig.document) }
        return document
    }

    static func sorted(_ texts: [String: String]) -> JSONObject {
        JSONObject(texts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) })
    }
}

extension ConnectorDefinition {
    /// Refuses a connector one of whose actions leads where it must not, as far as its own parameters tell.
    public func check(_ endpoints: TrustedEndpoints) throws(ConnectorError) {
        let template = ConnectorTemplate(prefix: "parameters", values: parameters)
        for action in actions { try endpoints.check(try template.text(action.url)) }
    }
}
