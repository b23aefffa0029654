import ClusterState
import DocumentStore
import Indices
import JSON
import Mappings
import SQLite
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

/// Files of a node that are damaged while it works, or written by a program of the future.
@Suite("Damage and other formats") struct DamageTests {
    @Test("A segment that is cut while it is open ends no process; it is made again by itself, which is said")
    func cutSegment() throws {
        try Node.with { node in
            let index = try node.indices.create("a", mappings: ["properties": ["t": ["type": "text"]]])
            // Larger than some pages, so that there is something to miss.
            _ = index.apply(
                (0..<3_000).map {
                    .index("\($0)", #"{"t":"all w\#($0 * 7_919 % 100_003) v\#($0 * 104_729 % 99_991)"}"#)
                })
            try index.flush()
            #expect(hits(index, "t", "all").count == 3_000)
            let before = index.snapshot
            let folder = node.indices.folder.indexPath(uuid: index.uuid) + "/segments"
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                // The first page stays: the system takes whole pages from mapped files.
                let file = OpenedFile(folder + "/" + name)
                file.cut(to: min(file.size, 4_096))
            }
            // Read to the end of what is not there any more: fewer hits, and the reason why they are fewer.
            _ = hits(before, "t", "all")
            #expect(throws: IndexError.self) { try before.index.verify() }
            #expect(before.index.damage != nil)
            let start = ContinuousClock.now
            while index.snapshot.index.damage != nil, ContinuousClock.now - start < .seconds(30) {
                sleep(milliseconds: 20)
            }
            #expect(hits(index, "t", "all").count == 3_000)
            #expect(node.log.contains { $0.contains("the segments failed") && $0.contains("is damaged") })
            _ = index.apply([.index("new", #"{"t":"all"}"#)])
            try index.flush()
            #expect(hits(index, "t", "all").count == 3_001)
        }
    }

    @Test(
        "A file of vectors or features that is cut, missing or of another version has its index made again, which is said",
        arguments: [".vectors", ".features"])
    func companionFiles(suffix: String) throws {
        try Node.with { node in
            let index = try node.indices.create(
                "a",
                mappings: [
                    "properties": [
                        "t": ["type": "text"], "v": ["type": "knn_vector", "dimension": 4, "space_type": "l2"],
                        "w": ["type": "rank_features"],
                    ]
                ])
            _ = index.apply(
                (0..<2_000).map {
                    .index("\($0)", #"{"t":"all","v":[\#($0),1,2,3],"w":{"a":\#($0 % 300 + 1),"b\#($0 % 50)":1}}"#)
                })
            try index.flush()
            let folder = node.indices.folder.indexPath(uuid: index.uuid) + "/segments"
            func file() throws -> String {
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                return folder + "/" + (try #require(names.first { $0.hasSuffix(suffix) }))
            }
            try checkCompanions(index)
            // While it is open.
            let before = index.snapshot
            OpenedFile(try file()).cut(to: 4_096)
            #expect(throws: IndexError.self) { try before.index.verify() }
            let start = ContinuousClock.now
            while index.snapshot.index.damage != nil, ContinuousClock.now - start < .seconds(30) {
                sleep(milliseconds: 20)
            }
            try checkCompanions(index)
            #expect(node.log.contains { $0.contains("the segments failed") && $0.contains("\(suffix) is damaged") })
            try index.flush()
            // While it is closed.
            node.indices.shutDown()
            try FileManager.default.removeItem(atPath: file())
            try node.restart(isDown: true)
            try checkCompanions(try node.indices.index("a"))
            #expect(node.log.contains { $0.contains("\(suffix) is missing") && $0.contains("made again") })
            try node.indices.index("a").flush()
            node.indices.shutDown()
            OpenedFile(try file()).write(99, at: 8)
            try node.restart(isDown: true)
            try checkCompanions(try node.indices.index("a"))
            #expect(node.log.contains { $0.contains("version 99") && $0.contains("made again") })
            // On purpose.
            try node.indices.rebuild("a")
            try checkCompanions(try node.indices.index("a"))
        }
    }

    private func checkCompanions(_ index: IndexService) throws {
        #expect(hits(index, "t", "all").count == 2_000)
        let snapshot = index.snapshot
        let dense = try #require(snapshot.mapping.field("v")?.number)
        let features = try #require(snapshot.mapping.field("w")?.number)
        var vectors = 0, documents = 0, bytes = 0
        for segment in snapshot.index.segments {
            vectors += segment.vectors(dense)?.count ?? 0
            documents += segment.features(features)?.documentsWithFeatures ?? 0
            bytes += segment.byteCount
        }
        #expect(vectors == 2_000 && documents == 2_000 && bytes > 2_000 * 16)
        try snapshot.index.verify()
    }

    @Test("The documents of a newer program keep their index from opening, with the reason; others open")
    func newerDocuments() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply([.index("1", #"{"t":"x"}"#)])
            try node.indices.create("b")
            let path = node.indices.folder.indexPath(uuid: index.uuid) + "/documents.sqlite"
            node.indices.shutDown()
            do {
                let connection = try Connection(path: path, access: .readWrite)
                try connection.execute("PRAGMA user_version = 99")
            }
            try node.restart(isDown: true)
            let error = #expect(throws: IndicesError.self) { try node.indices.index("a") }
            #expect(error?.description.contains("has format 99") == true)
            #expect(error?.description.contains(path) == true)
            #expect(error?.description.contains("start the newer program again") == true)
            _ = try node.indices.index("b")
        }
    }

    @Test("Segments of another version are made again from the documents, which is said")
    func newerSegments() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply((0..<50).map { .index("\($0)", #"{"t":"x"}"#) })
            try index.flush()
            let folder = node.indices.folder.indexPath(uuid: index.uuid) + "/segments"
            node.indices.shutDown()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".segment") {
                // The version, behind the magic number.
                OpenedFile(folder + "/" + name).write(99, at: 8)
            }
            try node.restart(isDown: true)
            #expect(hits(try node.indices.index("a"), "t", "x").count == 50)
            #expect(node.log.contains { $0.contains("version 99") && $0.contains("made again from the documents") })
        }
    }

    @Test("An index that finds its file in use is opened when the file is free, without anybody asking")
    func openedLater() throws {
        try Node.with { node in
            let index = try node.indices.create("a")
            _ = index.apply([.index("1", #"{"t":"x"}"#)])
            let path = node.indices.folder.indexPath(uuid: index.uuid) + "/documents.sqlite"
            node.indices.shutDown()
            // Somebody looks at the file with another program.
            var other: Connection? = try Connection(path: path, access: .readWrite)
            try other?.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
            try node.restart(isDown: true)
            let error = #expect(throws: IndicesError.self) { try node.indices.index("a") }
            #expect(error?.description.contains("another process works with it") == true, "\(error?.description ?? "")")
            try other?.execute("COMMIT")
            other = nil
            let start = ContinuousClock.now
            while (try? node.indices.index("a")) == nil, ContinuousClock.now - start < .seconds(40) {
                sleep(milliseconds: 50)
            }
            #expect(hits(try node.indices.index("a"), "t", "x") == ["1"])
        }
    }
}
