import IndexFiles
import TestSupport
import Testing
import VectorIndex

@Suite struct VectorFileTests {
    private func file(documents: Int = 400, dimension: Int = 6, every: Int = 3, graph: Bool = true) throws -> [UInt8] {
        let field = try VectorField(dimension: dimension, space: .l2)
        let writer = VectorSegmentWriter(field: field, documentCount: documents)
        var stream = NumberStream(seed: 1)
        for document in 0..<documents where document % every != 0 {
            try writer.add(document: document, vector: stream.vector(dimension))
        }
        if graph { _ = writer.buildGraph(GraphOptions(m: 4, efConstruction: 20)) }
        return writer.bytes()
    }

    @Test func whatIsWrittenIsRead() throws {
        for graph in [false, true] {
            let segment = try SegmentBytes(file(graph: graph)).segment()
            try segment.verify()
            #expect(segment.count == 266 && segment.documentCount == 400)
            #expect(segment.graphOptions == (graph ? GraphOptions(m: 4, efConstruction: 20) : nil))
            #expect(segment.field == (try VectorField(dimension: 6, space: .l2)))
            var stream = NumberStream(seed: 1)
            #expect(segment.vector(ofDocument: 0) == nil)
            #expect(segment.vector(ofDocument: 1) == stream.vector(6))
            #expect(segment.vector(ofDocument: 400) == nil)
        }
    }

    @Test func nothingAtAllIsASegment() throws {
        let writer = VectorSegmentWriter(field: try VectorField(dimension: 3, space: .l1), documentCount: 5)
        #expect(writer.buildGraph())
        let segment = try writer.segment()
        #expect(try segment.search(VectorQuery(vector: [1, 2, 3], k: 10)).hits.isEmpty)
    }

    @Test func cutOffFilesAreRefused() throws {
        let bytes = try file(documents: 60)
        for count in 0..<bytes.count {
            #expect(throws: IndexFileError.self) { try SegmentBytes(Array(bytes[..<count])).segment() }
        }
        #expect(throws: IndexFileError.self) { try SegmentBytes(bytes + [0]).segment() }
    }

    /// A changed byte is found by `verify`; whoever does not ask gets something wrong, never a crash.
    @Test func damagedFilesAreFoundOrHarmless() throws {
        let bytes = try file()
        var generator = SeededGenerator(seed: 4)
        let query = VectorQuery(vector: [0.1, 0.2, -0.3, 0, 0.5, 0.9], k: 10, efSearch: 20, method: .graph)
        let bits = documentBits(400) { $0 % 2 == 0 }
        for round in 0..<6000 {
            var damaged = bytes
            let first = round < 400 ? round : Int.random(in: 0..<bytes.count, using: &generator)
            let width = min(bytes.count - first, 1 + round % 4)
            for place in first..<first + width { damaged[place] = UInt8.random(in: 0...255, using: &generator) }
            guard damaged != bytes else { continue }
            do {
                let segment = try SegmentBytes(damaged).segment()
                #expect(throws: IndexFileError.self) { try segment.verify() }
                for allowed in [nil, bits] {
                    for hit in try segment.search(query, allowed: allowed).hits { #expect(hit.document < 400) }
                    var exact = query
                    exact.method = .exact
                    _ = try segment.search(exact, allowed: allowed)
                }
            } catch is IndexFileError {}
        }
    }

    @Test func mergingDamagedGraphsIsHarmless() throws {
        let bytes = try file(documents: 200)
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<6 {
                damaged[Int.random(in: 320..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            guard let segment = try? SegmentBytes(damaged).segment() else { continue }
            let writer = VectorSegmentWriter(field: segment.field, documentCount: 240)
            writer.add(segment, map: (0..<200).map { $0 % 9 == 0 ? .max : $0 })
            // These are linked to rows of the damaged graph, and back, on higher levels, too.
            for document in 200..<240 {
                let vector = (0..<segment.field.dimension).map { _ in Float.random(in: -1...1, using: &generator) }
                try writer.add(document: document, vector: vector)
            }
            _ = writer.buildGraph(GraphOptions(m: 4, efConstruction: 20))
            _ = try writer.segment().search(VectorQuery(vector: [0, 0, 0, 0, 0, 1], k: 5, method: .graph))
        }
    }
}
