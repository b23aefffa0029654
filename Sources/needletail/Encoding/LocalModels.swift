import Encoders
import Inference
import ModelFiles
import TextEncoding

/// Models of this process that encode texts for fields of indices.
struct LocalModels {
    /// Runs them.
    let engine: InferenceEngine
    /// The fields.
    let fields: [FieldModel]
    /// By model as it was named: how its vectors are meant to be compared.
    private var similarities: [String: String] = [:]

    /// Loads the models of some fields, each once.
    init(_ fields: [FieldModel], _ options: RunningOptions) throws {
        self.fields = fields
        var settings = InferenceSettings()
        settings.threads = options.threads
        engine = InferenceEngine(settings: settings)
        var loaded: Set<String> = []
        for field in fields {
            let path = try ModelLocator.path(of: field.model)
            let folder = try ModelFolder(path: path)
            guard field.form.fits(folder.task) else {
                throw CommandFailure(
                    .badData,
                    "\(field.form.option) \(field.field): \(path) is a \(folder.task.name), which makes no "
                        + "\(field.form == .dense ? "dense vectors" : "weighted tokens").")
            }
            similarities[field.model] = folder.similarity ?? "cosine"
            guard loaded.insert(field.model).inserted else { continue }
            engine.declare(
                ModelDeclaration(
                    name: field.model, task: folder.task, path: path, precision: options.precision,
                    maxSequenceLength: options.maxLength, cacheBytes: 0))
            let engine = engine
            try waitForTask { try await engine.load(field.model) }
        }
    }

    /// How long the vectors of a field are.
    func dimensions(of field: FieldModel) -> Int? {
        engine.models.first { $0.declaration.name == field.model }?.facts?.dimensions
    }

    /// OpenSearch's name of the space in which the vectors of a field are compared.
    func space(of field: FieldModel) -> String {
        switch similarities[field.model] {
        case "dot": "innerproduct"
        case "euclidean": "l2"
        case "manhattan": "l1"
        default: "cosinesimil"
        }
    }
}
