import Encoders
import ModelFiles
import NegativeMining
import Tensors

/// The model to begin with, as what it can be used for before it is trained.
struct BaseModel: Sendable {
    /// Its folder.
    let path: String
    /// What its folder says.
    let task: ModelTask
    private let dense: DenseEncoder?
    private let sparse: SparseEncoder?

    /// Loads what searches: a dense or a sparse encoder; a cross-encoder does not.
    init(_ context: PhaseContext, pool: WorkerPool) throws(FineTuningError) {
        try self.init(Self.path(context), pool: pool)
    }

    /// Loads a model folder.
    init(_ path: String, pool: WorkerPool) throws(FineTuningError) {
        self.path = path
        do {
            let folder = try ModelFolder(path: path)
            task = folder.task
            let options = EncoderOptions(pool: pool)
            dense = task == .dense ? try DenseEncoder(folder, options: options) : nil
            sparse = task == .sparse ? try SparseEncoder(path: path, options: options) : nil
        } catch let error as EncoderError where error.code == .wrongTask {
            // A plain encoder with a classifier: nothing to search with.
            throw FineTuningError(error, .model, field: "base_model_id")
        } catch {
            throw FineTuningError(error, .model, field: "base_model_id")
        }
    }

    /// The folder of the model that parameters name.
    static func path(_ context: PhaseContext) throws(FineTuningError) -> String {
        try context.model(context.parameters.baseModel, field: "base_model_id")
    }

    /// A search over texts; nil if the model does not search.
    func source(
        _ texts: [String], pool: WorkerPool, control: MiningControl
    ) throws -> (any CandidateSource)? {
        if let dense { return try DenseSource(dense, documents: texts, name: "base", pool: pool, control: control) }
        if let sparse { return try SparseSource(sparse, documents: texts, name: "base", pool: pool, control: control) }
        return nil
    }
}
