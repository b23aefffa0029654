import MLCommons

/// What a list says of a run, and of which state of its history.
struct RunGlance: Sendable {
    let facts: FineTuningRunFacts
    /// When it began, in milliseconds; the latest time if it has not.
    let began: Int64
    let isOver: Bool
    let stamp: FileStamp?
}
