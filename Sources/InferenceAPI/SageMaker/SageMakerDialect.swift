import HTTPTypes
import Inference
import JSON
import Routing

extension HTTPField.Name {
    static let sageMakerTargetModel = HTTPField.Name("X-Amzn-SageMaker-Target-Model")!
}

/// The container contract of Amazon SageMaker: `GET /ping` and `POST /invocations`.
///
/// Bodies may be those of TEI; of Hugging Face's pipelines as ML Commons connectors send them
/// (`{"inputs": [{"text", "text_pair"}]}`: one label with its score for each pair, in the order sent); or a bare array of
/// texts, which is what the connectors' default pre-processing makes. A handler of one's own, as the usual
/// sentence-transformers container has it, answers `{"embeddings": [...]}`: `"reply": "object"` asks for that.
struct SageMakerDialect: Sendable {
    let engine: InferenceEngine
    private let faults = TEIFaults()

    static let tag = "SageMaker"

    init(engine: InferenceEngine) {
        self.engine = engine
    }

    /// All routes with their descriptions.
    var endpoints: [Endpoint] {
        let engine = engine
        return [
            Health(engine: engine).endpoint("/ping", name: "sagemaker.ping", tag: Self.tag, faults: faults),
            Endpoint(
                .post, "/invocations", name: "sagemaker.invocations", faults: faults,
                operation: OperationDescription(
                    tag: Self.tag, summary: "What the model is for, by the shape of the body.",
                    details: DefaultTask.details
                        + " Also takes arrays of `text` and `text_pair`, and a bare array of texts.",
                    parameters: [
                        .init(.header, "X-Amzn-SageMaker-Target-Model", "The model; it goes before the body's `model`.")
                    ],
                    request: Self.request,
                    replies: [.init(200, "The result.", Self.reply, headers: TEIHeaders.described)],
                    faults: .inference, faultBody: TEISchemas.fault)
            ) { try await Self.answer($0, engine: engine) },
        ]
    }

    private static func answer(_ request: APIRequest, engine: InferenceEngine) async throws -> APIResponse {
        try request.requireJSON()
        let document = try RequestFields.document(of: request)
        let fields: RequestFields
        if document.array != nil {
            var object = JSONObject()
            object["inputs"] = document
            fields = RequestFields(object, place: "")
        } else if let object = document.object {
            fields = RequestFields(object, place: "")
        } else {
            throw APIFault(.badField, "The body must be an object or an array of texts, and is \(document.typeName).")
        }
        let call = try TEICall(fields, engine: engine, modelName: request.headers[.sageMakerTargetModel])
        let asObject = try fields.choice("reply", ReplyShape.self) == .object
        if let inputs = fields.value("inputs")?.array, inputs.first?.object != nil {
            return try await pipeline(call, inputs)
        }
        var response = try await DefaultTask.answer(call)
        if asObject {
            response.body = Array("{\"embeddings\":".utf8) + response.body + Array("}".utf8)
        }
        return response
    }

    /// The words of `reply`.
    enum ReplyShape: String, CaseIterable {
        case array
        case object
    }

    /// Hugging Face's text-classification pipeline: the best label of each text or pair.
    private static func pipeline(_ call: TEICall, _ elements: [JSONValue]) async throws -> APIResponse {
        try call.checkBatchSize(elements.count)
        var inputs: [ScoreRequest.Input] = []
        inputs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let object = element.object else {
                throw call.fields.mismatch("inputs[\(index)]", element, wanted: "an object with 'text' and 'text_pair'")
            }
            let fields = RequestFields(object, place: "inputs[\(index)].")
            let text = try fields.requiredString("text")
            inputs.append(ScoreRequest.Input(text, try fields.string("text_pair")))
        }
        let result = try await TEIPredict.score(call, inputs)
        var writer = JSONWriter(reservingBytes: inputs.count * 48)
        writer.beginArray()
        for score in result.scores {
            var best = 0
            for label in score.logits.indices where score.logits[label] > score.logits[best] { best = label }
            writer.beginObject()
            writer.key("label")
            writer.value(result.labels[best])
            writer.key("score")
            writer.value(score.scores[best])
            writer.endObject()
        }
        writer.endArray()
        return call.response(
            writer, result.timing, characters: TEIPredict.characters(inputs), model: result.model, texts: inputs.count)
    }

    private static let request: Schema = {
        let pairs = Schema.object(
            [
                .required(
                    "inputs",
                    .array(
                        of: .object([
                            .required("text", .string()),
                            .optional("text_pair", .string("The second text of a pair.")),
                        ]), minimum: 1)), TEISchemas.rawScores, TEISchemas.activation, TEISchemas.model,
            ] + TEISchemas.truncation
        ).named("PipelineRequest")
        return .any(of: [
            TEISchemas.rerankRequest, TEISchemas.similarityRequest, TEISchemas.embedRequest, TEISchemas.sparseRequest,
            TEISchemas.predictRequest, pairs, .array(of: TEISchemas.text, "Texts.", minimum: 1),
        ])
    }()

    private static let reply = Schema.any(of: [
        TEISchemas.rerankReply, TEISchemas.similarityReply, TEISchemas.vectors, TEISchemas.sparseReply,
        TEISchemas.predictReply,
        .object(
            [.required("embeddings", .any(of: [TEISchemas.vectors, TEISchemas.sparseReply]))],
            "With `\"reply\": \"object\"`.", isClosed: true),
    ])
}
