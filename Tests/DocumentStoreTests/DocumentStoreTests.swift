import DocumentStore
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Document store") struct DocumentStoreTests {
    @Test("Operations get ascending numbers, versions count up, and a delete leaves its version behind")
    func versions() throws {
        try TemporaryFolder.with { folder in
            let store = try DocumentStore(path: folder.path + "/d", create: true)
            let results = try store.write([
                .index("a", "{1}"), .index("b", "{2}"), .index("a", "{3}"), .delete("a"), .delete("a"),
                .index("a", "{4}"),
                .delete("c"),
            ]).results.map { try $0.get() }
            #expect(results.map(\.seqNo) == [0, 1, 2, 3, 4, 5, 6])
            #expect(results.map(\.version) == [1, 1, 2, 3, 4, 5, 1])
            #expect(results.map(\.result) == [.created, .created, .updated, .deleted, .notFound, .created, .notFound])
            #expect(results.map(\.superseded) == [nil, nil, 0, 2, nil, nil, nil])
            #expect(store.statistics.liveDocuments == 2)
            #expect(try store.document(id: "a")?.source == [UInt8]("{4}".utf8))
            #expect(try store.document(id: "c") == nil)
            #expect(try store.documents(seqNos: [2, 99, 1]).map { $0?.id } == ["a", nil, "b"])
            store.close()
        }
    }

    @Test("Conditions on versions hold as OpenSearch's do, with its sentences")
    func conditions() throws {
        try TemporaryFolder.with { folder in
            let store = try DocumentStore(path: folder.path + "/d", create: true)
            func write(_ operation: DocumentOperation) throws -> String {
                switch try store.write([operation]).results[0] {
                case .success(let outcome): "\(outcome.result.rawValue) \(outcome.version)"
                case .failure(let conflict): conflict.description
                }
            }
            #expect(try write(.create("1", "{}")) == "created 1")
            #expect(
                try write(.create("1", "{}"))
                    == "[1]: version conflict, document already exists (current version [1])")
            #expect(try write(.index("1", "{}", .ifLastChangedBy(seqNo: 0, primaryTerm: 1))) == "updated 2")
            #expect(
                try write(.index("1", "{}", .ifLastChangedBy(seqNo: 0, primaryTerm: 1)))
                    == "[1]: version conflict, required seqNo [0], primary term [1]. current document has seqNo [1] and "
                    + "primary term [1]")
            #expect(
                try write(.index("2", "{}", .ifLastChangedBy(seqNo: 0, primaryTerm: 1)))
                    == "[2]: version conflict, required seqNo [0], primary term [1]. but no document was found")
            #expect(try write(.index("3", "{}", .external(7))) == "created 7")
            #expect(
                try write(.index("3", "{}", .external(7)))
                    == "[3]: version conflict, current version [7] is higher or equal to the one provided [7]")
            #expect(try write(.index("3", "{}", .externalOrEqual(7))) == "updated 7")
            #expect(try write(.delete("3", .external(9))) == "deleted 9")
            #expect(
                try write(.index("3", "{}", .external(8))).hasSuffix("[9] is higher or equal to the one provided [8]"))
            #expect(try write(.create("3", "{}")) == "created 10")
            // A refused operation takes no number.
            #expect(store.statistics.maximumSeqNo == 5)
        }
    }

    @Test("Ids are bytes: equivalent texts are different documents, and NUL or emptiness does not matter")
    func ids() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            let ids = ["\u{e9}", "e\u{301}", "a\u{0}b", "a", "", "\u{1F600}"]
            let store = try DocumentStore(path: path, create: true)
            _ = try store.write(ids.map { .index($0, "{}") })
            for (number, id) in ids.enumerated() { #expect(try store.seqNo(ofID: id) == Int64(number)) }
            store.close()
            let again = try DocumentStore(path: path)
            for (number, id) in ids.enumerated() { #expect(try again.document(id: id)?.seqNo == Int64(number)) }
        }
    }

    @Test("Superseded documents stay until they are purged; deletes are remembered until then")
    func purging() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            let store = try DocumentStore(path: path, create: true)
            _ = try store.write([
                .index("a", "{1}"), .index("a", "{2}"), .index("b", "{3}"), .delete("b"), .index("a", "{4}"),
                .delete("c"),
            ])
            #expect(try store.documents(seqNos: [0, 1, 2, 3, 4, 5]).map { $0?.version } == [1, 2, 1, nil, 3, nil])
            #expect(try store.seqNos(ofIDs: ["a", "b"], notAfter: 2) == [1, 2])
            #expect(try store.operations(after: 0).map(\.superseded) == [0, nil, 2, 1, nil])
            #expect(try store.purge(supersededThrough: 3) == 2)
            #expect(try store.documents(seqNos: [0, 1, 2, 4]).map { $0?.version } == [nil, 2, nil, 3])
            #expect(try store.write([.index("b", "{}", .external(1))]).results.count == 1)
            // Ids are entered when the store is closed; from then on tombstones may go.
            store.close()
            let again = try DocumentStore(path: path)
            #expect(try again.purge(supersededThrough: 100, tombstonesThrough: 100) == 3)
            #expect(try again.operations(after: -1).map(\.seqNo) == [4])
            #expect(try again.write([.index("b", "{}", .external(1))]).results[0].get().version == 1)
            #expect(try again.document(id: "a")?.source == [UInt8]("{4}".utf8))
            try again.verify()
        }
    }

    @Test(
        "More ids than are kept in memory: all are found, before and after opening, whoever reads while they are entered"
    )
    func manyIDs() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            let store = try DocumentStore(path: path, create: true)
            for round in 0..<30 {
                _ = try store.write((0..<3_000).map { .index("\(($0 &* 7_919) % 90_001)-\(round % 20)", "{\(round)}") })
                #expect(try store.document(id: "0-\(round % 20)")?.source == [UInt8]("{\(round)}".utf8))
            }
            #expect(store.statistics.liveDocuments == 60_000)
            // As after a crash: nothing is closed, and another connection opens what is there.
            let again = try DocumentStore(path: path)
            #expect(again.statistics.primaryTerm == 2)
            for round in 0..<20 {
                #expect(try again.document(id: "7919-\(round)")?.version == (round < 10 ? 2 : 1))
            }
        }
    }

    @Test("Writers that come together share transactions and get tickets in the order of their operations")
    func groups() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletail-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try DocumentStore(path: folder + "/d", create: true)
        let receipts = try await withThrowingTaskGroup(of: [WriteReceipt].self) { group in
            for writer in 0..<4 {
                group.addTask {
                    try (0..<50).map { try store.write([.index("\(writer)-\($0)", "{}"), .index("shared", "{}")]) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let ordered = receipts.sorted { $0.ticket < $1.ticket }
        #expect(ordered.map(\.ticket) == Array(0..<200))
        let numbers = try ordered.flatMap { try $0.results.map { try $0.get().seqNo } }
        #expect(numbers == (0..<400).map(Int64.init))
        #expect(store.statistics.liveDocuments == 201)
        #expect(try store.document(id: "shared")?.version == 200)
    }

    @Test("Generated ids are different and ascend, also when the clock goes back")
    func generatedIDs() {
        let ids = (0..<100_000).map { _ in DocumentIdentifier.next() }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        #expect(ids.allSatisfy { $0.utf8.count == 20 })
    }
}

extension DocumentOperation {
    static func index(_ id: String, _ source: String, _ version: VersionRule = .next) -> DocumentOperation {
        DocumentOperation(id: id, action: .index(source: [UInt8](source.utf8)[...]), version: version)
    }
    static func create(_ id: String, _ source: String) -> DocumentOperation {
        DocumentOperation(id: id, action: .create(source: [UInt8](source.utf8)[...]))
    }
    static func delete(_ id: String, _ version: VersionRule = .next) -> DocumentOperation {
        DocumentOperation(id: id, action: .delete, version: version)
    }
}
