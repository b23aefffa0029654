import Encoders
import Inference
import JSON
import Routing

/// The reply to a rerank request, in the shape that its client reads.
struct RerankReply: Sendable {
    /// Whose reply it is.
    enum Shape: Sendable, Hashable {
        /// Cohere's first version with Jina's `model` and `usage` beside it: each client finds its fields and passes over the others.
        case cohere1
        /// Cohere's second version.
        case cohere2
        /// Voyage's.
        case voyage
    }

    let call: RerankCall
    let result: ScoreResult
    let requestID: String

    /// The results to tell, best first: by logit, because scores tie where the activation saturates; equal ones in the order sent.
    var order: [Int] {
        let sorted = result.scores.indices.sorted {
            let (left, right) = (result.scores[$0].logit, result.scores[$1].logit)
            return left == right ? $0 < $1 : left > right
        }
        return Array(sorted.prefix(call.limit ?? sorted.count))
    }

    /// Tokens that were read for the reply, those of cached results included.
    var tokenCount: Int { result.scores.reduce(0) { $0 + $1.tokenCount } }

    /// Cohere's unit: a query with up to 100 documents, where each window of a long document counts as one.
    var searchUnits: Int { (result.scores.reduce(0) { $0 + $1.windowCount } + 99) / 100 }

    /// The reply.
    var response: APIResponse {
        var writer = JSONWriter(reservingBytes: 256 + result.scores.count * 64)
        writer.beginObject()
        switch call.shape {
        case .cohere1:
            text("id", requestID, &writer)
            text("model", result.model, &writer)
            results("results", &writer)
            usage(&writer)
            meta(version: "1", &writer)
        case .cohere2:
            text("id", requestID, &writer)
            results("results", &writer)
            meta(version: "2", &writer)
        case .voyage:
            text("object", "list", &writer)
            results("data", &writer)
            text("model", result.model, &writer)
            usage(&writer)
        }
        // A request that does not speak of activations gets its dialect's exact fields.
        if call.rawScores != nil { text("activation", result.activation.rawValue, &writer) }
        writer.endObject()
        var response = APIResponse(json: writer)
        response.logFields = result.timing.logFields(model: result.model, texts: result.scores.count)
        return response
    }

    private func text(_ key: String, _ value: String, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.value(value)
    }

    private func results(_ key: String, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for index in order {
            writer.beginObject()
            writer.key("index")
            writer.value(index)
            writer.key("relevance_score")
            writer.value(result.scores[index].score)
            if call.returnsDocuments {
                writer.key("document")
                // Voyage gives strings back, the others objects.
                if call.shape == .voyage, case .string(let text) = call.documents[index].original {
                    writer.value(text)
                } else {
                    call.documents[index].write(to: &writer)
                }
            }
            writer.endObject()
        }
        writer.endArray()
    }

    private func usage(_ writer: inout JSONWriter) {
        writer.key("usage")
        writer.beginObject()
        writer.key("total_tokens")
        writer.value(tokenCount)
        writer.endObject()
    }

    private func meta(version: String, _ writer: inout JSONWriter) {
        writer.key("meta")
        writer.beginObject()
        writer.key("api_version")
        writer.beginObject()
        text("version", version, &writer)
        if version == "2" {
            writer.key("is_experimental")
            writer.value(false)
        }
        writer.endObject()
        writer.key("billed_units")
        writer.beginObject()
        writer.key("search_units")
        writer.value(searchUnits)
        writer.endObject()
        if let warning = truncationWarning {
            writer.key("warnings")
            writer.beginArray()
            writer.value(warning)
            writer.endArray()
        }
        writer.endObject()
    }

    /// Says which documents were cut; Cohere's clients log what stands in `meta.warnings`.
    private var truncationWarning: String? {
        let cut = result.scores.indices.filter { result.scores[$0].isTruncated }
        guard !cut.isEmpty else { return nil }
        let named = cut.prefix(10).map(String.init).joined(separator: ", ") + (cut.count > 10 ? ", …" : "")
        return "\(cut.count) of \(result.scores.count) documents were not read to their end: \(named)."
    }
}
