public import JSON
public import TrainableEncoders

/// What happened in a run, as its `log.jsonl` tells.
///
/// A run that was killed and resumed has lines behind the checkpoint twice: of each step, what the last resumption made of it
/// counts. A last line that was not written to its end is left out.
public struct RunLog: Sendable {
    /// What is trained.
    public private(set) var task: TrainingTask?
    /// The settings by name, as they were when the run was begun or resumed last.
    public private(set) var settings = JSONObject()
    /// What the run said when it was begun or resumed last.
    public private(set) var overview: TrainingOverview?
    /// The steps that are in the log, ascending.
    public private(set) var steps: [StepRecord] = []
    /// The evaluations, by step, ascending.
    public private(set) var evaluations: [EvaluationRecord] = []
    /// What the user was to know.
    public private(set) var warnings: [String] = []
    /// The last checkpoint.
    public private(set) var checkpoint: String?
    /// What came of it; nil while the run goes on, or if it was killed.
    public private(set) var result: TrainingResult?
    /// How often the run was resumed.
    public private(set) var resumptions = 0

    /// An empty log.
    public init() {}

    /// Reads the lines of a log.
    ///
    /// - Parameter path: the file, for errors.
    /// - Throws: ``TrainingError/Code/badData`` that names the line, for a line that is no event of a run.
    public init(lines: [UInt8], path: String) throws(TrainingError) {
        var number = 0
        for line in lines.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            number += 1
            if line.isEmpty { continue }
            guard let value = try? JSONValue(parsing: line), add(value) else {
                throw TrainingError(
                    .badData, "this is not an event of a training run",
                    advice: "Give the log.jsonl of a run, as it was written", path: path, line: number)
            }
        }
    }

    /// Adds an event.
    ///
    /// - Returns: whether it is one.
    @discardableResult
    public mutating func add(_ event: JSONValue) -> Bool {
        switch event["event"]?.string {
        case "began":
            guard let overview = TrainingOverview(json: event), let settings = event["settings"]?.object else {
                return false
            }
            if overview.firstStep > 0 { resumptions += 1 } else { self = RunLog() }
            self.overview = overview
            self.settings = settings
            task = event["task"]?.string.flatMap { TrainingTask(rawValue: $0) }
            steps.removeAll { $0.step >= overview.firstStep }
            evaluations.removeAll { $0.step > overview.firstStep }
            result = nil
        case "step":
            guard let record = StepRecord(json: event) else { return false }
            steps.append(record)
        case "evaluation":
            guard let record = EvaluationRecord(json: event) else { return false }
            evaluations.removeAll { $0.step >= record.step }
            evaluations.append(record)
        case "saved": checkpoint = event["checkpoint"]?.string
        case "warning": if let text = event["text"]?.string { warnings.append(text) }
        case "ended":
            guard let result = TrainingResult(json: event) else { return false }
            self.result = result
        default: return false
        }
        return true
    }
}
