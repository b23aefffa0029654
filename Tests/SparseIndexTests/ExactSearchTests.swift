import SparseIndex
import TestSupport
import Testing

@Suite struct ExactSearchTests {
    /// Pruned hits are the exhaustive ones, scores and order included, whatever the sizes.
    @Test(arguments: [0, 1, 15, 16, 17, 63, 1023, 1024, 1025, 5000, 20_011])
    func prunedIsExhaustive(count: Int) throws {
        try TemporaryFolder.with { folder in
            var random = SeededGenerator(seed: UInt64(count))
            for (features, width, levels) in [(5, 4, 3), (300, 40, 200), (4000, 30, 2)] {
                let vectors = RandomVectors(
                    documents: count, features: features, width: width, levels: levels, seed: random.next())
                let path = folder.path + "/field"
                try vectors.write(to: path)
                let field = try SparseField(path: path)
                try field.verify()
                #expect(field.documentCount == count)
                for round in 0..<(count > 2000 ? 12 : 30) {
                    let query = vectors.query([1, 3, 25, 60][round % 4], levels: levels, &random)
                    let boost: Float = [1, 0.3, 7][round % 3]
                    let share = [1, 0.5, 0.01, 0][round / 3 % 4]
                    let accepted = round % 2 == 0 ? nil : vectors.randomBits(share, &random)
                    let expected = try vectors.matches(query, boost: boost, accepted: accepted)
                    for k in [1, 10, 1000] {
                        let hits = try field.search(query, boost: boost, k: k, accepted: accepted)
                        #expect(hits.elementsEqual(expected.prefix(k)), "count \(count) round \(round) k \(k)")
                    }
                    let found = try field.count(query, accepted: accepted)
                    #expect(found == expected.count)
                    guard let middle = expected.dropFirst(expected.count / 3).first else { continue }
                    let above = try field.search(
                        query, boost: boost, k: 10, accepted: accepted, minimumScore: middle.score)
                    #expect(above.elementsEqual(expected.filter { $0.score >= middle.score }.prefix(10)))
                }
            }
        }
    }

    /// Every posting comes back by document, with its weight; skipping ends at the same documents.
    @Test func walksAndScores() throws {
        try TemporaryFolder.with { folder in
            var random = SeededGenerator(seed: 3)
            let vectors = RandomVectors(documents: 9001, features: 900, width: 30, levels: 90, seed: 4)
            let path = folder.path + "/field"
            try vectors.write(to: path)
            let field = try SparseField(path: path)
            for number in [0, 1, 40, 899] {
                let key = RandomVectors.key(number)
                let expected = try vectors.documents.enumerated().compactMap { document, features in
                    try features.first { $0.key == key }.map { (document, try FeatureWeight($0.weight)) }
                }
                guard var cursor = try field.cursor(key) else {
                    #expect(expected.isEmpty)
                    continue
                }
                #expect(cursor.count == expected.count)
                for (document, weight) in expected {
                    let next = cursor.advance(to: cursor.document + 1)
                    #expect(next == document && cursor.weight == weight)
                }
                #expect(cursor.advance(to: cursor.document + 1) == FeatureCursor.end)
                guard var skipping = try field.cursor(key) else { continue }
                var target = 0
                while target < 9001 {
                    let next = skipping.advance(to: target)
                    let right = expected.first { $0.0 >= target }?.0 ?? FeatureCursor.end
                    #expect(next == right)
                    if next == FeatureCursor.end { break }
                    target = next + Int.random(in: 1...400, using: &random)
                }
            }
            for _ in 0..<5 {
                let query = vectors.query(20, levels: 50, &random)
                let expected = try vectors.matches(query).sorted { $0.document < $1.document }
                var walk = try field.walk(query)
                var found: [SparseHit] = []
                while walk.advance(to: walk.document + 1) != FeatureCursor.end {
                    found.append(SparseHit(document: walk.document, score: walk.score))
                }
                #expect(found == expected)
                let documents = [17, 3, 8999, 4000]
                let scores = try field.scores(of: documents, query)
                #expect(scores == documents.map { d in expected.first { $0.document == d }?.score ?? 0 })
            }
        }
    }

    /// More features than bounds are made for.
    @Test func longQueries() throws {
        try TemporaryFolder.with { folder in
            let vectors = RandomVectors(documents: 700, features: 6000, width: 200, levels: 10, seed: 11)
            let path = folder.path + "/field"
            try vectors.write(to: path)
            let field = try SparseField(path: path)
            let query = (0..<6000).map { WeightedFeature(RandomVectors.key($0), 0.5) }
            let hits = try field.search(query, k: 20)
            #expect(hits == Array(try vectors.matches(query).prefix(20)))
        }
    }

    /// The highest and the lowest weights that can be kept, and weights of 0 after the boost.
    @Test func extremes() throws {
        try TemporaryFolder.with { folder in
            let writer = SparseFieldWriter()
            let weights: [Float] = [.greatestFiniteMagnitude, 1, .leastNormalMagnitude, 3]
            for (document, weight) in weights.enumerated() {
                writer.begin(document: document)
                try writer.add(FeatureKey(id: 7), weight)
            }
            let path = folder.path + "/field"
            try writer.write(to: path, documentCount: 4)
            let field = try SparseField(path: path)
            for boost in [Float(1), 64, 1e-20, 0] {
                let hits = try field.search([WeightedFeature(FeatureKey(id: 7), 2)], boost: boost, k: 3)
                let expected = try weights.enumerated().map {
                    SparseHit(document: $0, score: 2 * boost * (try FeatureWeight($1).value))
                }.sorted { ($0.score, $1.document) > ($1.score, $0.document) }
                #expect(hits == Array(expected.prefix(3)))
            }
        }
    }
}
