import SearchIndex
import TestSupport
import Testing

@Suite struct WriterTests {
    /// Compares everything that a snapshot gives back with what was put in.
    static func compare(_ snapshot: IndexSnapshot, _ expected: [Int64: NaiveDocument]) -> [String] {
        var problems: [String] = []
        if snapshot.liveRootCount != expected.count {
            problems.append("\(snapshot.liveRootCount) documents, \(expected.count) expected")
        }
        let positions = SnapshotReader.positions(snapshot), tags = SnapshotReader.tags(snapshot)
        let numbers = SnapshotReader.numbers(snapshot), children = SnapshotReader.children(snapshot)
        for (seqNo, document) in expected {
            if positions[seqNo] ?? [:] != document.positions { problems.append("positions of \(seqNo)") }
            if tags[seqNo] ?? [] != Set(document.tags).sorted() { problems.append("tags of \(seqNo)") }
            if numbers[seqNo] ?? [] != document.numbers.sorted() { problems.append("numbers of \(seqNo)") }
            let wanted = document.children.map { words in
                words.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            if children[seqNo] ?? [] != wanted { problems.append("children of \(seqNo)") }
        }
        for seqNo in positions.keys where expected[seqNo] == nil { problems.append("\(seqNo) is not deleted") }
        for segment in snapshot.segments {
            let norms = segment.norms(NaiveDocument.text)
            let existence = segment.existence(of: NaiveDocument.text)
            var existing = DocumentSet(capacity: segment.documentCount)
            while let existence, existence.next() != noMoreDocuments { existing.insert(existence.document) }
            for document in 0..<segment.documentCount where segment.isLive(document) {
                if let roots = segment.roots, !roots.contains(document) { continue }
                guard let wanted = expected[segment.seqNo(of: document)] else { continue }
                let length = wanted.words.reduce(0) { $0 + $1.count }
                if norms?[document] ?? 0 != FieldLength.encode(length) { problems.append("norm of \(document)") }
                if existing.contains(document) == wanted.words.isEmpty { problems.append("existence of \(document)") }
                if segment.document(withSeqNo: segment.seqNo(of: document)) != document {
                    problems.append("root of \(segment.seqNo(of: document))")
                }
            }
        }
        if let damage = snapshot.damage { problems.append("\(damage)") }
        return problems
    }

    @Test(arguments: 0..<6)
    func randomOperationsEqualAModel(seed: Int) throws {
        try TemporaryFolder.with { folder in
            var generator = SeededGenerator(seed: UInt64(seed))
            var options = WriterOptions()
            options.mergesInBackground = seed % 2 == 0
            options.bufferBytes = seed % 3 == 0 ? 1 << 16 : 1 << 28
            var writer = try IndexWriter(folder: folder.path, options: options)
            for (field, options) in NaiveDocument.fields { try writer.define(field, options) }
            var model: [Int64: NaiveDocument] = [:], committed: [Int64: NaiveDocument] = [:]
            var held: [(IndexSnapshot, [Int64: NaiveDocument])] = []
            var seqNo: Int64 = 0, committedSeqNo: Int64 = -1
            var document = IndexDocument()
            for _ in 0..<60 {
                switch Int.random(in: 0..<12, using: &generator) {
                case 0...4:
                    for _ in 0..<Int.random(in: 1...300, using: &generator) {
                        let naive = NaiveDocument.random(&generator)
                        naive.fill(&document, seqNo: seqNo)
                        try writer.add(document)
                        model[seqNo] = naive
                        seqNo += 1
                    }
                case 5...7:
                    for _ in 0..<Int.random(in: 1...60, using: &generator) where seqNo > 0 {
                        let dead = Int64.random(in: 0..<seqNo, using: &generator)
                        writer.delete(seqNo: dead)
                        model[dead] = nil
                    }
                case 8:
                    try writer.refresh()
                    if held.count < 3 { held.append((writer.snapshot, model)) }
                case 9:
                    try writer.commit(Checkpoint(seqNo: seqNo - 1, userData: ["a": "b"]))
                    committed = model
                    committedSeqNo = seqNo - 1
                case 10: try writer.merge(to: Int.random(in: 1...3, using: &generator))
                default:
                    writer.close()
                    writer = try IndexWriter(folder: folder.path, options: options)
                    #expect(writer.committed.seqNo == committedSeqNo)
                    for (field, options) in NaiveDocument.fields { try writer.define(field, options) }
                    model = committed
                    seqNo = committedSeqNo + 1
                    try writer.snapshot.verify()
                    #expect(Self.compare(writer.snapshot, model).prefix(3) == [])
                }
            }
            try writer.refresh()
            #expect(Self.compare(writer.snapshot, model).prefix(3) == [])
            #expect(writer.mergeFailure == nil)
            for (snapshot, expected) in held { #expect(Self.compare(snapshot, expected).prefix(3) == []) }
            try writer.merge(to: 1)
            #expect(writer.snapshot.segments.count == (model.isEmpty ? 0 : 1))
            #expect(Self.compare(writer.snapshot, model).prefix(3) == [])
            let statistics = writer.snapshot.statistics(NaiveDocument.text)
            #expect(statistics.documentCount == model.values.filter { !$0.positions.isEmpty }.count)
            #expect(
                statistics.sumTotalTermFrequency
                    == model.values.reduce(0) { $0 + $1.words.reduce(0) { $0 + $1.count } })
            #expect(statistics.sumDocumentFrequency == model.values.reduce(0) { $0 + $1.positions.count })
            writer.close()
        }
    }

    @Test func undefinedFieldsAndLongTermsAreRefused() throws {
        try TemporaryFolder.with { folder in
            let writer = try IndexWriter(folder: folder.path)
            try writer.define(0, .keyword)
            #expect(throws: IndexError.self) { try writer.define(0, .text) }
            var document = IndexDocument()
            document.add(0, term: "fine")
            document.add(0, term: [UInt8](repeating: 1, count: 40_000))
            #expect(throws: IndexError.self) { try writer.add(document) }
            document.removeAll()
            document.add(7, term: "x")
            #expect(throws: IndexError.self) { try writer.add(document) }
            #expect(try writer.refresh().documentCount == 0)
        }
    }
}
