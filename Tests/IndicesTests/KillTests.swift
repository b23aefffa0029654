import ClusterState
import DocumentStore
import Indices
import JSON
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
/// What is acknowledged survives the process.
///
/// `NEEDLETAIL_KILL_ROUNDS` sets how often the process is killed; 10 without it.
@Suite("Nothing lost", .serialized) struct KillTests {
    /// What the child has acknowledged about a document: version and number; no number for a deleted one.
    private struct Known: Equatable {
        var version: Int
        var number: Int?
    }

    @Test("Killed at random points, a node comes up by itself with everything that it acknowledged")
    func killed() throws {
        let rounds = ProcessInfo.processInfo.environment["NEEDLETAIL_KILL_ROUNDS"].flatMap(Int.init) ?? 10
        try TemporaryFolder.with { temporary in
            let folder = temporary.path + "/data"
            var random = SeededGenerator(seed: 5)
            var known: [String: Known] = [:]
            for round in 1...rounds {
                let child = try StoreDriver(["load", folder, "\(round)"])
                child.killAfter(milliseconds: Int.random(in: 1...400, using: &random)) { line in
                    if line.hasPrefix("error") { Issue.record("round \(round): \(line)") }
                    note(line, &known)
                }
                try check(folder, known, round)
            }
            #expect(known.count > 100)
        }
    }

    @Test(
        "When files cannot grow any more, writes are refused with the reason, and nothing that was acknowledged is lost"
    )
    func fullDisk() throws {
        try TemporaryFolder.with { temporary in
            let folder = temporary.path + "/data"
            var known: [String: Known] = [:]
            let child = try StoreDriver(["fill", folder, "300000"])
            var last = ""
            while let line = child.readLine() {
                last = line
                note(line, &known)
            }
            child.wait()
            #expect(last.contains("look for a full disk"), "\(last)")
            #expect(known.count > 10)
            try check(folder, known, 0)
        }
    }

    @Test("A second process is told which process has the folder")
    func twoProcesses() throws {
        try TemporaryFolder.with { temporary in
            let child = try StoreDriver(["hold", temporary.path + "/data"])
            #expect(child.readLine() == "held by \(child.identifier)")
            do throws(ClusterStateError) {
                _ = try DataFolder(path: temporary.path + "/data")
                Issue.record("two processes hold one folder")
            } catch {
                #expect(error.kind == .locked)
                #expect(error.reason.contains("process \(child.identifier);"))
            }
            child.kill()
            _ = try DataFolder(path: temporary.path + "/data")
        }
    }

    private func note(_ line: String, _ known: inout [String: Known]) {
        let parts = line.split(separator: " ")
        guard parts.count == 3, parts[0].hasPrefix("d"), let version = Int(parts[1]) else { return }
        known[String(parts[0])] = Known(version: version, number: Int(parts[2]))
    }

    /// Every acknowledged document is there as it was or newer (what was written last may not have been said any more), whole, and found by search.
    private func check(_ folder: String, _ known: [String: Known], _ round: Int) throws {
        let node = try NodeIndices(try DataFolder(path: folder))
        defer { node.shutDown() }
        let left = try FileManager.default.contentsOfDirectory(atPath: node.folder.indicesPath)
        #expect(Set(left) == Set(node.metadata.current.indices.values.map(\.uuid)), "round \(round)")
        for name in node.metadata.current.indices.keys { _ = try node.index(name) }
        guard node.metadata.current.indices["load"] != nil else {
            #expect(known.isEmpty, "round \(round)")
            return
        }
        let index = try node.index("load")
        try index.documents.verify()
        for (id, known) in known {
            let found = try index.document(id: id)
            if let found {
                let number = try JSONValue(parsing: found.source)["n"]?.int
                if Int(found.version) == known.version {
                    #expect(number == known.number, "round \(round), \(id)")
                } else {
                    #expect(Int(found.version) > known.version, "round \(round), \(id)")
                }
            } else if known.number != nil {
                // Deleted by an operation that was stored but not acknowledged any more.
                #expect(
                    try index.documents.operations(after: -1, limit: .max, byteLimit: .max).contains {
                        $0.effect == .deleted(id: id)
                    }, "round \(round), \(id) is lost")
            }
        }
        // The segments agree with the documents.
        let searched = hits(index, "t", "even0") + hits(index, "t", "even1")
        #expect(Set(searched).count == searched.count, "round \(round)")
        #expect(searched.count == index.statistics.documents, "round \(round)")
    }
}
