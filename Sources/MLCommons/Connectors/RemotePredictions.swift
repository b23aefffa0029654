import Access
import Connectors
import JSON

/// Predictions of models that other servers have.
extension MLCommons {
    /// Answers a prediction: `parameters` as the service wants them, or texts, or a query and texts.
    func predictRemote(_ id: String, _ fields: Fields) async throws -> MLReply {
        let outputs = try await ask(id, try Self.input(fields))
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("inference_results")
        writer.beginArray()
        for output in outputs {
            writer.value(
                [
                    "output": .array(output.tensors.map { .object($0) }),
                    "status_code": .number(JSONNumber(output.status)),
                ])
        }
        writer.endArray()
        writer.endObject()
        return MLReply(json: writer.bytes)
    }

    private static func input(_ fields: Fields) throws(MLError) -> ConnectorInput {
        var parameters: [String: String] = [:]
        for (name, value) in try fields.fields("parameters")?.object ?? [:] where !value.isNull {
            parameters[name] = value.string ?? value.serialized()
        }
        guard let texts = try fields.texts("text_docs") else {
            guard fields["parameters"] != nil else {
                throw .illegalArgument(
                    "A prediction of a remote model needs [parameters], [text_docs], or [query_text] and [text_docs]")
            }
            return .parameters(parameters)
        }
        guard !texts.isEmpty else { throw .illegalArgument("No text documents were provided") }
        let other = try fields.text("text_query")
        if let query = try fields.text("query_text") ?? other {
            return .pairs(query: query, texts: texts, parameters)
        }
        return .texts(texts, parameters)
    }

    /// Asks the service of a remote model.
    private func ask(_ id: String, _ input: ConnectorInput) async throws(MLError) -> [ConnectorOutput] {
        let services = try connectorServices()
        let client = ConnectorClient(transport: services.transport, now: state.now)
        return try await used(id) { [self] in
            let connector = try remoteConnector(of: id)
            return try await client.predict(
                input, with: connector.definition, credential: try connector.credential(services.cipher),
                endpoints: trustedEndpoints)
        }
    }

    // MARK: For pipelines and queries

    /// Vectors of texts.
    func remoteEmbeddings(of texts: [String], model id: String) async throws(MLError) -> [[Float]] {
        guard !texts.isEmpty else { return [] }
        let vectors = try await ask(id, .texts(texts, [:])).flatMap(\.tensors).map { Self.numbers($0) }
        guard vectors.count == texts.count, vectors.allSatisfy({ !$0.isEmpty }) else {
            throw Self.unfit(
                id, "\(texts.count) vectors", vectors.count, "connector.post_process.openai.embedding")
        }
        return vectors
    }

    /// Scores of texts for a query.
    func remoteScores(of texts: [String], for query: String, model id: String) async throws(MLError)
        -> [Float]
    {
        guard !texts.isEmpty else { return [] }
        let tensors = try await ask(id, .pairs(query: query, texts: texts, [:])).flatMap(\.tensors)
        let numbers = tensors.map { Self.numbers($0) }
        // One tensor for each text, or all in one.
        let scores = numbers.count == 1 ? numbers[0] : numbers.compactMap(\.first)
        guard scores.count == texts.count else {
            throw Self.unfit(id, "\(texts.count) scores", scores.count, "connector.post_process.cohere.rerank")
        }
        return scores
    }

    /// Weights of tokens of texts; the service tells tokens by their texts, so that ids that are no numbers are -1.
    func remoteSparseVectors(of texts: [String], model id: String) async throws(MLError)
        -> [[TokenWeight]]
    {
        guard !texts.isEmpty else { return [] }
        let maps = try await ask(id, .texts(texts, [:])).flatMap(\.tensors).flatMap { tensor in
            tensor["dataAsMap"]?["response"]?.array ?? []
        }
        var vectors: [[TokenWeight]] = []
        for map in maps {
            guard let map = map.object else { break }
            vectors.append(
                map.compactMap { token, weight in
                    guard let weight = weight.double, weight > 0, weight.isFinite else { return nil }
                    return TokenWeight(token: token, id: Int32(token) ?? -1, weight: Float(weight))
                })
        }
        guard vectors.count == texts.count else {
            throw Self.unfit(id, "\(texts.count) maps of tokens", vectors.count, "a script")
        }
        return vectors
    }

    private static func numbers(_ tensor: JSONObject) -> [Float] {
        tensor["data"]?.array?.compactMap { $0.double.map { Float($0) } } ?? []
    }

    private static func unfit(_ id: String, _ wanted: String, _ found: Int, _ example: String) -> MLError {
        MLError(
            500, "m_l_exception",
            "The remote model \(id) gave \(found) usable tensors where \(wanted) were asked for. Give its connector a post_process_function that fits its answers, for example \(example)."
        )
    }
}
