import Synchronization

/// One line on standard error that tells how far a long work is.
///
/// Where standard error is no terminal, it is silent, or writes a line of its own now and then.
final class ProgressLine: Sendable {
    private let label: String
    private let isTerminal: Bool
    private let plainAfter: Duration?
    private let state: Mutex<State>

    private struct State {
        var start = ContinuousClock.now
        var last: ContinuousClock.Instant?
    }

    /// - Parameter plainAfter: where standard error is no terminal, how long it takes from one line to the next; nil: none are written.
    init(_ label: String, plainAfter: Duration? = nil) {
        self.label = label
        self.plainAfter = plainAfter
        isTerminal = Terminal.error.isTerminal
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
    /// - Parameters:
    ///   - left: how long it still takes; nil: as the time so far lets expect.
    ///   - note: what is said behind the numbers.
    func show(
        _ done: Int, of total: Int, unit: Unit = .items, left: @autoclosure () -> String? = nil,
        note: @autoclosure () -> String = ""
    ) {
        guard isTerminal || plainAfter != nil, total > 0 else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if !isTerminal, let plainAfter, now - (state.last ?? state.start) < plainAfter { return }
            if let last = state.last, now - last < .milliseconds(100), done < total { return }
            state.last = now
            let share = min(1, Double(done) / Double(total))
            let elapsed = (now - state.start).seconds
            let expected = share > 0.02 ? "\(Numbers.fixed(elapsed / share - elapsed, 0)) s" : nil
            let rest = (left() ?? expected).map { ", \($0) left" } ?? ""
            guard isTerminal else {
                let text = "\(label): \(unit.text(done)) of \(unit.text(total))\(rest)\(note())"
                return StandardError.write("needletail: \(text)\n")
            }
            let cells = 24
            let filled = Int(share * Double(cells))
            let bar = String(repeating: "━", count: filled) + String(repeating: "╌", count: cells - filled)
            let line = "\(label) \(bar) \(unit.text(done)) of \(unit.text(total))\(rest)\(note())"
            // A line that wraps could not be taken away again.
            StandardError.write("\r\u{1B}[K" + DisplayWidth.fitted(line, to: Terminal.error.width - 1))
        }
    }

    /// Takes the line away.
    func finish() {
        guard isTerminal else { return }
        state.withLock { state in
            if state.last != nil { StandardError.write("\r\u{1B}[K") }
            state.last = nil
        }
    }
}
