// A training run that tests start, kill, and give a full disk.
//
//     TrainingDriver CONFIGURATION fresh|last [BYTES]
//
// Prints a line for each event that tests wait for. With BYTES, no file can grow beyond that: what a full disk looks like.
import Foundation
import TrainableEncoders
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

func say(_ line: String) {
    print(line)
    fflush(nil)
}

let arguments = CommandLine.arguments
if arguments.count > 3, let bytes = UInt64(arguments[3]) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
do {
    let text = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
    let configuration = try TrainingConfiguration(yaml: text, path: arguments[1], task: .dense)
    let result = try Trainer(configuration).run(arguments[2] == "last" ? .last : .fresh) { event in
        switch event {
        case .step(let record): say("step \(record.step)")
        case .saved(let checkpoint): say("saved \(checkpoint)")
        default: break
        }
    }
    say("ended \(result.checkpoint ?? "")")
} catch let error as TrainingError {
    say("error \(error.code.rawValue) \(error)")
}
