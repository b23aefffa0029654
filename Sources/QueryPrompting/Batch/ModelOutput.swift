import JSON

/// Finds what a model wrote in the body of its answer, whichever family it is of.
///
/// Sources: Amazon Bedrock User Guide, "Inference request parameters and response fields for foundation models" and `Converse`; OpenAI API
/// reference, "Chat".
enum ModelOutput {
    /// The most characters of an answer that are kept; the rest counts as cut off.
    static let textLimit = 64 << 10
    /// The most characters of a service's own words that are kept.
    static let messageLimit = 300

    /// The answer in a body: Anthropic's `content`, Titan's `results`, Converse's and Nova's `output`, OpenAI's `choices`, and the `generation` and
    /// `outputs` of Meta's and Mistral's models.
    static func answer(_ body: JSONValue) -> RecordedAnswer {
        if let choice = body["choices"]?[0] {
            return answer(
                texts(choice["message"]?["content"]) ?? choice["text"]?.string, choice["finish_reason"]?.string,
                refusal: choice["message"]?["refusal"]?.string)
        }
        if let result = body["results"]?[0] {
            return answer(result["outputText"]?.string, result["completionReason"]?.string)
        }
        if let message = body["output"]?["message"] {
            return answer(texts(message["content"]), body["stopReason"]?.string)
        }
        if let text = texts(body["content"]) { return answer(text, body["stop_reason"]?.string) }
        if let text = body["generation"]?.string { return answer(text, body["stop_reason"]?.string) }
        if let output = body["outputs"]?[0] { return answer(output["text"]?.string, output["stop_reason"]?.string) }
        return .failure(code: "unknown_body", message: "the body is of no family of models that is known")
    }

    /// What a service says of a failure: `{"error": {"code", "message"}}`, a text, or an object with one.
    static func failure(_ error: JSONValue?, code: String) -> RecordedAnswer {
        let inner = error?["error"] ?? error
        let message = inner?["message"]?.string ?? inner?["errorMessage"]?.string ?? inner?.string
        let own = inner?["code"].flatMap { $0.string ?? $0.int.map(String.init) }
        return .failure(code: clean(own ?? code, 60), message: clean(message ?? "", messageLimit))
    }

    /// A text without control characters and at most so long.
    static func clean(_ text: String, _ limit: Int) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(limit).map {
                    $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0
                }))
    }

    /// A text, or the texts of an array of parts.
    private static func texts(_ content: JSONValue?) -> String? {
        if let text = content?.string { return text }
        return content?.array?.compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    private static func answer(_ text: String?, _ reason: String?, refusal: String? = nil) -> RecordedAnswer {
        let reason = reason?.lowercased() ?? ""
        guard let text, !text.allSatisfy(\.isWhitespace) else {
            let isFiltered = reason.contains("filter") || reason.contains("guardrail") || refusal != nil
            return .failure(
                code: isFiltered ? "content_filtered" : "empty_answer",
                message: clean(refusal ?? "the answer is empty (\(reason))", messageLimit))
        }
        let isCut = ["length", "max_tokens", "model_length"].contains(reason)
        guard text.utf8.count > textLimit else { return .text(text, isCut: isCut) }
        return .text(String(decoding: text.utf8.prefix(textLimit), as: UTF8.self), isCut: true)
    }
}
