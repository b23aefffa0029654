// A run of the fine-tuning pipeline that tests start, kill and resume.
//
//     FineTuningDriver FOLDER PARAMETERS
//
// Begins the run of FOLDER with the parameters of a YAML file, or goes on with it. Prints a line for each event that tests wait for:
// `entered STATE`, `progress STATE`, `exited STATE`, and at the end `succeeded OUTPUT`, `failed ERROR CAUSE` or `error WORDS`.
import FineTuning
import Foundation
import JSON
import Workflows

func say(_ line: String) {
    print(line)
    fflush(nil)
}

let folder = CommandLine.arguments[1]
let file = CommandLine.arguments[2]
do {
    let services = FineTuningServices(modelPath: { $0 })
    let run: FineTuningRun
    if FileManager.default.fileExists(atPath: folder + "/input.json") {
        run = try FineTuningRun(path: folder)
    } else {
        let text = [UInt8](try Data(contentsOf: URL(filePath: file)))
        run = try FineTuningRun.make(try FineTuningParameters(yaml: text, path: file), in: folder)
    }
    let execution = try run.execution(services) { update in
        switch update {
        case .recorded(let event):
            if let name = event.name, event.kind.isStateEntered { say("entered \(name)") }
            if let name = event.name, event.kind.isStateExited { say("exited \(name)") }
        case .progress(let state, _, let progress):
            say("progress \(state) \(progress.text) \(progress.done ?? 0)/\(progress.total ?? 0)")
        }
    }
    switch try await execution.run(input: run.input) {
    case .succeeded(let output): say("succeeded \(output.serialized())")
    case .failed(let error, let cause): say("failed \(error) \(cause)")
    case .timedOut: say("failed timeout")
    case .aborted(let cause): say("failed aborted \(cause)")
    }
} catch {
    say("error \(error)")
}
