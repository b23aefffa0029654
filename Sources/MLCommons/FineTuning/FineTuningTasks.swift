import JSON
import Synchronization

/// The runs that wait or are at work, how far each is, and what ends them.
final class FineTuningTasks: Sendable {
    private struct Entry {
        let run: String
        var phases: [FineTuningProgress] = []
        var work: Task<FineTuningEnd, any Error>?
        var isCancelled = false
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// How many runs wait or are at work.
    var count: Int { entries.withLock(\.count) }

    /// A task was taken; false if its run has one already.
    func began(_ task: String, run: String) -> Bool {
        entries.withLock { entries in
            guard !entries.values.contains(where: { $0.run == run }) else { return false }
            entries[task] = Entry(run: run)
            return true
        }
    }

    /// Whether a task waits or is at work.
    func isActive(task: String) -> Bool { entries.withLock { $0[task] != nil } }

    /// Whether a task has begun.
    func isAtWork(_ task: String) -> Bool { entries.withLock { $0[task]?.work != nil } }

    /// Whether a run waits or is at work.
    func isActive(run: String) -> Bool { entries.withLock { $0.values.contains { $0.run == run } } }

    /// A phase went on; the last of each counts.
    func progressed(_ task: String, _ progress: FineTuningProgress) {
        entries.withLock { entries in
            guard var entry = entries[task] else { return }
            if let place = entry.phases.firstIndex(where: { $0.phase == progress.phase }) {
                entry.phases[place] = progress
            } else {
                entry.phases.append(progress)
            }
            entries[task] = entry
        }
    }

    /// Begins the work of a task, unless it was cancelled while it waited.
    func work(on task: String, _ body: @escaping @Sendable () async throws -> FineTuningEnd) -> Task<
        FineTuningEnd, any Error
    >? {
        entries.withLock { entries in
            guard let entry = entries[task], !entry.isCancelled else { return nil }
            let work = Task { try await body() }
            entries[task]?.work = work
            return work
        }
    }

    /// Ends a task, or keeps it from beginning.
    func cancel(_ task: String) {
        entries.withLock { entries in
            guard let work = entries[task]?.work else {
                // It waits: its turn finds nothing to do.
                entries[task] = nil
                return
            }
            entries[task]?.isCancelled = true
            work.cancel()
        }
    }

    /// Whether somebody has cancelled a task.
    func isCancelled(_ task: String) -> Bool { entries.withLock { $0[task]?.isCancelled ?? false } }

    /// A task is over.
    func ended(_ task: String) { entries.withLock { $0[task] = nil } }

    /// The phases of a task so far; nil if it is over.
    func phases(of task: String) -> [FineTuningProgress]? { entries.withLock { $0[task]?.phases } }
}
