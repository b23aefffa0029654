import FoundationEssentials
import SearchIndex
import SparseIndex
import TestSupport
import Testing
import VectorIndex

@Suite struct CompanionDamageTests {
    private static func contents(_ folder: String, _ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    private static func options() -> WriterOptions {
        var options = WriterOptions()
        options.mergesInBackground = false
        options.graphThreshold = 20
        return options
    }

    /// Reads whatever can be read; must not crash, whatever the bytes are.
    private static func readEverything(_ snapshot: IndexSnapshot) {
        var generator = SeededGenerator(seed: 3)
        _ = try? CompanionReader.problems(snapshot, [:])
        let query = CompanionDocument.vector(CompanionDocument.dense, &generator)
        for segment in snapshot.segments {
            if let vectors = segment.vectors(CompanionDocument.dense) {
                _ = try? vectors.search(VectorQuery(vector: query, k: 5, method: .graph))
            }
            if let features = segment.features(CompanionDocument.numbers) {
                let features1 = [WeightedFeature(CompanionDocument.numberKeys[0], 1)]
                _ = try? features.searchApproximately(features1, k: 5)
                _ = try? features.search(features1, k: 5)
            }
        }
    }

    @Test func damagedFilesGiveErrorsAndNeverCrash() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 11)
            let model = try CompanionTests.fill(folder.path, &generator)
            let names = try CompanionTests.names(folder.path)
            #expect(names.count { $0.hasSuffix(".vectors") } == 9 && names.count { $0.hasSuffix(".features") } == 6)
            let originals = try names.map { try Self.contents(folder.path, $0) }
            var refused = 0, detected = 0
            for round in 0..<500 {
                let file = round % names.count
                var bytes = originals[file]
                switch round / names.count % 4 {
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
                do throws(IndexError) {
                    let writer = try IndexWriter(folder: folder.path, options: Self.options())
                    let snapshot = writer.snapshot
                    do throws(IndexError) {
                        try snapshot.verify()
                        Issue.record("\(names[file]) \(round)")
                    } catch {
                        detected += 1
                    }
                    Self.readEverything(snapshot)
                    try? writer.merge(to: 1)
                    writer.close()
                } catch {
                    refused += 1
                }
                for name in try CompanionTests.names(folder.path) where !names.contains(name) {
                    try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
                }
                for (name, original) in zip(names, originals) { try folder.write(original, to: name) }
            }
            #expect(refused > 150 && detected > 100)
            let writer = try IndexWriter(folder: folder.path, options: Self.options())
            try writer.snapshot.verify()
            #expect(try CompanionReader.problems(writer.snapshot, model) == [])
            writer.close()
        }
    }

    @Test func missingForeignAndOldFilesAreNamed() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 12)
            _ = try CompanionTests.fill(folder.path, &generator)
            let path = folder.path
            func open() throws(IndexError) { try IndexWriter(folder: path, options: Self.options()).close() }
            for name in try CompanionTests.names(path) where name.hasSuffix("vectors") || name.hasSuffix("features") {
                let original = try Self.contents(path, name)
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
                #expect(throws: IndexError.file(path: "\(path)/\(name)", reason: "No such file or directory")) {
                    try open()
                }
                var old = original
                old[8] = 0
                try folder.write(old, to: name)
                #expect(throws: IndexError.version(file: "\(path)/\(name)", found: 0, expected: 1)) { try open() }
                try folder.write(original, to: name)
            }
            // Files of the same fields and documents that another index has written.
            try TemporaryFolder.with { other in
                var generator = SeededGenerator(seed: 13)
                _ = try CompanionTests.fill(other.path, &generator)
                for name in try CompanionTests.names(path) where name.hasSuffix("vectors") || name.hasSuffix("features")
                {
                    let original = try Self.contents(path, name)
                    guard let foreign = try? Self.contents(other.path, name) else { continue }
                    try folder.write(foreign, to: name)
                    let error = #expect(throws: IndexError.self) { try open() }
                    #expect(error?.description.contains("\(path)/\(name) is damaged") == true, "\(name)")
                    try folder.write(original, to: name)
                }
            }
            try open()
        }
    }

    @Test func filesThatAreCutWhileTheyAreOpenAreDamage() throws {
        for suffix in [".vectors", ".features"] {
            try TemporaryFolder.with { folder in
                let writer = try CompanionTests.open(folder.path, Self.options())
                defer { writer.close() }
                var generator = SeededGenerator(seed: 14)
                var document = IndexDocument()
                for i in 0..<600 {
                    document.removeAll()
                    document.seqNo = Int64(i)
                    document.add(
                        CompanionDocument.dense, vector: CompanionDocument.vector(CompanionDocument.dense, &generator))
                    for key in CompanionDocument.tokenKeys {
                        document.add(CompanionDocument.tokens, feature: key, weight: Float(i % 200 + 1))
                    }
                    try writer.add(document)
                }
                let snapshot = try writer.refresh()
                #expect(snapshot.damage == nil)
                let name = try #require(try CompanionTests.names(folder.path).first { $0.hasSuffix(suffix) })
                OpenedFile("\(folder.path)/\(name)").cut(to: 4096)
                Self.readEverything(snapshot)
                #expect(snapshot.damage?.description.contains("\(name) is damaged") == true)
                #expect(throws: IndexError.self) { try snapshot.verify() }
                // What would be made of it is not kept.
                writer.delete(seqNo: 3)
                #expect(throws: IndexError.self) { try writer.merge(to: 1) }
                #expect(writer.snapshot.segments.count == 1)
            }
        }
    }

    /// What could not be written is written later, and leaves nothing behind meanwhile.
    @Test func failedWritesLeaveNothing() throws {
        for name in ["1.5.vectors", "1.0.features", "1.segment"] {
            try TemporaryFolder.with { folder in
                let writer = try CompanionTests.open(folder.path, Self.options())
                defer { writer.close() }
                var generator = SeededGenerator(seed: 15)
                var document = IndexDocument()
                var model: [Int64: CompanionDocument] = [:]
                for i in 0..<50 {
                    let naive = CompanionDocument.random(&generator)
                    naive.fill(&document, seqNo: Int64(i))
                    model[Int64(i)] = naive
                    try writer.add(document)
                }
                let path = "\(folder.path)/\(name)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                #expect(throws: IndexError.self) { try writer.refresh() }
                #expect(try CompanionTests.names(folder.path) == [name])
                try FileManager.default.removeItem(atPath: path)
                #expect(try CompanionReader.problems(try writer.refresh(), model) == [])
                // The same for a merge.
                let merged = "\(folder.path)/3\(name.dropFirst())"
                try FileManager.default.createDirectory(atPath: merged, withIntermediateDirectories: false)
                let before = try CompanionTests.names(folder.path)
                writer.delete(seqNo: 7)
                model[7] = nil
                #expect(throws: IndexError.self) { try writer.merge(to: 1) }
                #expect(try CompanionTests.names(folder.path) == before)
                try writer.merge(to: 1)
                #expect(try CompanionReader.problems(writer.snapshot, model) == [])
            }
        }
    }

    @Test func leftoversAreRemovedAtOpening() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 16)
            _ = try CompanionTests.fill(folder.path, &generator)
            let names = try CompanionTests.names(folder.path)
            for name in ["77.segment", "77.5.vectors", "77.0.features", "77-78.live"] {
                try folder.write([1, 2, 3], to: name)
            }
            try IndexWriter(folder: folder.path, options: Self.options()).close()
            #expect(try CompanionTests.names(folder.path) == names)
        }
    }
}
