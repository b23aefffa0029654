import Connectors
import JSON
import Synchronization

/// A service that a test makes up: it sees each request and gives what the test says.
final class FakeService: ConnectorTransport {
    typealias Reply =
        @Sendable (_ number: Int, _ call: ConnectorCall) async throws(ConnectorTransportError) ->
        ConnectorAnswer

    private let reply: Reply
    private let state = Mutex((calls: [ConnectorCall](), underWay: 0, most: 0))

    init(_ reply: @escaping Reply) { self.reply = reply }

    var calls: [ConnectorCall] { state.withLock { $0.calls } }
    /// The most requests that were under way at the same time.
    var most: Int { state.withLock { $0.most } }

    func send(_ call: ConnectorCall, _ config: ConnectorClientConfig) async throws(ConnectorTransportError)
        -> ConnectorAnswer
    {
        let number = state.withLock { state in
            state.calls.append(call)
            state.underWay += 1
            state.most = max(state.most, state.underWay)
            return state.calls.count - 1
        }
        defer { state.withLock { $0.underWay -= 1 } }
        return try await reply(number, call)
    }

    /// A chat completion.
    static func completion(_ text: String, _ reason: String = "stop") -> ConnectorAnswer {
        let body: JSONValue = [
            "id": "chatcmpl-1", "object": "chat.completion",
            "choices": [
                [
                    "index": 0, "message": ["role": "assistant", "content": .string(text)],
                    "finish_reason": .string(reason),
                ]
            ],
        ]
        return ConnectorAnswer(status: 200, body: body.serializedBytes())
    }

    /// An error as OpenAI words it.
    static func error(_ status: Int, _ code: String = "", _ message: String = "no", retryAfter: String? = nil)
        -> ConnectorAnswer
    {
        let body: JSONValue = ["error": ["message": .string(message), "type": "t", "code": .string(code)]]
        return ConnectorAnswer(status: status, retryAfter: retryAfter, body: body.serializedBytes())
    }
}
