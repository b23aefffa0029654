import JSON
import Routing

extension HostedRerank {
    /// `POST /v1/rerank` for the OpenAPI document.
    static func version1(maximumTexts: Int) -> OperationDescription {
        OperationDescription(
            tag: "Cohere, Jina, Voyage", summary: "Rank documents for a query.",
            details: """
                Cohere's first version, Jina's and Voyage's API share this path. A request with `top_k`, or with `truncation` \
                and without `top_n`, is taken for Voyage's and gets its reply; any other gets Cohere's with Jina's `model` \
                and `usage` in it. `texts` may stand for `documents`.

                Scores are in 0...1: the logistic function of the model's raw output, whatever the model's own activation \
                is. Results are sorted by raw output; equal ones stay in the order sent.

                Objects are read by the fields that `rank_fields` names, in that order, joined by line feeds; an object with \
                none of them, and every object without `rank_fields`, by its `text`.
                """,
            request: .any(of: [
                version1Request("documents", or: "texts", maximumTexts).named("RerankRequest"),
                version1Request("texts", or: "documents", maximumTexts).named("RerankRequestOfTexts"),
            ]),
            replies: [.init(200, "The ranking, best first.", .any(of: [cohere1, voyage]))],
            faults: .inference, faultBody: VersionedFaults.schema)
    }

    /// `POST /v2/rerank` for the OpenAPI document.
    static func version2(maximumTexts: Int) -> OperationDescription {
        OperationDescription(
            tag: "Cohere, Jina, Voyage", summary: "Rank documents for a query, as Cohere's second version does.",
            details: "Scores and order are those of `/v1/rerank`.",
            request: .object(
                [
                    query,
                    .required(
                        "documents",
                        .array(of: .string(), "What is ranked.", minimum: 1, maximum: maximumTexts)), model, topN,
                    .optional(
                        "max_tokens_per_doc",
                        .integer("Cuts each document to so many tokens first.", in: RerankCall.counts), default: 4096),
                    rawScores,
                ]
            ).named("RerankRequestV2"),
            replies: [.init(200, "The ranking, best first.", cohere2)],
            faults: .inference, faultBody: VersionedFaults.schema)
    }

    // MARK: Requests

    /// The fields of `/v1/rerank`, with the documents in one field or in the other.
    private static func version1Request(_ list: String, or other: String, _ maximumTexts: Int) -> Schema {
        .object([
            query, .required(list, documents(maximumTexts)),
            .optional(other, list == "documents" ? .anything : documents(maximumTexts)), model, topN,
            .optional("top_k", .integer("As `top_n`, for Voyage's clients.", in: RerankCall.counts)),
            .optional(
                "rank_fields", .array(of: .string(), "The fields of objects that are read, in this order.")),
            .optional("return_documents", .boolean("Whether results carry their documents."), default: false),
            .optional("return_text", .boolean("As `return_documents`.")),
            .optional(
                "max_chunks_per_doc",
                .integer(
                    """
                    Reads documents that are longer than the model in so many windows at most; the best one counts. \
                    Without it the setting `long_texts` decides.
                    """, in: RerankCall.windows)),
            .optional(
                "max_tokens_per_doc",
                .integer("Cuts each document to so many tokens first.", in: RerankCall.counts)),
            .optional(
                "truncation",
                .boolean(
                    "Whether documents that are longer than the model may be cut; false makes them a fault.")),
            .optional("truncate", .boolean("As `truncation`.")), rawScores,
        ])
    }

    private static let query = Schema.Field.required(
        "query",
        .string(
            "What the documents are ranked for; not blank.", pattern: RerankCall.queryPattern, example: "text editor"))
    private static let model = Schema.Field.optional(
        "model", .string("A model's name or alias; without it the first model that can rank."))
    private static let topN = Schema.Field.optional(
        "top_n", .integer("The number of results at most; all without it.", in: RerankCall.counts))
    private static let rawScores = Schema.Field.optional(
        "raw_scores",
        .boolean(
            "Whether scores are the model's raw outputs; if it is given, the reply's `activation` says what was done."))

    private static func documents(_ maximum: Int) -> Schema {
        let object = Schema.object([.required("text", .string("The text."))], "An object; more fields may follow.")
        return .array(
            of: .any(of: [.string(), object]), "What is ranked.", minimum: 1, maximum: maximum,
            example: ["a text editor", "a music player"])
    }

    // MARK: Replies

    private static let activation = Schema.Field.omittable(
        "activation", .choice(["sigmoid", "identity"], "What made the scores, if the request has `raw_scores`."))
    private static let usage = Schema.Field.required(
        "usage",
        .object(
            [.required("total_tokens", .integer("Tokens of queries and documents as they were read."))], isClosed: true)
    )

    private static func results(document: Schema?) -> Schema {
        var fields: [Schema.Field] = [
            .required("index", .integer("The document's index in the request.")),
            .required("relevance_score", .number("How relevant it is; higher is better.")),
        ]
        if let document { fields.append(.omittable("document", document)) }
        return .array(of: .object(fields, isClosed: true), minimum: 1)
    }

    private static let meta = Schema.object(
        [
            .required(
                "api_version",
                .object(
                    [.required("version", .string()), .omittable("is_experimental", .boolean())], isClosed: true)),
            .required(
                "billed_units",
                .object(
                    [.required("search_units", .integer("Hundreds of documents or windows, rounded up."))],
                    isClosed: true)),
            .omittable("warnings", .array(of: .string("Which documents were not read to their end."))),
        ], isClosed: true
    ).named("CohereMeta")

    private static let cohere1 = Schema.object(
        [
            .required("id", .string("The request's id.")), .required("model", .string("The model that answered.")),
            .required(
                "results", results(document: .object([], "The document: its `text`, or the object that was sent."))),
            usage, .required("meta", meta), activation,
        ], isClosed: true
    ).named("RerankReply")

    private static let voyage = Schema.object(
        [
            .required("object", .choice(["list"])),
            .required("data", results(document: .any(of: [.string(), .object([])], "The document as it was sent."))),
            .required("model", .string("The model that answered.")), usage, activation,
        ], isClosed: true
    ).named("VoyageRerankReply")

    private static let cohere2 = Schema.object(
        [
            .required("id", .string("The request's id.")), .required("results", results(document: nil)),
            .required("meta", meta), activation,
        ], isClosed: true
    ).named("RerankReplyV2")
}
