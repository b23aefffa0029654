import DocumentStore
import SQLite
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Damaged and foreign files") struct DamageTests {
    @Test("A changed bit in a document is found when it is read, and the error names the document")
    func flippedBit() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            try fill(path, documents: 50)
            var bytes = try contents(path)
            let place = try #require(Self.find([UInt8]("\"number\":17,".utf8), in: bytes))
            bytes[place + 10] ^= 1
            try folder.write(bytes, to: "d")
            let store = try DocumentStore(path: path)
            #expect(try store.document(id: "16") != nil)
            for read in [
                { _ = try store.document(id: "17") }, { _ = try store.documents(seqNos: [17]) },
                { _ = try store.operations(after: -1) },
                { try store.verify() },
            ] as [() throws -> Void] {
                let error = #expect(throws: DocumentStoreError.self) { try read() }
                #expect(error?.kind == .damaged)
                #expect(error?.reason.contains("_seq_no 17") == true)
            }
        }
    }

    @Test("Any changed byte either changes nothing that is read, or is an error; never another document, never a crash")
    func anyByte() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            try fill(path, documents: 200)
            let whole = try contents(path)
            var random = SeededGenerator(seed: 3)
            var found = 0
            for _ in 0..<300 {
                var bytes = whole
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                try folder.write(bytes, to: "d")
                try? FileManager.default.removeItem(atPath: path + "-wal")
                try? FileManager.default.removeItem(atPath: path + "-shm")
                do throws(DocumentStoreError) {
                    let store = try DocumentStore(path: path)
                    defer { store.close() }
                    for number in 0..<200 {
                        if let document = try store.documents(seqNos: [Int64(number)])[0] {
                            #expect(document.id == "\(number)" && document.source == Self.source(number))
                        }
                    }
                } catch {
                    found += 1
                }
            }
            #expect(found > 50)
        }
    }

    @Test("A truncated file is an error that says so, wherever it ends")
    func truncated() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            try fill(path, documents: 2_000)
            let whole = try contents(path)
            for part in 1..<10 {
                try folder.write(Array(whole[..<(whole.count * part / 10)]), to: "d")
                try? FileManager.default.removeItem(atPath: path + "-wal")
                try? FileManager.default.removeItem(atPath: path + "-shm")
                let error = #expect(throws: DocumentStoreError.self) {
                    let store = try DocumentStore(path: path)
                    try store.verify()
                }
                #expect(error?.kind == .damaged, "\(part) tenths")
            }
        }
    }

    @Test("A truncated log loses its end at most, in whole transactions")
    func truncatedLog() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            let store = try DocumentStore(path: path, create: true)
            for number in 0..<40 { _ = try store.write([.index("\(number)", "{}"), .index("\(number)b", "{}")]) }
            let (file, log) = (try contents(path), try contents(path + "-wal"))
            store.close()
            for part in 0...8 {
                try folder.write(file, to: "copy")
                try folder.write(Array(log[..<(log.count * part / 8)]), to: "copy-wal")
                try? FileManager.default.removeItem(atPath: folder.path + "/copy-shm")
                let copy = try? DocumentStore(path: folder.path + "/copy")
                // Without any log there is not even a table, as the first transaction was in it.
                guard let copy else {
                    #expect(part < 3)
                    continue
                }
                let seen = try copy.operations(after: -1).count
                #expect(seen % 2 == 0)
                #expect(seen == copy.statistics.liveDocuments)
                if part == 8 { #expect(seen == 80) }
                copy.close()
            }
        }
    }

    @Test(
        "A changed bit in the middle of the log is an error that names log and place; at its end it is what a loss of power leaves"
    )
    func damagedLog() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            let store = try DocumentStore(path: path, create: true)
            for number in 0..<30 { _ = try store.write([.index("\(number)", #"{"text":"some words \#(number)"}"#)]) }
            let (file, log) = (try contents(path), try contents(path + "-wal"))
            store.close()
            let frame = 24 + 8_192
            #expect((log.count - 32) % frame == 0)
            var random = SeededGenerator(seed: 12)
            for round in 0..<60 {
                var bytes = log
                let isAtEnd = round % 3 == 0
                // A transaction is some frames; the last three transactions are left alone, or only they are hit.
                let range = isAtEnd ? bytes.count - frame..<bytes.count : 0..<bytes.count - 12 * frame
                let place = Int.random(in: range, using: &random)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try folder.write(file, to: "copy")
                try folder.write(bytes, to: "copy-wal")
                try? FileManager.default.removeItem(atPath: folder.path + "/copy-shm")
                do throws(DocumentStoreError) {
                    let copy = try DocumentStore(path: folder.path + "/copy")
                    defer { copy.close() }
                    #expect(isAtEnd, "changed at \(place) of \(bytes.count)")
                    #expect(copy.statistics.liveDocuments >= 29)
                } catch {
                    #expect(!isAtEnd, "\(error)")
                    #expect(error.kind == .damaged)
                    #expect(error.path == folder.path + "/copy-wal")
                    #expect(error.reason.contains("truncate -s"))
                }
            }
            // Without synchronisation nothing is promised about the end of the log, wherever it breaks.
            var bytes = log
            bytes[bytes.count / 2] ^= 1
            try folder.write(file, to: "async")
            try folder.write(bytes, to: "async-wal")
            _ = try DocumentStore(path: folder.path + "/async", durability: .async)
        }
    }

    @Test("Foreign files, newer formats and missing files are told apart")
    func foreign() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            #expect(kind(path) == .missing)
            try fill(path, documents: 1)
            let connection = try Connection(path: path, access: .readWrite)
            try connection.execute("PRAGMA user_version = 2")
            #expect(kind(path) == .newerFormat)
            try connection.execute("PRAGMA user_version = 1; PRAGMA application_id = 7")
            #expect(kind(path) == .damaged)
            try folder.write(String(repeating: "text", count: 5_000), to: "text")
            #expect(kind(folder.path + "/text") == .damaged)
        }
    }

    @Test(
        "A file that is cut or overwritten while it is open gives errors or the right documents; it never ends the process"
    )
    func damagedWhileOpen() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            var random = SeededGenerator(seed: 8)
            for cuts in [true, false] {
                for part in 0..<6 {
                    for name in ["d", "d-wal"] {
                        for old in ["d", "d-wal", "d-shm"] {
                            try? FileManager.default.removeItem(atPath: folder.path + "/" + old)
                        }
                        try fill(path, documents: 2_000)
                        let store = try DocumentStore(path: path)
                        // Half of it is in the pages of the readers, and the log has something.
                        _ = try store.operations(after: 1_000, limit: 500)
                        _ = try store.write(
                            (2_000..<2_300).map { .index("\($0)", String(decoding: Self.source($0), as: UTF8.self)) })
                        let file = OpenedFile(folder.path + "/" + name)
                        if cuts {
                            file.cut(to: file.size * part / 6)
                        } else {
                            for _ in 0..<200 {
                                file.write(
                                    .random(in: 0...255, using: &random), at: .random(in: 0..<file.size, using: &random)
                                )
                            }
                        }
                        var errors = 0
                        for number in stride(from: 0, to: 2_300, by: 7) {
                            do throws(DocumentStoreError) {
                                if let found = try store.documents(seqNos: [Int64(number)])[0] {
                                    #expect(found.id == "\(number)" && found.source == Self.source(number))
                                }
                                _ = try store.document(id: "\(number)")
                            } catch {
                                errors += 1
                                #expect(error.path == path)
                            }
                        }
                        _ = try? store.operations(after: -1)
                        _ = try? store.write([.index("new", "{}")])
                        _ = try? store.verify()
                        if cuts && name == "d" && part < 5 { #expect(errors > 0, "cut to \(part) sixths") }
                        store.close()
                    }
                }
            }
        }
    }

    @Test("A version at the end of all numbers stays there")
    func highestVersion() throws {
        try TemporaryFolder.with { folder in
            let store = try DocumentStore(path: folder.path + "/d", create: true)
            let source = [UInt8]("{}".utf8)[...]
            let first = DocumentOperation(id: "a", action: .index(source: source), version: .external(.max))
            #expect(try store.write([first]).results[0].get().version == .max)
            #expect(try store.write([.index("a", "{}")]).results[0].get().version == .max)
        }
    }

    @Test(
        "A store that another connection has locked refuses the write, keeps what it has, and goes on when it is free")
    func locked() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/d"
            let store = try DocumentStore(path: path, create: true)
            _ = try store.write([.index("a", "{}")])
            let other = try Connection(path: path, access: .readWrite)
            try other.execute("BEGIN IMMEDIATE")
            let error = #expect(throws: DocumentStoreError.self) { try store.write([.index("b", "{}")]) }
            #expect(error?.kind == .locked)
            try other.execute("ROLLBACK")
            let receipt = try store.write([.index("b", "{}")])
            #expect(try receipt.results[0].get().seqNo == 1)
            #expect(receipt.ticket == 1)
            store.close()
            #expect(kindOfRead(store) == .closed)
        }
    }

    private func kindOfRead(_ store: DocumentStore) -> DocumentStoreError.Kind? {
        do throws(DocumentStoreError) {
            _ = try store.document(id: "a")
            return nil
        } catch {
            return error.kind
        }
    }

    private func kind(_ path: String) -> DocumentStoreError.Kind? {
        do throws(DocumentStoreError) {
            _ = try DocumentStore(path: path)
            return nil
        } catch {
            return error.kind
        }
    }

    private func fill(_ path: String, documents: Int) throws {
        let store = try DocumentStore(path: path, create: true)
        _ = try store.write(
            (0..<documents).map { DocumentOperation(id: "\($0)", action: .index(source: Self.source($0)[...])) })
        store.close()
    }

    private func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    private static func source(_ number: Int) -> [UInt8] {
        [UInt8]("{\"number\":\(number),\"text\":\"some words\"}".utf8)
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast(pattern.count).first { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
}
