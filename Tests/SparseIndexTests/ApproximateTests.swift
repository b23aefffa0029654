import SparseIndex
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct ApproximateTests {
    /// With lists that keep everything and nothing passed over, the approximate search is the exact one, but for what quantisation
    /// takes for equal; weights up to 2.96, below the ceiling, and up to 7.4.
    @Test(arguments: [80, 200]) func completeListsFindAll(levels: Int) throws {
        try TemporaryFolder.with { folder in
            let vectors = RandomVectors(documents: 3000, features: 300, width: 25, levels: levels, seed: 21)
            let path = folder.path + "/field"
            try vectors.write(to: path, seismic: SeismicOptions(postings: 3000, summaryPruneRatio: 1))
            let field = try SparseField(path: path)
            #expect(field.isApproximate)
            var random = SeededGenerator(seed: 22)
            var found = 0, wanted = 0
            for round in 0..<40 {
                let query = vectors.query(20, levels: 30, &random)
                let accepted = round % 2 == 0 ? nil : vectors.randomBits(0.5, &random)
                let expected = try vectors.matches(query, accepted: accepted).prefix(10)
                let hits = try field.searchApproximately(
                    query, k: 10, options: SeismicSearchOptions(features: 100, heapFactor: 100), accepted: accepted)
                #expect(hits.count == expected.count)
                let all = try vectors.matches(query, accepted: accepted)
                for hit in hits { #expect(all.contains(hit)) }
                #expect(zip(hits, hits.dropFirst()).allSatisfy { ($0.score, $1.document) > ($1.score, $0.document) })
                found += hits.filter { hit in expected.contains { $0.score <= hit.score } }.count
                wanted += expected.count
            }
            #expect(Double(found) >= 0.97 * Double(wanted))
        }
    }

    /// A filter that leaves few documents is searched exactly.
    @Test func narrowFiltersAreExact() throws {
        try TemporaryFolder.with { folder in
            let vectors = RandomVectors(documents: 3000, features: 300, width: 25, levels: 80, seed: 31)
            let path = folder.path + "/field"
            try vectors.write(to: path, seismic: SeismicOptions(postings: 10))
            let field = try SparseField(path: path)
            var random = SeededGenerator(seed: 32)
            for share in [0, 0.001, 0.05] {
                let query = vectors.query(20, levels: 30, &random)
                let accepted = vectors.randomBits(share, &random)
                let hits = try field.searchApproximately(query, k: 10, accepted: accepted)
                #expect(hits == Array(try vectors.matches(query, accepted: accepted).prefix(10)))
            }
        }
    }

    /// The file is the same, whatever the number of threads.
    @Test func threadsDoNotMatter() throws {
        try TemporaryFolder.with { folder in
            let vectors = RandomVectors(documents: 2000, features: 400, width: 25, levels: 80, seed: 41)
            var files: [Data] = []
            for threads in [1, 3] {
                let path = folder.path + "/\(threads)"
                try vectors.write(to: path, seismic: SeismicOptions(postings: 100, threads: threads))
                files.append(try Data(contentsOf: URL(filePath: path)))
            }
            #expect(files[0] == files[1])
        }
    }

    @Test func defaults() {
        let options = SeismicOptions()
        #expect(options.postings(documents: 100_000) == 160)
        #expect(options.postings(documents: 4_000_000) == 2000)
    }
}
