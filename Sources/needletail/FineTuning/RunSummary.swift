import FineTuning
import JSON

/// What a run has come to: the table of systems, the gate's decision, and where the model is.
struct RunSummary {
    private let output: JSONValue
    private let parameters: FineTuningParameters
    private let folder: RunFolder

    init(_ output: JSONValue, _ parameters: FineTuningParameters, folder: RunFolder) {
        self.output = output
        self.parameters = parameters
        self.folder = folder
    }

    /// The summary for people.
    func text(for terminal: Terminal) -> String {
        var text = systems(for: terminal)
        let gate = output["evaluation"]?["gate"]
        if let decision = gate?["decision"]?.string {
            let isOverridden = gate?["overridden"]?.bool == true
            text += "\(decision).\(isOverridden ? " Deployed all the same, as the run was told to." : "")\n"
        }
        var rows: [(String, String)] = []
        if let model = output["package"]?["model_path"]?.string { rows.append(("model", model)) }
        for archive in output["package"]?["archives"]?.array ?? [] {
            if let path = archive["path"]?.string { rows.append(("archive", path)) }
        }
        if let id = output["model"]?["model_id"]?.string {
            rows.append(("model_id", id + (output["model"]?["cluster"]?.string.map { " in \($0)" } ?? "")))
        }
        if let target = output["index"]?["index"]?.string { rows.append(("index", target)) }
        if let alias = output["index"]?["alias"]?.string { rows.append(("alias", alias)) }
        rows.append(("report", folder.report))
        rows.append(("run", folder.path))
        let width = rows.map(\.0.count).max() ?? 0
        for (title, value) in rows { text += "\(DisplayWidth.padded(title, to: width))  \(value)\n" }
        return text
    }

    private func systems(for terminal: Terminal) -> String {
        guard let systems = output["evaluation"]?["systems"]?.array, !systems.isEmpty else { return "" }
        let metrics = systems[0]["metrics"]?.object?.keys ?? []
        let queries = output["evaluation"]?["queries"]?.int ?? 0
        var table = TextTable(
            [.init(Numbers.counted(queries, "held-out query", "held-out queries"))] + metrics.map { .init($0, .right) })
        for system in systems {
            let isTuned = system["system"]?.string == "tuned"
            table.add(
                [.init(system["title"]?.string ?? "", isTuned ? .bold : nil)]
                    + metrics.map { metric in
                        .init(
                            system["metrics"]?[metric]?.double.map { Numbers.fixed($0, 4) } ?? "-",
                            isTuned ? .bold : nil)
                    })
        }
        return table.rendered(for: terminal)
    }
}
