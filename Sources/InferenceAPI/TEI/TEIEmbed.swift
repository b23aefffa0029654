import Encoders
import Inference
import JSON
import Routing

/// `POST /embed`, `/embed_all`, `/embed_sparse` and `/similarity`.
struct TEIEmbed: Sendable {
    /// `POST /embed`: a vector for each input.
    static func dense(_ call: TEICall) async throws -> APIResponse {
        let fields = call.fields
        let inputs = try TEIInputs(call)
        let normalize = try fields.bool("normalize") ?? true
        let dimensions = try fields.int("dimensions", in: 1...1 << 20)
        var (request, model) = try await request(call, inputs)
        if let dimensions, let most = model.facts?.dimensions, dimensions > most {
            throw APIFault(
                .invalidValue, "`dimensions` is \(dimensions), but the model '\(model.declaration.name)' has \(most)",
                field: "dimensions")
        }
        request.dimensions = dimensions
        request.normalize = normalize
        let asked = request
        let result = try await call.run { () async throws(InferenceError) in try await call.engine.embed(asked) }
        var writer = JSONWriter(reservingBytes: result.embeddings.values.count * 12)
        writer.beginArray()
        for vector in result.embeddings { writer.array(vector) }
        writer.endArray()
        return call.response(
            writer, result.timing, characters: inputs.characterCount, model: result.model, texts: inputs.inputs.count)
    }

    /// `POST /embed_all`: a vector for each token of each input.
    static func tokens(_ call: TEICall) async throws -> APIResponse {
        let inputs = try TEIInputs(call)
        let (request, _) = try await request(call, inputs)
        let result = try await call.run { () async throws(InferenceError) in try await call.engine.embedTokens(request)
        }
        var writer = JSONWriter(reservingBytes: result.embeddings.reduce(0) { $0 + $1.values.count } * 12)
        writer.beginArray()
        for embedding in result.embeddings {
            writer.beginArray()
            for start in stride(from: 0, to: embedding.values.count, by: max(embedding.dimensions, 1)) {
                writer.array(embedding.values[start..<start + embedding.dimensions])
            }
            writer.endArray()
        }
        writer.endArray()
        return call.response(
            writer, result.timing, characters: inputs.characterCount, model: result.model, texts: inputs.inputs.count)
    }

    private static func request(
        _ call: TEICall, _ inputs: TEIInputs
    ) async throws(APIFault) -> (EmbedRequest, ModelStatus) {
        let longTexts = try call.longTexts()
        let side = try call.truncationSide()
        let model = try call.model(for: .embedding)
        let prompt = try call.prompt(of: model)
        let isPrompted = if case .named = prompt { true } else { false }
        let name = model.declaration.name
        var request = EmbedRequest(
            model: name, inputs: isPrompted ? try await inputs.asTexts(call, model: name) : inputs.inputs)
        request.prompt = prompt
        request.longTexts = longTexts
        request.truncationSide = side
        return (request, model)
    }

    /// `POST /embed_sparse`: weights of vocabulary entries for each input.
    static func sparse(_ call: TEICall) async throws -> APIResponse {
        let inputs = try TEIInputs(call)
        let role = try call.fields.choice("role", SparseRole.self)
        let longTexts = try call.longTexts()
        let side = try call.truncationSide()
        let model = try call.model(for: .expansion)
        _ = try call.prompt(of: model)
        var request = SparseRequest(model: model.declaration.name, inputs: inputs.inputs)
        request.role = role ?? .document
        request.longTexts = longTexts
        request.truncationSide = side
        let asked = request
        let result = try await call.run { () async throws(InferenceError) in try await call.engine.encodeSparse(asked) }
        var writer = JSONWriter(reservingBytes: result.vectors.reduce(0) { $0 + $1.weights.count } * 36)
        writer.beginArray()
        for vector in result.vectors {
            writer.beginArray()
            for (id, weight) in zip(vector.tokenIDs, vector.weights) {
                writer.beginObject()
                writer.key("index")
                writer.value(Int(id))
                writer.key("value")
                writer.value(weight)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endArray()
        return call.response(
            writer, result.timing, characters: inputs.characterCount, model: result.model, texts: inputs.inputs.count)
    }

    /// `POST /similarity`: the cosine of a sentence with each of several others.
    static func similarity(_ call: TEICall) async throws -> APIResponse {
        let inputs = try call.fields.requiredObject("inputs")
        let source = try inputs.requiredString("source_sentence")
        let sentences = try inputs.requiredStrings("sentences")
        guard !sentences.isEmpty else {
            throw APIFault(.emptyInput, "`inputs.sentences` cannot be empty", field: "inputs.sentences")
        }
        guard !source.isEmpty else {
            throw APIFault(
                .invalidValue, "`inputs.source_sentence` cannot be empty", field: "inputs.source_sentence")
        }
        if let empty = sentences.firstIndex(where: \.isEmpty) {
            throw APIFault(
                .invalidValue, "`inputs.sentences[\(empty)]` cannot be empty", field: "inputs.sentences[\(empty)]")
        }
        let parameters = try call.fields.object("parameters")
        let empty = RequestFields(JSONObject(), place: "parameters.")
        let longTexts = try call.longTexts(in: parameters ?? empty)
        let side = try call.truncationSide(in: parameters ?? empty)
        let model = try call.model(for: .embedding)
        // The source counts as well, as with TEI.
        try call.checkBatchSize(sentences.count + 1)
        var request = EmbedRequest(
            model: model.declaration.name, inputs: [.text(source)] + sentences.map(TextOrTokens.text))
        request.prompt = try call.prompt(of: model, in: parameters ?? empty)
        request.normalize = false
        request.longTexts = longTexts
        request.truncationSide = side
        let asked = request
        let result = try await call.run { () async throws(InferenceError) in try await call.engine.embed(asked) }
        let vectors = result.embeddings
        var writer = JSONWriter()
        writer.array(vectors.indices.dropFirst().map { Similarity.cosine(vectors[0], vectors[$0]) })
        let characters = sentences.reduce(source.unicodeScalars.count) { $0 + $1.unicodeScalars.count }
        return call.response(
            writer, result.timing, characters: characters, model: result.model, texts: vectors.count)
    }
}
