import Encoders
import Inference
import JSON
import Routing

/// A rerank request of any of the hosted APIs, read.
struct RerankCall: Sendable {
    /// The model's name; nil for the first that can rerank.
    let model: String?
    /// What the documents are ranked for.
    let query: String
    /// What is ranked.
    let documents: [RerankDocument]
    /// How many results the reply has; nil means all.
    let limit: Int?
    /// Whether results carry their documents.
    let returnsDocuments: Bool
    /// What happens to long documents; nil leaves it to the settings.
    let longTexts: LongTextPolicy?
    /// Tokens that a document is cut to before anything else.
    let maximumTextTokens: Int?
    /// Whether the model's raw outputs are asked for instead of scores in 0...1; nil if the request does not say.
    let rawScores: Bool?
    /// How the reply looks.
    let shape: RerankReply.Shape

    /// Reads a body of `POST /v1/rerank`: Cohere's first version, Jina's, Voyage's, and what other servers take on that path.
    ///
    /// - Parameter maximumTexts: documents that a request may have.
    init(version1 fields: RequestFields, maximumTexts: Int) throws(APIFault) {
        let (truncation, truncate) = (try fields.bool("truncation"), try fields.bool("truncate"))
        let cuts = truncation ?? truncate
        let windows = try fields.int("max_chunks_per_doc", in: Self.windows)
        let listName = fields.value("documents") == nil && fields.value("texts") != nil ? "texts" : "documents"
        // Voyage's client always sends `truncation`, and `top_k` even if it is null; nobody else's sends either of them.
        let isVoyage =
            fields.object["top_k"] != nil
            || (fields.object["truncation"] != nil && fields.object["top_n"] == nil)
        model = try fields.string("model")
        query = try Self.query(fields)
        let (topN, topK) = (try fields.int("top_n", in: Self.counts), try fields.int("top_k", in: Self.counts))
        limit = topN ?? topK
        let (documents, texts) = (try fields.bool("return_documents"), try fields.bool("return_text"))
        returnsDocuments = documents ?? texts ?? false
        maximumTextTokens = try fields.int("max_tokens_per_doc", in: Self.counts)
        rawScores = try fields.bool("raw_scores")
        if let windows, cuts != false {
            longTexts = .chunk(maximumWindows: windows)
        } else {
            longTexts = cuts.map { $0 ? .truncate : .refuse }
        }
        shape = isVoyage ? .voyage : .cohere1
        self.documents = try Self.documents(fields, listName, maximumTexts: maximumTexts)
    }

    /// Reads a body of Cohere's `POST /v2/rerank`.
    init(version2 fields: RequestFields, maximumTexts: Int) throws(APIFault) {
        if let spans = fields.value("relevant_spans") {
            guard let object = spans.object else {
                throw fields.mismatch("relevant_spans", spans, wanted: "an object")
            }
            if try RequestFields(object, place: "relevant_spans.").string("mode") != "disabled" {
                throw APIFault(
                    .invalidValue, "'relevant_spans' is not available with the models served here; leave it out.",
                    field: "relevant_spans")
            }
        }
        model = try fields.string("model")
        query = try Self.query(fields)
        limit = try fields.int("top_n", in: Self.counts)
        returnsDocuments = false
        longTexts = nil
        maximumTextTokens = try fields.int("max_tokens_per_doc", in: Self.counts) ?? 4096
        rawScores = try fields.bool("raw_scores")
        shape = .cohere2
        documents = try Self.documents(fields, "documents", maximumTexts: maximumTexts, onlyStrings: true)
    }

    /// What counts and lengths may be; the upper end only keeps them representable everywhere.
    static let counts = 1...Int(Int32.max)
    /// Windows of one document: what Cohere allows of all documents together.
    static let windows = 1...10_000
    /// What a query must have somewhere: a character that is not blank.
    static let queryPattern = #"[^ \t\n\r]"#

    /// What the engine is asked.
    ///
    /// All of these APIs promise relevance in 0...1. Rerankers whose own activation is the identity (MS MARCO's) give logits
    /// of about -10...10, so the logistic function is applied whatever the model's own is, unless `raw_scores` is true.
    func scoreRequest(model: String?) -> ScoreRequest {
        var request = ScoreRequest(model: model, query: query, texts: documents.map(\.text))
        request.activation = rawScores == true ? .identity : .sigmoid
        request.longTexts = longTexts
        request.maximumTextTokens = maximumTextTokens
        return request
    }

    private static func query(_ fields: RequestFields) throws(APIFault) -> String {
        let query = try fields.requiredString("query")
        guard query.utf8.contains(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            throw APIFault(.invalidValue, "'query' must not be empty or blank.", field: "query")
        }
        return query
    }

    private static func documents(
        _ fields: RequestFields, _ name: String, maximumTexts: Int, onlyStrings: Bool = false
    ) throws(APIFault) -> [RerankDocument] {
        let rankFields =
            !onlyStrings && fields.value("rank_fields") != nil ? try fields.requiredStrings("rank_fields") : []
        guard let values = try fields.array(name) else {
            throw fields.missing(name, onlyStrings ? "an array of strings" : "an array of strings or objects")
        }
        guard !values.isEmpty else {
            throw APIFault(.emptyInput, "'\(name)' is empty; there is nothing to rank.", field: name)
        }
        guard values.count <= maximumTexts else {
            throw APIFault(
                .tooManyTexts, "'\(name)' has \(values.count) documents; max_client_batch_size allows \(maximumTexts).",
                field: name, setting: "max_client_batch_size")
        }
        var documents: [RerankDocument] = []
        documents.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            if onlyStrings, value.string == nil {
                throw fields.mismatch("\(name)[\(index)]", value, wanted: "a string")
            }
            documents.append(try RerankDocument(value, rankFields: rankFields, place: "\(name)[\(index)]"))
        }
        return documents
    }
}
