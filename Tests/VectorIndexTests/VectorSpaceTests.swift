import JSON
import TestSupport
import Testing
import VectorIndex

@Suite struct VectorSpaceTests {
    @Test func namesAreOpenSearchs() throws {
        for space in VectorSpace.allCases { try #expect(VectorSpace(name: space.rawValue) == space) }
        try #expect(VectorSpace(name: "hammingbit") == .hamming)
        #expect(throws: VectorFault.self) { try VectorSpace(name: "cosine") }
    }

    @Test func distancesAndScoresEqualTheDefinitions() throws {
        let cases = try JSONValue(parsing: Fixture.bytes("vectorindex/spaces.json")).array ?? []
        #expect(cases.count > 70)
        for item in cases {
            let element = try #require(item["element"]?.string.flatMap(VectorElement.init))
            let space = try VectorSpace(name: #require(item["space"]?.string))
            let x = (item["x"]?.array ?? []).compactMap { $0.double.map { Float($0) } }
            let y = (item["y"]?.array ?? []).compactMap { $0.double.map { Float($0) } }
            let distance = try #require(item["distance"]?.double), score = try #require(item["score"]?.double)
            let field = try VectorField(
                dimension: element == .binary ? 8 * x.count : x.count, element: element, space: space)
            let found = try segment([y], field).search(VectorQuery(vector: x, k: 1)).hits
            let hit = try #require(found.first)
            let distanceError = abs(Double(hit.distance) - distance), scoreError = abs(Double(hit.score) - score)
            #expect(distanceError <= 2e-6 * max(1, abs(distance)), "\(space) of \(x.count)")
            #expect(scoreError <= 4e-6 * max(1, abs(score)), "\(space) of \(x.count)")
        }
    }

    @Test func scoresFallWithDistanceAndCanBeTurnedBack() throws {
        for space in VectorSpace.allCases {
            let lowest: Float = space == .innerproduct ? -50 : 0
            let highest: Float = space == .cosinesimil ? 1.99 : 50
            var before = Float.infinity
            for step in 0...400 {
                let distance = lowest + (highest - lowest) * Float(step) / 400
                let score = space.score(ofDistance: distance)
                #expect(score >= 0 && score < before, "\(space) at \(distance)")
                before = score
                let back = try space.distance(ofScore: score)
                let size = 1 + abs(distance)
                let tolerance = 4e-6 * size * size
                #expect(abs(back - distance) <= tolerance, "\(space) at \(distance)")
            }
            #expect(throws: VectorFault.self) { try space.distance(ofScore: 0) }
        }
    }
}
