import JSON

/// Sends requests of one connector, and reads the answers.
struct RemoteCall: Sendable {
    let transport: any ConnectorTransport
    let connector: ConnectorDefinition
    let credential: [String: String]
    let allowsPrivateAddresses: Bool
    let now: @Sendable () -> Int64

    static let cancelled = "The request was cancelled before the remote service answered."
    /// Bytes of an answer that an error repeats.
    private static let shownBytes = 2000

    /// Sends a request, again if need be, and makes tensors of the answer.
    func output(of request: ConnectorRequest) async -> Result<ConnectorOutput, ConnectorError> {
        let config = connector.clientConfig ?? ConnectorClientConfig()
        let deadline = ContinuousClock.now + .seconds(config.retrySeconds)
        var retries = 0
        while true {
            do throws(ConnectorError) {
                let answer = try await send(request, config)
                guard isBusy(answer), config.retries != 0 else { return .success(try Self.output(answer, request)) }
                let wait = Duration.milliseconds(config.wait(before: retries, draw: .random(in: 0...1)))
                retries += 1
                guard config.retries < 0 || retries <= config.retries, ContinuousClock.now + wait < deadline else {
                    return .success(try Self.output(answer, request))
                }
                guard (try? await Task.sleep(for: wait)) != nil else { throw .status(500, Self.cancelled) }
            } catch {
                return .failure(error)
            }
        }
    }

    private func isBusy(_ answer: ConnectorAnswer) -> Bool {
        answer.status == 429 || answer.status == 503 || Self.isThrottled(answer)
    }

    private static func isThrottled(_ answer: ConnectorAnswer) -> Bool {
        answer.errorType?.hasPrefix("ThrottlingException") ?? false
    }

    private func send(_ request: ConnectorRequest, _ config: ConnectorClientConfig) async throws(ConnectorError)
        -> ConnectorAnswer
    {
        guard !Task.isCancelled else { throw .status(500, Self.cancelled) }
        let message = ConnectorCall(
            method: request.method, url: request.url, headers: try headers(request), body: request.body,
            allowsPrivateAddresses: allowsPrivateAddresses)
        do throws(ConnectorTransportError) {
            return try await transport.send(message, config)
        } catch {
            switch error {
            case .privateAddress(let host):
                throw .illegalArgument(
                    "Remote inference host name has private ip address: \(host). Set plugins.ml_commons.connector.private_ip_enabled to true if it is meant."
                )
            case .failed(let reason):
                throw .status(500, "Error communicating with remote model: \(reason)")
            }
        }
    }

    private func headers(_ request: ConnectorRequest) throws(ConnectorError) -> [(name: String, value: String)] {
        let secrets = ConnectorTemplate(prefix: "credential", values: credential)
        // Of the connector alone: what a request says must not reach headers.
        let parameters = ConnectorTemplate(prefix: "parameters", values: connector.parameters)
        var headers: [(name: String, value: String)] = []
        for (name, template) in request.action.headers.sorted(by: { $0.key < $1.key }) {
            let value = try parameters.text(try secrets.text(template))
            guard ConnectorAction.isHeader(name, value) else {
                throw .illegalArgument("the header [\(name)] holds characters that no header can have")
            }
            headers.append((name: name, value: value))
        }
        if !request.body.isEmpty, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append((name: "Content-Type", value: "application/json"))
        }
        guard connector.scheme == .signed else { return headers }
        guard let accessKey = credential["access_key"], let secretKey = credential["secret_key"] else {
            throw .illegalArgument("Missing credential")
        }
        guard let service = connector.parameters["service_name"] ?? credential["service_name"] else {
            throw .illegalArgument("Missing service name")
        }
        guard let region = connector.parameters["region"] ?? credential["region"] else {
            throw .illegalArgument("Missing region")
        }
        let signature = RequestSignature(
            accessKey: accessKey, secretKey: secretKey, sessionToken: credential["session_token"], region: region,
            service: service)
        return headers
            + signature.headers(
                method: request.method, address: try ConnectorAddress(request.url), headers: headers,
                body: request.body,
                at: Int(now() / 1000))
    }

    // MARK: Answers

    private static func output(_ answer: ConnectorAnswer, _ request: ConnectorRequest) throws(ConnectorError)
        -> ConnectorOutput
    {
        let isSuccess = (200..<300).contains(answer.status)
        if !isSuccess, isThrottled(answer) {
            throw .status(
                answer.status,
                "Error from remote service: The request was denied due to remote server throttling. To change the retry policy and behavior, please update the connector client_config."
            )
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        let isBlank = text.allSatisfy(\.isWhitespace)
        guard isSuccess else {
            let status = (400..<600).contains(answer.status) ? answer.status : 502
            throw .status(
                status,
                isBlank
                    ? "Remote service returned error status \(answer.status) with empty body"
                    : "Error from remote service: \(String(decoding: answer.body.prefix(shownBytes), as: UTF8.self))")
        }
        guard !isBlank else { throw .status(502, "Remote service returned empty response body") }
        return ConnectorOutput(tensors: try tensors(text, request), status: answer.status)
    }

    private static func tensors(_ text: String, _ request: ConnectorRequest) throws(ConnectorError) -> [JSONObject] {
        let filter = request.parameters["response_filter"].flatMap { $0.isEmpty ? nil : $0 }
        let document = try? JSONValue(parsing: text)
        guard
            let name = try request.action.postProcess.map({ (name) throws(ConnectorError) in
                try ScriptParameters.fill(name, request.parameters)
            })
        else { return [try response(document, text, filter)] }
        if let function = PostProcessFunction(rawValue: name) {
            let path = try JSONPath(filter ?? function.path)
            guard let value = document.flatMap(path.value) else {
                throw .answer("The answer of the remote service has nothing at [\(path.text)], which \(name) reads")
            }
            return try function.tensors(value, path: path.text)
        }
        guard let document else { throw .answer("The answer of the remote service is no JSON, which the script needs") }
        let parameters = document.object ?? ["result": document]
        guard let made = try ConnectorScript(name).run(parameters) else {
            return [try response(document, text, filter)]
        }
        guard let value = try? JSONValue(parsing: made) else { return [try response(nil, made, nil)] }
        var tensors: [JSONObject] = []
        for value in value.array ?? [value] {
            guard let tensor = value.object else {
                throw .answer("The script of the connector returned \(value.typeName) where a tensor was expected")
            }
            tensors.append(tensor.isTensor ? tensor : ["name": "response", "dataAsMap": value])
        }
        return tensors
    }

    /// An answer as it is: an object, or whatever it is under the name `response`.
    private static func response(_ document: JSONValue?, _ text: String, _ filter: String?) throws(ConnectorError)
        -> JSONObject
    {
        guard let document else { return ["name": "response", "dataAsMap": ["response": .string(text)]] }
        guard let filter else {
            return ["name": "response", "dataAsMap": document.object == nil ? ["response": document] : document]
        }
        guard let value = try JSONPath(filter).value(in: document) else {
            throw .answer(
                "The answer of the remote service has nothing at [\(filter.prefix(200))], which response_filter names")
        }
        return ["name": "response", "dataAsMap": ["response": value]]
    }
}

extension JSONObject {
    /// Whether this has what tensors have.
    fileprivate var isTensor: Bool { ["data", "dataAsMap", "result", "byte_buffer"].contains { self[$0] != nil } }
}
