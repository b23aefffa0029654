import FineTuning
import FineTuningReport

/// The page of a run, `report.html` in its folder.
struct RunReportPage {
    let folder: RunFolder
    /// The name under which the run is found.
    let name: String
    let runs: RunsOptions

    /// Writes the page, or writes it anew; the commands that it shows work wherever the run's files are.
    func write(to other: String? = nil) throws -> String {
        let commands = [
            "needletail finetune --config \(TypedCommand.quoted(folder.input))", runs.command("resume", name),
        ]
        let report = FineTuningReport(
            folder: folder.path, program: "needletail \(programVersion)", commands: commands)
        let place = other ?? folder.report
        do {
            try report.html.writeFile(place)
        } catch {
            throw CommandFailure(
                .cannotWrite,
                "\(place): cannot be written. Check the folder, its permissions and the space on the disk.")
        }
        return place
    }
}
