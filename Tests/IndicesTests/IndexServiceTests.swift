import ClusterState
import DocumentStore
import Indices
import JSON
import Mappings
import SearchIndex
import TestSupport
import Testing

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

    @Test("Damaged segments are made again from the documents, and the log says so")
    func rebuild() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply((0..<100).map { .index("\($0)", #"{"t":"w\#($0 % 7)"}"#) } + [.delete("0")])
            try index.refresh()
            let expected = hits(index, "t", "w0")
            try node.indices.rebuild("a")
            #expect(hits(try node.indices.index("a"), "t", "w0") == expected)
            #expect(expected.count == 14)
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
