import JSON
import Querying
import TestSupport
import Testing

/// Random documents with vectors, features and nested objects, and what searches must find in them, computed plainly.
struct RandomVectors {
    struct Part {
        var tag: String
        var vector: [Float]
    }

    struct Document {
        var tag: String
        var vector: [Float]?
        var features: [(token: String, weight: Float)]
        var parts: [Part]
    }

    static let dimension = 6
    static let tags = ["a", "b", "c", "d"]
    let documents: [Document]
    let deleted: Set<Int>
    let index: TestIndex

    init(count: Int, space: String = "l2", segments: Int = 3, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func vector() -> [Float] {
            // Whole halves: sums have no rounding, and equal distances occur.
            (0..<Self.dimension).map { place in
                Float(Int.random(in: -4...4, using: &random)) / 2 + (place == 0 ? 0.25 : 0)
            }
        }
        let documents = (0..<count).map { _ in
            var features: [(token: String, weight: Float)] = []
            for token in 0..<12 where Int.random(in: 0..<3, using: &random) == 0 {
                features.append(("t\(token)", Float(Int.random(in: 1...255, using: &random)) / 64))
            }
            return Document(
                tag: Self.tags.randomElement(using: &random) ?? "a",
                vector: Int.random(in: 0..<10, using: &random) == 0 ? nil : vector(), features: features,
                parts: (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    Part(tag: Self.tags.randomElement(using: &random) ?? "a", vector: vector())
                })
        }
        self.documents = documents
        deleted = Set((0..<count).filter { _ in Int.random(in: 0..<6, using: &random) == 0 })
        let field: JSONValue = [
            "type": "knn_vector", "dimension": .number(JSONNumber(Self.dimension)),
            "method": ["name": "hnsw", "engine": "nmslib", "space_type": .string(space)],
        ]
        index = try TestIndex(
            documents.map(Self.source),
            mapping: [
                "properties": [
                    "tag": ["type": "keyword"], "v": field, "f": ["type": "rank_features"],
                    "p": ["type": "nested", "properties": ["tag": ["type": "keyword"], "v": field]],
                ]
            ], segments: segments, deleting: deleted.sorted())
    }

    private static func source(_ document: Document) -> JSONValue {
        var object: JSONObject = ["tag": .string(document.tag)]
        if let vector = document.vector { object["v"] = json(vector) }
        if !document.features.isEmpty {
            object["f"] = .object(
                JSONObject(document.features.map { ($0.token, .number(JSONNumber(Double($0.weight)))) }))
        }
        if !document.parts.isEmpty {
            object["p"] = .array(document.parts.map { ["tag": .string($0.tag), "v": json($0.vector)] })
        }
        return .object(object)
    }

    static func json(_ vector: [Float]) -> JSONValue { .array(vector.map { .number(JSONNumber(Double($0))) }) }

    /// The documents that may be found, by number.
    func live(tag: String? = nil) -> [(number: Int, document: Document)] {
        documents.enumerated().filter { !deleted.contains($0.offset) && (tag == nil || $0.element.tag == tag) }
            .map { (number: $0.offset, document: $0.element) }
    }

    /// The score of a space, in double precision.
    static func score(_ space: String, _ x: [Float], _ y: [Float]) -> Double {
        let pairs = zip(x, y).map { (Double($0), Double($1)) }
        let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        switch space {
        case "l2": return 1 / (1 + pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
        case "l1": return 1 / (1 + pairs.reduce(0) { $0 + abs($1.0 - $1.1) })
        case "linf": return 1 / (1 + pairs.reduce(0) { max($0, abs($1.0 - $1.1)) })
        case "cosinesimil":
            let norms = pairs.reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
            return (1 + product / (norms.0 * norms.1).squareRoot()) / 2
        default: return product > 0 ? product + 1 : 1 / (1 - product)
        }
    }

    /// Expects that hits are the best of what may be found.
    static func expectBest(
        _ hits: [SearchHit], of expected: [Int: Double], k: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isBest = isBest(hits, of: expected, k: k)
        #expect(isBest, "\(hits.count) hits, \(expected.count) could be found", sourceLocation: sourceLocation)
    }

    /// Whether hits are the best of what may be found: their scores are right, and they are the highest.
    private static func isBest(_ hits: [SearchHit], of expected: [Int: Double], k: Int) -> Bool {
        guard hits.count == min(k, expected.count), Set(hits.map(\.id)).count == hits.count else { return false }
        let best = expected.values.sorted(by: >).prefix(k)
        return zip(hits, best).allSatisfy { hit, score in
            guard let found = hit.score, let own = Int(hit.id).flatMap({ expected[$0] }) else { return false }
            return abs(Double(found) - own) <= 2e-6 * max(1, own) && abs(own - score) <= 4e-6 * max(1, score)
        }
    }
}
