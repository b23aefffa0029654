public import JSON

/// A document in a batch, and what became of it.
public struct IngestSlot: Sendable {
    /// How far a document has come.
    public enum State: Sendable {
        /// It goes on.
        case running
        /// A processor left it out: it is not indexed, and that is no fault.
        case dropped
        /// A processor failed, and nothing dealt with it.
        case failed(IngestFailure)
    }

    /// The document as the processors left it.
    public var document: IngestDocument
    /// What became of it.
    public internal(set) var state = State.running
    /// What each processor did, if that is to be told.
    public internal(set) var trace: [ProcessorResult]?

    /// A document that has just come.
    ///
    /// - Parameter isTraced: whether the documents between processors are kept.
    public init(_ document: IngestDocument, isTraced: Bool = false) {
        self.document = document
        trace = isTraced ? [] : nil
    }

    var isRunning: Bool { if case .running = state { true } else { false } }

    /// The failure, if there is one.
    public var failure: IngestFailure? { if case .failed(let failure) = state { failure } else { nil } }

    /// Whether the document is left out.
    public var isDropped: Bool { if case .dropped = state { true } else { false } }
}

/// What a processor did with one document: an entry of `processor_results` in a verbose simulation.
public struct ProcessorResult: Sendable {
    let step: IngestStep
    let document: IngestDocument?
    /// Why it failed; ignored if there is a document.
    public let failure: IngestFailure?
    let conditionHeld: Bool

    init(
        _ step: IngestStep, _ document: IngestDocument? = nil, _ failure: IngestFailure? = nil,
        conditionHeld: Bool = true
    ) {
        self.step = step
        self.document = document
        self.failure = failure
        self.conditionHeld = conditionHeld
    }

    /// The entry.
    ///
    /// - Parameter fault: the members that tell a failure.
    public func shown(_ fault: (IngestFailure) -> JSONObject) -> JSONValue {
        var result: JSONObject = ["processor_type": .string(step.type)]
        let status =
            if !conditionHeld {
                "skipped"
            } else if failure != nil {
                document == nil ? "error" : "error_ignored"
            } else {
                document == nil && step.type != "pipeline" ? "dropped" : "success"
            }
        result["status"] = .string(status)
        result["description"] = step.summary.map { .string($0) }
        result["tag"] = step.tag.map { .string($0) }
        if let condition = step.condition {
            result["if"] = ["condition": .string(condition.text), "result": .bool(conditionHeld)]
        }
        if let failure {
            if document == nil {
                for (key, value) in fault(failure) { result[key] = value }
            } else {
                result["ignored_error"] = .object(fault(failure))
            }
        }
        result["doc"] = document?.shown
        return .object(result)
    }
}
