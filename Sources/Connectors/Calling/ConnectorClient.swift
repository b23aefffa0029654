import JSON

/// Asks services: makes requests of inputs, sends them, tries again what was refused for lack of time, and makes tensors of the answers.
public struct ConnectorClient: Sendable {
    private let transport: any ConnectorTransport
    private let now: @Sendable () -> Int64

    /// Calls of one prediction that are under way at the same time, at most.
    private static let mostAtOnce = 16
    /// Texts of a prediction at most.
    private static let mostTexts = 10_000

    /// A client.
    ///
    /// - Parameters:
    ///   - transport: Sends.
    ///   - now: The time in milliseconds since 1970, for signatures.
    public init(transport: any ConnectorTransport, now: @escaping @Sendable () -> Int64) {
        self.transport = transport
        self.now = now
    }

    /// Asks the service of a connector.
    ///
    /// - Parameters:
    ///   - credential: Secrets by name.
    ///   - endpoints: Where the connector may lead to, checked with the address that the parameters make.
    /// - Returns: One output for each call: for texts as many as the connector needs, else one.
    public func predict(
        _ input: ConnectorInput, with connector: ConnectorDefinition, credential: [String: String],
        endpoints: TrustedEndpoints
    ) async throws(ConnectorError) -> [ConnectorOutput] {
        let action = try connector.predictAction()
        var calls: [ConnectorRequest] = []
        for part in try Self.parts(of: input, connector, action) {
            let request = try ConnectorRequest(part, connector, action)
            try endpoints.check(request.url)
            calls.append(request)
        }
        let call = RemoteCall(
            transport: transport, connector: connector, credential: credential,
            allowsPrivateAddresses: endpoints.allowsPrivateAddresses, now: now)
        let requests = calls
        let results = await withTaskGroup(of: (Int, Result<ConnectorOutput, ConnectorError>).self) { group in
            var results = [Result<ConnectorOutput, ConnectorError>?](repeating: nil, count: requests.count)
            let most = min(Self.mostAtOnce, connector.clientConfig?.connections ?? Self.mostAtOnce)
            for (index, request) in requests.enumerated() {
                if index >= most, let (done, result) = await group.next() {
                    results[done] = result
                    if case .failure = result { break }
                }
                group.addTask { (index, await call.output(of: request)) }
            }
            for await (done, result) in group {
                results[done] = result
                if case .failure = result { group.cancelAll() }
            }
            return results
        }
        // What was cancelled failed because of something else, which is told.
        for case .failure(let error)? in results where error.reason != RemoteCall.cancelled { throw error }
        var outputs: [ConnectorOutput] = []
        for result in results {
            guard let result else { throw .status(500, RemoteCall.cancelled) }
            outputs.append(try result.get())
        }
        return outputs
    }

    /// Texts in portions that the service takes.
    private static func parts(of input: ConnectorInput, _ connector: ConnectorDefinition, _ action: ConnectorAction)
        throws(ConnectorError) -> [ConnectorInput]
    {
        guard case .texts(let texts, let parameters) = input else { return [input] }
        guard texts.count <= mostTexts else {
            throw .illegalArgument("[text_docs] has \(texts.count) texts; send at most \(mostTexts) at a time")
        }
        let size: Int
        if let step = connector.parameters["input_docs_processed_step_size"] {
            guard let number = Int(step), number > 0 else {
                throw .illegalArgument(
                    "Invalid parameter: input_docs_processed_step_size. It must be positive integer.")
            }
            size = number
        } else if let function = action.preProcess {
            // A script takes one text at a time, as nobody knows what it does with several.
            size = PreProcessFunction(rawValue: function)?.takesOneText ?? true ? 1 : texts.count
        } else {
            size = texts.count
        }
        return stride(from: 0, to: texts.count, by: max(1, size)).map { start in
            .texts(Array(texts[start..<min(start + max(1, size), texts.count)]), parameters)
        }
    }
}
