import Relevance
import Training
import TrainingReport

/// The page of a run: `report.html` in its folder, made of its `log.jsonl`.
struct RunPage {
    /// The folder of the run.
    let folder: String

    var path: String { folder + "/report.html" }

    /// What happened so far.
    func log() throws -> RunLog {
        let file = folder + "/log.jsonl"
        var lines = try LineReader(path: file)
        var text: [UInt8] = []
        while let line = try lines.next() {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        return try RunLog(lines: text, path: file)
    }

    /// Writes the page, or writes it anew.
    ///
    /// - Parameter systems: what else was measured.
    func write(systems: [TrainingReport.System], to other: String? = nil) throws {
        let report = TrainingReport(try log(), systems: systems, program: "needletail \(programVersion)")
        let place = other ?? path
        do {
            try report.html.writeFile(place)
        } catch {
            throw CommandFailure(
                .cannotWrite,
                "\(place): cannot be written. Check the folder, its permissions and the space on the disk.")
        }
    }
}
