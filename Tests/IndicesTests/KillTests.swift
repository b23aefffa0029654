import ClusterState
import DocumentStore
import Indices
import JSON
import Mappings
import SearchIndex
import SparseIndex
import TestSupport
import Testing
import VectorIndex

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
                // One thread, then three that write at once.
                let child = try StoreDriver(["load", folder, "\(round)", round % 2 == 0 ? "3" : "1"])
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
        "On a full disk writes are refused with the reason and reads go on; with room again writes go on, and nothing is lost"
    )
    func fullDisk() throws {
        try TemporaryFolder.with { temporary in
            let folder = temporary.path + "/data"
            var known: [String: Known] = [:]
            let said = try run(["fill", folder, "300000"], &known)
            let refusal = try #require(said.first { $0.hasPrefix("refused ") })
            #expect(refusal.contains("look for a full disk") && refusal.contains("documents.sqlite"), "\(refusal)")
            #expect(known.count > 100)
            #expect(said.contains { $0.hasPrefix("serving ") })
            #expect(said.contains("room"))
            #expect(said.contains { $0.hasPrefix("caught up ") })
            try check(folder, known, 0)
        }
    }

    @Test(
        "Segments that find no room are written later, by themselves; their documents are stored and served meanwhile")
    func noRoomForSegments() throws {
        try TemporaryFolder.with { temporary in
            let folder = temporary.path + "/data"
            var known: [String: Known] = [:]
            let said = try run(["segments", folder, "600000"], &known)
            let refusal = try #require(said.first { $0.hasPrefix("segments ") })
            #expect(refusal.contains("/segments/"), "\(refusal)")
            #expect(known.count == 600)
            #expect(said.contains("serving 550"))
            #expect(said.contains { $0.hasPrefix("caught up ") })
            #expect(said.contains { $0.hasPrefix("log ") && $0.contains("the segments failed") })
            try check(folder, known, 0)
        }
    }

    @Test(
        "A clock that goes back changes no order: sequence numbers and ids ascend, contexts and refreshes keep their time"
    )
    func clockGoesBack() throws {
        try TemporaryFolder.with { temporary in
            let folder = temporary.path + "/data"
            var known: [String: Known] = [:]
            let said = try run(["clock", folder], &known)
            let before = try #require(said.first { $0.hasPrefix("before ") }).split(separator: " ")
            let after = try #require(said.first { $0.hasPrefix("after ") }).split(separator: " ")
            #expect(try #require(Int(after[1])) < #require(Int(before[1])) - 80_000_000, "the clock was not set back")
            #expect(before[2] == "0" && after[2] == "1")
            #expect([UInt8](before[3].utf8).lexicographicallyPrecedes([UInt8](after[3].utf8)))
            #expect(said.contains("contexts true true"))
            #expect(said.contains("refreshed 1"))
            // Opened with the right clock again: what was written "before" is there.
            let node = try NodeIndices(try DataFolder(path: folder))
            defer { node.shutDown() }
            let index = try node.index("load")
            #expect(hits(index, "t", "even1").count == 2)
            #expect(try index.apply([.index("x", "{}")])[0].get().seqNo == 2)
            let next = DocumentIdentifier.next()
            #expect([UInt8](after[3].utf8).prefix(8).lexicographicallyPrecedes([UInt8](next.utf8).prefix(8)))
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

    /// Runs the driver to its end; what it says that no document is about.
    private func run(_ arguments: [String], _ known: inout [String: Known]) throws -> [String] {
        let child = try StoreDriver(arguments)
        var said: [String] = []
        while let line = child.readLine() {
            if line.hasPrefix("error") { Issue.record("\(line)") }
            if !note(line, &known) { said.append(line) }
        }
        #expect(child.wait() == 0)
        return said
    }

    @discardableResult
    private func note(_ line: String, _ known: inout [String: Known]) -> Bool {
        let parts = line.split(separator: " ")
        guard parts.count == 3, parts[0].hasPrefix("d"), let version = Int(parts[1]) else { return false }
        known[String(parts[0])] = Known(version: version, number: Int(parts[2]))
        return true
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
        try checkVectors(index, round)
    }

    /// Vectors and features are those of the documents.
    private func checkVectors(_ index: IndexService, _ round: Int) throws {
        let snapshot = index.snapshot
        guard let dense = snapshot.mapping.field("v")?.number, let features = snapshot.mapping.field("w")?.number else {
            return
        }
        for segment in snapshot.index.segments {
            let live = (0..<segment.documentCount).filter { segment.isLive($0) }
            let stored = try snapshot.documents(seqNos: live.map { segment.seqNo(of: $0) })
            var cursor = try segment.features(features)?.cursor(FeatureKey(token: "a"))
            for (document, stored) in zip(live, stored) {
                guard let stored else { continue }
                let source = try JSONValue(parsing: stored.source)
                guard let number = source["n"]?.int, source["v"] != nil else { continue }
                let wanted = [97, 89, 83].map { Float(number % $0) }
                #expect(segment.vectors(dense)?.vector(ofDocument: document) == wanted, "round \(round), \(number)")
                #expect(cursor?.advance(to: document) == document, "round \(round), \(number)")
                #expect(cursor?.weight.value == Float(number % 50 + 1), "round \(round), \(number)")
            }
        }
        #expect(snapshot.index.damage == nil)
    }

    @Test("Killed while it writes and merges vectors and features, an index opens with its last commit, whole")
    func killedVectors() throws {
        let rounds = ProcessInfo.processInfo.environment["NEEDLETAIL_KILL_ROUNDS"].flatMap(Int.init) ?? 10
        try TemporaryFolder.with { temporary in
            let folder = temporary.path + "/index"
            var random = SeededGenerator(seed: 21)
            var committed: Int64 = -1
            var wasFull = false
            for round in 1...rounds {
                let child = try StoreDriver(["vectors", folder, "12000"])
                child.killAfter(milliseconds: Int.random(in: 100...900, using: &random)) { line in
                    if line.hasPrefix("error") { Issue.record("round \(round): \(line)") }
                    if line.hasPrefix("full ") {
                        wasFull = true
                        #expect(line.contains(".vectors"), "\(line)")
                    }
                    if line.hasPrefix("committed "), let number = Int64(line.dropFirst(10)) { committed = number }
                }
                let writer = try IndexWriter(folder: folder)
                defer { writer.close() }
                #expect(writer.committed.seqNo >= committed, "round \(round)")
                committed = writer.committed.seqNo
                try writer.snapshot.verify()
                #expect(try vectorProblems(writer.snapshot, through: committed).prefix(3) == [], "round \(round)")
            }
            #expect(wasFull)
            #expect(committed > 100)
        }
    }

    /// What differs from what the driver's `VectorDocument` says.
    private func vectorProblems(_ snapshot: IndexSnapshot, through committed: Int64) throws -> [String] {
        let dense: FieldNumber = 3, features: FieldNumber = 8
        var live = Set((0..<(committed + 1)))
        for number in live where number % 4 == 0 && number > 30 { live.remove(number - 29) }
        var problems: [String] = []
        for segment in snapshot.segments {
            for document in 0..<segment.documentCount where segment.isLive(document) {
                let number = segment.seqNo(of: document)
                if live.remove(number) == nil { problems.append("\(number) should not be there") }
                let vector = (0..<24).map { Float((number &* 2_654_435_761 &+ Int64($0) &* 40_503) % 1_000) / 8 }
                if segment.vectors(dense)?.vector(ofDocument: document) != (number % 5 == 0 ? nil : vector) {
                    problems.append("the vector of \(number)")
                }
                for place in 0..<6 {
                    let key = FeatureKey(id: UInt32(number % 7) * 6 + UInt32(place))
                    var cursor = try segment.features(features)?.cursor(key)
                    if cursor?.advance(to: document) != document || cursor?.weight.value != Float(place + 1) {
                        problems.append("feature \(place) of \(number)")
                    }
                }
            }
        }
        return problems + live.map { "\($0) is lost" }
    }
}
