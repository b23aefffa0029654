import Testing
import VectorIndex

/// The scan over rounded rows gives what comparing all values gives.
@Suite struct ExactSearchTests {
    private static let floatSpaces: [VectorSpace] = [.l2, .l1, .linf, .cosinesimil, .innerproduct]

    private func expected(
        _ points: [[Float]], _ query: [Float], _ space: VectorSpace, k: Int, radius: Double = .infinity,
        where isAllowed: (Int) -> Bool = { _ in true }
    ) -> [(document: Int, distance: Double)] {
        let all = points.indices.filter(isAllowed).map { ($0, plainDistance(space, points[$0], query)) }
        return Array(all.filter { $0.1 <= radius }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(k))
    }

    /// Distances agree place by place, and each hit has its own distance: rows whose distances differ by rounding may change places.
    private func check(
        _ hits: [VectorHit], _ wanted: [(document: Int, distance: Double)], _ points: [[Float]], _ query: [Float],
        _ space: VectorSpace, _ label: String
    ) {
        #expect(hits.count == wanted.count, "\(label)")
        #expect(Set(hits.map(\.document)).count == hits.count, "\(label)")
        for (hit, want) in zip(hits, wanted) {
            let tolerance = 1e-5 * (1 + abs(want.distance))
            let own = plainDistance(space, points[hit.document], query)
            let difference = abs(Double(hit.distance) - want.distance), ownDifference = abs(own - want.distance)
            #expect(difference <= tolerance, "\(label)")
            #expect(ownDifference <= tolerance, "\(label)")
            #expect(hit.score == space.score(ofDistance: hit.distance), "\(label)")
        }
    }

    @Test(arguments: floatSpaces)
    func equalsAPlainScan(space: VectorSpace) throws {
        for (dimension, count) in [(1, 70), (3, 2000), (17, 1100), (129, 1300), (384, 900)] {
            let data = ClusteredPoints(points: count, queries: 6, dimension: dimension, seed: UInt64(dimension))
            let field = try VectorField(dimension: dimension, space: space)
            let segment = try segment(data.points, field)
            for query in data.queries {
                for k in [1, 10, 64, count + 5] {
                    let matches = try segment.search(VectorQuery(vector: query, k: k))
                    let wanted = expected(data.points, query, space, k: k)
                    check(matches.hits, wanted, data.points, query, space, "\(space), \(dimension), k \(k)")
                    #expect(matches.plan.reason == .noGraph)
                }
            }
        }
    }

    /// Lengths that differ by far, and vectors that differ by less than a step of rounding: the bounds must hold, not be lucky.
    @Test(arguments: [VectorSpace.l2, .cosinesimil, .innerproduct])
    func equalsAPlainScanWhereRoundingDecides(space: VectorSpace) throws {
        var stream = NumberStream(seed: 3)
        let center = stream.vector(96)
        var points: [[Float]] = []
        for i in 0..<3000 {
            let scale: Float = i % 500 == 0 ? 1000 : 1
            points.append(center.map { scale * ($0 + 0.002 * stream.next()) })
        }
        let segment = try segment(points, VectorField(dimension: 96, space: space))
        for _ in 0..<5 {
            let query = center.map { $0 + 0.002 * stream.next() }
            let hits = try segment.search(VectorQuery(vector: query, k: 20)).hits
            let exact = points.indices.map { plainDistance(space, points[$0], query) }.sorted()
            for (hit, distance) in zip(hits, exact) {
                let size = space == .innerproduct ? abs(distance) : 1
                let difference = abs(plainDistance(space, points[hit.document], query) - distance)
                let tolerance = 2e-6 * max(size, 1)
                #expect(difference <= tolerance)
            }
        }
    }

    @Test func mostRowsNeedNoValues() throws {
        let data = ClusteredPoints(points: 20_000, queries: 4, dimension: 64)
        let segment = try segment(data.points, VectorField(dimension: 64, space: .l2))
        for query in data.queries {
            #expect(try segment.search(VectorQuery(vector: query, k: 10)).comparisons < 23_000)
        }
    }

    @Test(arguments: [VectorElement.byte, .binary])
    func bytesAndBitsEqualAPlainScan(element: VectorElement) throws {
        let spaces: [VectorSpace] = element == .byte ? [.l2, .l1, .linf, .cosinesimil, .innerproduct] : [.hamming]
        for space in spaces {
            for count in [1, 3, 16, 65, 129] {
                var stream = NumberStream(seed: UInt64(count))
                let points = (0..<700).map { _ in stream.vector(count).map { ($0 * 127).rounded() + ($0 == 0 ? 1 : 0) }
                }
                let query = stream.vector(count).map { ($0 * 127).rounded(.awayFromZero) }
                let field = try VectorField(
                    dimension: element == .binary ? 8 * count : count, element: element, space: space)
                let usable = points.map { $0.allSatisfy { $0 == 0 } ? [1] + $0.dropFirst() : $0 }
                let hits = try segment(usable, field).search(VectorQuery(vector: query, k: 25)).hits
                check(hits, expected(usable, query, space, k: 25), usable, query, space, "\(space), \(count)")
            }
        }
    }

    @Test(arguments: floatSpaces)
    func filtersAndRadiusHold(space: VectorSpace) throws {
        let data = ClusteredPoints(points: 3000, queries: 4, dimension: 32)
        let segment = try segment(data.points, VectorField(dimension: 32, space: space))
        for query in data.queries {
            let all = expected(data.points, query, space, k: 3000)
            let radius = all[40].distance * (1 + 1e-9) + 1e-6
            let within = try segment.search(VectorQuery(vector: query, k: 3000, radius: Float(radius))).hits
            check(
                within, expected(data.points, query, space, k: 3000, radius: radius), data.points, query, space,
                "radius")
            for share in [2, 7, 50] {
                let isAllowed = { (i: Int) in i % share == 1 }
                let bits = documentBits(3000, where: isAllowed)
                let hits = try segment.search(VectorQuery(vector: query, k: 12), allowed: bits).hits
                #expect(hits.allSatisfy { isAllowed($0.document) })
                check(
                    hits, expected(data.points, query, space, k: 12, where: isAllowed), data.points, query, space,
                    "filter")
            }
            let none = documentBits(3000) { _ in false }
            #expect(try segment.search(VectorQuery(vector: query, k: 12), allowed: none).hits.isEmpty)
        }
    }

    @Test func equallyNearOnesComeInTheOrderOfDocuments() throws {
        let points = (0..<500).map { [Float($0 % 3), 1] }
        let segment = try segment(points, VectorField(dimension: 2, space: .l2))
        let hits = try segment.search(VectorQuery(vector: [0, 1], k: 200)).hits
        let same = (0..<500).filter { $0 % 3 == 0 }, next = (0..<500).filter { $0 % 3 == 1 }
        let wanted = Array((same + next).prefix(200))
        #expect(hits.map(\.document) == wanted)
    }

    /// Norms beyond what float32 can hold the square of: bounds are no numbers then, values decide.
    @Test(arguments: [VectorSpace.l2, .cosinesimil, .innerproduct])
    func hugeAndTinyValuesLoseNobody(space: VectorSpace) throws {
        let field = try VectorField(dimension: 32, space: space)
        var stream = NumberStream(seed: 9)
        for size: Float in space == .cosinesimil ? [3e19, 1e30] : [3e19, 1e30, .leastNormalMagnitude / 8] {
            let points = (0..<1500).map { _ in stream.vector(32).map { $0 * size } }
            let segment = try segment(points, field)
            let query = space == .cosinesimil ? points[7] : stream.vector(32).map { $0 * size }
            let hits = try segment.search(VectorQuery(vector: query, k: 1500, method: .exact)).hits
            #expect(hits.count == 1500 && hits.allSatisfy { !$0.score.isNaN }, "\(size)")
            // Few are wanted: most are left out by their bounds, which must not leave out the best.
            let best = try segment.search(VectorQuery(vector: query, k: 10, method: .exact)).hits
            #expect(best == Array(hits.prefix(10)), "\(size)")
        }
    }

    @Test func documentsWithoutVectorsAreNeverFound() throws {
        let field = try VectorField(dimension: 4, space: .l2)
        let writer = VectorSegmentWriter(field: field, documentCount: 1000)
        var stream = NumberStream(seed: 5)
        var vectors: [Int: [Float]] = [:]
        for document in 0..<1000 where document % 7 != 3 && document > 20 {
            vectors[document] = stream.vector(4)
            try writer.add(document: document, vector: vectors[document] ?? [])
        }
        let segment = try writer.segment()
        let bits = documentBits(1000) { $0 % 5 == 0 }
        let hits = try segment.search(VectorQuery(vector: [0, 0, 0, 0], k: 1000), allowed: bits).hits
        #expect(Set(hits.map(\.document)) == Set(vectors.keys.filter { $0 % 5 == 0 }))
        for document in 0..<1000 { #expect(segment.vector(ofDocument: document) == vectors[document]) }
    }
}

@Suite struct VectorScorerTests {
    @Test func scriptsMayAskForAnotherSpace() throws {
        let data = ClusteredPoints(points: 60, queries: 1, dimension: 19)
        let segment = try segment(data.points, VectorField(dimension: 19, space: .l2))
        for space in VectorSpace.allCases where space != .hamming {
            let scorer = try segment.scorer(data.queries[0], space: space)
            for (document, point) in data.points.enumerated() {
                let expected = plainDistance(space, point, data.queries[0])
                let distance = try #require(scorer.distance(ofDocument: document))
                let difference = abs(Double(distance) - expected)
                #expect(difference <= 1e-5 * (1 + abs(expected)), "\(space)")
                let score = space == .cosinesimil ? 2 - distance : space.score(ofDistance: distance)
                #expect(scorer.scriptScore(ofDocument: document) == score)
            }
            #expect(scorer.distance(ofDocument: 60) == nil)
        }
        #expect(throws: VectorFault.self) { try segment.scorer(data.queries[0], space: .hamming) }
        #expect(throws: VectorFault.self) { try segment.scorer([Float](repeating: 0, count: 19), space: .cosinesimil) }
    }
}
