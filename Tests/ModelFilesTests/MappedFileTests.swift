import ModelFiles
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

struct MappedFileTests {
    @Test func aFileIsMappedAndCutWithoutCopies() throws {
        try TemporaryFolder.with { folder in
            try folder.write((0...255).map { UInt8($0) }, to: "bytes")
            let file = try MappedFile(path: folder.path + "/bytes")
            #expect(file.count == 256 && file.bytes.byteCount == 256)
            #expect(file.withUnsafeBytes { $0[7] } == 7)
            let all = FileBytes(file)
            let part = try all.part(10..<20).part(5..<10, named: "inner")
            #expect(part.array() == [15, 16, 17, 18, 19] && part.offsetInFile == 15 && part.isMapped)
            #expect(part.path == "\(folder.path)/bytes: inner")
            // The map outlives the name.
            unlink(folder.path + "/bytes")
            #expect(all.array().count == 256)
            for range in [5..<300, 256..<257, 257..<257, -1..<3] {
                #expect(throws: ModelFileError.self) { try all.part(range) }
            }
            #expect(try all.part(256..<256).array() == [])
        }
    }

    @Test func anEmptyFileHasNoBytes() throws {
        try TemporaryFolder.with { folder in
            try folder.write([], to: "empty")
            let file = try MappedFile(path: folder.path + "/empty")
            #expect(file.count == 0 && file.bytes.byteCount == 0)
            #expect(throws: ModelFileError.self) { try WeightArchive.open(folder.path + "/empty") }
        }
    }

    @Test func whatCannotBeMappedIsSaid() {
        for (path, kind) in [
            ("/no/such/file", ModelFileError.Kind.notFound), ("/tmp", .unreadable), ("/dev/null", .unreadable),
        ] {
            do throws(ModelFileError) {
                _ = try MappedFile(path: path)
                Issue.record("no error")
            } catch {
                #expect(error.kind == kind && error.path == path, "\(error)")
            }
        }
    }

    @Test func foldersOfLinksAreFollowed() throws {
        // The cache of the Hugging Face hub: snapshots are links to blobs.
        try TemporaryFolder.with { folder in
            for (number, name) in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
                .enumerated()
            {
                try folder.copy(Fixture.path("modelfolders/cross-key4/\(name)"), to: "blobs/\(number)")
                try folder.write([], to: "snapshots/abc/placeholder")
                symlink("../../blobs/\(number)", "\(folder.path)/snapshots/abc/\(name)")
            }
            let inspection = try ModelInspection(path: folder.path + "/snapshots/abc")
            #expect(inspection.isUsable && inspection.folder?.activation == .identity)
        }
    }
}
