import Synchronization

/// Work that goes on after its request was answered: one piece after the other for each subject, subjects side by side.
final class JobQueue: Sendable {
    private struct State {
        /// All work that is not over, by number.
        var tasks: [Int: Task<Void, Never>] = [:]
        /// What each is for.
        var subjects: [Int: String] = [:]
        /// The newest work for each subject.
        var last: [String: Int] = [:]
        var count = 0
        var isStopping = false
        var executor: (any TaskExecutor)?
    }

    private let state = Mutex(State())

    /// Takes threads for all work that comes from now on.
    func use(_ executor: (any TaskExecutor)?) { state.withLock { $0.executor = executor } }

    /// Whether no more work is taken, and what is at work was cancelled.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Runs work when all earlier work for the subject is over; nothing once the queue is stopping.
    ///
    /// - Parameter other: another subject whose work has to be over, too.
    func run(for subject: String, after other: String? = nil, _ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isStopping else { return }
            state.count += 1
            let number = state.count
            let earlier = [subject, other].compactMap { $0.flatMap { state.last[$0] } }.compactMap { state.tasks[$0] }
            state.subjects[number] = subject
            state.tasks[number] = Task(executorPreference: state.executor) { [weak self] in
                for task in earlier { await task.value }
                await work()
                self?.forget(subject, number)
            }
            state.last[subject] = number
        }
    }

    /// Cancels all work for a subject, also what waits.
    func cancel(_ subject: String) {
        let tasks = state.withLock { state in
            state.subjects.filter { $0.value == subject }.compactMap { state.tasks[$0.key] }
        }
        for task in tasks { task.cancel() }
    }

    private func forget(_ subject: String, _ number: Int) {
        state.withLock { state in
            state.tasks[number] = nil
            state.subjects[number] = nil
            if state.last[subject] == number { state.last[subject] = nil }
        }
    }

    /// Waits until there is no work.
    func idle() async {
        while let task = state.withLock({ $0.tasks.first?.value }) { await task.value }
    }

    /// Cancels the work, also what waits behind other work, takes no more, and waits until it is over.
    func stop() async {
        let tasks = state.withLock { state in
            state.isStopping = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
