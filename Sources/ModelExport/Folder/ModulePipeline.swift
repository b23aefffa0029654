import JSON
import ModelFiles

/// The modules of a folder to be, with their own files: pooling, dense layers, the static side of queries.
struct ModulePipeline {
    /// A module behind the transformer.
    struct Module {
        var kind: ModelModule.Kind
        /// Where it will be.
        var folder: String
        /// Its configuration; nil for none.
        var config: JSONObject?
        /// The module of the source that it is, if it has weights.
        var origin: ModelModule?
        var weights: [ExportedTensor] = []
    }

    private(set) var modules: [Module] = []
    /// Whether queries go another way than documents.
    private(set) var isRouted = false
    let plan: FolderPlan
    /// The size of the vectors, or of the vocabulary.
    private(set) var width: Int

    init(_ plan: FolderPlan) throws(ExportError) {
        self.plan = plan
        width = plan.shape.hiddenSize
        let source = plan.source
        let behind = Self.modules(of: source, for: plan.task)
        switch plan.task {
        case .dense: try addDense(behind)
        case .sparse:
            width = plan.shape.vocabularySize
            var pooling = ModelModule.SpladePooling()
            for module in behind {
                guard case .spladePooling(let settings) = module.kind else { throw unsupported(module) }
                pooling = settings
            }
            pooling = plan.settings.spladePooling ?? pooling
            let isStatic = source.task == .sparse && source.queryModules?.first?.kind == .sparseStaticEmbedding
            isRouted = plan.settings.queryTokenWeights != nil || isStatic
            let config: JSONObject = [
                "pooling_strategy": .string(pooling.strategy.rawValue),
                "activation_function": .string(pooling.activation.rawValue),
                "word_embedding_dimension": .number(JSONNumber(width)),
            ]
            modules.append(
                Module(
                    kind: .spladePooling(pooling), folder: isRouted ? "document_1_SpladePooling" : "1_SpladePooling",
                    config: config))
        case .crossEncoder:
            width = plan.labels.count
            if let module = behind.first(where: { $0.kind != .dropout }) { throw unsupported(module) }
        case .sparseQuery: break
        }
    }

    /// What the source has behind its transformer, if that is for the task: a folder of one kind may be read as another.
    private static func modules(of source: ModelFolder, for task: ModelTask) -> [ModelModule] {
        let output: ModelModule.TransformerOutput =
            switch task {
            case .dense: .tokenEmbeddings
            case .sparse, .sparseQuery: .tokenLogits
            case .crossEncoder: .scores
            }
        guard source.modules.contains(where: { $0.kind == .transformer(output) }) else { return [] }
        return source.modules.filter { if case .transformer = $0.kind { false } else { true } }
    }

    private func unsupported(_ module: ModelModule) -> ExportError {
        ExportError(
            .unsupported, path: plan.source.path, subject: "module \(module.className)",
            reason: "a \(plan.task.name) with it cannot be written", advice: "Use a model without this module")
    }

    // MARK: Dense encoders

    private mutating func addDense(_ source: [ModelModule]) throws(ExportError) {
        var rest = source[...]
        var modes = plan.settings.poolingModes ?? [.mean]
        var includesPrompt = true
        if case .pooling(let pooling) = rest.first?.kind {
            rest.removeFirst()
            modes = plan.settings.poolingModes ?? pooling.modes
            includesPrompt = pooling.includesPrompt
        }
        try addPooling(modes, includesPrompt: includesPrompt)
        if plan.settings.normalizes == false {
            while rest.last?.kind == .normalize { rest.removeLast() }
        }
        for module in rest { try addModule(module) }
        if plan.settings.normalizes == true, modules.last?.kind != .normalize {
            add(.normalize, "Normalize", config: nil)
        }
    }

    /// The order of the old keys, in which their results are concatenated.
    private static let modes: [(mode: ModelModule.PoolingMode, key: String)] = [
        (.cls, "pooling_mode_cls_token"), (.mean, "pooling_mode_mean_tokens"), (.max, "pooling_mode_max_tokens"),
        (.meanSqrtLength, "pooling_mode_mean_sqrt_len_tokens"),
        (.weightedMean, "pooling_mode_weightedmean_tokens"), (.lastToken, "pooling_mode_lasttoken"),
    ]
    private static let order: [ModelModule.PoolingMode] = [
        .cls, .max, .mean, .meanSqrtLength, .weightedMean, .lastToken,
    ]

    private mutating func addPooling(_ modes: [ModelModule.PoolingMode], includesPrompt: Bool) throws(ExportError) {
        guard !modes.isEmpty, modes == Self.order.filter(modes.contains) else {
            throw ExportError(
                .badSetting, path: plan.path, subject: "pooling modes",
                reason: "\(modes.map(\.rawValue).joined(separator: ", ")) cannot be written in this order",
                advice: "Give them in the order \(Self.order.map(\.rawValue).joined(separator: ", "))")
        }
        var config: JSONObject = ["word_embedding_dimension": .number(JSONNumber(width))]
        for (mode, key) in Self.modes { config[key] = .bool(modes.contains(mode)) }
        config["include_prompt"] = .bool(includesPrompt)
        let pooling = ModelModule.Pooling(modes: modes, dimension: width, includesPrompt: includesPrompt)
        add(.pooling(pooling), "Pooling", config: config)
        width *= modes.count
    }

    private mutating func addModule(_ module: ModelModule) throws(ExportError) {
        switch module.kind {
        case .normalize: add(.normalize, "Normalize", config: nil)
        case .dropout: add(.dropout, "Dropout", config: module.config.object ?? ["dropout": 0.2])
        case .layerNorm:
            add(
                .layerNorm(dimension: width), "LayerNorm", config: ["dimension": .number(JSONNumber(width))],
                origin: module)
        case .dense(let dense):
            guard dense.inputCount == width, dense.inputName == "sentence_embedding",
                dense.outputName == dense.inputName
            else {
                throw ExportError(
                    .badSetting, path: plan.path, subject: "module \(module.folder)",
                    reason:
                        "it takes \(dense.inputCount) values of \(dense.inputName), and \(width) come out before it",
                    advice: "Keep the pooling of the source")
            }
            guard let activation = dense.activation.torchPath else { throw unsupported(module) }
            var config: JSONObject = [
                "in_features": .number(JSONNumber(dense.inputCount)),
                "out_features": .number(JSONNumber(dense.outputCount)), "bias": .bool(dense.hasBias),
                "activation_function": .string(activation),
            ]
            if dense.hasResidual { config["use_residual"] = true }
            add(.dense(dense), "Dense", config: config, origin: module)
            width = dense.outputCount
        default: throw unsupported(module)
        }
    }

    private mutating func add(
        _ kind: ModelModule.Kind, _ name: String, config: JSONObject?, origin: ModelModule? = nil
    ) {
        modules.append(
            Module(kind: kind, folder: "\(modules.count + 1)_\(name)", config: config, origin: origin))
    }

    // MARK: Weights

    /// Takes the weights of the modules out of the caller's; what is missing comes from the source.
    ///
    /// - Returns: The tensors that are no module's.
    mutating func take(
        _ given: [ModelTensor], _ own: [String: [ModelTensor]], path: String
    ) throws(ExportError) -> [ModelTensor] {
        var rest = given
        var unused = Set(own.keys)
        for index in modules.indices {
            guard let origin = modules[index].origin else { continue }
            let names = [origin.folder, modules[index].folder].filter { !$0.isEmpty }
            var tensors: [ModelTensor] = []
            for name in names {
                if unused.remove(name) != nil { tensors += own[name] ?? [] }
                let prefix = name + "."
                tensors += rest.filter { $0.name.hasPrefix(prefix) }.map {
                    ModelTensor(String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: $0.values)
                }
                rest.removeAll { $0.name.hasPrefix(prefix) }
            }
            modules[index].weights = try weights(of: modules[index], origin, tensors, path: path)
        }
        if let name = unused.min() {
            throw ExportError(
                .badTensor, path: path, subject: "module \(name)", reason: "the source has no such module with weights",
                advice: "Give the folder of a Dense or LayerNorm module")
        }
        return rest
    }

    private func weights(
        of module: Module, _ origin: ModelModule, _ given: [ModelTensor], path: String
    ) throws(ExportError) -> [ExportedTensor] {
        var expected: [(name: String, shape: [Int])] = []
        switch module.kind {
        case .dense(let dense):
            expected.append(("linear.weight", [dense.outputCount, dense.inputCount]))
            if dense.hasBias { expected.append(("linear.bias", [dense.outputCount])) }
            if dense.hasResidual, dense.outputCount != dense.inputCount {
                expected.append(("residual.weight", [dense.outputCount, dense.inputCount]))
            }
        case .layerNorm(let width): expected = [("norm.weight", [width ?? 0]), ("norm.bias", [width ?? 0])]
        default: return []
        }
        func fault(_ name: String, _ reason: String) -> ExportError {
            ExportError(
                .badTensor, path: path, subject: "tensor \(name) of module \(module.folder)", reason: reason,
                advice: "Give weights of the model that the source is")
        }
        for tensor in given where !expected.contains(where: { $0.name == tensor.name }) {
            throw fault(tensor.name, "the module has no such tensor")
        }
        var archive: WeightArchive?
        if given.count < expected.count {
            do throws(ModelFileError) { archive = try plan.source.weights(of: origin) } catch {
                throw ExportError(reading: error)
            }
        }
        var weights: [ExportedTensor] = []
        for (name, shape) in expected {
            let found = given.filter { $0.name == name }
            guard found.count < 2 else { throw fault(name, "it is given twice") }
            let stored = archive?[name]
            guard let actual = found.first?.shape ?? stored?.shape else { throw fault(name, "it is missing") }
            guard actual == shape else {
                throw fault(name, "it has the shape \(actual), and the configuration says \(shape)")
            }
            if let tensor = found.first {
                weights.append(ExportedTensor(name: name, shape: shape, values: .floats(tensor.values)))
            } else if let stored {
                weights.append(ExportedTensor(name: name, shape: shape, values: .stored(stored)))
            }
        }
        return weights
    }
}
