import ClusterState
import JSON
import SQLite
import TestSupport
import Testing

@Suite("Metadata store") struct MetadataStoreTests {
    @Test("What was changed is there after opening again, in every part")
    func reopening() throws {
        try TemporaryFolder.with { temporary in
            let folder = try DataFolder(path: temporary.path + "/data")
            let store = try MetadataStore(folder)
            let uuid = store.current.clusterUUID
            var index = IndexMetadata(
                name: "a", createdAt: 1_700_000_000_123, settings: ["index.number_of_shards": "3"],
                mappings: ["properties": ["t": ["type": "text"]]], aliases: ["x": ["is_write_index": true]])
            try store.update { $0.put(index) }
            index.isOpen = false
            index.mappingVersion = 7
            index.fieldNames = ["t", "t.keyword"]
            try store.update { metadata in
                metadata.put(index)
                metadata.put(IndexMetadata(name: "b", createdAt: 5))
                metadata[.indexTemplate, "t"] = ["index_patterns": ["log-*"]]
                metadata[.setting, "cluster.x"] = "1"
                metadata[.setting, "cluster.y"] = "2"
            }
            try store.update { metadata in
                metadata.removeIndex("b")
                metadata[.setting, "cluster.x"] = nil
            }
            store.close()

            let again = try MetadataStore(folder).current
            #expect(again.clusterUUID == uuid)
            #expect(again.version == store.current.version)
            #expect(again.indices == ["a": index])
            #expect(again.all(.setting) == ["cluster.y": "2"])
            #expect(again[.indexTemplate, "t"] == ["index_patterns": ["log-*"]])
            #expect(again.all(.script).isEmpty)
        }
    }

    @Test("What is nested as deep as can be read again is kept; what is deeper is refused, and the store opens again")
    func depth() throws {
        try TemporaryFolder.with { temporary in
            let folder = try DataFolder(path: temporary.path + "/data")
            let store = try MetadataStore(folder)
            var deep: JSONValue = []
            for _ in 1..<JSONLimits.deepest { deep = [deep] }
            try store.update { $0[.script, "deep"] = deep }
            try store.update { $0.put(IndexMetadata(name: "a", createdAt: 1, mappings: deep)) }
            let tooDeep: JSONValue = ["x": deep]
            for change in [
                { $0[.script, "deeper"] = tooDeep },
                { $0.put(IndexMetadata(name: "b", createdAt: 1, mappings: tooDeep)) },
            ] as [(inout ClusterMetadata) -> Void] {
                let error = #expect(throws: ClusterStateError.self) { try store.update(change) }
                #expect(error?.kind == .tooDeep)
            }
            store.close()
            let again = try MetadataStore(folder).current
            #expect(again[.script, "deep"] == deep && again[.script, "deeper"] == nil)
            #expect(again.indices.keys.sorted() == ["a"])
        }
    }

    @Test("A change that throws leaves file and value as they were")
    func failedChange() throws {
        struct Refusal: Error {}
        try TemporaryFolder.with { temporary in
            let folder = try DataFolder(path: temporary.path + "/data")
            let store = try MetadataStore(folder)
            #expect(throws: Refusal.self) {
                try store.update { metadata in
                    metadata.put(IndexMetadata(name: "a", createdAt: 1))
                    throw Refusal()
                }
            }
            #expect(store.current.indices.isEmpty)
            store.close()
            #expect(try MetadataStore(folder).current.indices.isEmpty)
        }
    }

    @Test("Damaged, foreign and newer files are told apart")
    func wrongFiles() throws {
        try TemporaryFolder.with { temporary in
            let folder = try DataFolder(path: temporary.path + "/data")
            try temporary.write(String(repeating: "text ", count: 2_000), to: "data/cluster.sqlite")
            #expect(kind(folder) == .damaged)
            try temporary.write([], to: "data/cluster.sqlite")
            try MetadataStore(folder).close()
            let connection = try Connection(path: folder.metadataPath, access: .readWrite)
            try connection.execute("PRAGMA user_version = 2")
            #expect(kind(folder) == .newerFormat)
            try connection.execute("PRAGMA user_version = 1; PRAGMA application_id = 1")
            #expect(kind(folder) == .damaged)
        }
    }

    private func kind(_ folder: DataFolder) -> ClusterStateError.Kind? {
        do throws(ClusterStateError) {
            _ = try MetadataStore(folder)
            return nil
        } catch {
            return error.kind
        }
    }
}
