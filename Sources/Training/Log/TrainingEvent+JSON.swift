public import JSON
import TrainableEncoders

extension TrainingEvent {
    /// The event as one line of a run's `log.jsonl`, and of what programs read; nil for what only shows progress.
    ///
    /// The member `event` says what it is: `began`, `step`, `evaluation`, `saved`, `warning` or `ended`.
    ///
    /// - Parameter configuration: what was asked for; its settings are told when the run begins.
    public func json(_ configuration: TrainingConfiguration) -> JSONValue? {
        switch self {
        case .began(let overview):
            let settings = TrainingSetting.all.map { (key: $0.name, value: $0.value(in: configuration)) }
            return Self.row(
                "began",
                [("task", .string(configuration.task.rawValue))] + overview.members
                    + [("settings", .object(JSONObject(settings)))])
        case .step(let record): return Self.row("step", record.members)
        case .evaluating: return nil
        case .evaluated(let record): return Self.row("evaluation", record.members)
        case .saved(let checkpoint): return Self.row("saved", [("checkpoint", .string(checkpoint))])
        case .warning(let text): return Self.row("warning", [("text", .string(text))])
        case .ended(let result): return Self.row("ended", result.members)
        }
    }

    private static func row(_ event: String, _ members: [JSONObject.Member]) -> JSONValue {
        .object(JSONObject([("event", .string(event))] + members))
    }
}

extension JSONValue {
    fileprivate init(_ value: Int) { self = .number(JSONNumber(value)) }
    /// A number; null where it is none, which JSON cannot say.
    fileprivate init(_ value: Double) { self = value.isFinite ? .number(JSONNumber(value)) : .null }
}

extension TrainingOverview {
    fileprivate var members: [JSONObject.Member] {
        [
            ("examples", JSONValue(examples)), ("example_kind", .string(exampleKind)), ("loss", .string(loss)),
            ("parameters", JSONValue(parameterCount)), ("first_step", JSONValue(firstStep)),
            ("steps", JSONValue(stepCount)), ("steps_per_epoch", JSONValue(stepsPerEpoch)),
            ("threads", JSONValue(threads)), ("data_hash", .string(dataHash)),
            ("configuration_hash", .string(configurationHash)),
        ]
    }

    /// Reads what ``TrainingEvent/json(_:)`` wrote; nil for anything else.
    init?(json: JSONValue) {
        guard let examples = json["examples"]?.int, let kind = json["example_kind"]?.string,
            let loss = json["loss"]?.string,
            let parameters = json["parameters"]?.int, let first = json["first_step"]?.int,
            let steps = json["steps"]?.int, let perEpoch = json["steps_per_epoch"]?.int,
            let threads = json["threads"]?.int, let data = json["data_hash"]?.string,
            let configuration = json["configuration_hash"]?.string
        else { return nil }
        self.init(
            examples: examples, exampleKind: kind, loss: loss, parameterCount: parameters, firstStep: first,
            stepCount: steps, stepsPerEpoch: perEpoch, threads: threads, dataHash: data,
            configurationHash: configuration)
    }
}

extension StepRecord {
    fileprivate var members: [JSONObject.Member] {
        [
            ("step", JSONValue(step)), ("epoch", JSONValue(epoch)), ("loss", JSONValue(loss)),
            ("learning_rate", JSONValue(learningRate)), ("grad_norm", JSONValue(gradientNorm)),
            ("tokens", JSONValue(tokens)), ("examples", JSONValue(examples)), ("seconds", JSONValue(seconds)),
            ("peak_memory", JSONValue(peakMemory)), ("remaining_seconds", JSONValue(remainingSeconds)),
        ] + (activeEntries.map { [("active", .array($0.map { JSONValue($0) }))] } ?? [])
    }

    /// Reads what ``TrainingEvent/json(_:)`` wrote; nil for anything else.
    init?(json: JSONValue) {
        guard let step = json["step"]?.int, let epoch = json["epoch"]?.double, let loss = json["loss"]?.double,
            let rate = json["learning_rate"]?.double, let norm = json["grad_norm"]?.double,
            let tokens = json["tokens"]?.int, let examples = json["examples"]?.int,
            let seconds = json["seconds"]?.double, let memory = json["peak_memory"]?.int
        else { return nil }
        self.init(
            step: step, epoch: epoch, loss: loss, learningRate: rate, gradientNorm: norm, tokens: tokens,
            examples: examples, seconds: seconds, peakMemory: memory,
            remainingSeconds: json["remaining_seconds"]?.double ?? 0,
            activeEntries: json["active"]?.array?.compactMap(\.double))
    }
}

extension EvaluationRecord {
    fileprivate var members: [JSONObject.Member] {
        let figures = metrics.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue($0.value)) }
        return [
            ("step", JSONValue(step)), ("epoch", JSONValue(epoch)), ("metrics", .object(JSONObject(figures))),
            ("queries", JSONValue(queries)), ("seconds", JSONValue(seconds)), ("best", .bool(isBest)),
        ]
    }

    /// The figures by name, with their place.
    var json: JSONValue { .object(JSONObject(members)) }

    /// Reads what ``TrainingEvent/json(_:)`` wrote; nil for anything else.
    init?(json: JSONValue) {
        guard let step = json["step"]?.int, let epoch = json["epoch"]?.double, let figures = json["metrics"]?.object,
            let queries = json["queries"]?.int, let seconds = json["seconds"]?.double, let best = json["best"]?.bool
        else { return nil }
        let metrics = figures.compactMap { member in member.value.double.map { (member.key, $0) } }
        self.init(
            step: step, epoch: epoch, metrics: Dictionary(metrics, uniquingKeysWith: { $1 }), queries: queries,
            seconds: seconds, isBest: best)
    }
}

extension TrainingResult {
    fileprivate var members: [JSONObject.Member] {
        func figures(_ record: EvaluationRecord?) -> JSONValue {
            record.map { .object(JSONObject($0.members)) } ?? .null
        }
        func place(_ path: String?) -> JSONValue { path.map { .string($0) } ?? .null }
        return [
            ("ending", .string(ending.rawValue)), ("steps", JSONValue(steps)),
            ("planned_steps", JSONValue(plannedSteps)), ("epochs", JSONValue(epochs)), ("loss", JSONValue(loss)),
            ("baseline", figures(baseline)), ("best", figures(best)), ("model", place(model)),
            ("checkpoint", place(checkpoint)), ("seconds", JSONValue(seconds)), ("examples", JSONValue(examples)),
            ("tokens", JSONValue(tokens)), ("peak_memory", JSONValue(peakMemory)), ("data_size", JSONValue(dataSize)),
            ("data_hash", .string(dataHash)),
        ]
    }

    /// Reads what ``TrainingEvent/json(_:)`` wrote; nil for anything else.
    init?(json: JSONValue) {
        guard let ending = json["ending"]?.string.flatMap(Ending.init(rawValue:)), let steps = json["steps"]?.int,
            let planned = json["planned_steps"]?.int, let epochs = json["epochs"]?.double,
            let seconds = json["seconds"]?.double, let examples = json["examples"]?.int,
            let tokens = json["tokens"]?.int, let memory = json["peak_memory"]?.int,
            let size = json["data_size"]?.int, let hash = json["data_hash"]?.string
        else { return nil }
        self.init(
            ending: ending, steps: steps, plannedSteps: planned, epochs: epochs, loss: json["loss"]?.double ?? .nan,
            baseline: json["baseline"].flatMap(EvaluationRecord.init(json:)),
            best: json["best"].flatMap(EvaluationRecord.init(json:)), model: json["model"]?.string,
            checkpoint: json["checkpoint"]?.string, seconds: seconds, examples: examples, tokens: tokens,
            peakMemory: memory, dataSize: size, dataHash: hash)
    }
}
