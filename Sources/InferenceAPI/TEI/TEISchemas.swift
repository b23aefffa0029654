import JSON

/// The shapes of TEI's requests and replies, with our additions.
enum TEISchemas {
    static let fault = Schema.object(
        [
            .required("error", .string("What is wrong and what to do.")),
            .required("error_type", .choice(TEIFaults.errorTypes, "The kind of fault.")),
        ], isClosed: true
    ).named("TEIError")

    static let model = Schema.Field.optional(
        "model", .string("The model to use, by name or alias; the path goes before it. Not in TEI."))
    static let truncation: [Schema.Field] = [
        .optional(
            "truncate",
            .boolean("Whether long texts are cut; false makes them an error. Without it the server's settings decide.")),
        .optional(
            "truncation_direction", .choice(TEICall.Direction.allCases.map(\.rawValue), "The side that is cut off."),
            default: "right"),
    ]
    static let prompt = Schema.Field.optional(
        "prompt_name", .string("The name of one of the model's prompts, put before each text."))
    static let rawScores = Schema.Field.optional(
        "raw_scores", .boolean("Logits instead of probabilities."), default: false)
    static let activation = Schema.Field.optional(
        "activation",
        .choice(
            TEIActivation.allCases.map(\.rawValue),
            "What makes scores of logits, instead of `raw_scores`; `model` is the model's own. Not in TEI."))

    static let tokenIDs = Schema.array(
        of: .integer(in: 0...Int(Int32.max)), "The token ids of a text, special ones included.", minimum: 1)
    static let text = Schema.string(minimumLength: 1)
    static let inputs = Schema.any(
        of: [text, tokenIDs, .array(of: .any(of: [text, tokenIDs]), minimum: 1)],
        "A text, the token ids of one, or an array of either.", example: "What is Deep Learning?"
    ).named("TEIInput")

    static let rerankRequest = Schema.object(
        [
            .required("query", .string(example: "What is Deep Learning?")),
            .required(
                "texts", .array(of: .string(), minimum: 1, example: ["Deep Learning is ...", "cheese is made of"])),
            .optional("return_text", .boolean("Whether the texts come back."), default: false), rawScores, activation,
            .optional(
                "long_texts",
                .choice(
                    TEIRerank.LongTexts.allCases.map(\.rawValue),
                    "`chunk` scores long texts window by window, the best window counts. Not in TEI.")),
            .optional(
                "return_details",
                .boolean("Whether each result says what was cut, which window won, and more. Not in TEI."),
                default: false), model,
        ] + truncation
    ).named("TEIRerankRequest")

    static let rank = Schema.object(
        [
            .required("index", .integer("The text's place in the request.")),
            .omittable("text", .string("The text, with `return_text`.")),
            .required("score", .number()),
            .omittable("logit", .number("The raw output, with `return_details`.")),
            .omittable("activation", .string("What made the score of it, with `return_details`.")),
            .omittable("tokens", .integer("Tokens of the pair, with `return_details`.")),
            .omittable("truncated", .boolean("Whether a part of the text was not read, with `return_details`.")),
            .omittable("window", .integer("The best window, counted from 0, with `return_details`.")),
            .omittable("windows", .integer("How many windows there were, with `return_details`.")),
            .omittable("cached", .boolean("Whether the logit came from the cache, with `return_details`.")),
        ], isClosed: true
    ).named("TEIRank")
    static let rerankReply = Schema.array(of: rank, "Best first.").named("TEIRerankResponse")

    static let embedRequest = Schema.object(
        [
            .required("inputs", inputs),
            .optional("normalize", .boolean("Whether to make unit vectors."), default: true),
            .optional(
                "dimensions", .integer("Keeps the first so many values; cut first, then normalised.", in: 1...1 << 20)),
            prompt, model,
        ] + truncation
    ).named("TEIEmbedRequest")
    static let vectors = Schema.array(of: .array(of: .number()), "A vector for each input.").named("TEIEmbedResponse")

    static let sparseRequest = Schema.object(
        [
            .required("inputs", inputs),
            .optional(
                "role",
                .choice(
                    ["document", "query"], "The side of the search; inference-free models tell them apart. Not in TEI."),
                default: "document"), prompt, model,
        ] + truncation
    ).named("TEIEmbedSparseRequest")
    static let sparseReply = Schema.array(
        of: .array(
            of: .object(
                [.required("index", .integer("A token id.")), .required("value", .number("Its weight."))],
                isClosed: true
            ).named("TEISparseValue")), "Weights for each input, by ascending token id."
    ).named("TEIEmbedSparseResponse")

    static let embedAllRequest = Schema.object([.required("inputs", inputs), prompt, model] + truncation)
        .named("TEIEmbedAllRequest")
    static let embedAllReply = Schema.array(
        of: .array(of: .array(of: .number())), "A vector for each token of each input."
    ).named("TEIEmbedAllResponse")

    static let sequence = Schema.array(of: .string(), "A text, or a pair.", minimum: 1, maximum: 2)
    static let predictRequest = Schema.object(
        [
            .required(
                "inputs",
                Schema.any(
                    of: [text, sequence, .array(of: sequence, minimum: 1)],
                    "A text, a pair of texts, or a batch of one-element and two-element arrays.",
                    example: ["I like you.", "I love you."]
                ).named("TEIPredictInput")), rawScores, activation, model,
        ] + truncation
    ).named("TEIPredictRequest")
    static let prediction = Schema.object(
        [.required("score", .number()), .required("label", .string())], isClosed: true
    ).named("TEIPrediction")
    static let predictReply = Schema.any(
        of: [.array(of: prediction), .array(of: .array(of: prediction))],
        "The labels with their scores, best first; one such list for each element of a batch."
    ).named("TEIPredictResponse")

    static let similarityRequest = Schema.object([
        .required(
            "inputs",
            .object([
                .required("source_sentence", .string(minimumLength: 1, example: "What is Deep Learning?")),
                .required("sentences", .array(of: text, minimum: 1, example: ["What is Machine Learning?"])),
            ]).named("TEISimilarityInput")),
        .optional("parameters", .object(truncation + [prompt]).named("TEISimilarityParameters")), model,
    ]).named("TEISimilarityRequest")
    static let similarityReply = Schema.array(of: .number(), "The similarity of each sentence with the source.")
        .named("TEISimilarityResponse")

    static let tokenizeRequest = Schema.object([
        .required(
            "inputs", .any(of: [text, .array(of: text, minimum: 1)], "A text or several.", example: "My name is Ada")),
        .optional("add_special_tokens", .boolean("Whether special tokens are added."), default: true), prompt, model,
    ]).named("TEITokenizeRequest")
    static let token = Schema.object(
        [
            .required("id", .integer()),
            .required("text", .string("The piece of the text; of special tokens, their name.")),
            .required("special", .boolean()),
            .required("start", Schema.integer("Where it begins in the text, in characters.").orNull),
            .required("stop", Schema.integer("Where it ends in the text, in characters.").orNull),
        ], isClosed: true
    ).named("TEISimpleToken")
    static let tokenizeReply = Schema.array(of: .array(of: token)).named("TEITokenizeResponse")

    static let decodeRequest = Schema.object([
        .required("ids", .any(of: [tokenIDs, .array(of: tokenIDs, minimum: 1)], "The ids of a text, or of several.")),
        .optional("skip_special_tokens", .boolean("Whether special tokens are left out."), default: true), model,
    ]).named("TEIDecodeRequest")
    static let decodeReply = Schema.array(of: .string()).named("TEIDecodeResponse")
}
