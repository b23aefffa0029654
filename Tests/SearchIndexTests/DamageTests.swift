import FoundationEssentials
import SearchIndex
import TestSupport
import Testing

@Suite struct DamageTests {
    /// Reads whatever can be read; must not crash, whatever the bytes are.
    static func readEverything(_ snapshot: IndexSnapshot) {
        _ = SnapshotReader.positions(snapshot)
        _ = SnapshotReader.tags(snapshot)
        _ = SnapshotReader.numbers(snapshot)
        _ = SnapshotReader.children(snapshot)
        var generator = SeededGenerator(seed: 3)
        for kind in PruningTests.Query.Kind.allCases {
            for _ in 0..<6 {
                let terms = (0..<3).map { _ in NaiveDocument.word(&generator, vocabulary: 30) }
                let query = PruningTests.Query(kind: kind, terms: terms, boosts: [1, 2, 0.2])
                let collector = TopDocumentsCollector(k: 5, countUpTo: 0)
                snapshot.search(into: collector) { PruningTests.scorer(query, snapshot, $0) }
            }
        }
        for segment in snapshot.segments {
            for document in 0..<segment.documentCount {
                _ = segment.document(withSeqNo: segment.seqNo(of: document))
            }
            _ = segment.existence(of: NaiveDocument.text)?.next()
            var set = DocumentSet(capacity: segment.documentCount)
            segment.integers(NaiveDocument.number)?.collect(-3...3, into: &set)
            _ = segment.ordinals(NaiveDocument.tag)?.seek(Array("t3".utf8))
        }
    }

    @Test func damagedFilesGiveErrorsAndNeverCrash() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 9)
            var options = WriterOptions()
            options.mergesInBackground = false
            var writer = try IndexWriter(folder: folder.path, options: options)
            for (field, options) in NaiveDocument.fields { try writer.define(field, options) }
            var document = IndexDocument()
            for i in 0..<1500 {
                var naive = NaiveDocument.random(&generator)
                naive.words.append((0..<8).map { _ in NaiveDocument.word(&generator, vocabulary: 30) })
                naive.fill(&document, seqNo: Int64(i))
                try writer.add(document)
            }
            try writer.refresh()
            for i in 0..<50 { writer.delete(seqNo: Int64(i * 7)) }
            try writer.commit(Checkpoint(seqNo: 1499))
            writer.close()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            let originals = try names.map { [UInt8](try Data(contentsOf: URL(filePath: "\(folder.path)/\($0)"))) }
            var refused = 0, detected = 0
            for round in 0..<550 {
                let file = Int.random(in: 0..<names.count, using: &generator)
                var bytes = originals[file]
                switch round % 4 {
                case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
                case 1: bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8(round % 8)
                case 2:
                    for _ in 0..<20 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = 0xff }
                default:
                    let start = Int.random(in: 0..<bytes.count, using: &generator)
                    for i in start..<min(start + 64, bytes.count) {
                        bytes[i] = UInt8.random(in: 0...255, using: &generator)
                    }
                }
                if bytes == originals[file] { continue }
                try folder.write(bytes, to: names[file])
                do {
                    writer = try IndexWriter(folder: folder.path, options: options)
                    let snapshot = writer.snapshot
                    var isDetected = false
                    do { try snapshot.verify() } catch { isDetected = true }
                    #expect(isDetected, "\(names[file]) \(round)")
                    if isDetected { detected += 1 }
                    Self.readEverything(snapshot)
                    do { try writer.merge(to: 1) } catch {}
                    writer.close()
                } catch {
                    #expect(error is IndexError)
                    refused += 1
                }
                for (name, original) in zip(names, originals) { try folder.write(original, to: name) }
            }
            #expect(refused > 100)
            #expect(detected > 100)
            writer = try IndexWriter(folder: folder.path, options: options)
            try writer.snapshot.verify()
            Self.readEverything(writer.snapshot)
            #expect(writer.snapshot.damage == nil)
            writer.close()
        }
    }

    @Test func missingFilesAreNamed() throws {
        try TemporaryFolder.with { folder in
            let writer = try IndexWriter(folder: folder.path)
            try writer.define(0, .keyword)
            var document = IndexDocument()
            document.add(0, term: "x")
            try writer.add(document)
            try writer.commit(Checkpoint(seqNo: 0))
            writer.close()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                guard name.hasSuffix("segment") else { continue }
                try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
                #expect(throws: IndexError.file(path: "\(folder.path)/\(name)", reason: "No such file or directory")) {
                    try IndexWriter(folder: folder.path)
                }
            }
        }
    }
}
