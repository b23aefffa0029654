import FoundationEssentials
import IndexFiles
import SearchIndex
import SparseIndex
import TestSupport
import Testing
import VectorIndex

@Suite struct CompanionTests {
    static func open(_ folder: String, _ options: WriterOptions) throws -> IndexWriter {
        let writer = try IndexWriter(folder: folder, options: options)
        for (field, options) in CompanionDocument.fields { try writer.define(field, options) }
        return writer
    }

    static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// A committed index of a segment with deletions and two without, all fields in each.
    static func fill(_ folder: String, _ generator: inout SeededGenerator) throws -> [Int64: CompanionDocument] {
        var options = WriterOptions()
        options.mergesInBackground = false
        options.graphThreshold = 20
        let writer = try open(folder, options)
        var model: [Int64: CompanionDocument] = [:]
        var document = IndexDocument()
        for (count, merges) in [(150, true), (40, false), (33, false)] {
            for _ in 0..<count {
                let naive = CompanionDocument.random(&generator)
                naive.fill(&document, seqNo: Int64(model.count))
                model[Int64(model.count)] = naive
                try writer.add(document)
            }
            if merges { try writer.merge(to: 1) }
            try writer.refresh()
        }
        for seqNo in [3, 50, 111] as [Int64] {
            writer.delete(seqNo: seqNo)
            model[seqNo] = nil
        }
        try writer.commit(Checkpoint(seqNo: 222))
        writer.close()
        return model
    }

    @Test(arguments: 0..<8)
    func randomOperationsEqualAModel(seed: Int) throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: UInt64(100 + seed))
            var options = WriterOptions()
            options.mergesInBackground = seed % 2 == 0
            options.bufferBytes = seed % 3 == 0 ? 1 << 14 : 1 << 28
            options.graphThreshold = 30
            var writer = try Self.open(folder.path, options)
            var model: [Int64: CompanionDocument] = [:], committed: [Int64: CompanionDocument] = [:]
            var held: [(IndexSnapshot, [Int64: CompanionDocument])] = []
            var seqNo: Int64 = 0, committedSeqNo: Int64 = -1
            var document = IndexDocument()
            for _ in 0..<50 {
                switch Int.random(in: 0..<12, using: &generator) {
                case 0...4:
                    for _ in 0..<Int.random(in: 1...90, using: &generator) {
                        let naive = CompanionDocument.random(&generator)
                        naive.fill(&document, seqNo: seqNo)
                        try writer.add(document)
                        model[seqNo] = naive
                        seqNo += 1
                    }
                case 5...7:
                    for _ in 0..<Int.random(in: 1...30, using: &generator) where seqNo > 0 {
                        let dead = Int64.random(in: 0..<seqNo, using: &generator)
                        writer.delete(seqNo: dead)
                        model[dead] = nil
                    }
                case 8:
                    try writer.refresh()
                    if held.count < 3 { held.append((writer.snapshot, model)) }
                case 9:
                    try writer.commit(Checkpoint(seqNo: seqNo - 1))
                    committed = model
                    committedSeqNo = seqNo - 1
                case 10: try writer.merge(to: Int.random(in: 1...3, using: &generator))
                default:
                    writer.close()
                    writer = try Self.open(folder.path, options)
                    model = committed
                    seqNo = committedSeqNo + 1
                    try writer.snapshot.verify()
                    #expect(try CompanionReader.problems(writer.snapshot, model).prefix(3) == [])
                }
            }
            try writer.refresh()
            #expect(try CompanionReader.problems(writer.snapshot, model).prefix(3) == [])
            #expect(writer.mergeFailure == nil)
            for (snapshot, expected) in held {
                #expect(try CompanionReader.problems(snapshot, expected).prefix(3) == [])
            }
            try writer.merge(to: 1)
            #expect(try CompanionReader.problems(writer.snapshot, model).prefix(3) == [])
            for segment in writer.snapshot.segments { Self.checkBuilt(segment, options) }
            try writer.commit(Checkpoint(seqNo: seqNo))
            writer.close()
            // Nothing is left of what was merged away.
            let names = try Self.names(folder.path)
            let stems = Set(writer.snapshot.segments.map { $0.name.dropLast(8) })
            #expect(names.allSatisfy { $0 == "manifest" || stems.contains($0.prefix { $0.isNumber }) }, "\(names)")
        }
    }

    /// After merging, what is large enough has a graph or an approximate index, and nothing else has.
    private static func checkBuilt(_ segment: Segment, _ options: WriterOptions) {
        for (field, kind) in CompanionDocument.kinds {
            guard let vectors = segment.vectors(field) else { continue }
            #expect(vectors.graphOptions == (vectors.count >= options.graphThreshold ? kind.graph : nil))
        }
        if let features = segment.features(CompanionDocument.numbers) {
            #expect(features.isApproximate == (segment.documentCount >= CompanionDocument.threshold))
        }
        #expect(segment.features(CompanionDocument.tokens)?.isApproximate != true)
    }

    @Test func sizesCountAllFiles() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 1)
            _ = try Self.fill(folder.path, &generator)
            let writer = try IndexWriter(folder: folder.path)
            defer { writer.close() }
            for (field, options) in CompanionDocument.fields { #expect(writer.fields[field] == options) }
            for segment in writer.snapshot.segments {
                var bytes = 0
                for name in try Self.names(folder.path) where name.hasPrefix(segment.name.dropLast(7)) {
                    bytes += try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)")).count
                }
                #expect(segment.byteCount == bytes)
            }
        }
    }

    @Test func graphsAreBuiltInTheBackground() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 2)
            var options = WriterOptions()
            options.graphThreshold = 40
            let writer = try Self.open(folder.path, options)
            var document = IndexDocument()
            for i in 0..<100 {
                document.removeAll()
                document.seqNo = Int64(i)
                document.add(
                    CompanionDocument.dense, vector: CompanionDocument.vector(CompanionDocument.dense, &generator))
                try writer.add(document)
            }
            let before = try writer.refresh()
            while writer.snapshot.segments[0].vectors(CompanionDocument.dense)?.graphOptions == nil {
                #expect(writer.mergeFailure == nil)
                try writer.refresh()
            }
            #expect(before.segments[0].vectors(CompanionDocument.dense)?.graphOptions == nil)
            #expect(writer.snapshot.segments.count == 1)
            writer.close()
        }
    }

    @Test func documentsThatCannotBeTakenLeaveNothing() throws {
        try TemporaryFolder.with { folder in
            let writer = try Self.open(folder.path, WriterOptions())
            defer { writer.close() }
            let dense = CompanionDocument.dense, tokens = CompanionDocument.tokens
            let fine = [Float](repeating: 0.5, count: 12), key = FeatureKey(token: "a")
            func refused(_ words: String, _ fill: (inout IndexDocument) -> Void) {
                var document = IndexDocument()
                document.seqNo = 4
                document.add(dense, vector: fine)
                document.add(tokens, feature: FeatureKey(token: "other"), weight: 1)
                document.endChild()
                fill(&document)
                do throws(IndexError) {
                    try writer.add(document)
                    Issue.record("taken in spite of: \(words)")
                } catch {
                    #expect(error.description.contains(words), "\(error)")
                }
            }
            refused("Expected: 12, Given: 3") { $0.add(dense, vector: [1, 2, 3]) }
            refused("cannot be NaN") { $0.add(dense, vector: fine.dropLast() + [.nan]) }
            refused("two vectors") {
                $0.add(dense, vector: fine)
                $0.add(dense, vector: fine)
            }
            refused("feature [a] twice") {
                $0.add(tokens, feature: key, weight: 1)
                $0.add(tokens, feature: key, weight: 2)
            }
            for weight in [0, -1, Float.infinity, .nan, .leastNonzeroMagnitude] {
                refused("weight") { $0.add(tokens, feature: key, weight: weight) }
            }
            refused("without vectors") { $0.add(tokens, vector: fine) }
            refused("without features") { $0.add(dense, feature: key, weight: 1) }
            refused("zero vector") { $0.add(CompanionDocument.bytes, vector: [0, 0, 0, 0, 0]) }
            #expect(try writer.refresh().documentCount == 0)
            var document = IndexDocument()
            document.add(tokens, feature: key, weight: 2)
            document.add(dense, vector: fine)
            try writer.add(document)
            let segment = try writer.refresh().segments[0]
            #expect(segment.documentCount == 1)
            #expect(segment.vectors(dense)?.count == 1)
            #expect(segment.features(tokens)?.termCount == 1)
            #expect(try segment.features(tokens)?.cursor(key)?.count == 1)
        }
    }

    @Test func fieldsCannotChangeTheirKind() throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: 6)
            _ = try Self.fill(folder.path, &generator)
            let writer = try IndexWriter(folder: folder.path)
            defer { writer.close() }
            var other = CompanionDocument.kinds[CompanionDocument.dense]!
            other.graph = nil
            #expect(throws: IndexError.self) {
                try writer.define(CompanionDocument.dense, FieldOptions(companion: .vectors(other)))
            }
            // A field that comes later is in new segments alone, and in merged ones.
            let later: FieldNumber = 30
            try writer.define(later, FieldOptions(companion: .vectors(other)))
            var document = IndexDocument()
            document.seqNo = 1000
            document.add(later, vector: [Float](repeating: 1, count: 12))
            try writer.add(document)
            #expect(try writer.refresh().segments.map { $0.vectors(later)?.count } == [nil, nil, nil, 1])
            try writer.merge(to: 1)
            #expect(writer.snapshot.segments.map { $0.vectors(later)?.count } == [1])
        }
    }
}
