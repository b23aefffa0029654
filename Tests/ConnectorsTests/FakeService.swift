import Connectors
import JSON
import Synchronization

/// A service that a test makes up: it keeps what it was asked, and answers as it is told.
final class FakeService: ConnectorTransport {
    private let seen = Mutex<[ConnectorCall]>([])
    private let answer: @Sendable (ConnectorCall, Int) throws(ConnectorTransportError) -> ConnectorAnswer

    /// - Parameter answer: Told the call, and how many came before it.
    init(_ answer: @escaping @Sendable (ConnectorCall, Int) throws(ConnectorTransportError) -> ConnectorAnswer) {
        self.answer = answer
    }

    /// A service that always answers the same.
    convenience init(_ body: JSONValue, status: Int = 200) {
        self.init { _, _ in ConnectorAnswer(status: status, body: body.serializedBytes()) }
    }

    var calls: [ConnectorCall] { seen.withLock { $0 } }

    func send(_ call: ConnectorCall, _ config: ConnectorClientConfig) async throws(ConnectorTransportError)
        -> ConnectorAnswer
    {
        let number = seen.withLock { seen in
            seen.append(call)
            return seen.count - 1
        }
        return try answer(call, number)
    }
}

extension ConnectorCall {
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

/// A connector that asks one address with one body.
func connector(
    url: String = "https://api.openai.com/v1/embeddings", body: String? = nil, pre: String? = nil, post: String? = nil,
    parameters: JSONObject = [:], headers: JSONObject = ["Authorization": "Bearer ${credential.key}"],
    scheme: String = "http", config: JSONObject? = nil, credential: Set<String> = ["key"]
) throws -> ConnectorDefinition {
    var action: JSONObject = [
        "action_type": "predict", "method": "POST", "url": .string(url), "headers": .object(headers),
    ]
    if let body { action["request_body"] = .string(body) }
    if let pre { action["pre_process_function"] = .string(pre) }
    if let post { action["post_process_function"] = .string(post) }
    var definition: JSONObject = [
        "name": "test", "version": 1, "protocol": .string(scheme), "parameters": .object(parameters),
        "actions": [.object(action)],
    ]
    if let config { definition["client_config"] = .object(config) }
    return try ConnectorDefinition(definition, credential: credential)
}

/// Asks a service through a connector.
func ask(
    _ service: FakeService, _ connector: ConnectorDefinition, _ input: ConnectorInput,
    credential: [String: String] = ["key": "s3cret"], patterns: [String] = TrustedEndpoints.defaultPatterns
) async throws -> [ConnectorOutput] {
    // 2015-08-30T12:36:00Z
    try await ConnectorClient(transport: service, now: { 1_440_938_160_000 }).predict(
        input, with: connector, credential: credential,
        endpoints: TrustedEndpoints(patterns: patterns, allowsPrivateAddresses: false))
}

/// The error of what must fail.
func fault(_ body: () async throws -> Void) async -> ConnectorError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ConnectorError
    }
}
