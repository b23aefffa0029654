import ModelHub
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a fetch shows on standard error: bars for the files under way and for all of them on a terminal, else a line for each file.
final class PullDisplay: Sendable {
    private let model: String
    private let isQuiet: Bool
    private let terminal = Terminal.error
    private let state = Mutex(State())

    private struct State {
        var active: [String: (done: Int, total: Int?)] = [:]
        var order: [String] = []
        var finishedBytes = 0
        var totalBytes = 0
        /// Bytes that came over the network, for the speed: what an earlier fetch left does not count.
        var received = 0
        let start = ContinuousClock.now
        var lastDrawn: ContinuousClock.Instant?
        var shownLines = 0
    }

    init(_ model: String, isQuiet: Bool) {
        self.model = model
        self.isQuiet = isQuiet
    }

    /// Makes an interrupt say that nothing is lost; the process then ends as one does that was interrupted.
    static func noteInterrupts() {
        signal(SIGINT) { _ in
            let text: StaticString = "\nneedletail: stopped. The same command goes on where this one was.\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            signal(SIGINT, SIG_DFL)
            raise(SIGINT)
        }
        // A parent process may have left it blocked.
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
    }

    /// Shows an event.
    func show(_ event: HubEvent) {
        guard !isQuiet else { return }
        state.withLock { state in
            switch event {
            case .planned(let plan):
                state.totalBytes = plan.bytesToFetch
                let missing = plan.files.filter { !$0.isCached }.count
                if missing > 0 {
                    say(
                        "\(model): \(Numbers.counted(missing, "file")), \(Numbers.bytes(plan.bytesToFetch)) to fetch",
                        &state)
                }
            case .cached(let file):
                if !terminal.isTerminal { say("\(file): already cached", &state) }
            case .started(let file, let have, let total):
                if state.active[file] == nil { state.order.append(file) }
                state.active[file] = (have, total)
                if !terminal.isTerminal {
                    let size = total.map { " (\(Numbers.bytes($0)))" } ?? ""
                    say("\(file)\(size): " + (have > 0 ? "going on after \(Numbers.bytes(have))" : "fetching"), &state)
                }
            case .received(let file, let bytes, let total):
                state.received += max(0, bytes - (state.active[file]?.done ?? bytes))
                state.active[file] = (bytes, total)
            case .finished(let file, let bytes):
                state.active[file] = nil
                state.order.removeAll { $0 == file }
                state.finishedBytes += bytes
                say("\(file): done, \(Numbers.bytes(bytes))", &state)
            case .retrying(let file, let reason, let delay):
                say("\(file): \(reason); trying again in \(Numbers.fixed(delay.seconds, 1)) s", &state)
            case .waiting(let file):
                say("\(file): another process fetches it; waiting", &state)
            }
            draw(&state)
        }
    }

    /// Takes the bars away.
    func finish() {
        state.withLock { erase(&$0) }
    }

    /// Says a sentence, unless the user wants quiet.
    func tell(_ text: String) {
        guard !isQuiet else { return }
        state.withLock { say(text, &$0) }
    }

    private func say(_ text: String, _ state: inout State) {
        erase(&state)
        StandardError.write(text + "\n")
    }

    private func erase(_ state: inout State) {
        guard state.shownLines > 0 else { return }
        StandardError.write("\u{1B}[\(state.shownLines)A\r\u{1B}[J")
        state.shownLines = 0
        state.lastDrawn = nil
    }

    /// Redraws the bars, at most ten times a second.
    private func draw(_ state: inout State) {
        guard terminal.isTerminal, !state.order.isEmpty else { return }
        let now = ContinuousClock.now
        if let last = state.lastDrawn, now - last < .milliseconds(100) { return }
        erase(&state)
        var lines = state.order.compactMap { file in
            state.active[file].map { line(file, $0.done, $0.total, note: "") }
        }
        let done = state.finishedBytes + state.active.values.reduce(0) { $0 + $1.done }
        let speed = Double(state.received) / max(0.001, (now - state.start).seconds)
        var note = ", \(Numbers.bytes(Int(speed)))/s"
        if speed > 0, state.totalBytes > done {
            note += ", \(Numbers.fixed(Double(state.totalBytes - done) / speed, 0)) s left"
        }
        lines.append(line("all", done, max(done, state.totalBytes), note: note))
        StandardError.write(lines.joined(separator: "\n") + "\n")
        state.shownLines = lines.count
        state.lastDrawn = now
    }

    /// A line that fits the terminal: a line that wraps could not be taken away again.
    private func line(_ name: String, _ done: Int, _ total: Int?, note: String) -> String {
        let width = max(20, min(terminal.width, 100))
        var counts = Numbers.bytes(done)
        var bar = ""
        if let total, total > 0 {
            counts += " of \(Numbers.bytes(total))"
            let cells = max(4, min(24, width - 60))
            let filled = max(0, min(cells, done * cells / total))
            bar = String(repeating: "━", count: filled) + String(repeating: "╌", count: cells - filled) + " "
        }
        let room = max(8, width - bar.count - counts.count - note.count - 2)
        let shown = name.count <= room ? name : "…" + name.suffix(room - 1)
        return String(
            (shown + String(repeating: " ", count: max(0, min(room, 28) - shown.count)) + " \(bar)\(counts)\(note)")
                .prefix(width - 1))
    }
}
