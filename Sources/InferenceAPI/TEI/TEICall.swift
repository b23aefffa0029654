import Encoders
import Inference
import JSON
import Routing

/// One request to a TEI route: its fields, the model that it means, and the time at which it began.
struct TEICall: Sendable {
    let engine: InferenceEngine
    let fields: RequestFields
    /// The model's name in the path or in the body; the path wins.
    let modelName: String?
    let start = ContinuousClock.now

    init(_ request: APIRequest, engine: InferenceEngine) throws(APIFault) {
        try request.requireJSON()
        try self.init(try RequestFields(body: request), engine: engine, modelName: request.parameters["model"])
    }

    /// A call with a body that is read already; `modelName` goes before the body's `model`.
    init(_ fields: RequestFields, engine: InferenceEngine, modelName: String?) throws(APIFault) {
        let named = try fields.string("model")
        self.engine = engine
        self.fields = fields
        self.modelName = modelName ?? named
    }

    /// The model for a task.
    func model(for use: ModelUse) throws(APIFault) -> ModelStatus { try engine.model(modelName, for: use) }

    /// `truncate`: true cuts long texts, false refuses them, and nothing leaves it to the server's settings.
    func longTexts(in fields: RequestFields? = nil) throws(APIFault) -> LongTextPolicy? {
        try (fields ?? self.fields).bool("truncate").map { $0 ? .truncate : .refuse }
    }

    /// `truncation_direction`; TEI's own enumeration begins with a capital letter, its documents do not.
    func truncationSide(in fields: RequestFields? = nil) throws(APIFault) -> TruncationSide {
        switch try (fields ?? self.fields).choice("truncation_direction", Direction.self) {
        case .left, .capitalLeft: .left
        case .right, .capitalRight, nil: .right
        }
    }

    /// The words of `truncation_direction`.
    enum Direction: String, CaseIterable {
        case left
        case right
        case capitalLeft = "Left"
        case capitalRight = "Right"
    }

    /// `prompt_name`, which must be one of the model's.
    func prompt(of model: ModelStatus, in fields: RequestFields? = nil) throws(APIFault) -> Prompt {
        let fields = fields ?? self.fields
        guard let name = try fields.string("prompt_name") else { return .modelDefault }
        let known = model.facts?.promptNames ?? []
        guard known.contains(name) else {
            throw APIFault(
                .invalidValue,
                known.isEmpty
                    ? "`prompt_name` is `\(name)`, but the model '\(model.declaration.name)' has no prompts."
                    : "`prompt_name` is `\(name)`; the model's prompts are: \(known.joined(separator: ", ")).",
                field: fields.place + "prompt_name")
        }
        return .named(name)
    }

    /// Refuses more texts than a request may have.
    func checkBatchSize(_ count: Int) throws(APIFault) {
        let limit = engine.settings.maximumTexts
        guard count > limit else { return }
        throw APIFault(
            .tooManyTexts, "batch size \(count) > maximum allowed batch size \(limit) (`max_client_batch_size`)",
            setting: "max_client_batch_size")
    }

    /// Runs the engine, with its errors as faults.
    func run<Result>(_ body: () async throws(InferenceError) -> Result) async throws(APIFault) -> Result {
        do throws(InferenceError) {
            return try await body()
        } catch {
            throw APIFault(error)
        }
    }
}
