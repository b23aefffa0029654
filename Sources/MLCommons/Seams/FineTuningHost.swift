public import Access
public import JSON

/// What fine-tunes models.
///
/// ML Commons gives its runs tasks, a queue and paths, and knows nothing of training.
public protocol FineTuningHost: Sendable {
    /// Checks parameters and makes a run of them, which keeps whose it is; nothing begins.
    ///
    /// - Parameter caller: who asks; nil: access is not checked.
    /// - Throws: ``MLError`` that names every parameter that is wrong.
    func make(_ parameters: JSONValue, for caller: Caller?) async throws(MLError) -> FineTuningRunFacts

    /// Removes a run with all its files.
    func remove(_ run: String) throws(MLError)

    /// Whose a run is: the name of who made it; nil if that was not known, or there is no such run.
    func owner(of run: String) -> String?

    /// Carries a run out to its end, by the rights of who made it; it goes on where an earlier call was interrupted.
    ///
    /// - Parameters:
    ///   - redrives: whether a run that failed goes on at the phase that did.
    ///   - onProgress: told how far the run is, from any thread.
    /// - Throws: `CancellationError` when the task was cancelled; the run can go on later.
    func carryOut(
        _ run: String, redrives: Bool,
        onProgress: @escaping @Sendable (FineTuningProgress) -> Void
    ) async throws -> FineTuningEnd

    /// The runs that there are, the newest first.
    func runs() -> [FineTuningRunFacts]

    /// What is known of a run; nil if there is none.
    func facts(of run: String) -> FineTuningRunFacts?

    /// Everything about a run: parameters, states, results; nil if there is none.
    func details(of run: String) -> JSONObject?

    /// The page about a run; nil if there is no such run.
    func report(of run: String) -> String?
}

/// What is known of a run before it begins.
public struct FineTuningRunFacts: Sendable, Hashable {
    /// The id of the run.
    public let id: String
    /// The name of the model to be.
    public let model: String
    /// What the model will do.
    public let function: FunctionName
    /// What has become of the run: `created`, `running`, `stopped`, `succeeded`, `failed`, `timed_out`, `aborted` or `damaged`.
    public let status: String

    /// Facts.
    public init(id: String, model: String, function: FunctionName, status: String) {
        self.id = id
        self.model = model
        self.function = function
        self.status = status
    }
}

/// How far a run is.
public struct FineTuningProgress: Sendable, Hashable {
    /// The phase at work, or the one that has just ended.
    public let phase: String
    /// What is done now; nil if the phase tells nothing.
    public let text: String?
    /// How much of it is done.
    public let done: Int?
    /// How much there is.
    public let total: Int?
    /// What is counted.
    public let unit: String?
    /// Whether the phase is over.
    public let isOver: Bool

    /// A state of a phase.
    public init(
        phase: String, text: String? = nil, done: Int? = nil, total: Int? = nil, unit: String? = nil,
        isOver: Bool = false
    ) {
        self.phase = phase
        self.text = text
        self.done = done
        self.total = total
        self.unit = unit
        self.isOver = isOver
    }

    var json: JSONValue {
        var object: JSONObject = ["phase": .string(phase), "state": isOver ? "COMPLETED" : "RUNNING"]
        if let text { object["text"] = .string(text) }
        if let done { object["done"] = .number(JSONNumber(done)) }
        if let total { object["total"] = .number(JSONNumber(total)) }
        if let unit { object["unit"] = .string(unit) }
        return .object(object)
    }
}

/// What came of a run.
public enum FineTuningEnd: Sendable, Hashable {
    /// It reached its end; the model, if it was registered, and what the gate said.
    case completed(model: String?, decision: JSONValue)
    /// A phase failed.
    case failed(reason: String)
}
