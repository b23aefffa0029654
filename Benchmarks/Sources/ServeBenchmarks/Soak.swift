import Glibc
import Synchronization

/// 200 connections for a time: how many requests were lost, and how memory went.
struct Soak {
    let target: Target
    let passages: Passages
    let seconds: Int
    /// The server's process.
    let pid: String

    /// Runs and prints.
    func run() {
        let (passages, target, pid) = (passages, target, pid)
        let samples = Mutex<[Int]>([])
        let isDone = Atomic(false)
        let watcher = Load.thread {
            while !isDone.load(ordering: .relaxed) {
                samples.withLock { $0.append(Self.residentKiB(pid)) }
                sleep(1)
            }
        }
        let outcome = Load.run(target, clients: 200, for: .seconds(seconds)) { client, turn in
            target.request(passages.query, passages.some(1 + (client + turn) % 10, from: client * 7 + turn))
        }
        isDone.store(true, ordering: .relaxed)
        pthread_join(watcher, nil)
        print(
            "\n200 connections for \(seconds) s: \(outcome.latencies.count) requests, \(outcome.failures.count) failures"
        )
        for failure in outcome.failures.prefix(3) { print("  \(failure)") }
        print(
            "p50 \(Table.fixed(outcome.latencies.percentile(0.5), 1)) ms, p99 \(Table.fixed(outcome.latencies.percentile(0.99), 1)) ms"
        )
        let sizes = samples.withLock { $0.map { $0 / 1024 } }
        let picks = stride(from: 0, to: sizes.count, by: max(1, sizes.count / 6)).map { "\($0) s: \(sizes[$0])" }
        print("resident MiB, " + picks.joined(separator: ", ") + ", end: \(sizes.last ?? 0)")
    }

    private static func residentKiB(_ pid: String) -> Int {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return 0 }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            let words = String(cString: text).split(whereSeparator: \.isWhitespace)
            if words.first == "VmRSS:", words.count > 1 { return Int(words[1]) ?? 0 }
        }
        return 0
    }
}
