import ClusterState
import DocumentStore
import Indices
import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Writes to an index without end, and says what was acknowledged: a line for each operation, written to standard output at once.
///
///     started            the node has opened the folder by itself
///     ID VERSION N       document ID has the source {"n":N,...} now, with this version
///     ID VERSION -       document ID was deleted
struct Load {
    let folder: String
    let seed: UInt64

    /// - Parameter fileLimit: The system refuses to make a file larger than so many bytes.
    func run(fileLimit: UInt? = nil) throws {
        var random = SplitMix(state: seed)
        let node = try NodeIndices(try DataFolder(path: folder), log: { Self.say(["log \($0)"]) })
        let index: IndexService
        if node.metadata.current.indices["load"] == nil {
            index = try node.create("load", settings: ["index.refresh_interval": "20ms"])
        } else {
            index = try node.index("load")
        }
        Self.say(["started"])
        if let fileLimit {
            // Writing beyond the limit is an error then, not the end of the process.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: rlim_t(fileLimit), rlim_max: rlim_t(fileLimit))
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        }
        var number = Int(truncatingIfNeeded: seed &* 1_000_000)
        while true {
            let operations = (0..<Int.random(in: 1...60, using: &random)).map { _ -> DocumentOperation in
                number += 1
                let id = "d\(Int.random(in: 0..<400, using: &random))"
                if Int.random(in: 0..<8, using: &random) == 0 { return DocumentOperation(id: id, action: .delete) }
                let padding = String(repeating: "x", count: Int.random(in: 0..<300, using: &random))
                // Now and then a field that the mapping does not know.
                let field = number % 500 == 0 ? #","f\#(number / 500 % 40)":"new""# : ""
                return DocumentOperation(
                    id: id,
                    action: .index(
                        source: [UInt8](#"{"n":\#(number),"t":"even\#(number % 2)","p":"\#(padding)"\#(field)}"#.utf8)[
                            ...]))
            }
            var lines: [String] = []
            for (operation, result) in zip(operations, index.apply(operations)) {
                switch result {
                case .success(let outcome):
                    let source = operation.source.flatMap { try? JSONValue(parsing: $0)["n"]?.int }
                    lines.append("\(operation.id) \(outcome.version) \(source.map(String.init) ?? "-")")
                case .failure(let failure):
                    Self.say(lines)
                    throw failure
                }
            }
            Self.say(lines)
            if Int.random(in: 0..<40, using: &random) == 0 { try index.flush() }
            if Int.random(in: 0..<40, using: &random) == 0 { _ = try node.create("made-\(number)").apply(operations) }
            if Int.random(in: 0..<40, using: &random) == 0,
                let made = node.metadata.current.indices.keys.first(where: { $0.hasPrefix("made-") })
            {
                try node.delete(made)
            }
        }
    }

    /// One `write` a call: lines are seen completely or not at all, also when the process is killed right after.
    static func say(_ lines: [String]) {
        if lines.isEmpty { return }
        let text = lines.joined(separator: "\n") + "\n"
        var bytes = [UInt8](text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if written <= 0 { exit(3) }
            bytes = bytes.dropFirst(written)
        }
    }
}

/// Takes a data folder until standard input ends.
struct Holder {
    let folder: String

    func run() throws {
        let held = try DataFolder(path: folder)
        Load.say(["held by \(getpid())"])
        while readLine() != nil {}
        held.release()
    }
}
