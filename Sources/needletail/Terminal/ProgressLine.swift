import Synchronization

/// One line on standard error that tells how far a long work is; silent where standard error is no terminal.
final class ProgressLine: Sendable {
    private let label: String
    private let isShown: Bool
    private let state: Mutex<State>

    private struct State {
        var start = ContinuousClock.now
        var last: ContinuousClock.Instant?
    }

    init(_ label: String) {
        self.label = label
        isShown = Terminal.error.isTerminal
        state = Mutex(State())
    }

    /// What is counted.
    enum Unit {
        case items
        case bytes

        func text(_ count: Int) -> String {
            switch self {
            case .items: Numbers.grouped(count)
            case .bytes: Numbers.bytes(count)
            }
        }
    }

    /// Shows that `done` of `total` are done; redraws at most ten times a second.
    ///
    /// - Parameter note: what is said behind the numbers.
    func show(_ done: Int, of total: Int, unit: Unit = .items, note: @autoclosure () -> String = "") {
        guard isShown, total > 0 else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.last, now - last < .milliseconds(100), done < total { return }
            state.last = now
            let share = min(1, Double(done) / Double(total))
            let elapsed = (now - state.start).seconds
            let rest = share > 0.02 ? ", \(Numbers.fixed(elapsed / share - elapsed, 0)) s left" : ""
            let cells = 24
            let filled = Int(share * Double(cells))
            let bar = String(repeating: "━", count: filled) + String(repeating: "╌", count: cells - filled)
            StandardError.write(
                "\r\u{1B}[K\(label) \(bar) \(unit.text(done)) of \(unit.text(total))\(rest)\(note())")
        }
    }

    /// Takes the line away.
    func finish() {
        guard isShown else { return }
        state.withLock { state in
            if state.last != nil { StandardError.write("\r\u{1B}[K") }
            state.last = nil
        }
    }
}
