public import JSON

/// The description of a model as OpenSearch's ML Commons registers it: `ml-commons_model_config.json`, or the `config.json` beside the zip
/// on the artifact host.
///
/// The transformer's own configuration is inside it as a string (`model_config.all_config`), or absent.
public struct OpenSearchModelConfiguration: Sendable {
    /// The name under which the model is registered.
    public let name: String?
    /// The version of the registered model.
    public let version: String?
    /// `TEXT_EMBEDDING`, `SPARSE_ENCODING`, `SPARSE_TOKENIZE` or `TEXT_SIMILARITY`.
    public let function: String?
    /// `TORCH_SCRIPT` or `ONNX`.
    public let format: String?
    /// The architecture, for example `bert`.
    public let modelType: String?
    /// The size of the embeddings.
    public let embeddingDimension: Int?
    /// `sentence_transformers` or `huggingface_transformers`.
    public let framework: String?
    /// `MEAN`, `CLS`, …; only the second framework pools outside of the graph.
    public let poolingMode: String?
    /// Whether embeddings are normalised outside of the graph.
    public let normalizesResult: Bool?
    /// The configuration of the transformer, if it is there.
    public let transformer: JSONValue?

    /// Whether a JSON object is such a description rather than the configuration of a transformer.
    static func recognizes(_ file: ConfigurationFile) -> Bool {
        file["model_config"]?.object != nil || (file["model_format"] != nil && file["architectures"] == nil)
    }

    init(_ file: ConfigurationFile) throws(ModelFileError) {
        name = try file.string("name")
        version = file["version"].flatMap { $0.string ?? ($0.double == nil ? nil : $0.serialized()) }
        let taskType = try file.string("model_task_type")
        function = try file.string("function_name") ?? taskType
        format = try file.string("model_format")
        let model = try file.section("model_config") ?? ConfigurationFile(path: file.path, object: [:])
        modelType = try model.string("model_type")
        embeddingDimension = try model.int("embedding_dimension")
        framework = try model.string("framework_type")
        poolingMode = try model.string("pooling_mode")
        normalizesResult = try model.bool("normalize_result")
        if let text = try model.string("all_config") {
            do throws(JSONError) {
                transformer = try JSONValue(parsing: text)
            } catch {
                throw ModelFileError(
                    .malformed, path: file.path, subject: "field model_config.all_config", reason: "\(error)")
            }
            guard transformer?.object != nil else {
                throw ModelFileError(
                    .malformed, path: file.path, subject: "field model_config.all_config",
                    reason: "the text must be a JSON object")
            }
        } else {
            transformer = nil
        }
    }

    /// The task that the function stands for.
    var task: ModelTask? {
        switch function?.uppercased() {
        case "TEXT_EMBEDDING": .dense
        case "SPARSE_ENCODING": .sparse
        case "SPARSE_TOKENIZE": .sparseQuery
        case "TEXT_SIMILARITY": .crossEncoder
        default: nil
        }
    }
}
