import SearchIndex
import SparseIndex
import TestSupport
import VectorIndex

/// What an index with vectors and features should hold, in plain arrays.
struct CompanionDocument: Equatable {
    /// What a document or a nested child has.
    struct Part: Equatable {
        var vectors: [FieldNumber: [Float]] = [:]
        var features: [FieldNumber: [FeatureKey: Float]] = [:]
    }

    var own = Part()
    var children: [Part] = []
    /// Whether it has a word, too, as most documents have.
    var hasWord = false

    static let word: FieldNumber = 2
    static let dense: FieldNumber = 5, bytes: FieldNumber = 6, bits: FieldNumber = 9
    static let tokens: FieldNumber = 0, numbers: FieldNumber = 7
    static let threshold = 60

    static let kinds: [FieldNumber: VectorOptions] = [
        dense: VectorOptions(field: kind(12, .float, .l2), graph: GraphOptions(m: 4, efConstruction: 30)),
        bytes: VectorOptions(field: kind(5, .byte, .cosinesimil), graph: nil),
        bits: VectorOptions(field: kind(16, .binary, .hamming), graph: GraphOptions(m: 3, efConstruction: 20)),
    ]

    static let fields: [(FieldNumber, FieldOptions)] =
        kinds.map { ($0, FieldOptions(companion: .vectors($1))) } + [
            (word, .keyword),
            (tokens, FieldOptions(indexing: .documents, companion: .features(FeatureOptions()))),
            (
                numbers,
                FieldOptions(
                    companion: .features(
                        FeatureOptions(seismic: SeismicOptions(postings: 50), approximateThreshold: threshold)))
            ),
        ]

    private static func kind(_ dimension: Int, _ element: VectorElement, _ space: VectorSpace) -> VectorField {
        do { return try VectorField(dimension: dimension, element: element, space: space) } catch {
            preconditionFailure("\(error)")
        }
    }

    static let tokenKeys = (0..<25).map { FeatureKey(token: "t\($0 * $0)") }
    static let numberKeys = (0..<20).map { FeatureKey(id: UInt32($0 * 7919)) }

    static func vector(_ field: FieldNumber, _ generator: inout SeededGenerator) -> [Float] {
        let kind = kinds[field]!.field
        return (0..<kind.givenCount).map { place in
            switch kind.element {
            case .float: Float(Int.random(in: -4000...4000, using: &generator)) / 1000
            case .byte, .binary: Float(Int.random(in: place == 0 ? 1...127 : -128...127, using: &generator))
            }
        }
    }

    private static func part(_ generator: inout SeededGenerator) -> Part {
        var part = Part()
        for field in kinds.keys.sorted() where Int.random(in: 0..<4, using: &generator) > 0 {
            part.vectors[field] = vector(field, &generator)
        }
        for (field, keys) in [(tokens, tokenKeys), (numbers, numberKeys)]
        where Int.random(in: 0..<3, using: &generator) > 0 {
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let u = Double.random(in: 0..<1, using: &generator)
                let weight = Float(Int.random(in: 1...255, using: &generator)) / 64
                part.features[field, default: [:]][keys[Int(Double(keys.count) * u * u)]] = weight
            }
        }
        return part
    }

    static func random(_ generator: inout SeededGenerator) -> CompanionDocument {
        var document = CompanionDocument()
        document.hasWord = Int.random(in: 0..<5, using: &generator) > 0
        if Int.random(in: 0..<8, using: &generator) > 0 { document.own = part(&generator) }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            for _ in 0..<Int.random(in: 1...3, using: &generator) { document.children.append(part(&generator)) }
        }
        return document
    }

    func fill(_ document: inout IndexDocument, seqNo: Int64) {
        document.removeAll()
        document.seqNo = seqNo
        for child in children {
            Self.add(child, to: &document)
            document.endChild()
        }
        Self.add(own, to: &document)
        if hasWord { document.add(Self.word, term: "word") }
    }

    private static func add(_ part: Part, to document: inout IndexDocument) {
        for (field, vector) in part.vectors { document.add(field, vector: vector) }
        for (field, features) in part.features {
            for (key, weight) in features { document.add(field, feature: key, weight: weight) }
        }
    }

    /// Children first, as they lie in a block.
    var parts: [Part] { children + [own] }
}

/// Reads what a snapshot has back, and compares it with the model.
enum CompanionReader {
    /// All that live documents have: by sequence number, the parts of the block in their order.
    static func parts(_ snapshot: IndexSnapshot) throws -> [Int64: [CompanionDocument.Part]] {
        var result: [Int64: [CompanionDocument.Part]] = [:]
        for segment in snapshot.segments {
            var parts = [CompanionDocument.Part](repeating: .init(), count: segment.documentCount)
            for field in CompanionDocument.kinds.keys {
                guard let vectors = segment.vectors(field) else { continue }
                for document in 0..<segment.documentCount {
                    parts[document].vectors[field] = vectors.vector(ofDocument: document)
                }
            }
            for (field, keys) in [
                (CompanionDocument.tokens, CompanionDocument.tokenKeys),
                (CompanionDocument.numbers, CompanionDocument.numberKeys),
            ] {
                guard let features = segment.features(field) else { continue }
                for key in keys {
                    guard var cursor = try features.cursor(key) else { continue }
                    var document = cursor.advance(to: 0)
                    while document != FeatureCursor.end {
                        parts[document].features[field, default: [:]][key] = cursor.weight.value
                        document = cursor.advance(to: document + 1)
                    }
                }
            }
            for document in 0..<segment.documentCount where segment.isLive(document) {
                result[segment.seqNo(of: document), default: []].append(parts[document])
            }
        }
        return result
    }

    /// What differs from the model, in words.
    static func problems(_ snapshot: IndexSnapshot, _ expected: [Int64: CompanionDocument]) throws -> [String] {
        var problems: [String] = []
        let found = try parts(snapshot)
        for (seqNo, document) in expected where found[seqNo] != document.parts { problems.append("\(seqNo) differs") }
        for seqNo in found.keys where expected[seqNo] == nil { problems.append("\(seqNo) is not deleted") }
        problems += try nearest(snapshot, expected)
        if let damage = snapshot.damage { problems.append("\(damage)") }
        return problems
    }

    /// Searches all segments for the nearest live vectors and the best features, beside a comparison of all of the model's.
    private static func nearest(
        _ snapshot: IndexSnapshot, _ expected: [Int64: CompanionDocument]
    ) throws -> [String] {
        var generator = SeededGenerator(seed: UInt64(expected.count))
        var problems: [String] = []
        let query = CompanionDocument.vector(CompanionDocument.dense, &generator)
        let wanted = expected.flatMap { $1.parts }.compactMap { part -> Float? in
            part.vectors[CompanionDocument.dense].map { vector in
                zip(vector, query).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
        }.sorted().prefix(7)
        let features = [WeightedFeature(CompanionDocument.tokenKeys[0], 1.5), .init(CompanionDocument.tokenKeys[3], 1)]
        let wantedScores = expected.flatMap { $1.parts }.compactMap { part -> Float? in
            let sum = features.reduce(Float(0)) {
                $0 + $1.weight * (part.features[CompanionDocument.tokens]?[$1.key] ?? 0)
            }
            return sum > 0 ? sum : nil
        }.sorted(by: >).prefix(7)
        var distances: [Float] = [], scores: [Float] = []
        for segment in snapshot.segments {
            let live = segment.liveDocuments ?? DocumentSet(capacity: segment.documentCount, full: true)
            if let vectors = segment.vectors(CompanionDocument.dense) {
                let nearest = VectorQuery(vector: query, k: 7, method: .exact)
                distances += try vectors.search(nearest, allowed: DocumentBits(words: live.words)).hits.map(\.distance)
            }
            if let field = segment.features(CompanionDocument.tokens) {
                scores += try field.search(features, k: 7, accepted: live.words).map(\.score)
            }
        }
        let near = distances.sorted().prefix(7)
        if near.count != wanted.count || zip(near, wanted).contains(where: { abs($0 - $1) > 1e-4 * (1 + abs($1)) }) {
            problems.append("other vectors are nearest")
        }
        if Array(scores.sorted(by: >).prefix(7)) != Array(wantedScores) { problems.append("other features are best") }
        return problems
    }
}
