import Encoders
import Glibc

// Servers side by side, over loopback, with the encoder's own time beside them. Benchmarks/serve starts the servers.
//
//     ServeBenchmarks --model FOLDER --corpus FILE.jsonl --target NAME=PORT/PATH[@MODEL] … [--rounds 5] [--soak SECONDS --pid PID]

var options: [String: [String]] = [:]
var arguments = CommandLine.arguments.dropFirst()
while let name = arguments.popFirst() { options[name, default: []].append(arguments.popFirst() ?? "") }
guard let model = options["--model"]?.first, let corpus = options["--corpus"]?.first else {
    print(
        "usage: ServeBenchmarks --model FOLDER --corpus FILE.jsonl --target NAME=PORT/PATH[@MODEL] … (see Benchmarks/serve)"
    )
    exit(64)
}
let targets = (options["--target"] ?? []).compactMap { Target($0) }
let rounds = options["--rounds"]?.first.flatMap { Int($0) } ?? 5
let passages = try Passages(path: corpus)

if let seconds = options["--soak"]?.first.flatMap({ Int($0) }), let pid = options["--pid"]?.first {
    Soak(target: targets[0], passages: passages, seconds: seconds, pid: pid).run()
} else {
    let comparison = Comparison(
        encoder: try CrossEncoder(path: model), targets: targets, passages: passages, rounds: rounds)
    try comparison.oneClient()
    try comparison.manyClients()
    comparison.besideHeavyNeighbour()
}
