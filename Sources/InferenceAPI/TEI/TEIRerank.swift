import Encoders
import Inference
import JSON
import Routing

/// `POST /rerank`: texts by their relevance to a query.
struct TEIRerank: Sendable {
    /// The words of `long_texts`.
    enum LongTexts: String, CaseIterable {
        case truncate
        case chunk
    }

    static func answer(_ call: TEICall) async throws -> APIResponse {
        let fields = call.fields
        let query = try fields.requiredString("query")
        let texts = try fields.requiredStrings("texts")
        let returnsText = try fields.bool("return_text") ?? false
        let returnsDetails = try fields.bool("return_details") ?? false
        var longTexts = try call.longTexts()
        if let word = try fields.choice("long_texts", LongTexts.self) {
            guard longTexts != .refuse else {
                throw APIFault(
                    .invalidValue,
                    "`truncate` is false, which refuses long texts, and `long_texts` is '\(word.rawValue)'; "
                        + "leave one of them out.", field: "long_texts")
            }
            longTexts = word == .chunk ? .chunk() : .truncate
        }
        let side = try call.truncationSide()
        guard !texts.isEmpty else { throw APIFault(.emptyInput, "`texts` cannot be empty", field: "texts") }
        let model = try call.model(for: .reranking)
        let activation = try TEIActivation.read(call, model: model)
        try call.checkBatchSize(texts.count)
        if query.isEmpty, let empty = texts.firstIndex(where: \.isEmpty) {
            throw APIFault(
                .invalidValue, "`query` and `texts[\(empty)]` cannot both be empty", field: "texts[\(empty)]")
        }
        var request = ScoreRequest(model: model.declaration.name, query: query, texts: texts)
        request.activation = activation
        request.longTexts = longTexts
        request.truncationSide = side
        let result = try await call.run { () async throws(InferenceError) in try await call.engine.score(request) }

        // By logit: it has no ties where the activation saturates. Equal ones stay in the order of the request.
        let order = result.scores.indices.sorted {
            let (first, second) = (result.scores[$0].logit, result.scores[$1].logit)
            return first == second ? $0 < $1 : first > second
        }
        var writer = JSONWriter(reservingBytes: order.count * 48)
        writer.beginArray()
        for index in order {
            let score = result.scores[index]
            writer.beginObject()
            writer.key("index")
            writer.value(index)
            if returnsText {
                writer.key("text")
                writer.value(texts[index])
            }
            writer.key("score")
            writer.value(score.score)
            if returnsDetails { details(score, result, &writer) }
            writer.endObject()
        }
        writer.endArray()
        let queryCount = query.unicodeScalars.count
        let characters = texts.reduce(0) { $0 + queryCount + $1.unicodeScalars.count }
        return call.response(writer, result.timing, characters: characters, model: result.model, texts: texts.count)
    }

    private static func details(_ score: TextScore, _ result: ScoreResult, _ writer: inout JSONWriter) {
        writer.key("logit")
        writer.value(score.logit)
        writer.key("activation")
        writer.value(result.activation.rawValue)
        writer.key("tokens")
        writer.value(score.tokenCount)
        writer.key("truncated")
        writer.value(score.isTruncated)
        if let window = score.window {
            writer.key("window")
            writer.value(window)
        }
        writer.key("windows")
        writer.value(score.windowCount)
        writer.key("cached")
        writer.value(score.isCached)
    }
}

extension TEICall {
    /// A reply with TEI's header fields.
    func response(
        _ writer: consuming JSONWriter, _ timing: InferenceTiming, characters: Int, model: String, texts: Int
    ) -> APIResponse {
        var response = APIResponse(
            headers: TEIHeaders.fields(timing, characters: characters, since: start), json: writer)
        response.logFields = timing.logFields(model: model, texts: texts)
        return response
    }
}
