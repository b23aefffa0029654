import Inference
import JSON
import Routing

/// `POST /tokenize` and `/decode`.
struct TEITokens: Sendable {
    /// `POST /tokenize`: the tokens of texts, with their places.
    static func tokenize(_ call: TEICall) async throws -> APIResponse {
        let texts = try texts(call)
        let addsSpecialTokens = try call.fields.bool("add_special_tokens") ?? true
        let model = try call.model(for: .anything)
        var request = TokenizeRequest(model: model.declaration.name, texts: texts)
        request.addsSpecialTokens = addsSpecialTokens
        _ = try call.prompt(of: model)
        request.promptName = try call.fields.string("prompt_name")
        let asked = request
        let tokens = try await call.run { () async throws(InferenceError) in try await call.engine.tokenize(asked) }
        var writer = JSONWriter(reservingBytes: tokens.reduce(0) { $0 + $1.count } * 64)
        writer.beginArray()
        for tokens in tokens {
            writer.beginArray()
            for token in tokens { write(token, &writer) }
            writer.endArray()
        }
        writer.endArray()
        return APIResponse(json: writer)
    }

    private static func write(_ token: TextToken, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.value(Int(token.id))
        writer.key("text")
        writer.value(token.source)
        writer.key("special")
        writer.value(token.isSpecial)
        for (key, place) in [("start", token.range?.lowerBound), ("stop", token.range?.upperBound)] {
            writer.key(key)
            if let place { writer.value(place) } else { writer.null() }
        }
        writer.endObject()
    }

    private static func texts(_ call: TEICall) throws(APIFault) -> [String] {
        guard let value = call.fields.value("inputs") else {
            throw call.fields.missing("inputs", "a string or an array of strings")
        }
        let texts: [String]
        if let text = value.string {
            texts = [text]
        } else if value.array != nil {
            texts = try call.fields.requiredStrings("inputs")
        } else {
            throw call.fields.mismatch("inputs", value, wanted: "a string or an array of strings")
        }
        guard !texts.isEmpty else { throw APIFault(.emptyInput, "`inputs` cannot be empty", field: "inputs") }
        try call.checkBatchSize(texts.count)
        if texts.contains(where: \.isEmpty) {
            throw APIFault(.invalidValue, "`inputs` cannot be empty", field: "inputs")
        }
        return texts
    }

    /// `POST /decode`: the texts of ids.
    static func decode(_ call: TEICall) async throws -> APIResponse {
        let wanted = "an array of token ids or an array of such arrays"
        guard let value = call.fields.value("ids") else { throw call.fields.missing("ids", wanted) }
        guard let elements = value.array else { throw call.fields.mismatch("ids", value, wanted: wanted) }
        guard let first = elements.first else { throw APIFault(.emptyInput, "`ids` cannot be empty", field: "ids") }
        var ids: [[Int32]] = []
        if first.array == nil {
            ids.append(try TEIInputs.ids(elements, "ids"))
        } else {
            try call.checkBatchSize(elements.count)
            for (index, element) in elements.enumerated() {
                guard let parts = element.array else {
                    throw call.fields.mismatch("ids[\(index)]", element, wanted: "an array of token ids")
                }
                ids.append(try TEIInputs.ids(parts, "ids[\(index)]"))
            }
        }
        let skipsSpecialTokens = try call.fields.bool("skip_special_tokens") ?? true
        let model = try call.model(for: .anything).declaration.name
        let asked = ids
        let texts = try await call.run { () async throws(InferenceError) in
            try await call.engine.decode(asked, model: model, skipsSpecialTokens: skipsSpecialTokens)
        }
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts { writer.value(text) }
        writer.endArray()
        return APIResponse(json: writer)
    }
}
