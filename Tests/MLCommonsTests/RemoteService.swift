import Connectors
import JSON
import Synchronization

/// A service that a test makes up, and a cipher that can be told from what it hides.
final class RemoteService: ConnectorTransport, CredentialCipher {
    private let seen = Mutex<[ConnectorCall]>([])
    private let reply = Mutex<@Sendable (JSONValue) -> (Int, JSONValue)>({ _ in (200, [:]) })

    /// What was asked, in order.
    var calls: [ConnectorCall] { seen.withLock { $0 } }

    /// Sets what is answered to a body.
    func answers(_ answer: @escaping @Sendable (JSONValue) -> (Int, JSONValue)) { reply.withLock { $0 = answer } }

    func send(_ call: ConnectorCall, _ config: ConnectorClientConfig) async throws(ConnectorTransportError)
        -> ConnectorAnswer
    {
        seen.withLock { $0.append(call) }
        let answer = reply.withLock { $0 }
        let (status, body) = answer((try? JSONValue(parsing: call.body)) ?? .null)
        return ConnectorAnswer(status: status, body: body.serializedBytes())
    }

    func seal(_ secret: String) throws -> String { "sealed:" + String(secret.reversed()) }

    func open(_ sealed: String) throws -> String {
        guard sealed.hasPrefix("sealed:") else { throw ConnectorTransportError.failed("not sealed") }
        return String(sealed.dropFirst(7).reversed())
    }
}
