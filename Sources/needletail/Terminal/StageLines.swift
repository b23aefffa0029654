import Synchronization

/// A progress line for each part of a work, one after the other.
final class StageLines: Sendable {
    private let current = Mutex<(part: String, line: ProgressLine)?>(nil)

    func show(_ part: String, _ done: Int, of total: Int) {
        let line = current.withLock { current in
            if let current, current.part == part { return current.line }
            current?.line.finish()
            let line = ProgressLine(part, plainAfter: .seconds(30))
            current = (part, line)
            return line
        }
        line.show(done, of: total)
    }

    func finish() { current.withLock { $0?.line.finish() } }
}
