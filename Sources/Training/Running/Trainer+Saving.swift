import JSON
import Losses
import Tensors
import ModelExport
import ModelFiles
import TrainableEncoders

extension Trainer {
    /// The state to begin with; the model and its optimiser have the tensors that belong to it.
    func begin(_ resumption: Resumption, _ plan: RunPlan, _ warnings: inout [String]) throws(TrainingError) -> RunState
    {
        let steps = checkpoints.steps()
        switch resumption {
        case .fresh:
            if let last = steps.last {
                throw TrainingError(
                    .checkpoint, "the output folder holds checkpoints of a run, up to step \(last)",
                    advice: "Go on with it (--resume), or give another folder", path: configuration.output)
            }
        case .checkpoint(let path):
            let (state, digests) = try CheckpointFolder.state(of: path)
            guard CheckpointFolder.isSame(path, checkpoints.path(step: state.step)) else {
                throw TrainingError(
                    .checkpoint, "the checkpoint is not one of the output folder \(configuration.output)",
                    advice: "Give the folder of its run as the output", path: path)
            }
            try check(state, path, plan)
            try restore(path, digests)
            try checkpoints.removeAll(behind: state.step)
            return state
        case .last:
            for step in steps.reversed() {
                let path = checkpoints.path(step: step)
                let found: (state: RunState, digests: [String: String])
                do throws(TrainingError) {
                    found = try CheckpointFolder.state(of: path)
                } catch {
                    warnings.append("\(error)")
                    continue
                }
                try check(found.state, path, plan)
                do throws(TrainingError) {
                    try restore(path, found.digests)
                } catch {
                    warnings.append("\(error)")
                    continue
                }
                try checkpoints.removeAll(behind: step)
                return found.state
            }
            if let last = steps.last {
                throw TrainingError(
                    .checkpoint, "none of the checkpoints up to step \(last) is whole",
                    advice: "Remove them to begin again", path: configuration.output)
            }
        }
        var state = RunState()
        state.seed = configuration.seed
        state.steps = plan.steps
        state.dataHash = dataHash
        state.settings = configuration.decidingSettings
        return state
    }

    private func restore(_ path: String, _ digests: [String: String]) throws(TrainingError) {
        try CheckpointFolder.load(path, digests: digests, into: model.parameters, optimizer)
        model.parametersChanged()
    }

    /// Refuses a checkpoint of other data or settings, and says what differs.
    private func check(_ state: RunState, _ path: String, _ plan: RunPlan) throws(TrainingError) {
        let now = configuration.decidingSettings
        var differences: [String] = []
        for name in Set(now.keys + state.settings.keys).sorted() where now[name] != state.settings[name] {
            func shown(_ value: JSONValue?) -> String { value?.serialized() ?? "unknown" }
            differences.append("\(name) was \(shown(state.settings[name])) and is \(shown(now[name]))")
        }
        if !differences.isEmpty {
            throw TrainingError(
                .checkpoint, "the run was begun with other settings: \(differences.joined(separator: "; "))",
                advice: "Resume with the same settings, or begin again in another folder", path: path)
        }
        guard state.dataHash == dataHash else {
            throw TrainingError(
                .checkpoint,
                "the run was begun with other data: their digest was \(state.dataHash.prefix(16)) and is \(dataHash.prefix(16))",
                advice: "Resume with the same data, or begin again in another folder", path: path)
        }
        guard state.offset == 0 || state.offset < sampler.batches(epoch: state.epoch).count else {
            throw TrainingError(
                .checkpoint, "the checkpoint is damaged: its epoch has no batch \(state.offset)",
                advice: "Resume an earlier checkpoint", path: path)
        }
        guard state.steps == plan.steps, state.step <= plan.steps else {
            throw TrainingError(
                .checkpoint, "the run was begun with \(state.steps) steps and has \(plan.steps) now",
                advice: "Begin again in another folder", path: path)
        }
    }

    /// Writes a checkpoint and removes older ones.
    func save(_ state: RunState) throws(TrainingError) -> String {
        try checkpoints.write(state, model.parameters, optimizer, batchSize: configuration.batchSize)
        checkpoints.prune(
            keeping: configuration.keptCheckpoints, and: [state.step] + (state.best.map { [$0.step] } ?? []))
        return checkpoints.path(step: state.step)
    }

    /// Takes the weights of the best checkpoint.
    ///
    /// - Returns: what to warn of if that cannot be read; the weights are then the last ones.
    func takeBest(_ state: RunState) throws(TrainingError) -> String? {
        guard let best = state.best, best.step != state.step else { return nil }
        let path = checkpoints.path(step: best.step)
        do throws(TrainingError) {
            let (_, digests) = try CheckpointFolder.state(of: path)
            try CheckpointFolder.load(path, digests: digests, into: model.parameters, nil)
            model.parametersChanged()
            return nil
        } catch {
            let last = checkpoints.path(step: state.step)
            let (_, digests) = try CheckpointFolder.state(of: last)
            try CheckpointFolder.load(last, digests: digests, into: model.parameters, nil)
            model.parametersChanged()
            return "the best checkpoint cannot be read, the model has the last weights: \(error)"
        }
    }

    /// Where the model is at the end.
    private var modelPath: String { "\(configuration.output)/model" }

    /// Finds what will keep the folder of the model from being written before anything is trained.
    func checkModel() throws(TrainingError) {
        let (tensors, modules) = modelTensors()
        do throws(ExportError) {
            try modelWriter(card: nil).check(tensors, modules: modules, to: modelPath, replacing: true)
        } catch {
            throw Self.cannotWriteModel(error)
        }
    }

    /// Writes the folder of the model with the weights that there are.
    ///
    /// - Returns: the folder.
    func writeModel(_ result: TrainingResult) throws(TrainingError) -> String {
        let (tensors, modules) = modelTensors()
        do throws(ExportError) {
            try modelWriter(card: card(result)).write(tensors, modules: modules, to: modelPath, replacing: true)
        } catch {
            throw Self.cannotWriteModel(error)
        }
        return modelPath
    }

    private static func cannotWriteModel(_ error: ExportError) -> TrainingError {
        TrainingError(
            error.kind == .cannotWrite || error.kind == .targetExists ? .cannotWrite : .model,
            "the model cannot be written: \(error.reason)" + (error.subject.map { " (\($0))" } ?? ""),
            advice: error.advice, path: error.path)
    }

    private func modelWriter(card: ModelCard?) -> ModelFolderWriter {
        var settings = ModelFolderSettings()
        settings.queryTokenWeights = queryTable?.weights
        settings.spladePooling = configuration.spladePooling(of: folder)
        if configuration.task == .crossEncoder,
            model.width != (folder.task == .crossEncoder ? folder.labels.count : 1)
        {
            settings.labels = (0..<model.width).map { "LABEL_\($0)" }
        }
        return ModelFolderWriter(
            source: folder, task: configuration.task.folderTask, settings: settings, card: card)
    }

    /// The parameters under the names of their files, which have some of them twice.
    private func modelTensors() -> (transformer: [ModelTensor], modules: [String: [ModelTensor]]) {
        var tensors: [ModelTensor] = []
        var modules: [String: [ModelTensor]] = [:]
        for (number, parameter) in model.parameters.parameters.enumerated() where number != queryTable?.parameter {
            let values = UnsafePointer(model.parameters.values.base + parameter.range.lowerBound)
            let named = [parameter.name] + parameter.copies
            for name in named {
                let tensor = ModelTensor(name, shape: parameter.shape, values: values)
                if parameter.folder.isEmpty {
                    tensors.append(tensor)
                } else {
                    modules[parameter.folder, default: []].append(tensor)
                }
            }
        }
        return (tensors, modules)
    }

    private func card(_ result: TrainingResult) -> ModelCard {
        func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
        var card = ModelCard(name: name(configuration.output))
        card.baseModel = name(configuration.model)
        card.loss = chosen.kind.upstreamName
        card.lossParameters = configuration.lossParameters.sorted { $0.key < $1.key }
            .map { ModelCard.Parameter($0.key, $0.value.description) }
        card.datasetSize = result.dataSize
        card.dataset = "\(data.kind.rawValue) of \(name(configuration.trainingData))"
        card.hyperparameters = TrainingSetting.all.filter { $0.decidesResult && $0.name != "loss_parameters" }
            .compactMap {
                let value = $0.value(in: configuration)
                return value.isNull ? nil : ModelCard.Parameter($0.name, value.string ?? value.serialized())
            }
        if let best = result.best {
            card.evaluations = [
                ModelCard.Evaluation(
                    dataset: "\(name(configuration.evaluationData ?? "")) \(configuration.evaluationSplit)",
                    queries: best.queries,
                    metrics: best.metrics.sorted { $0.key < $1.key }.map { metric in
                        ModelCard.Metric(
                            metric.key, type: metric.key.replacing("@", with: "_at_"),
                            before: result.baseline?.metrics[metric.key], after: metric.value)
                    })
            ]
        }
        card.command = command
        card.program = program
        return card
    }
}
