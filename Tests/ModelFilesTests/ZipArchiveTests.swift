import ModelFiles
import TestSupport
import Testing

struct ZipArchiveTests {
    private typealias Entry = ZipBuilder.Entry

    private func error(_ builder: ZipBuilder, limits: ZipLimits = .standard) throws -> ModelFileError {
        try #require(throws: ModelFileError.self) { _ = try ZipArchive(builder.file(), limits: limits) }
    }

    @Test func readsStoredEntriesInPlace() throws {
        let archive = try ZipArchive(
            ZipBuilder([Entry(name: "a/b.txt", data: [1, 2, 3]), Entry(name: "a/", data: [])]).file())
        #expect(archive.entries.map(\.name) == ["a/b.txt", "a/"])
        let entry = try #require(archive["a/b.txt"])
        let data = try archive.contents(of: entry)
        #expect(data.array() == [1, 2, 3])
        #expect(data.offsetInFile == entry.dataOffset)
        #expect(data.path == "test.zip: a/b.txt")
        #expect(archive["b.txt"] == nil)
    }

    @Test func readsArchivesOfOtherWriters() throws {
        // Made by Python's zipfile: see Fuzz/make_corpus.py.
        for name in ["stored", "deflated", "zip64", "streamed", "empty"] {
            let bytes = try FileBytes(path: Fixture.repositoryRoot + "/Fuzz/Corpus/zip/\(name).zip")
            let archive = try ZipArchive(bytes)
            for entry in archive.entries {
                let text = try archive.contents(of: entry).array()
                #expect(text.count == entry.size)
                switch entry.name {
                case "config.json": #expect(text == [UInt8](#"{"model_type": "bert"}"#.utf8))
                case "streamed.txt": #expect(text == [UInt8](String(repeating: "abc", count: 20).utf8))
                default: break
                }
            }
            #expect(archive.entries.count == (["streamed": 1, "empty": 0][name] ?? 3))
        }
    }

    @Test(arguments: [
        "/etc/passwd", "../x", "a/../../x", "a\\b", "C:/x", "a//b", "./a", "", "/", "a\0b",
    ])
    func refusesNamesThatLeaveTheFolder(name: String) throws {
        let error = try error(ZipBuilder([Entry(name: name, data: [])]))
        #expect(error.kind == .unsafePath)
        #expect(error.offset == 30 + name.utf8.count)
    }

    @Test func refusesTwoEntriesOfOneName() throws {
        let error = try error(ZipBuilder([Entry(name: "a", data: [1]), Entry(name: "a", data: [2])]))
        #expect(error.description.contains("twice"))
    }

    @Test func refusesOverlappingEntries() throws {
        // The second entry's header lies inside the data of the first: as in "A better zip bomb" (Fifield 2019).
        let inner = ZipBuilder([Entry(name: "b", data: [7])]).bytes().prefix(32)
        let error = try error(
            ZipBuilder([Entry(name: "a", data: [UInt8](inner)), Entry(name: "b", data: [7], headerOffset: 31)]))
        #expect(error.description.contains("overlap"), "\(error)")
    }

    @Test func refusesAnArchiveHiddenInAComment() throws {
        var builder = ZipBuilder([Entry(name: "a", data: [1])])
        builder.comment = ZipBuilder().bytes()
        #expect(try error(builder).description.contains("two end records"))
        builder.comment = [1, 2, 3]
        #expect(throws: Never.self) { try ZipArchive(builder.file()) }
    }

    @Test func refusesHeadersThatContradictEachOther() throws {
        let good = Entry(name: "a", data: [1, 2, 3, 4])
        func with(_ change: (inout Entry) -> Void) -> ZipBuilder {
            var entry = good
            change(&entry)
            return ZipBuilder([entry])
        }
        #expect(try error(with { $0.localName = "b" }).description.contains("contradict"))
        #expect(try error(with { $0.headerOffset = 1 }).description.contains("local header"))
        #expect(try error(with { $0.headerOffset = 0xFFFF_FFF0 }).description.contains("local header"))
        #expect(try error(with { $0.compressedSize = 3 }).description.contains("3 bytes packed and 4 unpacked"))
        #expect(
            try error(
                with {
                    $0.compressedSize = 9; $0.size = 9
                }
            ).description.contains("central directory"))
        #expect(try error(with { $0.flags = 0x0801 }).description.contains("encrypted"))
        #expect(try error(with { $0.flags = 0x0808 }).description.contains("data descriptor"))
        #expect(try error(with { $0.method = 12 }).description.contains("method 12"))
        #expect(try error(with { $0.extra = [1, 0, 9, 0] }).description.contains("extra field"))
        #expect(
            try error(
                with {
                    $0.name = "a/"; $0.localName = "a/"
                }
            ).description.contains("folder"))
        var builder = ZipBuilder([good])
        builder.gap = [0]
        #expect(try error(builder).description.contains("central directory"))
        builder.gap = []
        builder.claimedCount = 2
        #expect(try error(builder).kind == .malformed)
    }

    @Test func refusesBombsBeforeTheyInflate() throws {
        // 4 bytes that claim to be 4 GB.
        let bomb = Entry(name: "a", data: [1, 2, 3, 4], method: 8, size: 0xFFFF_FFF0)
        let ratio = try error(ZipBuilder([bomb]))
        #expect(ratio.kind == .limitExceeded)
        #expect(ratio.offset == 35)
        #expect(
            ratio.reason
                == "\"a\" claims to grow from 4 to 4294967280 bytes; the limit is 100 times its packed size")
        let many = (0..<20).map { Entry(name: "\($0)", data: [1, 2, 3, 4], method: 8, size: 1 << 20) }
        let total = try error(ZipBuilder(many), limits: ZipLimits(maximumInflatedBytes: 10 << 20))
        #expect(
            total.offset != nil && total.reason.contains("the limit is 10485760 bytes for all together"), "\(total)")
        let count = try error(ZipBuilder(many), limits: ZipLimits(maximumEntries: 19))
        #expect(count.offset != nil && count.reason.contains("20 entries; the limit is 19"), "\(count)")
        // Terabytes by zip64.
        let zip64: [UInt8] = [1, 0, 16, 0, 0, 0, 0, 0, 0, 1, 0, 0] + [0, 0, 0, 0, 0, 1, 0, 0]
        let terabytes = Entry(
            name: "a", data: [1], size: 0xFFFF_FFFF, compressedSize: 0xFFFF_FFFF, extra: zip64)
        #expect(try error(ZipBuilder([terabytes])).description.contains("1099511627776 bytes"))
    }

    @Test func refusesDamagedData() throws {
        let archive = try ZipArchive(ZipBuilder([Entry(name: "a", data: [1], checksum: 5)]).file())
        let stored = try #require(throws: ModelFileError.self) { _ = try archive.contents(of: archive.entries[0]) }
        #expect(stored.description.contains("checksum of the data is a505df1b, the archive says 00000005"))
        let limits = ZipLimits(verifiesChecksums: false)
        let lenient = try ZipArchive(ZipBuilder([Entry(name: "a", data: [1], checksum: 5)]).file(), limits: limits)
        #expect(try lenient.contents(of: lenient.entries[0]).array() == [1])

        let broken = try ZipArchive(ZipBuilder([Entry(name: "a", data: [0xFF, 0xFF], method: 8, size: 10)]).file())
        let deflated = try #require(throws: ModelFileError.self) { _ = try broken.contents(of: broken.entries[0]) }
        #expect(deflated.description.contains("deflated data"))
    }
}
