import DocumentStore
import TestSupport
import Testing

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
