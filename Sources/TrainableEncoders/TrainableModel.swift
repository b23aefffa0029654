public import Encoders
public import Layers
public import ModelFiles
public import Tensors

/// An encoder with its head whose parameters can be trained: forward passes that can be differentiated.
///
/// Sequences lie back to back without padding. A pass over a batch has the same bits with any number of threads; gradients too,
/// whatever the threads. For one caller at a time.
public final class TrainableModel {
    /// What it is trained for.
    public let task: TrainingTask
    /// What is trained.
    public let parameters: ParameterSet
    /// Columns of the outputs: the length of embeddings, the size of the vocabulary, or the number of labels.
    public let width: Int
    /// The sizes of the transformer.
    package let configuration: TransformerConfiguration

    private let options: TrainableModelOptions

    /// Loads a model with its parameters in float32.
    ///
    /// A cross-encoder's folder may lack pooler and classifier: they are then drawn at random as transformers does, and the other
    /// parameters get the names that they have beside a head (`bert.encoder...`).
    ///
    /// - Throws: ``EncoderError`` for architectures, modules and files that cannot be trained.
    public init(
        folder: ModelFolder, task: TrainingTask, options: TrainableModelOptions
    ) throws(EncoderError) {
        fatalError("not there yet")
    }

    /// The longest sequence that has positions.
    public var maximumTokens: Int { configuration.maximumTokens }

    /// Why a batch cannot be computed (an id outside a table, a sequence too long or empty), or nil.
    ///
    /// ``forward(_:dropout:keepsForBackward:)`` trusts its input.
    public func problem(in batch: TokenBatch) -> String? {
        fatalError("not there yet")
    }

    /// Computes the outputs of all sequences.
    ///
    /// - Parameters:
    ///   - batch: sequences without padding; ids must be inside the tables.
    ///   - dropout: which random numbers dropout draws; nil for no dropout.
    ///   - keepsForBackward: whether ``backward(_:outputGradient:)`` will follow.
    public func forward(_ batch: TokenBatch, dropout: DropoutDraw?, keepsForBackward: Bool) -> ForwardPass {
        fatalError("not there yet")
    }

    /// Adds the gradients of all parameters to ``ParameterSet/gradients``.
    ///
    /// - Parameters:
    ///   - pass: a pass that keeps what this reads, with the parameters of now.
    ///   - outputGradient: the gradient of the loss by the outputs, of their shape.
    public func backward(_ pass: ForwardPass, outputGradient: MatrixView) {
        fatalError("not there yet")
    }

    /// Makes changed values count in the passes that follow.
    public func parametersChanged() {
        fatalError("not there yet")
    }
}
