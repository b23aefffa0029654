import Encoders
import Inference
import JSON
import Routing

/// A body of `POST /v1/embeddings`, read: OpenAI's fields, and those that Voyage's client adds.
struct EmbeddingCall: Sendable {
    /// How vectors are written.
    enum Encoding: String, Sendable, CaseIterable {
        /// As an array of numbers.
        case float
        /// As base64 of little-endian float32.
        case base64
    }

    /// What Voyage's clients say of texts, so that the model's prompt for them is put before.
    enum InputType: String, Sendable, CaseIterable {
        /// Texts are what users look for.
        case query
        /// Texts are what is found.
        case document
    }

    /// How vectors are written.
    let encoding: Encoding
    /// What the engine is asked.
    let request: EmbedRequest
    /// Whether `input` is an array of texts, so that faults name one by its index.
    let isList: Bool

    /// Reads a body.
    ///
    /// - Parameter maximumTexts: inputs that a request may have.
    init(_ fields: RequestFields, maximumTexts: Int) throws(APIFault) {
        encoding = try fields.choice("encoding_format", Encoding.self) ?? .float
        _ = try fields.string("user")
        if let type = try fields.string("output_dtype"), type != "float" {
            throw APIFault(
                .invalidValue, "'output_dtype' is '\(type)'; only 'float' is served.", field: "output_dtype")
        }
        var request = EmbedRequest(
            model: try fields.string("model"), inputs: try Self.inputs(fields, maximumTexts: maximumTexts))
        let dimensions = try fields.int("dimensions", in: RerankCall.counts)
        let outputDimension = try fields.int("output_dimension", in: RerankCall.counts)
        request.dimensions = dimensions ?? outputDimension
        request.longTexts = try fields.bool("truncation").map { $0 ? .truncate : .refuse }
        switch try fields.choice("input_type", InputType.self) {
        case .query: request.prompt = .query
        case .document: request.prompt = .document
        case nil: break
        }
        self.request = request
        isList = if case .number = fields.value("input")?[0] { false } else { fields.value("input")?.array != nil }
    }

    /// The texts: a string, strings, token ids, or arrays of token ids.
    private static func inputs(_ fields: RequestFields, maximumTexts: Int) throws(APIFault) -> [TextOrTokens] {
        let wanted = "a string, an array of strings, an array of token ids, or an array of arrays of token ids"
        guard let input = fields.value("input") else { throw fields.missing("input", wanted) }
        if input.string != nil { return [try text(input, "input")] }
        guard let array = input.array else { throw fields.mismatch("input", input, wanted: wanted) }
        guard let first = array.first else {
            throw APIFault(.emptyInput, "'input' is empty; there is nothing to embed.", field: "input")
        }
        if case .number = first { return [.tokens(try ids(input, "input"))] }
        guard array.count <= maximumTexts else {
            throw APIFault(
                .tooManyTexts, "'input' has \(array.count) texts; max_client_batch_size allows \(maximumTexts).",
                field: "input", setting: "max_client_batch_size")
        }
        let isTexts = first.string != nil
        var inputs: [TextOrTokens] = []
        inputs.reserveCapacity(array.count)
        for (index, value) in array.enumerated() {
            let place = "input[\(index)]"
            inputs.append(isTexts ? try text(value, place) : .tokens(try ids(value, place)))
        }
        return inputs
    }

    private static func text(_ value: JSONValue, _ place: String) throws(APIFault) -> TextOrTokens {
        guard let text = value.string else {
            throw APIFault(.badField, "'\(place)' must be a string, and is \(value.typeName).", field: place)
        }
        guard !text.isEmpty else {
            throw APIFault(.invalidValue, "'\(place)' is an empty string.", field: place)
        }
        return .text(text)
    }

    private static func ids(_ value: JSONValue, _ place: String) throws(APIFault) -> [Int32] {
        guard let array = value.array else {
            throw APIFault(
                .badField, "'\(place)' must be an array of token ids, and is \(value.typeName).", field: place)
        }
        guard !array.isEmpty else {
            throw APIFault(.invalidValue, "'\(place)' has no token ids.", field: place)
        }
        var ids: [Int32] = []
        ids.reserveCapacity(array.count)
        for (index, value) in array.enumerated() {
            guard let id = value.int.flatMap(Int32.init(exactly:)), id >= 0 else {
                throw APIFault(
                    .badField, "'\(place)[\(index)]' must be a token id: a whole number from 0 to \(Int32.max).",
                    field: "\(place)[\(index)]")
            }
            ids.append(id)
        }
        return ids
    }
}
