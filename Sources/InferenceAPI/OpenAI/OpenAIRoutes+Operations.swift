import JSON
import Routing

extension OpenAIRoutes {
    /// `POST /v1/embeddings` for the OpenAPI document.
    static func embeddingsOperation(maximumTexts: Int) -> OperationDescription {
        let id = Schema.integer(in: 0...Int(Int32.max))
        let text = Schema.string(minimumLength: 1)
        return OperationDescription(
            tag: "OpenAI", summary: "Embed texts.",
            details: """
                `input_type`, `truncation`, `output_dimension` and `output_dtype` are Voyage's. OpenAI's limit of 2,048 texts is \
                not kept; the setting `max_client_batch_size` is.
                """,
            request: .object(
                [
                    .required(
                        "input",
                        .any(
                            of: [
                                text, .array(of: text, minimum: 1, maximum: maximumTexts), .array(of: id, minimum: 1),
                                .array(of: .array(of: id, minimum: 1), minimum: 1, maximum: maximumTexts),
                            ],
                            """
                            A text, texts, the token ids of a text, or those of texts. Ids are taken as they are: special \
                            tokens are the client's to add.
                            """, example: "a text editor")),
                    .optional(
                        "model", .string("A model's name or alias; without it the first dense encoder.")),
                    .optional(
                        "encoding_format",
                        .choice(["float", "base64"], "Numbers, or base64 of little-endian float32."), default: "float"),
                    .optional(
                        "dimensions",
                        .integer(
                            "Keeps so many values of each vector, and makes its length 1 again.", in: RerankCall.counts)
                    ),
                    .optional("user", .string("Not used.")),
                    .optional(
                        "input_type", .choice(["query", "document"], "Which of the model's prompts is put before.")),
                    .optional("truncation", .boolean("Whether texts that are longer than the model may be cut.")),
                    .optional("output_dimension", .integer("As `dimensions`.", in: RerankCall.counts)),
                    .optional("output_dtype", .choice(["float"])),
                ]
            ).named("EmbeddingRequest"),
            replies: [.init(200, "One vector for each text, in their order.", embeddingReply)],
            faults: .inference, faultBody: VersionedFaults.schema)
    }

    /// `GET /v1/models` for the OpenAPI document.
    static let modelsOperation = OperationDescription(
        tag: "OpenAI", summary: "List the models.",
        replies: [
            .init(
                200, "All models, in the order of the configuration.",
                .object(
                    [.required("object", .choice(["list"])), .required("data", .array(of: model))], isClosed: true
                ).named("ModelList"))
        ], faultBody: VersionedFaults.schema)

    /// `GET /v1/models/{model}` for the OpenAPI document.
    static let modelOperation = OperationDescription(
        tag: "OpenAI", summary: "Describe a model, by its name or an alias.",
        replies: [.init(200, "The model.", model)], faults: [.noModel], faultBody: VersionedFaults.schema)

    private static let model = Schema.object(
        [
            .required("id", .string("Its name.")), .required("object", .choice(["model"])),
            .required("created", .integer("Seconds since 1970 at which it became ready; 0 before that.")),
            .required("owned_by", .string()), .required("aliases", .array(of: .string(), "Its other names.")),
            .required("task", .choice(["cross-encoder", "dense", "sparse"])),
            .required("state", .choice(["loading", "ready", "failed"])),
        ], isClosed: true
    ).named("Model")

    private static let embeddingReply = Schema.object(
        [
            .required("object", .choice(["list"])),
            .required(
                "data",
                .array(
                    of: .object(
                        [
                            .required("object", .choice(["embedding"])), .required("index", .integer()),
                            .required("embedding", .any(of: [.array(of: .number()), .string("Base64.")])),
                        ], isClosed: true), minimum: 1)),
            .required("model", .string("The model that answered.")),
            .required(
                "usage",
                .object(
                    [
                        .required("prompt_tokens", .integer("Tokens of the texts as they were read.")),
                        .required("total_tokens", .integer("The same.")),
                    ], isClosed: true)),
        ], isClosed: true
    ).named("EmbeddingReply")
}
