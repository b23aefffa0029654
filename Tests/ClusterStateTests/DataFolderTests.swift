import ClusterState
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Data folder") struct DataFolderTests {
    @Test("A second holder is told who has the folder, and gets it after the first one lets go")
    func lock() throws {
        try TemporaryFolder.with { temporary in
            let path = temporary.path + "/data"
            let first = try DataFolder(path: path)
            do throws(ClusterStateError) {
                _ = try DataFolder(path: path)
                Issue.record("two holders")
            } catch {
                #expect(error.kind == .locked)
                #expect(error.reason.contains("process \(ProcessInfo.processInfo.processIdentifier);"))
            }
            first.release()
            _ = try DataFolder(path: path)
        }
    }

    @Test("Other people's folders, newer formats and missing folders are refused")
    func refusals() throws {
        try TemporaryFolder.with { temporary in
            try temporary.write("x", to: "foreign/thesis.tex")
            #expect(kind(temporary.path + "/foreign") == .notADataFolder)
            #expect(kind(temporary.path + "/none", create: false) == .missing)
            try temporary.write("99\n", to: "newer/format")
            #expect(kind(temporary.path + "/newer") == .newerFormat)
            for text in ["garbage", "", "1x", "\u{0}", "-1", "0", "99999999999999999999"] {
                try temporary.write(text, to: "damaged/format")
                let found = kind(temporary.path + "/damaged")
                #expect(found == .damaged || found == .newerFormat && text.hasPrefix("999"), "\(text)")
            }
        }
    }

    @Test("A crash right after the lock was made does not make the folder a foreign one")
    func crashAtFirstStart() throws {
        try TemporaryFolder.with { temporary in
            try temporary.write("123\n", to: "data/lock")
            try temporary.write("", to: "data/format.new")
            _ = try DataFolder(path: temporary.path + "/data")
        }
    }

    @Test("Folders that no metadata knows are removed and named")
    func orphans() throws {
        try TemporaryFolder.with { temporary in
            let folder = try DataFolder(path: temporary.path + "/data")
            try folder.createIndexFolder(uuid: "kept")
            try folder.createIndexFolder(uuid: "lost")
            try temporary.write("x", to: "data/indices/lost/documents.sqlite")
            #expect(try folder.removeOrphans(keeping: ["kept"]) == ["lost"])
            #expect(FileManager.default.fileExists(atPath: folder.indexPath(uuid: "kept")))
            #expect(!FileManager.default.fileExists(atPath: folder.indexPath(uuid: "lost")))
        }
    }

    private func kind(_ path: String, create: Bool = true) -> ClusterStateError.Kind? {
        do throws(ClusterStateError) {
            _ = try DataFolder(path: path, create: create)
            return nil
        } catch {
            return error.kind
        }
    }
}
