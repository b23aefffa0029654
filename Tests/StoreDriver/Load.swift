import ClusterState
import DocumentStore
import Indices
import JSON
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes to an index without end, from several threads, and says what was acknowledged: a line for each operation, written to standard
/// output at once.
///
///     started            the node has opened the folder by itself
///     ID VERSION N       document ID has the source {"n":N,...} now, with this version
///     ID VERSION -       document ID was deleted
struct Load {
    let folder: String
    let seed: UInt64
    let threads: Int

    func run() throws {
        let node = try NodeIndices(try DataFolder(path: folder), log: { Report.say(["log \($0)"]) })
        let index: IndexService
        if node.metadata.current.indices["load"] == nil {
            index = try node.create(
                "load", settings: ["index.refresh_interval": "20ms"],
                mappings: [
                    "properties": [
                        "v": ["type": "knn_vector", "dimension": 3, "space_type": "l2"], "w": ["type": "rank_features"],
                    ]
                ])
        } else {
            index = try node.index("load")
        }
        Report.say(["started"])
        let all = (0..<threads).map { number in
            JoinedThread {
                do {
                    var writer = Writer(index: index, seed: seed, thread: number, threads: threads)
                    while true {
                        try writer.write()
                        if number == 0 { try writer.keepBusy(node) }
                    }
                } catch {
                    Report.say(["error \(error)"])
                    exit(1)
                }
            }
        }
        for thread in all { thread.join() }
    }
}

/// One thread that writes; the ids of its documents are its own.
struct Writer {
    private let index: IndexService
    private let thread: Int
    private let threads: Int
    private var random: SplitMix
    private var number: Int

    init(index: IndexService, seed: UInt64, thread: Int = 0, threads: Int = 1) {
        self.index = index
        self.thread = thread
        self.threads = threads
        random = SplitMix(state: seed &* 1_000 &+ UInt64(thread))
        number = Int(truncatingIfNeeded: seed &* 1_000_000) + thread
    }

    /// Writes a few documents, and says what was acknowledged.
    mutating func write() throws {
        let operations = (0..<Int.random(in: 1...60, using: &random)).map { _ in operation() }
        var lines: [String] = []
        defer { Report.say(lines) }
        for (operation, result) in zip(operations, index.apply(operations)) {
            let outcome = try result.get()
            let source = operation.source.flatMap { try? JSONValue(parsing: $0)["n"]?.int }
            lines.append("\(operation.id) \(outcome.version) \(source.map(String.init) ?? "-")")
        }
    }

    private mutating func operation() -> DocumentOperation {
        number += threads
        let id = "d\(Int.random(in: 0..<400, using: &random) * threads + thread)"
        if Int.random(in: 0..<8, using: &random) == 0 { return DocumentOperation(id: id, action: .delete) }
        let padding = String(repeating: "x", count: Int.random(in: 0..<300, using: &random))
        // Now and then a field that the mapping does not know.
        let field = number % 500 == 0 ? #","f\#(number / 500 % 40)":"new""# : ""
        let vector = "[\(number % 97),\(number % 89),\(number % 83)]"
        let rest = #""p":"\#(padding)","v":\#(vector),"w":{"a":\#(number % 50 + 1)}\#(field)"#
        let source = #"{"n":\#(number),"t":"even\#(number % 2)",\#(rest)}"#
        return DocumentOperation(id: id, action: .index(source: [UInt8](source.utf8)[...]))
    }

    /// Now and then what else happens on a node: commits, and indices that come and go.
    mutating func keepBusy(_ node: NodeIndices) throws {
        if Int.random(in: 0..<40, using: &random) == 0 { try index.flush() }
        if Int.random(in: 0..<40, using: &random) == 0 {
            _ = try node.create("made-\(number)").apply((0..<20).map { _ in operation() })
        }
        if Int.random(in: 0..<40, using: &random) == 0,
            let made = node.metadata.current.indices.keys.first(where: { $0.hasPrefix("made-") })
        {
            try node.delete(made)
        }
    }
}

/// Lines on standard output.
enum Report {
    private static let lock = Mutex<Void>(())

    /// One `write` a call where the pipe takes it: lines are seen completely or not at all, also when the process is killed right after.
    static func say(_ lines: [String]) {
        if lines.isEmpty { return }
        let text = lines.joined(separator: "\n") + "\n"
        lock.withLock { _ in
            var bytes = [UInt8](text.utf8)[...]
            while !bytes.isEmpty {
                let written = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
                if written <= 0 { exit(3) }
                bytes = bytes.dropFirst(written)
            }
        }
    }
}

/// A thread that somebody waits for.
final class JoinedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var thread = pthread_t()

    init(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        pthread_create(
            &thread, nil,
            {
                Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
    }

    func join() { pthread_join(thread, nil) }
}

/// Takes a data folder until standard input ends.
struct Holder {
    let folder: String

    func run() throws {
        let held = try DataFolder(path: folder)
        Report.say(["held by \(getpid())"])
        while readLine() != nil {}
        held.release()
    }
}
