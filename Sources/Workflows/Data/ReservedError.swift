/// The names of errors that the States Language has itself.
enum ReservedError: String, CaseIterable {
    /// Matches any error but those that no wildcard matches.
    case all = "States.ALL"
    /// Matches any error of a task but a timeout.
    case taskFailed = "States.TaskFailed"
    case timeout = "States.Timeout"
    case heartbeatTimeout = "States.HeartbeatTimeout"
    case permissions = "States.Permissions"
    case resultPathMatchFailure = "States.ResultPathMatchFailure"
    case parameterPathFailure = "States.ParameterPathFailure"
    case branchFailed = "States.BranchFailed"
    case noChoiceMatched = "States.NoChoiceMatched"
    case intrinsicFailure = "States.IntrinsicFailure"
    case exceedToleratedFailureThreshold = "States.ExceedToleratedFailureThreshold"
    case itemReaderFailed = "States.ItemReaderFailed"
    case resultWriterFailed = "States.ResultWriterFailed"
    case dataLimitExceeded = "States.DataLimitExceeded"
    case runtime = "States.Runtime"

    /// Whether `States.ALL` leaves an error alone, as Step Functions documents it.
    static func isTerminal(_ error: String) -> Bool {
        error == Self.runtime.rawValue || error == Self.dataLimitExceeded.rawValue
    }
}

extension TaskFault {
    init(_ error: ReservedError, _ cause: String) {
        self.init(error: error.rawValue, cause: cause)
    }
}
