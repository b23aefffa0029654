import JSON
import TrainingReport
import Workflows

/// One run as `needletail runs` shows it.
struct RunOverview {
    let name: String
    let folder: String
    /// What happened so far; nil of a run that was made and never begun.
    let history: ExecutionHistory?
    /// Why the history cannot be read, if it cannot.
    let damage: WorkflowError?

    init(name: String, folder: String) {
        self.name = name
        self.folder = folder
        do throws(WorkflowError) {
            history = try ExecutionHistory(folder: folder)
            damage = nil
        } catch {
            history = nil
            damage = error.code == .file ? nil : error
        }
    }

    private var status: String { damage == nil ? history?.status.rawValue ?? "stopped" : "damaged" }

    private var style: Terminal.Style? {
        switch history?.status {
        case .succeeded: .green
        case .failed, .timedOut, .aborted: .red
        case .running: .cyan
        case .stopped, nil: damage == nil ? .yellow : .red
        }
    }

    /// From the first event to the last one, or to the present while it runs.
    private var seconds: Double {
        guard let history, let last = history.events.last else { return 0 }
        let end = history.status == .running ? SystemClock().now : last.timestamp
        return Double(end.milliseconds - history.started.milliseconds) / 1000
    }

    private static func seconds(_ visit: StateRecord) -> Double? {
        visit.ended.map { Double($0.milliseconds - visit.began.milliseconds) / 1000 }
    }

    /// The state that was entered last.
    private var place: String { history?.visits.last { $0.parent == nil }?.name ?? "" }

    /// The row of a table.
    var cells: [TextTable.Cell] {
        [
            .init(name, .bold), .init(status, style),
            .init(history.map { String($0.started.description.prefix(19)) + "Z" } ?? ""),
            .init(history == nil ? "" : Figures.duration(seconds)),
            .init(damage?.description ?? place),
        ]
    }

    /// The steps, one a line.
    func steps(for terminal: Terminal) -> String {
        var text = "\(name)  \(terminal.styled(status, style ?? .bold))  \(Figures.duration(seconds))\n"
        guard let history else { return text }
        var table = TextTable([.init("step"), .init("began"), .init("took", .right), .init("tries", .right), .init("")])
        for visit in history.visits where visit.parent == nil && [.task, .map, .parallel, .wait].contains(visit.type) {
            let took = Self.seconds(visit).map { Figures.duration($0) } ?? "-"
            var note = visit.fault.map { ($0.cause.isEmpty ? $0.error : $0.cause).withoutControls } ?? ""
            if visit.type == .map { note = Numbers.counted(visit.iterations, "iteration") }
            table.add([
                .init(visit.name, .bold), .init(String(visit.began.description.prefix(19)) + "Z"), .init(took),
                .init(visit.attempts > 1 ? "\(visit.attempts)" : ""), .init(note),
            ])
        }
        text += table.rendered(for: terminal)
        return text
    }

    /// Everything, for programs.
    var json: JSONValue {
        func number(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }
        var object: JSONObject = [
            "run": .string(name), "folder": .string(folder), "status": .string(status), "state": .string(place),
        ]
        if let damage { object["damage"] = .string(damage.description) }
        guard let history else { return .object(object) }
        object["started"] = .string(history.started.description)
        object["seconds"] = number(seconds)
        object["process"] = history.holder.map { .number(JSONNumber(Int($0))) }
        object["steps"] = .array(
            history.visits.map { visit in
                var step: JSONObject = [
                    "name": .string(visit.name), "type": .string(visit.type.rawValue),
                    "began": .string(visit.began.description), "attempts": .number(JSONNumber(visit.attempts)),
                ]
                step["seconds"] = Self.seconds(visit).map { number($0) }
                if let fault = visit.fault {
                    step["error"] = ["Error": .string(fault.error), "Cause": .string(fault.cause)]
                }
                return .object(step)
            })
        switch history.outcome {
        case .succeeded(let output): object["output"] = output
        case .failed(let error, let cause): object["error"] = ["Error": .string(error), "Cause": .string(cause)]
        case .aborted(let cause): object["error"] = ["Error": "", "Cause": .string(cause)]
        case .timedOut, nil: break
        }
        return .object(object)
    }
}
