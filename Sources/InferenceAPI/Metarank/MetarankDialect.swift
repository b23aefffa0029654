import Encoders
import HTTPTypes
import Inference
import JSON
import ModelFiles
import Routing

/// Metarank's inference routes: `POST /inference/cross/{name}` and `/inference/encoder/{name}`.
///
/// Source: `CrossEncoderApi.scala` and `BiEncoderApi.scala` of metarank/metarank. Scores are the first logit as the network
/// gives it, in the order of the input. Metarank's older guide posts pairs with a `title` to `/inference/encoder`: that
/// route tells pairs from texts by the body's field, and both routes take `title` for `text`.
struct MetarankDialect: Sendable {
    let engine: InferenceEngine
    private let faults = MetarankFaults()

    init(engine: InferenceEngine) {
        self.engine = engine
    }

    /// All routes with their descriptions.
    var endpoints: [Endpoint] {
        let engine = engine
        return [
            Endpoint(
                .post, "/inference/cross/{name}", name: "metarank.cross", faults: faults,
                operation: Self.operation(
                    "Scores of pairs of query and text, in the order sent.", Self.crossRequest, Self.crossReply)
            ) { try await Self.cross(try RequestFields(body: $0), $0.parameters["name"] ?? "", engine) },
            Endpoint(
                .post, "/inference/encoder/{name}", name: "metarank.encoder", faults: faults,
                operation: Self.operation(
                    "Vectors of `texts`, or scores of pairs in `input`.",
                    .any(of: [Self.encoderRequest, Self.crossRequest]), .any(of: [Self.encoderReply, Self.crossReply]))
            ) { request in
                let fields = try RequestFields(body: request)
                let name = request.parameters["name"] ?? ""
                return fields.value("input") != nil && fields.value("texts") == nil
                    ? try await Self.cross(fields, name, engine) : try await Self.encoder(fields, name, engine)
            },
        ]
    }

    private static func cross(
        _ fields: RequestFields, _ name: String, _ engine: InferenceEngine
    ) async throws -> APIResponse {
        let start = ContinuousClock.now
        guard let elements = try fields.array("input") else {
            throw fields.missing("input", "an array of objects with 'query' and 'text'")
        }
        let activation = try fields.choice("activation", Activation.self)
        var inputs: [ScoreRequest.Input] = []
        inputs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let object = element.object else {
                throw fields.mismatch("input[\(index)]", element, wanted: "an object with 'query' and 'text'")
            }
            let pair = RequestFields(object, place: "input[\(index)].")
            let query = try pair.requiredString("query")
            let text = try pair.string("text")
            guard let text = try text ?? pair.string("title") else { throw pair.missing("text", "a string") }
            inputs.append(ScoreRequest.Input(query, text))
        }
        let model = try model(name, .crossEncoder, "cross-encoder", engine)
        var scores: [Float] = []
        var logFields: [(key: String, value: String)] = []
        if !inputs.isEmpty {
            var request = ScoreRequest(model: model, inputs: inputs)
            request.activation = activation == .model ? nil : .identity
            do throws(InferenceError) {
                let result = try await engine.score(request)
                scores = result.scores.map(\.score)
                logFields = result.timing.logFields(model: model, texts: scores.count)
            } catch {
                throw APIFault(error)
            }
        }
        return reply("scores", start, logFields) { $0.array(scores) }
    }

    private static func encoder(
        _ fields: RequestFields, _ name: String, _ engine: InferenceEngine
    ) async throws -> APIResponse {
        let start = ContinuousClock.now
        let texts = try fields.requiredStrings("texts")
        let model = try model(name, .dense, "encoder", engine)
        var embeddings: TextEmbeddings?
        var logFields: [(key: String, value: String)] = []
        if !texts.isEmpty {
            do throws(InferenceError) {
                let request = EmbedRequest(model: model, inputs: texts.map(TextOrTokens.text))
                let result = try await engine.embed(request)
                embeddings = result.embeddings
                logFields = result.timing.logFields(model: model, texts: texts.count)
            } catch {
                throw APIFault(error)
            }
        }
        return reply("embeddings", start, logFields) { writer in
            writer.beginArray()
            if let embeddings { for vector in embeddings { writer.array(vector) } }
            writer.endArray()
        }
    }

    private static func reply(
        _ key: String, _ start: ContinuousClock.Instant, _ logFields: [(key: String, value: String)],
        _ value: (inout JSONWriter) -> Void
    ) -> APIResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(key)
        value(&writer)
        writer.key("took")
        writer.value(Int(start.duration(to: .now).wholeMilliseconds))
        writer.endObject()
        var response = APIResponse(json: writer)
        response.logFields = logFields
        return response
    }

    /// The ready model of a name and kind; Metarank keeps the kinds apart, so that one name may be unknown to one route.
    private static func model(
        _ name: String, _ task: ModelTask, _ word: String, _ engine: InferenceEngine
    ) throws(APIFault) -> String {
        let models = engine.models.filter { $0.declaration.task == task }
        guard let found = models.first(where: { $0.declaration.name == name || $0.declaration.aliases.contains(name) })
        else {
            let defined = models.map(\.declaration.name).joined(separator: ", ")
            throw APIFault(.noModel, "\(word) \(name) is not defined in config (defined: [\(defined)])")
        }
        guard found.state == .ready else { throw .notReady(found) }
        return found.declaration.name
    }

    /// The words of `activation`.
    enum Activation: String, CaseIterable {
        case identity
        case model
    }

    private static func operation(_ summary: String, _ request: Schema, _ reply: Schema) -> OperationDescription {
        OperationDescription(
            tag: "Metarank", summary: summary,
            parameters: [.init(.path, "name", "The model's name under `inference`.", .string(minimumLength: 1))],
            request: request, replies: [.init(200, "The result.", reply)],
            faults: .inference,
            faultBody: Schema.object([.required("error", .string())], isClosed: true).named("MetarankError"))
    }

    private static let took = Schema.Field.required("took", .integer("Milliseconds."))
    private static let crossRequest: Schema = {
        func pair(_ field: String, _ other: String) -> Schema {
            .object([.required("query", .string()), .required(field, .string()), .optional(other, .string())])
        }
        return Schema.object([
            .required(
                "input", .array(of: .any(of: [pair("text", "title"), pair("title", "text")]), "Pairs to score.")),
            .optional(
                "activation",
                .choice(
                    Activation.allCases.map(\.rawValue),
                    "`model` gives scores after the model's own activation. Not in Metarank."), default: "identity"),
        ]).named("MetarankCrossEncoderRequest")
    }()
    private static let crossReply = Schema.object([.required("scores", .array(of: .number())), took], isClosed: true)
        .named("MetarankCrossEncoderResponse")
    private static let encoderRequest = Schema.object([.required("texts", .array(of: .string(), "Texts to embed."))])
        .named("MetarankBiEncoderRequest")
    private static let encoderReply = Schema.object(
        [.required("embeddings", .array(of: .array(of: .number()))), took], isClosed: true
    ).named("MetarankBiEncoderResponse")
}
