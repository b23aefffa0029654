import TestSupport
import VectorIndex

/// Numbers as `Tests/Fixtures/vectorindex/make_hnswlib.cpp` makes them, too.
struct NumberStream {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> Float { Float(generator.next() >> 40) / 16_777_216 * 2 - 1 }

    mutating func vector(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

/// Points around 64 centres, and queries like them.
struct ClusteredPoints {
    var points: [[Float]]
    var queries: [[Float]]

    init(points count: Int, queries: Int, dimension: Int, seed: UInt64 = 7) {
        var stream = NumberStream(seed: seed)
        let centres = (0..<64).map { _ in stream.vector(dimension) }
        func around(_ i: Int) -> [Float] {
            centres[i % 64].map { $0 + 0.35 * stream.next() }
        }
        points = (0..<count).map(around)
        self.queries = (0..<queries).map(around)
    }
}

/// Memory that a segment is read from.
final class SegmentBytes: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: [UInt8]) {
        bytes = .allocate(byteCount: source.count, alignment: 64)
        bytes.copyBytes(from: source)
    }

    deinit { bytes.deallocate() }

    func segment() throws -> VectorSegment {
        try VectorSegment(UnsafeRawBufferPointer(bytes), owner: self, file: "vectors")
    }
}

extension VectorSegmentWriter {
    func bytes() -> [UInt8] {
        var bytes: [UInt8] = []
        write { bytes.append(contentsOf: $0) }
        return bytes
    }

    func segment() throws -> VectorSegment { try SegmentBytes(bytes()).segment() }
}

/// A segment of points, with a graph if there are options for one.
func segment(_ points: [[Float]], _ field: VectorField, graph: GraphOptions? = nil) throws -> VectorSegment {
    let writer = VectorSegmentWriter(field: field, documentCount: points.count)
    for (i, point) in points.enumerated() { try writer.add(document: i, vector: point) }
    if let graph { _ = writer.buildGraph(graph) }
    return try writer.segment()
}

/// The distance by plain arithmetic in double precision.
func plainDistance(_ space: VectorSpace, _ x: [Float], _ y: [Float]) -> Double {
    let pairs = zip(x, y).map { (Double($0), Double($1)) }
    switch space {
    case .l2: return pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    case .l1: return pairs.reduce(0) { $0 + abs($1.0 - $1.1) }
    case .linf: return pairs.reduce(0) { max($0, abs($1.0 - $1.1)) }
    case .innerproduct: return -pairs.reduce(0) { $0 + $1.0 * $1.1 }
    case .cosinesimil:
        let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        let squares = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
        return 1 - product / (squares.0.squareRoot() * squares.1.squareRoot())
    case .hamming:
        return pairs.reduce(0) {
            $0 + Double((UInt8(bitPattern: Int8($1.0)) ^ UInt8(bitPattern: Int8($1.1))).nonzeroBitCount)
        }
    }
}

/// How many of the expected documents were found, of all expected.
func recall(_ found: [[VectorHit]], _ expected: [[VectorHit]]) -> Double {
    var hits = 0, wanted = 0
    for (a, b) in zip(found, expected) {
        let documents = Set(b.map(\.document))
        wanted += documents.count
        hits += a.reduce(0) { $0 + (documents.contains($1.document) ? 1 : 0) }
    }
    return Double(hits) / Double(max(1, wanted))
}

/// Documents of which a share is in the set.
func documentBits(_ count: Int, where isMember: (Int) -> Bool) -> DocumentBits {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for i in 0..<count where isMember(i) { words[i >> 6] |= 1 << UInt64(i & 63) }
    return DocumentBits(words: words)
}
