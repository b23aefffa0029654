import JSON
import Synchronization
import TrainingReport
import Workflows

/// What a run shows on standard error: a line for each phase that ends, and on a terminal a moving one for each that goes on.
///
/// Where standard error is no terminal, a phase that takes long writes a line now and then.
final class RunView: Sendable {
    /// One state that was entered.
    private struct Phase {
        var name: String
        var began = ContinuousClock.now
        var progress: TaskProgress?
        /// Where the rate is counted from: what was done when these units began.
        var counted: (done: Int, since: ContinuousClock.Instant)?
        var lastPlain = ContinuousClock.now
        /// Finished iterations, of a Map state.
        var iterations: Int?
        var total: Int?
        /// Whether its last attempt failed.
        var hasFailed = false
    }

    private struct State {
        var phases: [Phase] = []
        var shown = 0
        var drawn: ContinuousClock.Instant?
        /// Phases that have a line already: what is polled is told once.
        var told: Set<String> = []
    }

    private let terminal = Terminal.error
    private let outlines: [String: StateOutline]
    private let width: Int
    private let plainAfter: Duration
    private let state = Mutex(State())

    /// - Parameter plainAfter: where standard error is no terminal, how long it takes from one line of a phase to the next.
    init(_ machine: StateMachine, plainAfter: Duration = .seconds(30)) {
        outlines = Dictionary(machine.states.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let shown: [StateType] = [.task, .map, .parallel]
        width = machine.states.filter { shown.contains($0.type) }.map(\.name.count).max() ?? 0
        self.plainAfter = plainAfter
    }

    /// Says a sentence.
    func say(_ text: String) { state.withLock { say(text, &$0) } }

    /// Shows what an execution tells.
    func show(_ update: ExecutionUpdate) {
        state.withLock { state in
            switch update {
            case .recorded(let event): show(event, &state)
            case .progress(let name, _, let progress): show(progress, of: name, &state)
            }
            draw(&state)
        }
    }

    /// Moves the time on.
    func tick() { state.withLock { draw(&$0) } }

    /// Takes the moving lines away.
    func finish() {
        state.withLock { state in
            erase(&state)
            state.phases = []
        }
    }

    // MARK: Events

    private func show(_ event: HistoryEvent, _ state: inout State) {
        switch event.kind {
        case .taskStateEntered, .mapStateEntered, .parallelStateEntered, .waitStateEntered:
            if let name = event.name { _ = phase(name, &state) }
        case .mapStateStarted:
            // Inside of a Map, only its count moves.
            if let length = event.details["length"]?.int, let map = state.phases.last?.name {
                let place = phase(map, &state)
                state.phases[place].iterations = 0
                state.phases[place].total = length
            }
        case .mapIterationSucceeded:
            if let name = event.name {
                let place = phase(name, &state)
                state.phases[place].iterations = (state.phases[place].iterations ?? 0) + 1
            }
        case .taskFailed, .taskTimedOut:
            if let name = state.phases.last?.name {
                state.phases[state.phases.count - 1].hasFailed = true
                say(line(terminal.styled("✗", .red), name, sentence(event)), &state)
            }
        case .taskSucceeded:
            if !state.phases.isEmpty { state.phases[state.phases.count - 1].hasFailed = false }
        case let kind where kind.isStateExited:
            if let name = event.name { end(name, &state) }
        case .executionSucceeded, .executionFailed, .executionAborted, .executionTimedOut:
            state.phases = []
        default: break
        }
    }

    private func sentence(_ event: HistoryEvent) -> String {
        let cause = event.cause ?? ""
        return (cause.isEmpty ? event.error ?? "failed" : cause).withoutControls
    }

    private func show(_ progress: TaskProgress, of name: String, _ state: inout State) {
        let place = phase(name, &state)
        let now = ContinuousClock.now
        let before = state.phases[place].progress
        state.phases[place].progress = progress
        if let done = progress.done {
            let isSame = before?.unit == progress.unit && before?.total == progress.total
            if !isSame || state.phases[place].counted == nil { state.phases[place].counted = (done, now) }
        } else {
            state.phases[place].counted = nil
        }
        if !terminal.isTerminal, now - state.phases[place].lastPlain >= plainAfter {
            state.phases[place].lastPlain = now
            StandardError.write("needletail: \(name): \(status(state.phases[place]))\n")
        }
    }

    private func end(_ name: String, _ state: inout State) {
        guard let outline = outlines[name], [.task, .map, .parallel].contains(outline.type) else {
            return state.phases.removeAll { $0.name == name }
        }
        let place = phase(name, &state)
        let phase = state.phases.remove(at: place)
        guard outline.parent == nil, !phase.hasFailed, state.told.insert(name).inserted else { return }
        var parts: [String] = []
        if let total = phase.total {
            parts.append(Numbers.counted(total, "iteration"))
        } else if let progress = phase.progress, let done = progress.total ?? progress.done, done > 0 {
            parts.append(Numbers.grouped(done) + (progress.unit.map { " " + $0 } ?? ""))
        }
        parts.append(Figures.duration((ContinuousClock.now - phase.began).seconds))
        say(line(terminal.styled("✓", .green), name, parts.joined(separator: ", ")), &state)
    }

    private func phase(_ name: String, _ state: inout State) -> Int {
        if let place = state.phases.firstIndex(where: { $0.name == name }) { return place }
        state.phases.append(Phase(name: name))
        return state.phases.count - 1
    }

    // MARK: Lines

    /// What a phase does: counts, rate and the time that is left.
    private func status(_ phase: Phase) -> String {
        if let done = phase.iterations, let total = phase.total {
            return "\(Numbers.grouped(done)) of \(Numbers.counted(total, "iteration"))"
        }
        guard let progress = phase.progress else {
            return Figures.duration((ContinuousClock.now - phase.began).seconds)
        }
        let words = progress.text.withoutControls
        guard let done = progress.done else { return words }
        let unit = progress.unit.map { " " + $0 } ?? ""
        guard let total = progress.total, total > 0 else { return "\(words), \(Numbers.grouped(done))\(unit)" }
        var text = "\(words), \(Numbers.grouped(done)) of \(Numbers.grouped(total))\(unit)"
        if let counted = phase.counted, done > counted.done {
            let seconds = (ContinuousClock.now - counted.since).seconds
            let rate = Double(done - counted.done) / max(seconds, 0.001)
            text += ", \(Figures.significant(rate, 3))/s"
            if done < total { text += ", \(Figures.duration(Double(total - done) / rate)) left" }
        }
        return text
    }

    private func line(_ mark: String, _ name: String, _ text: String) -> String {
        "\(mark) \(DisplayWidth.padded(name, to: width))  \(text)"
    }

    private func bar(_ phase: Phase) -> String {
        let share: Double
        if let done = phase.iterations, let total = phase.total, total > 0 {
            share = Double(done) / Double(total)
        } else if let done = phase.progress?.done, let total = phase.progress?.total, total > 0 {
            share = Double(done) / Double(total)
        } else {
            return ""
        }
        let cells = 16
        let filled = Int(max(0, min(1, share)) * Double(cells))
        return String(repeating: "━", count: filled) + String(repeating: "╌", count: cells - filled) + " "
    }

    private func say(_ text: String, _ state: inout State) {
        erase(&state)
        StandardError.write(text + "\n")
    }

    private func erase(_ state: inout State) {
        guard state.shown > 0 else { return }
        StandardError.write("\u{1B}[\(state.shown)A\r\u{1B}[J")
        state.shown = 0
        state.drawn = nil
    }

    /// Redraws the moving lines, at most ten times a second.
    private func draw(_ state: inout State) {
        guard terminal.isTerminal, !state.phases.isEmpty else { return }
        let now = ContinuousClock.now
        if let drawn = state.drawn, now - drawn < .milliseconds(100) { return }
        erase(&state)
        // A line that wraps could not be taken away again.
        let lines = state.phases.map { phase in
            DisplayWidth.fitted(line("▸", phase.name, bar(phase) + status(phase)), to: terminal.width - 1)
        }
        StandardError.write(lines.joined(separator: "\n") + "\n")
        state.shown = lines.count
        state.drawn = now
    }
}
