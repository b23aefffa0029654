public import Connectors
import JSON

/// `POST /v1/chat/completions` of OpenAI, and of all servers that offer the same: vLLM, llama.cpp, Ollama, gateways.
///
/// Requests go through a transport that is given: the network, or what a test makes up. 408, 409, 429 and 5xx are tried again, as are silence,
/// broken connections, and answers that are no answers; 400, 413 and 422 fail the question; 401, 402, 403, 404, 405 and an exhausted quota
/// end the work. The key stands in the header `Authorization` alone.
public struct OpenAIEndpoint: ChatEndpoint {
    /// The largest body of an answer.
    static let bodyLimit = 4 << 20
    /// Attempts at an answer that cannot be read, as each may have to be paid for.
    static let malformedAttempts = 2

    /// The address of the requests.
    public let url: String
    /// The model.
    public let model: String
    /// How it draws.
    public let sampling: SamplingOptions
    /// How long one attempt may take.
    public var timeout = Duration.seconds(120)
    /// How often and when it is tried again.
    public var delays = RetryDelays()
    /// Whether the address may lead to this machine or into a private network.
    public var allowsPrivateAddresses = true

    private let key: SecretKey?
    private let transport: any ConnectorTransport
    private let wait: @Sendable (Duration) async throws -> Void

    /// An endpoint.
    ///
    /// - Parameters:
    ///   - url: `https://api.openai.com/v1`, with or without `/chat/completions`.
    ///   - key: nil for servers that want none.
    ///   - wait: how time passes between attempts; the clock's, if nothing is said.
    /// - Throws: ``PromptingError/Code/badSetting`` for an address or a key that cannot be.
    public init(
        url: String, model: String, key: SecretKey?, sampling: SamplingOptions = SamplingOptions(),
        transport: any ConnectorTransport,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) throws(PromptingError) {
        try sampling.check()
        let parts = url.split(separator: "/", maxSplits: 2)
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), url.utf8.count < 2000, parts.count >= 2,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }),
            !parts[1].contains("@")
        else {
            throw PromptingError(
                .badSetting, "the address of the language model is not usable",
                advice:
                    "Give http:// or https://, a host and a path, without user, password and query: https://api.openai.com/v1"
            )
        }
        guard !model.isEmpty, model.utf8.count <= 500 else {
            throw PromptingError(.badSetting, "no model is named", advice: "Say which model the endpoint shall use")
        }
        guard key.map({ !$0.value.isEmpty && $0.value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) ?? true else {
            throw PromptingError(
                .badSetting, "the key of the language model is empty or holds characters that no header can have",
                advice: "Give the key alone, without blanks and line ends")
        }
        let path = "/chat/completions"
        let base = url.last == "/" ? String(url.dropLast()) : url
        self.url = base.hasSuffix(path) ? base : base + path
        self.model = model
        self.key = key
        self.sampling = sampling
        self.transport = transport
        self.wait = wait
    }

    /// Asks until there is an answer, or none to be expected.
    public func answer(_ messages: [ChatMessage]) async throws(ChatFailure) -> ChatAnswer {
        let body = BatchFormat.chat(model, messages, sampling).serializedBytes()
        var headers = [(name: "Content-Type", value: "application/json")]
        if let key { headers.append((name: "Authorization", value: "Bearer \(key.value)")) }
        let call = ConnectorCall(
            method: "POST", url: url, headers: headers, body: body, allowsPrivateAddresses: allowsPrivateAddresses)
        var malformed = 0
        var attempt = 0
        while true {
            attempt += 1
            let failure: ChatFailure
            var retryAfter: String?
            do throws(ChatFailure) {
                let answer = try await send(call)
                retryAfter = answer.retryAfter
                return try read(answer)
            } catch {
                failure = error
            }
            if failure.code == "malformed" { malformed += 1 }
            guard failure.reach == .now, attempt < delays.attempts, malformed < Self.malformedAttempts else {
                throw failure
            }
            do {
                try await wait(delays.delay(after: attempt, retryAfter: retryAfter, draw: .random(in: 0...1)))
            } catch {
                throw Self.cancelled
            }
        }
    }

    static let cancelled = ChatFailure(.cancelled, code: "cancelled", message: "the work was stopped")

    // MARK: One attempt

    /// Sends the request; an attempt that takes too long is given up.
    private func send(_ call: ConnectorCall) async throws(ChatFailure) -> ConnectorAnswer {
        var config = ConnectorClientConfig()
        config.connectMilliseconds = 10_000
        config.readMilliseconds = Int(min(timeout, .seconds(3600)) / .milliseconds(1))
        config.connections = 64
        let result = await withTaskGroup(of: Result<ConnectorAnswer, ChatFailure>?.self) { [config] group in
            group.addTask {
                do throws(ConnectorTransportError) {
                    return .success(try await transport.send(call, config))
                } catch {
                    return .failure(failure(error))
                }
            }
            group.addTask { [timeout] in
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if Task.isCancelled { throw Self.cancelled }
        guard let result else {
            throw ChatFailure(.now, code: "timeout", message: "no answer within \(timeout)")
        }
        return try result.get()
    }

    private func failure(_ error: ConnectorTransportError) -> ChatFailure {
        switch error {
        case .privateAddress(let host):
            ChatFailure(
                .endpoint, code: "private_address", message: "\(host) has a private address, which is not allowed here")
        case .failed(let reason): ChatFailure(.now, code: "connection", message: shown(reason))
        }
    }

    private func shown(_ text: String) -> String {
        let clean = ModelOutput.clean(text, ModelOutput.messageLimit)
        return key?.removed(from: clean) ?? clean
    }

    private func read(_ answer: ConnectorAnswer) throws(ChatFailure) -> ChatAnswer {
        guard answer.body.count <= Self.bodyLimit else {
            throw ChatFailure(
                .now, code: "malformed",
                message: "the answer has \(answer.body.count) bytes, more than \(Self.bodyLimit)")
        }
        let body = try? JSONValue(parsing: answer.body, limits: JSONLimits(maximumDepth: 64))
        guard answer.status == 200 else { throw refusal(answer, body) }
        guard let body, body["choices"] != nil else {
            throw ChatFailure(
                .now, code: "malformed",
                message:
                    "the answer is no chat completion: \(shown(String(decoding: answer.body.prefix(200), as: UTF8.self)))"
            )
        }
        switch ModelOutput.answer(body) {
        case .text(let text, let isCut): return ChatAnswer(text, isCut: isCut)
        case .failure(let code, let message): throw ChatFailure(.question, code: code, message: shown(message))
        }
    }

    /// What a status means.
    private func refusal(_ answer: ConnectorAnswer, _ body: JSONValue?) -> ChatFailure {
        guard case .failure(let code, let text) = ModelOutput.failure(body, code: "\(answer.status)") else {
            return ChatFailure(.now, code: "\(answer.status)", message: "")
        }
        let said = shown(text.isEmpty ? String(decoding: answer.body.prefix(200), as: UTF8.self) : text)
        let message = "status \(answer.status)\(said.isEmpty ? "" : ": " + said)"
        let reach: ChatFailure.Reach =
            switch answer.status {
            case 429 where code == "insufficient_quota": .endpoint
            case 408, 409, 425, 429, 500...599: .now
            case 400, 413, 422: .question
            default: .endpoint
            }
        return ChatFailure(reach, code: "\(answer.status)", message: message)
    }
}
