/// Why a state machine cannot be read, or an execution not be run or resumed.
public struct WorkflowError: Error, Sendable, Hashable {
    /// The class of an error, for callers that treat some of them apart.
    public enum Code: String, Sendable, Hashable {
        /// The document is no state machine that can be run.
        case invalidDefinition
        /// A task names a resource for which there is no handler.
        case missingHandler
        /// Another process runs this execution.
        case locked
        /// The input is larger than a state's may be.
        case inputTooLarge
        /// The folder holds the history of another definition or of another input.
        case otherExecution
        /// The history cannot be understood.
        case invalidHistory
        /// The history has reached its limit of events.
        case historyTooLong
        /// A file cannot be read or written.
        case file
    }

    /// The class of the error.
    public let code: Code
    /// All that is wrong, each with its place; never empty.
    public let faults: [Fault]

    /// One thing that is wrong.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// Where: a field such as `States.Train.Retry[0].MaxAttempts`, or a file and line.
        public let place: String
        /// What is wrong and what to do about it, as a sentence without its full stop.
        public let reason: String

        /// Makes a fault.
        public init(_ place: String, _ reason: String) {
            self.place = place
            self.reason = reason
        }

        /// Place and reason.
        public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
    }

    /// Makes an error of several faults.
    public init(_ code: Code, _ faults: [Fault]) {
        self.code = code
        self.faults = faults
    }

    /// Makes an error of one fault.
    public init(_ code: Code, _ place: String, _ reason: String) {
        self.init(code, [Fault(place, reason)])
    }
}

extension WorkflowError: CustomStringConvertible {
    /// All faults, one a line.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
