import JSON

/// `neural_query_enricher`: names the model of `neural` and `neural_sparse` queries that name none.
struct NeuralQueryEnricherProcessor: RequestProcessor {
    static let type = "neural_query_enricher"
    private let model: String?
    /// Models by field; one of these wins over ``model``.
    private let fieldModels: [String: String]

    init(_ settings: inout ProcessorSettings) throws {
        model = try settings.optionalString("default_model_id")
        let fields = try settings.object("neural_field_default_id")
        if model == nil, fields == nil {
            throw PipelineError.illegalArgument("model Id or neural info map either of them should be provided")
        }
        var models: [String: String] = [:]
        for (field, value) in fields ?? [:] {
            guard let id = value.string else {
                throw settings.fault(
                    "neural_field_default_id",
                    "property must name a model for each field, but [\(field)] is of type [\(value.javaType)]")
            }
            models[field] = id
        }
        fieldModels = models
    }

    func process(_ body: inout JSONObject, _ context: inout PipelineContext) throws {
        guard let query = body["query"] else { return }
        body["query"] = try enriched(query)
    }

    /// The query with models, wherever such queries are in it.
    private func enriched(_ value: JSONValue) throws -> JSONValue {
        switch value {
        case .array(let elements): return .array(try elements.map(enriched))
        case .object(let members):
            return .object(
                JSONObject(
                    try members.map { member in
                        let isNeural = member.key == "neural" || member.key == "neural_sparse"
                        if isNeural, let clause = try clause(member.value, isSparse: member.key == "neural_sparse") {
                            return (key: member.key, value: clause)
                        }
                        return (key: member.key, value: try enriched(member.value))
                    }))
        default: return value
        }
    }

    /// The body of a query by a model: one field with what is asked of it; nil for something else under such a name.
    private func clause(_ value: JSONValue, isSparse: Bool) throws -> JSONValue? {
        guard let fields = value.object, let (field, asked) = fields.first(where: { $0.value.object != nil }),
            var asked = asked.object,
            ["query_text", "query_image", "query_tokens"].contains(where: { asked[$0] != nil })
        else { return nil }
        if let filter = asked["filter"] { asked["filter"] = try enriched(filter) }
        // Tokens need no model, and an analyser takes its place.
        let needsModel =
            asked["model_id"] == nil && asked["query_tokens"] == nil && !(isSparse && asked["analyzer"] != nil)
        if needsModel {
            guard let model = fieldModels[field] ?? model else {
                throw PipelineError.illegalArgument(
                    "model id must be provided in neural query or a default model id must be set in search request "
                        + "processor")
            }
            asked["model_id"] = .string(model)
        }
        var changed = fields
        changed[field] = .object(asked)
        return .object(changed)
    }
}
