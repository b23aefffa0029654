import JSON
import SparseIndex
import TestSupport
import Testing

/// What Lucene's FeatureField computes (Tests/Fixtures/sparse/MakeSparse.java), to the bit.
@Suite struct LuceneTests {
    private let expected: JSONValue

    init() throws { expected = try JSONValue(parsing: Fixture.bytes("sparse/lucene.json")) }

    private func float(_ value: JSONValue?) throws -> Float {
        Float(bitPattern: UInt32(truncatingIfNeeded: try #require(value?.int)))
    }

    private func floats(_ value: JSONValue?) throws -> [Float] { try #require(value?.array).map { try float($0) } }

    private func features(_ value: JSONValue?) throws -> [WeightedFeature] {
        try #require(value?.array).map { pair in
            let pair = try #require(pair.array)
            return WeightedFeature(FeatureKey(token: "t\(try #require(pair[0].int))"), try float(pair[1]))
        }
    }

    @Test func functions() throws {
        let values = try floats(expected["values"])
        let weights = try values.map { try FeatureWeight($0) }
        let pivot = FeatureFunction.defaultPivot(
            bitSum: weights.reduce(0) { $0 + UInt64($1.bits) }, count: weights.count)
        let cases: [(String, FeatureFunction, Float)] = [
            ("linear", .linear, 1), ("linear boosted", .linear, 0.37), ("saturation", .saturation(pivot: pivot), 1),
            ("saturation pivot", .saturation(pivot: 3.3), 1.7), ("log", .log(scalingFactor: 2.5), 1.3),
            ("sigmoid", .sigmoid(pivot: 2.2, exponent: 0.6), 0.9),
        ]
        for (name, function, boost) in cases {
            let right = try floats(expected["functions"]?[name])
            for (weight, score) in zip(weights, right) {
                let found = function.score(weight, boost: boost)
                // Logarithm and power of C and of Java may differ in the last bit of a float64.
                let isEqual = found == score || abs(found - score) <= score.ulp
                #expect(isEqual, "\(name) of \(weight.value): \(found), Lucene \(score)")
            }
        }
        #expect(FeatureFunction.defaultPivot(bitSum: 0, count: 0) == 1)
        #expect(FeatureFunction.log(scalingFactor: 1).refusal(positiveScoreImpact: false) != nil)
        #expect(FeatureFunction.linear.refusal(positiveScoreImpact: false) == nil)
        #expect(FeatureFunction.storedValue(of: 4, positiveScoreImpact: false) == 0.25)
    }

    @Test func sums() throws {
        try TemporaryFolder.with { folder in
            let writer = SparseFieldWriter()
            let documents = try #require(expected["documents"]?.array)
            for (number, document) in documents.enumerated() {
                writer.begin(document: number)
                for feature in try features(document) { try writer.add(feature.key, feature.weight) }
            }
            let path = folder.path + "/field"
            try writer.write(to: path, documentCount: documents.count)
            let field = try SparseField(path: path)
            for query in try #require(expected["queries"]?.array) {
                let right = try #require(query["hits"]?.array).map { hit in
                    let hit = try #require(hit.array)
                    return SparseHit(document: try #require(hit[0].int), score: try float(hit[1]))
                }
                let found = try field.search(features(query["features"]), boost: float(query["boost"]), k: 25)
                #expect(found == right)
            }
        }
    }

    @Test func whatCannotBeKept() {
        #expect(throws: FeatureWeight.Fault.tooSmall(0)) { try FeatureWeight(0) }
        #expect(throws: FeatureWeight.Fault.tooSmall(-1)) { try FeatureWeight(-1) }
        #expect(throws: FeatureWeight.Fault.tooSmall(0x1p-127)) { try FeatureWeight(0x1p-127) }
        #expect(throws: FeatureWeight.Fault.notFinite(.infinity)) { try FeatureWeight(.infinity) }
        #expect(throws: FeatureWeight.Fault.self) { try FeatureWeight(.nan) }
        let writer = SparseFieldWriter()
        writer.begin(document: 3)
        #expect(throws: Never.self) { try writer.add(FeatureKey(token: "a"), 1) }
        #expect(throws: SparseFieldWriter.Fault.repeated) { try writer.add(FeatureKey(token: "a"), 2) }
    }
}
