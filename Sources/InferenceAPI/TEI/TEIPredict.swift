import Inference
import JSON
import Routing

/// `POST /predict`: labels with their scores.
struct TEIPredict: Sendable {
    static func answer(_ call: TEICall) async throws -> APIResponse {
        let (inputs, isBatch) = try inputs(call)
        let result = try await score(call, inputs)
        var writer = JSONWriter(reservingBytes: inputs.count * 64)
        if isBatch { writer.beginArray() }
        for score in result.scores { predictions(score, result.labels, &writer) }
        if isBatch { writer.endArray() }
        return call.response(
            writer, result.timing, characters: characters(inputs), model: result.model, texts: inputs.count)
    }

    /// Scores texts and pairs with the fields that all forms of the request have.
    static func score(_ call: TEICall, _ inputs: [ScoreRequest.Input]) async throws(APIFault) -> ScoreResult {
        let longTexts = try call.longTexts()
        let side = try call.truncationSide()
        let model = try call.model(for: .classification)
        var request = ScoreRequest(model: model.declaration.name, inputs: inputs)
        request.activation = try TEIActivation.read(call, model: model)
        request.longTexts = longTexts
        request.truncationSide = side
        let asked = request
        return try await call.run { () async throws(InferenceError) in try await call.engine.score(asked) }
    }

    /// Characters of texts and pairs.
    static func characters(_ inputs: [ScoreRequest.Input]) -> Int {
        inputs.reduce(0) { $0 + $1.first.unicodeScalars.count + ($1.second?.unicodeScalars.count ?? 0) }
    }

    /// All labels of one input, best first, equal ones in the model's order.
    private static func predictions(_ score: TextScore, _ labels: [String], _ writer: inout JSONWriter) {
        let order = score.logits.indices.sorted {
            score.logits[$0] == score.logits[$1] ? $0 < $1 : score.logits[$0] > score.logits[$1]
        }
        writer.beginArray()
        for label in order {
            writer.beginObject()
            writer.key("score")
            writer.value(score.scores[label])
            writer.key("label")
            writer.value(labels[label])
            writer.endObject()
        }
        writer.endArray()
    }

    private static let wanted =
        "a string, a pair of strings [string, string] or a batch of mixed strings and pairs [[string], [string, string], …]"

    /// A text, a pair, or a batch of one-element and two-element arrays (`PredictInput` in `router/src/http/types.rs`).
    private static func inputs(_ call: TEICall) throws(APIFault) -> ([ScoreRequest.Input], isBatch: Bool) {
        guard let value = call.fields.value("inputs") else { throw call.fields.missing("inputs", wanted) }
        if let text = value.string { return ([try input([.string(text)], "inputs")], false) }
        guard let elements = value.array else { throw call.fields.mismatch("inputs", value, wanted: wanted) }
        guard let first = elements.first else {
            throw APIFault(.emptyInput, "`inputs` cannot be empty", field: "inputs")
        }
        if first.string != nil { return ([try input(elements, "inputs")], false) }
        try call.checkBatchSize(elements.count)
        var inputs: [ScoreRequest.Input] = []
        inputs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let parts = element.array else {
                throw call.fields.mismatch("inputs[\(index)]", element, wanted: "an array of one or two strings")
            }
            inputs.append(try input(parts, "inputs[\(index)]"))
        }
        return (inputs, true)
    }

    private static func input(_ parts: [JSONValue], _ place: String) throws(APIFault) -> ScoreRequest.Input {
        guard parts.count == 1 || parts.count == 2 else {
            throw APIFault(
                .badField, "The field '\(place)' has \(parts.count) elements; it must be one text or a pair.",
                field: place)
        }
        var texts: [String] = []
        for (index, part) in parts.enumerated() {
            guard let text = part.string else {
                throw APIFault(
                    .badField, "The field '\(place)[\(index)]' must be a string, and is \(part.typeName).",
                    field: "\(place)[\(index)]")
            }
            texts.append(text)
        }
        guard !texts.allSatisfy(\.isEmpty) else {
            throw APIFault(.invalidValue, "`\(place)` cannot be empty", field: place)
        }
        return ScoreRequest.Input(texts[0], texts.count > 1 ? texts[1] : nil)
    }
}
