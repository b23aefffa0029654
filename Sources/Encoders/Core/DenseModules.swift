package import Layers
package import ModelFiles
package import Tensors

/// The modules behind the transformer of a dense encoder, checked, with the places of their weights.
package struct DenseModules {
    /// A module behind the pooling.
    package enum Step {
        case dense(Dense, folder: String)
        case layerNorm(TrainableWeights.Norm, folder: String)
        case normalize
    }

    /// A linear map with an activation.
    package struct Dense {
        package let map: TrainableWeights.Linear
        package let activation: Activation
        /// Whether the input is added to the result as it is.
        package let addsInput: Bool
        /// The map through which the input is added to the result, or nil.
        package let residual: TrainableWeights.Linear?
    }

    /// What a LayerNorm module adds to the variance.
    package static let normEpsilon: Float = 1e-5

    package let pooling: Pooling
    /// Whether the tokens of a prompt take part in the pooling.
    package let includesPrompt: Bool
    package let steps: [Step]
    /// The length of the vectors.
    package let dimensions: Int

    /// Reads the modules of a folder.
    ///
    /// - Parameter pooling: pools otherwise than the folder says.
    package init(
        _ folder: ModelFolder, hiddenSize: Int, pooling override: [ModelModule.PoolingMode]? = nil
    ) throws(EncoderError) {
        var modules = folder.modules.filter { $0.kind != .dropout }[...]
        if case .transformer = modules.first?.kind { modules.removeFirst() }
        guard case .pooling(let settings) = modules.first?.kind else {
            if let module = modules.first {
                throw EncoderError(unsupported: module, of: folder, in: "dense encoders")
            }
            throw EncoderError(
                .unsupportedModel, "the model has no Pooling module", advice: "Add one to modules.json",
                path: folder.path(of: "modules.json"))
        }
        modules.removeFirst()
        let modes = override ?? settings.modes
        guard !modes.isEmpty else {
            throw EncoderError(
                .badConfiguration, "names no pooling mode", advice: "Restore the file from the original model",
                path: folder.path(of: "1_Pooling/config.json"), field: "pooling_mode")
        }
        pooling = Pooling(modes.compactMap { Pooling.Mode(rawValue: $0.rawValue) })
        includesPrompt = settings.includesPrompt
        var width = pooling.outputSize(hiddenSize: hiddenSize)
        var steps: [Step] = []
        for module in modules {
            switch module.kind {
            case .normalize: steps.append(.normalize)
            case .dense(let settings):
                steps.append(.dense(try Self.dense(settings, module, folder, inputs: width), folder: module.folder))
                width = settings.outputCount
            case .layerNorm:
                let weights = WeightSource(module: try Self.weights(module, folder))
                steps.append(
                    .layerNorm(
                        TrainableWeights.Norm(
                            gamma: try weights.encoder("norm.weight", [width]),
                            beta: try weights.encoder("norm.bias", [width])), folder: module.folder))
            default: throw EncoderError(unsupported: module, of: folder, in: "dense encoders")
            }
        }
        self.steps = steps
        dimensions = width
    }

    private static func weights(_ module: ModelModule, _ folder: ModelFolder) throws(EncoderError) -> WeightArchive {
        do throws(ModelFileError) { return try folder.weights(of: module) } catch { throw EncoderError(error) }
    }

    private static func dense(
        _ settings: ModelModule.Dense, _ module: ModelModule, _ folder: ModelFolder, inputs: Int
    ) throws(EncoderError) -> Dense {
        let path = folder.path(of: module.folder + "/config.json")
        guard settings.inputCount == inputs else {
            throw EncoderError(
                .badConfiguration, "is \(settings.inputCount), and the module before it makes \(inputs) values",
                advice: "Restore the file from the original model", path: path, field: "in_features")
        }
        guard settings.inputName == "sentence_embedding", settings.outputName == "sentence_embedding" else {
            throw EncoderError(unsupported: module, of: folder, in: "dense encoders")
        }
        guard let activation = Activation(settings.activation) else {
            throw EncoderError(
                .unsupportedModel, "the activation \(settings.activation.name) is not built in",
                advice: "Use a model with another one", path: path, field: "activation_function")
        }
        let weights = WeightSource(module: try Self.weights(module, folder))
        let outputs = settings.outputCount
        return Dense(
            map: TrainableWeights.Linear(
                weight: try weights.encoder("linear.weight", [outputs, inputs]),
                bias: settings.hasBias ? try weights.encoder("linear.bias", [outputs]) : nil),
            activation: activation, addsInput: settings.hasResidual && outputs == inputs,
            residual: settings.hasResidual && outputs != inputs
                ? TrainableWeights.Linear(
                    weight: try weights.encoder("residual.weight", [outputs, inputs]), bias: nil) : nil)
    }
}
