import ClusterState
import DocumentStore
import Indices
import JSON
import Mappings
import SearchIndex
import Synchronization
import TestSupport
import Testing
import VectorIndex

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Index service") struct IndexServiceTests {
    @Test("A document is there by id at once, found after a refresh, and found again after opening")
    func writeAndReopen() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            let results = index.apply([.index("1", #"{"title":"red apple"}"#), .index("2", #"{"title":"red car"}"#)])
            #expect(results.allSatisfy { (try? $0.get()) != nil })
            #expect(try index.document(id: "1") != nil)
            #expect(hits(index, "title", "red").isEmpty)
            try index.refresh()
            #expect(hits(index, "title", "red") == ["1", "2"])
            #expect(node.indices.metadata.current.indices["a"]?.mappings["properties"]?["title"]?["type"] == "text")
            try node.restart()
            #expect(hits(try node.indices.index("a"), "title", "red") == ["1", "2"])
        }
    }

    @Test("An update replaces, a delete removes, and an older snapshot still has what it saw")
    func snapshots() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply([.index("1", #"{"t":"old"}"#), .index("2", #"{"t":"old"}"#)])
            try index.refresh()
            let before = index.snapshot
            _ = index.apply([.index("1", #"{"t":"new"}"#), .delete("2")])
            #expect(hits(index, "t", "old") == ["1", "2"])
            try index.refresh()
            #expect(hits(index, "t", "old").isEmpty)
            #expect(hits(index, "t", "new") == ["1"])
            try index.flush()
            // The old snapshot keeps its rows from being purged.
            #expect(hits(before, "t", "old") == ["1", "2"])
            #expect(try before.seqNos(ofIDs: ["1", "2", "3"]) == [0, 1, nil])
            #expect(try index.snapshot.seqNos(ofIDs: ["1", "2", "3"]) == [2, nil, nil])
        }
    }

    @Test("An operation that the mapping refuses leaves the others alone")
    func refusal() throws {
        try Node.with { node in
            let index = try node.indices.create(
                "a", mappings: ["properties": ["n": ["type": "integer"]]])
            let results = index.apply([.index("1", #"{"n":1}"#), .index("2", #"{"n":"x"}"#), .index("3", #"{"n":3}"#)])
            #expect(results.map { (try? $0.get())?.seqNo } == [0, nil, 1])
            guard case .failure(.mapping(let error)) = results[1] else {
                Issue.record("a mapping error was expected")
                return
            }
            #expect(error.kind == .mapperParsing)
        }
    }

    @Test("A write waits for a refresh until it comes")
    func waitFor() async throws {
        let node = try Node()
        defer { node.remove() }
        let index = try node.indices.create("a", settings: ["index.refresh_interval": "200ms"])
        let outcome = try index.apply([.index("1", #"{"t":"x"}"#)])[0].get()
        await index.waitUntilVisible(outcome.seqNo)
        #expect(hits(index, "t", "x") == ["1"])
    }

    @Test("What a merge in the background made is seen and kept although nothing else is written")
    func mergedInTheBackground() async throws {
        let node = try Node()
        defer { node.remove() }
        let index = try node.indices.create(
            "a", settings: ["index.knn": true, "index.refresh_interval": "-1"],
            mappings: ["properties": ["v": ["type": "knn_vector", "dimension": 2]]])
        var generator = SeededGenerator(seed: 1)
        let operations = (0..<7_600).map { i in
            let (x, y) = (Float.random(in: -1...1, using: &generator), Float.random(in: -1...1, using: &generator))
            return DocumentOperation.index("\(i)", #"{"v":[\#(x),\#(y)]}"#)
        }
        _ = index.apply(operations)
        try index.refresh()
        func hasGraph(_ index: IndexService) -> Bool {
            let number = index.mapping.field("v")?.number
            return index.snapshot.index.segments.contains { segment in
                number.flatMap { segment.vectors($0)?.graphOptions } != nil
            }
        }
        for _ in 0..<12_000 where !hasGraph(index) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(hasGraph(index))
        try node.restart()
        #expect(hasGraph(try node.indices.index("a")))
    }

    @Test("A merge that was asked for is committed: the files of what was merged are gone")
    func mergedAndCommitted() throws {
        try Node.with { node in
            let index = try node.indices.create("a", settings: ["index.refresh_interval": "-1"])
            for i in 0..<4 {
                _ = index.apply([.index("\(i)", #"{"t":"x"}"#)])
                try index.refresh()
            }
            try index.flush()
            #expect(index.snapshot.index.segments.count == 4)
            try index.merge(to: 1)
            let names = try FileManager.default.subpathsOfDirectory(atPath: node.path)
            let files = names.filter { $0.contains("/segments/") && $0.hasSuffix(".segment") }
            #expect(files.count == 1)
        }
    }

    @Test("Segments made again from the documents find the same")
    func rebuild() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply((0..<100).map { .index("\($0)", #"{"t":"w\#($0 % 7)"}"#) } + [.delete("0")])
            try index.refresh()
            let expected = hits(index, "t", "w0")
            let steps = Mutex<[Int]>([])
            try node.indices.rebuild("a") { done, total in steps.withLock { $0 += [done, total] } }
            #expect(hits(try node.indices.index("a"), "t", "w0") == expected)
            #expect(expected.count == 14)
            // Document 0 was not purged: its operation is gone through as well.
            #expect(steps.withLock { $0 } == [101, 101])
        }
    }

    @Test(
        "A changed byte or a missing end in any file of the segments is found at opening, said, and repaired from the documents"
    )
    func damagedSegments() throws {
        try Node.with { node in
            let index = try node.indices.create(
                "a", mappings: ["properties": ["t": ["type": "text"], "n": ["type": "long"]]])
            _ = index.apply((0..<300).map { .index("\($0)", #"{"t":"w\#($0 % 7) all","n":\#($0)}"#) } + [.delete("0")])
            try index.flush()
            let segments = node.indices.folder.indexPath(uuid: index.uuid) + "/segments"
            var random = SeededGenerator(seed: 11)
            let names = try FileManager.default.contentsOfDirectory(atPath: segments).sorted()
            #expect(!names.isEmpty)
            for name in names {
                for cuts in [false, true] {
                    node.indices.shutDown()
                    let path = segments + "/" + name
                    guard var bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }), !bytes.isEmpty
                    else { continue }
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    if cuts { bytes.removeSubrange(place...) } else { bytes[place] ^= 0x40 }
                    try Data(bytes).write(to: URL(filePath: path))
                    try node.restart(isDown: true)
                    let opened = try node.indices.index("a")
                    #expect(hits(opened, "t", "all").count == 299, "\(name), \(cuts ? "cut" : "changed") at \(place)")
                    #expect(
                        node.log.contains { $0.contains("made again from the documents") },
                        "\(name), \(cuts) at \(place)")
                    try opened.flush()
                }
            }
        }
    }

    @Test("Segments that know more than the documents are made again")
    func segmentsAhead() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply([.index("1", #"{"t":"x"}"#)])
            try index.flush()
            let folder = node.indices.folder.indexPath(uuid: index.uuid)
            node.indices.shutDown()
            let before = try #require(FileManager.default.contents(atPath: folder + "/documents.sqlite"))
            try node.restart(isDown: true)
            let again = try node.indices.index("a")
            _ = again.apply([.index("2", #"{"t":"x"}"#), .index("3", #"{"t":"x"}"#)])
            try again.flush()
            node.indices.shutDown()
            // Somebody brings an old copy of the documents back.
            try before.write(to: URL(filePath: folder + "/documents.sqlite"))
            try node.restart(isDown: true)
            #expect(hits(try node.indices.index("a"), "t", "x") == ["1"])
            #expect(node.log.contains { $0.contains("know operations up to 2") })
        }
    }

    @Test("A damaged document file keeps its index from opening, with the reason, and no other index")
    func damagedDocuments() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply([.index("1", #"{"t":"x"}"#)])
            try node.indices.create("b")
            let folder = node.indices.folder.indexPath(uuid: index.uuid)
            node.indices.shutDown()
            try Data(repeating: 7, count: 20_000).write(to: URL(filePath: folder + "/documents.sqlite"))
            try node.restart(isDown: true)
            let error = #expect(throws: IndicesError.self) { try node.indices.index("a") }
            guard case .documents(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.kind == .damaged)
            _ = try node.indices.index("b")
            try node.indices.delete("a")
        }
    }

    @Test("Indices are made, closed, opened and deleted, and leave nothing behind")
    func lifecycle() throws {
        try Node.with { node in
            let index = try node.indices.create("a", aliases: ["x": [:]])
            _ = index.apply([.index("1", #"{"t":"x"}"#)])
            try index.refresh()
            let context = try node.indices.contexts.open(.pointInTime, [index.snapshot], keepAlive: 60_000_000_000)
            #expect(try node.indices.contexts.use(context.id).snapshots.count == 1)
            #expect(throws: IndicesError.self) { try node.indices.create("a") }
            try node.indices.close("a")
            #expect(throws: IndicesError.self) { try node.indices.contexts.use(context.id) }
            #expect(throws: IndicesError.self) { try node.indices.index("a") }
            try node.restart()
            #expect(throws: IndicesError.self) { try node.indices.index("a") }
            try node.indices.open("a")
            #expect(hits(try node.indices.index("a"), "t", "x") == ["1"])
            try node.indices.delete("a")
            #expect(throws: IndicesError.self) { try node.indices.index("a") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: node.indices.folder.indicesPath).isEmpty)
            #expect(throws: IndicesError.self) {
                try node.indices.create("b", mappings: ["properties": ["t": ["type": "nonsense"]]])
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: node.indices.folder.indicesPath).isEmpty)
        }
    }

    @Test("A context lives as long as it is used, and not longer")
    func contexts() throws {
        let contexts = ReaderContexts(pointInTimeLimit: 1)
        let short = try contexts.open(.scroll, [], keepAlive: 1, payload: 5)
        #expect(throws: IndicesError.self) { try contexts.use(short.id) }
        let long = try contexts.open(.pointInTime, [], keepAlive: .max)
        #expect(throws: IndicesError.self) { try contexts.open(.pointInTime, [], keepAlive: 1) }
        contexts.setPayload("page 2", of: long.id)
        #expect(try contexts.use(long.id, keepAlive: 3_600_000_000_000).payload as? String == "page 2")
        #expect(contexts.all(.pointInTime).map(\.id) == [long.id])
        #expect(contexts.closeAll(.pointInTime) == [long.id])
        #expect(!contexts.close(long.id))
    }

    @Test("Settings are read with their units, and a wrong one names the setting")
    func settings() throws {
        let settings = try IndexSettings([
            "index.refresh_interval": "-1", "index.translog.durability": "ASYNC",
            "index.translog.sync_interval": "100ms",
            "index.translog.flush_threshold_size": "1mb", "index.gc_deletes": "2m", "index.other": true,
        ])
        #expect(settings.refreshInterval == nil)
        #expect(settings.durability == .async)
        #expect(settings.syncInterval == 100_000_000)
        #expect(settings.flushThreshold == 1 << 20)
        #expect(settings.deleteMemory == 120_000_000_000)
        for (name, value) in [
            ("index.refresh_interval", "soon"), ("index.translog.durability", "never"),
            ("index.translog.flush_threshold_size", "9"), ("index.mapping.depth.limit", "-3"),
        ] {
            let error = #expect(throws: IndicesError.self) { try IndexSettings([name: .string(value)]) }
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test("Writers from several threads lose nothing and agree with the segments")
    func threads() async throws {
        let node = try Node()
        defer { node.remove() }
        let index = try node.indices.create("a", settings: ["index.refresh_interval": "1ms"])
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for round in 0..<50 {
                        // Every writer changes the same twenty documents, and adds a field now and then.
                        let operations = (0..<20).map {
                            DocumentOperation.index("\($0)", #"{"t":"all","w\#(writer)_\#(round / 25)":\#(round)}"#)
                        }
                        for result in index.apply(operations) { #expect((try? result.get()) != nil) }
                    }
                }
            }
        }
        try index.refresh()
        #expect(hits(index, "t", "all").count == 20)
        #expect(index.statistics.maximumSeqNo == 3_999)
        #expect(index.statistics.documents == 20)
    }
}
