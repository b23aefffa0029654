/// When a search must end: asked once in a window of documents.
final class Deadline {
    private let context: SearchContext
    private let end: UInt64?
    private(set) var isOver = false
    private var left = Deadline.window

    /// How many documents pass between two looks at the clock.
    static let window = 4096

    init(_ context: SearchContext, start: UInt64, timeout: Int?) {
        self.context = context
        end = timeout.flatMap { $0 >= 0 ? start + UInt64($0) * 1_000_000 : nil }
    }

    /// Whether the time is over.
    ///
    /// - Throws: ``SearchError`` when the search was cancelled.
    func check() throws -> Bool {
        if context.isCancelled() {
            throw SearchError(
                type: "task_cancelled_exception", reason: "The task was cancelled", status: 400, phase: .query)
        }
        if let end, context.clock() >= end { isOver = true }
        return isOver
    }

    /// Counts a document; looks at the clock once in a window.
    func tick() throws -> Bool {
        left -= 1
        if left > 0 { return isOver }
        left = Self.window
        return try check()
    }
}
