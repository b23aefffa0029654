import ModelFiles

/// What a model card says about the model itself.
struct CardFacts {
    let task: ModelTask
    /// The name of the architecture.
    let modelType: String
    /// The size of the vectors, of the vocabulary, or the number of labels.
    let width: Int
    let maxSequenceLength: Int?
    let similarity: String
    /// What is done behind the transformer, in words.
    let steps: [String]
    /// Whether queries need no transformer.
    let isInferenceFree: Bool
    let prompts: [(name: String, text: String)]

    init(_ plan: FolderPlan, pipeline: ModulePipeline) {
        task = plan.task
        modelType = plan.shape.modelType
        width = pipeline.width
        maxSequenceLength = plan.maxSequenceLength
        let implied = plan.task == .sparse ? "dot" : "cosine"
        let kept = plan.source.task == plan.task ? plan.source.similarity : nil
        similarity = plan.settings.similarity ?? kept ?? implied
        steps = pipeline.modules.map(\.words)
        isInferenceFree = pipeline.isRouted
        prompts = (plan.settings.prompts ?? plan.source.prompts).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension ModulePipeline.Module {
    /// What it does, for people.
    fileprivate var words: String {
        switch kind {
        case .pooling(let pooling): "pooling: \(pooling.modes.map(\.rawValue).joined(separator: " + "))"
        case .dense(let dense): "dense: \(dense.inputCount) to \(dense.outputCount), \(dense.activation.name)"
        case .normalize: "normalise"
        case .layerNorm: "layer normalisation"
        case .spladePooling(let pooling): "\(pooling.strategy.rawValue) of \(pooling.activation.formula)"
        case .dropout: "dropout (training only)"
        case .transformer, .sparseStaticEmbedding, .unsupported: ""
        }
    }
}
