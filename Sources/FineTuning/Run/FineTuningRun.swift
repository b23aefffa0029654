public import JSON
import Teachers
import Training
public import Workflows

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One run of the pipeline: a folder with its parameters, its workflow, its history, and everything that its phases make.
public struct FineTuningRun: Sendable {
    /// Where everything is.
    public let folder: RunFolder
    /// What was asked for.
    public let parameters: FineTuningParameters
    /// The input of the execution: the parameters as they were written when the run was made.
    public let input: JSONValue
    /// The workflow that the run was begun with.
    public let machine: StateMachine

    /// Makes the folder of a new run.
    ///
    /// Paths of the parameters that lead somewhere from the current folder become absolute: a run can be resumed from anywhere.
    ///
    /// - Throws: ``FineTuningError`` if the folder holds a run already, or cannot be written; ``InvalidParameters``; `WorkflowError`.
    public static func make(_ parameters: FineTuningParameters, in path: String) throws -> FineTuningRun {
        let folder = RunFolder(Self.absolute(path))
        guard !RunFiles.exists(folder.input) else {
            throw FineTuningError(
                .folder, path: folder.path, "the folder holds a run already",
                advice: "Resume it, or give another folder")
        }
        try parameters.check()
        let resolved = parameters.resolved
        let machine = try FineTuningWorkflow.machine()
        try RunFiles.write(machine.json, to: folder.stateMachine)
        try RunFiles.write(resolved.json, to: folder.input)
        return FineTuningRun(folder: folder, parameters: resolved, input: resolved.json, machine: machine)
    }

    /// Opens the folder of a run.
    ///
    /// - Throws: ``FineTuningError`` if it holds none; ``InvalidParameters`` and `WorkflowError` if its files were changed.
    public init(path: String) throws {
        let folder = RunFolder(Self.absolute(path))
        guard let input = try RunFiles.value(folder.input), let definition = try RunFiles.value(folder.stateMachine)
        else {
            throw FineTuningError(
                .folder, path: folder.path, "this is no folder of a run",
                advice: "Give a folder with input.json and state-machine.json")
        }
        self.init(
            folder: folder, parameters: try FineTuningParameters(json: input), input: input,
            machine: try StateMachine(json: definition))
    }

    private init(folder: RunFolder, parameters: FineTuningParameters, input: JSONValue, machine: StateMachine) {
        self.input = input
        self.folder = folder
        self.parameters = parameters
        self.machine = machine
    }

    /// The run as an execution, to be begun or to be resumed with ``input``.
    public func execution(
        _ services: FineTuningServices, clock: any WorkflowClock = SystemClock(),
        onEvent: @escaping @Sendable (ExecutionUpdate) -> Void = { _ in }
    ) throws(WorkflowError) -> Execution {
        try Execution(
            machine: machine, folder: folder.path, handlers: Self.handlers(services), clock: clock, onEvent: onEvent)
    }

    /// The work of all tasks of the workflow, by name.
    public static func handlers(_ services: FineTuningServices) -> [String: any TaskHandler] {
        let phases: [any Phase] = [
            PrepareBatchInput(), CreateBatchJob(), PlanPortions(), GenerateQueries(), SplitEvaluation(),
            MineNegatives(),
            ScoreWithTeacher(), StartTraining(), EvaluateModel(), PackageModel(),
        ]
        var handlers: [String: any TaskHandler] = [
            "DataExtractor": DataExtractor(services: services), "S3DataValidator": DataValidator(services: services),
            "DataValidator": DataValidator(services: services), "BatchStatusChecker": CheckBatchJob(services: services),
            "PortionPrompter": PromptPortion(services: services), "ModelRegistrar": ModelRegistrar(services: services),
            "IndexReencoder": IndexReencoder(services: services),
        ]
        for phase in phases { handlers[type(of: phase).name] = PhaseHandler(phase: phase, services: services) }
        return handlers
    }

    /// The name of a new run: the model's, and the time in UTC.
    public static func name(_ parameters: FineTuningParameters, at time: Timestamp) -> String {
        // 2026-11-22T08:23:54.123Z without what file systems do not like.
        let text = time.description.prefix(19).filter { $0 != ":" && $0 != "-" }
        return "\(parameters.modelName)-\(text)Z"
    }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}

extension FineTuningParameters {
    /// The parameters as a run keeps them: with absolute paths, and with what was left to the other parameters.
    var resolved: FineTuningParameters {
        func path(_ text: String) -> String { RunFiles.exists(text) ? FineTuningRun.absolute(text) : text }
        func teacher(_ text: String) -> String {
            let reference = TeacherReference(text)
            return path(reference.place) + (reference.weight.map { ":\($0)" } ?? "")
        }
        var result = self
        result.corpusPath = corpusPath.map(path)
        result.baseModel = path(baseModel)
        result.queries.path = queries.path.map(path)
        result.evaluation.folder = evaluation.folder.map(path)
        for (name, value) in training {
            if case .path = TrainingSetting.named(name)?.form, let text = value.string {
                result.training[name] = .string(path(text))
            }
        }
        result.mining.teacher = mining.teacher.map(path)
        result.distillation.teachers = distillation.teachers.map(teacher)
        if deploy.registers == nil { result.deploy.registers = inputType == .opensearch }
        return result
    }
}
