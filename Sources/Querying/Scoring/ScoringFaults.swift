/// What goes wrong while scores are computed, where scorers cannot throw: the first fault of a search, for whoever runs it to throw.
///
/// Belongs to one thread.
final class ScoringFaults {
    private var first: SearchError?

    /// Remembers a fault unless there was one before.
    func note(_ type: String, _ reason: @autoclosure () -> String, _ status: Int) {
        if first == nil { first = SearchError(type: type, reason: reason(), status: status) }
    }

    /// Throws the fault, if there was one.
    func check() throws {
        if let first { throw first.during(.query) }
    }
}
