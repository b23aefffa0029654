import JSON

/// Reads the configuration of one module of a sentence-transformers pipeline, whatever the version that wrote it.
struct ModuleReader {
    let source: ModelSource

    /// Whether a class splits the pipeline into routes.
    ///
    /// `Asym` is its name before version 5.
    static func isRouter(_ className: String) -> Bool {
        isOurs(className) && ["Router", "Asym"].contains(lastName(className))
    }

    /// Only classes of the package itself are known; anything else is code that came with the model.
    private static func isOurs(_ className: String) -> Bool { className.hasPrefix("sentence_transformers.") }

    private static func lastName(_ className: String) -> String {
        className.split(separator: ".").last.map(String.init) ?? className
    }

    /// A module of `modules.json` or of a Router.
    func module(_ className: String, folder: String) throws(ModelFileError) -> ModelModule {
        let name = ModelSource.join(folder, "config.json")
        // Only the transformer may live in the root, where config.json is its own.
        let config = folder.isEmpty ? nil : try source.json(name)
        let kind = Self.isOurs(className) ? try kind(Self.lastName(className), folder, config, name) : .unsupported
        return ModelModule(kind: kind, className: className, folder: folder, config: config?.value ?? .null)
    }

    private func kind(
        _ name: String, _ folder: String, _ config: ConfigurationFile?, _ file: String
    ) throws(ModelFileError) -> ModelModule.Kind {
        func required() throws(ModelFileError) -> ConfigurationFile {
            if let config { return config }
            throw ModelFileError(
                .missing, path: source.path(of: file), reason: "the configuration of the module \(name) is missing")
        }
        switch name {
        case "Transformer": return .transformer(try output(folder, default: .tokenEmbeddings))
        case "MLMTransformer": return .transformer(try output(folder, default: .tokenLogits))
        case "Pooling": return .pooling(try pooling(required()))
        case "Dense": return .dense(try dense(required()))
        case "Normalize":
            let input = try config?.string("module_input_name") ?? "sentence_embedding"
            return input == "sentence_embedding" ? .normalize : .unsupported
        case "SpladePooling": return .spladePooling(try spladePooling(config))
        // IDF is its name before it was released.
        case "SparseStaticEmbedding", "IDF": return .sparseStaticEmbedding
        case "LayerNorm": return .layerNorm(dimension: try config?.int("dimension"))
        case "Dropout": return .dropout
        default: return .unsupported
        }
    }

    /// The task of a transformer, which its own file may state since version 5.4.
    private func output(
        _ folder: String, default implied: ModelModule.TransformerOutput
    ) throws(ModelFileError) -> ModelModule.TransformerOutput {
        guard let file = try source.json(ModelSource.join(folder, "sentence_bert_config.json")),
            let task = try file.string("transformer_task")
        else { return implied }
        guard let output = ModelModule.TransformerOutput(rawValue: task) else {
            throw ModelFileError(
                .unsupported, path: file.path, subject: "field transformer_task", reason: "\(task) cannot be run",
                advice: "Use a model of one of feature-extraction, fill-mask and sequence-classification")
        }
        return output
    }

    /// The old boolean keys in the order in which the results of several modes are concatenated.
    private static let oldPoolingKeys: [(key: String, mode: ModelModule.PoolingMode)] = [
        ("pooling_mode_cls_token", .cls), ("pooling_mode_max_tokens", .max), ("pooling_mode_mean_tokens", .mean),
        ("pooling_mode_mean_sqrt_len_tokens", .meanSqrtLength), ("pooling_mode_weightedmean_tokens", .weightedMean),
        ("pooling_mode_lasttoken", .lastToken),
    ]

    private func pooling(_ config: ConfigurationFile) throws(ModelFileError) -> ModelModule.Pooling {
        var modes: [ModelModule.PoolingMode] = []
        if let value = config["pooling_mode"] {
            for name in value.array ?? [value] {
                guard let text = name.string, let mode = ModelModule.PoolingMode(rawValue: text) else {
                    throw config.fault(
                        "pooling_mode",
                        "\(name) is none of \(ModelModule.PoolingMode.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                }
                modes.append(mode)
            }
        } else {
            for (key, mode) in Self.oldPoolingKeys where try config.bool(key) == true { modes.append(mode) }
            if modes.isEmpty { modes = [.mean] }
        }
        guard !modes.isEmpty else { throw config.fault("pooling_mode", "at least one mode was expected") }
        let newDimension = try config.int("embedding_dimension")
        let oldDimension = try config.int("word_embedding_dimension")
        return ModelModule.Pooling(
            modes: modes,
            dimension: newDimension ?? oldDimension,
            includesPrompt: try config.bool("include_prompt") ?? true)
    }

    private func dense(_ config: ConfigurationFile) throws(ModelFileError) -> ModelModule.Dense {
        guard let inputs = try config.int("in_features"), let outputs = try config.int("out_features"), inputs > 0,
            outputs > 0
        else { throw config.fault("in_features", "a Dense module needs in_features and out_features above zero") }
        let input = try config.string("module_input_name") ?? "sentence_embedding"
        // The class default is tanh; the files of all versions name the function.
        let activation = try config.string("activation_function").map { ModelActivation(pythonPath: $0) } ?? .tanh
        return ModelModule.Dense(
            inputCount: inputs, outputCount: outputs, hasBias: try config.bool("bias") ?? true, activation: activation,
            hasResidual: try config.bool("use_residual") ?? false, inputName: input,
            outputName: try config.string("module_output_name") ?? input)
    }

    func spladePooling(_ config: ConfigurationFile?) throws(ModelFileError) -> ModelModule.SpladePooling {
        guard let config else { return ModelModule.SpladePooling() }
        let strategy = try config.string("pooling_strategy") ?? "max"
        let activation = try config.string("activation_function") ?? "relu"
        guard let strategy = ModelModule.SpladePooling.Strategy(rawValue: strategy) else {
            throw config.fault("pooling_strategy", "\(strategy) is neither max nor sum")
        }
        guard let activation = ModelModule.SpladePooling.Activation(rawValue: activation) else {
            throw config.fault("activation_function", "\(activation) is neither relu nor log1p_relu")
        }
        return ModelModule.SpladePooling(strategy: strategy, activation: activation)
    }

    /// The names of ML Commons.
    static func poolingMode(openSearch name: String) -> ModelModule.PoolingMode? {
        switch name.uppercased() {
        case "MEAN": .mean
        case "MEAN_SQRT_LEN": .meanSqrtLength
        case "MAX": .max
        case "WEIGHTED_MEAN": .weightedMean
        case "CLS": .cls
        case "LAST_TOKEN", "LASTTOKEN": .lastToken
        default: nil
        }
    }
}
