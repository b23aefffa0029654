/// An error that left a state, a branch or an iteration.
struct StateFailure: Error {
    var fault: TaskFault
    /// The last event before it.
    var event: HistoryEvent
    /// Whether `Retry` is asked; an error in the data would come again.
    var isRetriable = false
    /// Whether it came out of a branch or an iteration.
    var isOfBranch = false
}
