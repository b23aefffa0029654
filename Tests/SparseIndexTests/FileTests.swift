import IndexFiles
import SparseIndex
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct FileTests {
    private let seismic = SeismicOptions(postings: 40, clusterRatio: 0.2, summaryPruneRatio: 0.5)

    /// A file with damaged bytes is refused, or gives wrong hits, or an error: it never reads outside its bytes.
    @Test func damagedBytes() throws {
        try TemporaryFolder.with { folder in
            let vectors = RandomVectors(documents: 2100, features: 200, width: 30, levels: 50, seed: 1)
            let path = folder.path + "/field"
            try vectors.write(to: path, seismic: seismic)
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            var random = SeededGenerator(seed: 2)
            let query = vectors.query(30, levels: 20, &random)
            var refused = 0, survived = 0
            for round in 0..<600 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    // Half of the damage goes to where numbers of the structure are.
                    let tail = damaged.count - min(damaged.count, 6000)
                    let at = Int.random(in: (round % 2 == 0 ? 0 : tail)..<damaged.count, using: &random)
                    damaged[at] = UInt8.random(in: 0...255, using: &random)
                }
                if round % 20 == 0 { damaged.removeLast(Int.random(in: 1..<damaged.count, using: &random)) }
                try folder.write(damaged, to: "damaged")
                do {
                    let field = try SparseField(path: folder.path + "/damaged")
                    _ = try field.search(query, k: 10)
                    _ = try field.searchApproximately(query, k: 10)
                    _ = try field.count(query)
                    try readAll(field, query)
                    survived += 1
                    if damaged != bytes { #expect(throws: IndexFileError.self) { try field.verify() } }
                } catch { refused += 1 }
            }
            #expect(refused > 100 && survived > 10)
        }
    }

    /// Every way to read: what is found may be wrong, but is a document.
    private func readAll(_ field: SparseField, _ query: [WeightedFeature]) throws {
        let count = field.documentCount
        var walk = try field.walk(query)
        while walk.advance(to: walk.document + 1) != FeatureCursor.end { #expect(walk.document < count) }
        for feature in query {
            guard var cursor = try field.cursor(feature.key) else { continue }
            while cursor.advance(to: cursor.document + 1) != FeatureCursor.end {
                #expect(cursor.document < count && cursor.weight.bits >= 0)
            }
        }
        _ = try field.scores(of: [0, 7, count - 1], query)
        let odd = [UInt64](repeating: 0xaaaa_aaaa_aaaa_aaaa, count: (count + 63) / 64)
        for hit in try field.search(query, k: 20, accepted: odd) { #expect(hit.document < count) }
        for hit in try field.searchApproximately(query, k: 20, accepted: odd) { #expect(hit.document < count) }
        let merger = SparseFieldMerger([(field, (0..<count).map { UInt32($0) })], documentCount: count)
        try TemporaryFolder.with { _ = try merger.write(to: $0.path + "/merged", seismic: seismic) }
    }

    @Test func wrongFiles() throws {
        try TemporaryFolder.with { folder in
            #expect(throws: IndexFileError.self) { try SparseField(path: folder.path + "/none") }
            try folder.write("", to: "empty")
            #expect(throws: IndexFileError.self) { try SparseField(path: folder.path + "/empty") }
            try folder.write(String(repeating: "x", count: 500), to: "other")
            #expect(throws: IndexFileError.self) { try SparseField(path: folder.path + "/other") }
        }
    }

    /// Merging gives the file that the documents that are left would have given.
    @Test func merging() throws {
        try TemporaryFolder.with { folder in
            var random = SeededGenerator(seed: 5)
            for counts in [[1, 0, 700], [300, 2500, 40], [16]] {
                var inputs: [SparseFieldMerger.Input] = [], left: [[WeightedFeature]] = []
                for (i, count) in counts.enumerated() {
                    let vectors = RandomVectors(
                        documents: count, features: 90, width: 20, levels: 40, seed: random.next())
                    let path = folder.path + "/\(i)"
                    try vectors.write(to: path)
                    var map = [UInt32](repeating: .max, count: count)
                    for document in 0..<count where Int.random(in: 0..<4, using: &random) > 0 {
                        map[document] = UInt32(left.count)
                        left.append(vectors.documents[document])
                    }
                    inputs.append((try SparseField(path: path), map))
                }
                var whole = RandomVectors(documents: 0, features: 90, width: 0, levels: 1, seed: 0)
                whole.documents = left
                try whole.write(to: folder.path + "/whole", seismic: seismic)
                let merger = SparseFieldMerger(inputs, documentCount: left.count)
                #expect(try merger.write(to: folder.path + "/merged", seismic: seismic))
                let merged = try Data(contentsOf: URL(filePath: folder.path + "/merged"))
                #expect(merged == (try Data(contentsOf: URL(filePath: folder.path + "/whole"))))
            }
            let cancelled = SparseFieldMerger([], documentCount: 0)
            #expect(try cancelled.write(to: folder.path + "/cancelled"))
            #expect(try SparseField(path: folder.path + "/cancelled").termCount == 0)
        }
    }
}
