import ArgumentParser
import FineTuning

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where runs are.
struct RunsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder of runs; of a server, DATA/finetuning.", valueName: "folder"),
        completion: .directory)
    var runs = "runs"

    func validate() throws { try refuseEmpty(["--runs": runs]) }

    /// The names of all runs, by the time of their start.
    func names() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
        return names.filter { Self.isRun(runs + "/" + $0) }.sorted { Self.order($0) < Self.order($1) }
    }

    /// The folder of a run: one of this folder, or a path of its own.
    func folder(of name: String) throws -> String {
        for path in name.contains("/") ? [name] : [runs + "/" + name, name] where Self.isRun(path) { return path }
        let known = names().suffix(3)
        let advice =
            known.isEmpty
            ? "There are none; --runs says where to look."
            : "'needletail runs list' shows what there is: \(known.joined(separator: ", "))\(known.count < 3 ? "" : ", ...")."
        throw CommandFailure(.missingInput, "there is no run '\(name)' in '\(runs)'. \(advice)")
    }

    /// What is typed to go on with a run.
    func command(_ verb: String, _ name: String) -> String {
        let place = runs == "runs" ? "" : " --runs " + TypedCommand.quoted(runs)
        return "needletail runs \(verb) \(TypedCommand.quoted(name))\(place)"
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func isRun(_ path: String) -> Bool {
        exists(RunFolder(path).input)
    }

    /// Names hold the time of their start, behind the model's name; those of a server go on behind it.
    private static func order(_ name: String) -> (Substring, String) {
        (name.matches(of: /\d{8}T\d{6}Z/).last?.output ?? "", name)
    }
}
