import JSON

/// Whose batch files are written: Amazon Bedrock's with the body of a family of models, or OpenAI's.
///
/// Sources: Amazon Bedrock User Guide, "Format and upload your batch inference data" and "Inference request parameters and response fields for
/// foundation models"; OpenAI API reference, "Batch".
public enum BatchFormat: Sendable, Hashable {
    /// Anthropic's messages on Bedrock.
    case claude
    /// Amazon Titan Text on Bedrock.
    case titan
    /// Amazon Nova's messages on Bedrock.
    case nova
    /// Any model on Bedrock, for jobs of the invocation type `Converse`.
    case converse
    /// OpenAI's batch API, and `vllm run-batch`; the model stands in each line.
    case openAI(model: String)

    /// The format of a name: `claude`, `titan`, `nova`, `converse`, `openai`.
    ///
    /// - Throws: for another name, and for `openai` without a model.
    public init(name: String, model: String?) throws(PromptingError) {
        switch name {
        case "claude": self = .claude
        case "titan": self = .titan
        case "nova": self = .nova
        case "converse": self = .converse
        case "openai":
            guard let model, !model.isEmpty else {
                throw PromptingError(
                    .badSetting, "batch files for openai name a model in each line", advice: "Say which model")
            }
            self = .openAI(model: model)
        default:
            throw PromptingError(
                .badSetting, "there is no batch format '\(name.prefix(50))'",
                advice: "Use claude, titan, nova, converse or openai")
        }
    }

    /// Whether a job runs on Amazon Bedrock.
    public var isBedrock: Bool { if case .openAI = self { false } else { true } }

    /// One line of an input file.
    func line(_ id: String, _ messages: [ChatMessage], _ sampling: SamplingOptions) -> JSONValue {
        if case .openAI(let model) = self {
            return [
                "custom_id": .string(id), "method": "POST", "url": "/v1/chat/completions",
                "body": Self.chat(model, messages, sampling),
            ]
        }
        return ["recordId": .string(id), "modelInput": Self.overridden(body(messages, sampling), sampling.overrides)]
    }

    /// The body of a request with these messages.
    private func body(_ messages: [ChatMessage], _ sampling: SamplingOptions) -> JSONValue {
        let system = messages.filter { $0.role == .system }.map(\.text)
        let questions = messages.filter { $0.role == .user }.map(\.text)
        let tokens = JSONValue.number(JSONNumber(sampling.maximumTokens))
        let temperature = sampling.temperature.map { JSONValue.number(JSONNumber($0)) }
        let topP = sampling.topP.map { JSONValue.number(JSONNumber($0)) }
        func object(_ members: [(String, JSONValue?)]) -> JSONValue {
            .object(JSONObject(members.compactMap { name, value in value.map { (key: name, value: $0) } }))
        }
        switch self {
        case .claude:
            let content = questions.map { ["type": "text", "text": .string($0)] as JSONValue }
            return object([
                ("anthropic_version", "bedrock-2023-05-31"), ("max_tokens", tokens), ("temperature", temperature),
                ("top_p", topP), ("system", system.isEmpty ? nil : .string(system.joined(separator: "\n\n"))),
                ("messages", [["role": "user", "content": .array(content)]]),
            ])
        case .titan:
            return object([
                ("inputText", .string((system + questions).joined(separator: "\n\n"))),
                (
                    "textGenerationConfig",
                    object([("maxTokenCount", tokens), ("temperature", temperature), ("topP", topP)])
                ),
            ])
        case .nova, .converse:
            let content = questions.map { ["text": .string($0)] as JSONValue }
            return object([
                ("system", system.isEmpty ? nil : .array(system.map { ["text": .string($0)] })),
                ("messages", [["role": "user", "content": .array(content)]]),
                (
                    "inferenceConfig",
                    object([("maxTokens", tokens), ("temperature", temperature), ("topP", topP)])
                ),
            ])
        case .openAI(let model):
            return Self.chat(model, messages, sampling)
        }
    }

    /// The body of `POST /v1/chat/completions`, overrides included.
    static func chat(_ model: String, _ messages: [ChatMessage], _ sampling: SamplingOptions) -> JSONValue {
        var body: JSONObject = [
            "model": .string(model),
            "messages": .array(messages.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
            "max_tokens": .number(JSONNumber(sampling.maximumTokens)),
        ]
        if let temperature = sampling.temperature { body["temperature"] = .number(JSONNumber(temperature)) }
        if let topP = sampling.topP { body["top_p"] = .number(JSONNumber(topP)) }
        return overridden(.object(body), sampling.overrides)
    }

    private static func overridden(_ body: JSONValue, _ overrides: JSONObject) -> JSONValue {
        guard var object = body.object, !overrides.isEmpty else { return body }
        for (name, value) in overrides { object[name] = value.isNull ? JSONValue?.none : value }
        return .object(object)
    }
}
