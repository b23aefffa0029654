public import Encoders
public import Layers
public import ModelFiles
public import Tensors

/// An encoder with its head whose parameters can be trained: forward passes that can be differentiated.
///
/// Sequences lie back to back without padding. Outputs and gradients have the same bits with any number of threads.
/// For one caller at a time.
public final class TrainableModel {
    /// The name of the parameter that weighs the tokens of queries without a network; its gradient is for the caller to add.
    public static let queryTokenWeights = "query_token_weights"

    /// What it is trained for.
    public let task: TrainingTask
    /// What is trained.
    public let parameters: ParameterSet
    /// Columns of the outputs: the length of embeddings, the size of the vocabulary, or the number of labels.
    public let width: Int
    /// The sizes of the transformer.
    package let configuration: TransformerConfiguration
    /// The rates of dropout, by place.
    package let dropoutRates: DropoutRates

    private let options: TrainableModelOptions
    private let network: TrainableNetwork
    private let head: any TrainableHead
    private let isNewHead: Bool
    /// Work that packs all weights.
    private let packing: [Piece]
    /// Memory of passes with and without a way back, and of the way back itself.
    private let keptMemory = PassMemory()
    private let lightMemory = PassMemory()
    private let backwardMemory = Workspace()

    /// Loads a model with its parameters in float32.
    ///
    /// A cross-encoder's folder may lack pooler and classifier, a sparse encoder's the masked-language head: they then begin anew
    /// (a classifier at random, as in transformers; a masked-language head as the identity), and the other parameters get the names that they have beside a head (`bert.encoder...`).
    ///
    /// - Throws: ``EncoderError`` for architectures, modules and files that cannot be trained.
    public init(
        folder: ModelFolder, task: TrainingTask, options: TrainableModelOptions
    ) throws(EncoderError) {
        let folder = try folder.opened(for: task)
        let weights = try TrainableWeights(folder)
        let plan: any HeadPlan =
            switch task {
            case .dense: try DenseHeadPlan(folder, hiddenSize: weights.configuration.hiddenSize)
            case .sparse: try SparseHeadPlan(folder, weights, pooling: options.spladePooling)
            case .crossEncoder: try ClassifierHeadPlan(folder, weights, labels: options.labels)
            }
        let builder = ParameterBuilder(rename: plan.isNew ? weights.nameBesideHead : { $0 })
        try TrainableNetwork.add(weights, to: builder)
        try plan.add(to: builder)
        if let weights = options.queryTokenWeights {
            builder.addNew(Self.queryTokenWeights, shape: [weights.count], .given(weights))
        }
        let views = try builder.build(seed: options.seed)
        let arena = WeightArena()
        network = try TrainableNetwork(weights, views, precision: options.precision.matrices, arena: arena)
        isNewHead = plan.isNew
        head = plan.head(views, precision: options.precision.matrices, arena: arena)
        self.task = task
        self.options = options
        parameters = views.parameters
        configuration = weights.configuration
        dropoutRates = options.dropout.map { weights.dropout.replacing($0) } ?? weights.dropout
        width = head.width
        packing = (network.maps + head.maps).flatMap(\.packing)
        weights.releasePages()
        parametersChanged()
    }

    /// The longest sequence that has positions.
    public var maximumTokens: Int { configuration.maximumTokens }

    /// Why a batch cannot be computed (an id outside a table, a sequence too long or empty), or nil.
    ///
    /// ``forward(_:dropout:keepsForBackward:)`` trusts its input.
    public func problem(in batch: TokenBatch) -> String? { network.embeddings.problem(in: batch) }

    /// Computes the outputs of all sequences.
    ///
    /// - Parameters:
    ///   - batch: sequences without padding; ids must be inside the tables.
    ///   - dropout: which random numbers dropout draws; nil for no dropout.
    ///   - keepsForBackward: whether ``backward(_:outputGradient:)`` will follow.
    public func forward(_ batch: TokenBatch, dropout: DropoutDraw?, keepsForBackward: Bool) -> ForwardPass {
        let memory = keepsForBackward ? keptMemory : lightMemory
        let workspace = memory.take()
        let pass = NetworkPass(
            network, batch, wanted: head.wanted, dropout: PassDropout(draw: dropout, rates: dropoutRates),
            keeping: !keepsForBackward ? .nothing : options.recomputesActivations ? .inputs : .all,
            memory: workspace)
        pass.forward(pool: options.pool)
        let result = head.forward(
            pass.hidden, layout: pass.layout, tiles: pass.tiles, dropout: pass.dropout, memory: workspace,
            pool: options.pool)
        return ForwardPass(network: pass, head: result, workspace: workspace, memory: memory)
    }

    /// Adds the gradients of all parameters to ``ParameterSet/gradients``.
    ///
    /// - Parameters:
    ///   - pass: a pass that keeps what this reads, with the parameters of now.
    ///   - outputGradient: the gradient of the loss by the outputs, of their shape.
    public func backward(_ pass: ForwardPass, outputGradient: MatrixView) {
        precondition(
            outputGradient.rows == pass.outputs.rows && outputGradient.columns == pass.outputs.columns,
            "the gradient has another shape than the outputs")
        let mark = backwardMemory.mark()
        defer { backwardMemory.release(mark) }
        let network = pass.network
        let words = self.network.embeddings.words.index
        let isTied = (head as? SparseHead)?.decoder.parts[0].weight.index == words
        parameters.touch(isTied ? .all(parameters.parameters[words].rows) : .some(network.batch.ids), of: words)
        let hidden = backwardMemory.roomyMatrix(rows: network.hidden.rows, columns: self.network.width)
        pass.head.backward(outputGradient, into: hidden, memory: backwardMemory, pool: options.pool)
        network.backward(hidden, memory: backwardMemory, pool: options.pool)
    }

    /// Lowers the bias of a sparse encoder's new head until a text has about so many weights; other models stay as they are.
    ///
    /// Without it half of the vocabulary is in every vector, and the first thousand steps go by with removing it.
    ///
    /// - Parameters:
    ///   - count: weights of a text, in the median over the batch.
    ///   - batch: some documents, as they will be encoded.
    public func quietNewHead(to count: Int, on batch: TokenBatch) {
        guard let head = head as? SparseHead, isNewHead, let bias = head.decoder.parts[0].bias else { return }
        let pass = forward(batch, dropout: nil, keepsForBackward: false)
        let least = (0..<pass.outputs.rows).map { row in
            Array(pass.outputs[row]).sorted(by: >)[min(count, width) - 1]
        }.sorted()
        guard !least.isEmpty else { return }
        let threshold = head.logit(of: least[least.count / 2])
        let values = bias.values
        for row in 0..<values.rows { values[row, 0] -= threshold }
        parametersChanged()
    }

    /// Makes changed values count in the passes that follow.
    public func parametersChanged() {
        network.relativeBias?.update()
        options.pool.run(packing)
    }

    /// Bytes of the memory of passes that have ended and of the way back; what each pass in use holds comes on top.
    package var idleByteCount: Int { keptMemory.byteCount + lightMemory.byteCount + backwardMemory.byteCount }
}
