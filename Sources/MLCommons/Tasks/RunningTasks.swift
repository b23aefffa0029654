import Synchronization

/// The tasks of one type that are at work or wait for their turn, in the order in which they were taken, and how far each is.
final class RunningTasks: Sendable {
    private struct Entry {
        let task: String
        let model: String
        let content: String?
        /// How much is done, from 0 to 1: not worth a write to the disk.
        var done: Double?
        /// When more of it was done for the last time.
        var at: Int64
    }

    private let entries = Mutex<[Entry]>([])

    /// A task was taken.
    func began(_ task: String, model: String, content: String? = nil, at now: Int64) {
        entries.withLock { $0.append(Entry(task: task, model: model, content: content, at: now)) }
    }

    /// So much of a task is done.
    func progressed(_ task: String, to done: Double, at now: Int64) {
        entries.withLock { entries in
            guard let place = entries.firstIndex(where: { $0.task == task }), entries[place].done != done else {
                return
            }
            entries[place].done = done
            entries[place].at = now
        }
    }

    /// A task is over.
    func ended(_ task: String) { entries.withLock { $0.removeAll { $0.task == task } } }

    /// How many tasks that are not over were taken before this one.
    func place(of task: String) -> Int { entries.withLock { $0.firstIndex { $0.task == task } ?? 0 } }

    /// How much of a task is done; nil if nobody said so.
    func progress(of task: String) -> Double? { entries.withLock { $0.first { $0.task == task }?.done } }

    /// The task that registers the files of a model; nil if none does.
    func task(bringing content: String?) -> String? { entries.withLock { $0.first { $0.content == content }?.task } }

    /// The tasks of which nothing more was done for some milliseconds.
    func silent(for milliseconds: Int64, at now: Int64) -> [(task: String, model: String, content: String?)] {
        entries.withLock { entries in
            entries.filter { now - $0.at >= milliseconds }.map { ($0.task, $0.model, $0.content) }
        }
    }
}
