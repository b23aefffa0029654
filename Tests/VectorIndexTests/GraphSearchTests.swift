import JSON
import Tensors
import TestSupport
import Testing
import VectorIndex

@Suite struct GraphSearchTests {
    private func search(
        _ segment: VectorSegment, _ queries: [[Float]], k: Int = 10, ef: Int, method: VectorQuery.Method,
        allowed: DocumentBits? = nil
    ) throws -> [[VectorHit]] {
        try queries.map {
            try segment.search(VectorQuery(vector: $0, k: k, efSearch: ef, method: method), allowed: allowed).hits
        }
    }

    @Test func findsAsMuchAsHnswlibWithEqualParameters() throws {
        let reference = try JSONValue(parsing: Fixture.bytes("vectorindex/hnswlib.json"))
        func number(_ name: String) throws -> Int { try #require(reference[name]?.double.map { Int($0) }) }
        let data = try ClusteredPoints(
            points: number("points"), queries: number("queries"), dimension: number("dimension"))
        let field = try VectorField(dimension: number("dimension"), space: .l2)
        let options = try GraphOptions(m: number("m"), efConstruction: number("ef_construction"))
        let segment = try segment(data.points, field, graph: options)
        let truth = try search(segment, data.queries, ef: 10, method: .exact)
        let first = try #require(reference["first"]?.array).compactMap { $0.double.map { Int($0) } }
        #expect(truth[0].map(\.document) == first)
        for ef in [10, 20, 40, 80] {
            let theirs = try #require(reference["recall"]?["\(ef)"]?.double)
            let ours = try recall(search(segment, data.queries, ef: ef, method: .graph), truth)
            #expect(ours >= theirs - 0.005, "ef_search \(ef): \(ours), hnswlib \(theirs)")
        }
    }

    @Test(arguments: [VectorSpace.l2, .l1, .linf, .cosinesimil, .innerproduct])
    func findsAlmostAll(space: VectorSpace) throws {
        let data = ClusteredPoints(points: 5000, queries: 50, dimension: 20)
        let segment = try segment(data.points, VectorField(dimension: 20, space: space), graph: GraphOptions())
        let truth = try search(segment, data.queries, ef: 10, method: .exact)
        let found = try search(segment, data.queries, ef: 100, method: .graph)
        #expect(recall(found, truth) >= (space == .innerproduct ? 0.93 : 0.98))
        // What is found has exactly the distances of the exact search.
        for (hits, exact) in zip(found, truth) {
            let distances = Dictionary(exact.map { ($0.document, $0.distance) }, uniquingKeysWith: { a, _ in a })
            for hit in hits { #expect(distances[hit.document].map { $0 == hit.distance } ?? true) }
        }
    }

    @Test(arguments: [VectorElement.byte, .binary])
    func bytesAndBitsFindAlmostAll(element: VectorElement) throws {
        let data = ClusteredPoints(points: 4000, queries: 40, dimension: 32)
        let whole = { (x: [Float]) in x.map { max(-128, min(127, ($0 * 90).rounded())) } }
        let field = try VectorField(
            dimension: element == .binary ? 256 : 32, element: element, space: element == .binary ? .hamming : .l2)
        let segment = try segment(data.points.map(whole), field, graph: GraphOptions())
        let queries = data.queries.map(whole)
        let truth = try search(segment, queries, ef: 10, method: .exact)
        let found = try search(segment, queries, ef: 150, method: .graph)
        // Many are equally far: what counts is that those found are as near.
        var good = 0, all = 0
        for (hits, exact) in zip(found, truth) {
            let farthest = exact.last?.distance ?? 0
            good += hits.reduce(0) { $0 + ($1.distance <= farthest ? 1 : 0) }
            all += exact.count
        }
        #expect(Double(good) >= 0.97 * Double(all))
    }

    /// Equal vectors are neighbours of each other alone: the graph is in parts, and the search knows when it found too few.
    @Test func aGraphInPartsGivesAllThatIsThere() throws {
        var stream = NumberStream(seed: 3)
        let points = (0..<3050).map { $0 < 3000 ? [Float](repeating: 0.5, count: 8) : stream.vector(8) }
        let segment = try segment(points, VectorField(dimension: 8, space: .l2), graph: GraphOptions())
        for k in [60, 3040] {
            let query = VectorQuery(vector: stream.vector(8), k: k, efSearch: 10, method: .graph)
            #expect(try segment.search(query).hits.count == k)
        }
    }

    @Test func parametersWithoutMeasureAreHarmless() throws {
        let data = ClusteredPoints(points: 300, queries: 1, dimension: 8)
        let segment = try segment(
            data.points, VectorField(dimension: 8, space: .l2), graph: GraphOptions(m: .max, efConstruction: .max))
        for method in [VectorQuery.Method.graph, .automatic] {
            let query = VectorQuery(vector: data.queries[0], k: .max, efSearch: .max, method: method)
            #expect(try segment.search(query).hits.count == 300)
            let some = documentBits(300) { $0 % 3 == 0 }
            #expect(try segment.search(query, allowed: some).hits.count == 100)
        }
        let none = VectorQuery(vector: data.queries[0], k: 0, efSearch: 0, method: .graph)
        #expect(try segment.search(none).hits.isEmpty)
    }

    @Test func theGraphDoesNotDependOnThreads() throws {
        let data = ClusteredPoints(points: 3000, queries: 0, dimension: 16)
        let field = try VectorField(dimension: 16, space: .cosinesimil)
        var files: [[UInt8]] = []
        for threads in [1, 2, 5] {
            let writer = VectorSegmentWriter(field: field, documentCount: data.points.count)
            for (i, point) in data.points.enumerated() { try writer.add(document: i, vector: point) }
            #expect(writer.buildGraph(GraphOptions(m: 8), pool: threads == 1 ? nil : WorkerPool(threads: threads)))
            files.append(writer.bytes())
            #expect(files[0].count == writer.byteCount)
        }
        #expect(files[0] == files[1])
        #expect(files[0] == files[2])
    }

    @Test(arguments: [1, 10, 50])
    func filtersKeepRecall(percent: Int) throws {
        let data = ClusteredPoints(points: 10_000, queries: 60, dimension: 24)
        let segment = try segment(data.points, VectorField(dimension: 24, space: .l2), graph: GraphOptions())
        var generator = SeededGenerator(seed: 9)
        let members = (0..<10_000).map { _ in Int.random(in: 0..<100, using: &generator) < percent }
        let bits = documentBits(10_000) { members[$0] }
        let truth = try search(segment, data.queries, ef: 10, method: .exact, allowed: bits)
        for method in [VectorQuery.Method.automatic, .graph] {
            let found = try search(segment, data.queries, ef: 100, method: method, allowed: bits)
            #expect(found.joined().allSatisfy { members[$0.document] })
            #expect(recall(found, truth) >= 0.97, "\(method)")
        }
    }

    /// What is allowed lies where the query is not.
    @Test func filtersFarFromTheQueryStillFind() throws {
        let data = ClusteredPoints(points: 8000, queries: 64, dimension: 24)
        let segment = try segment(data.points, VectorField(dimension: 24, space: .l2), graph: GraphOptions())
        let bits = documentBits(8000) { $0 % 64 < 6 }
        let queries = (10..<64).map { data.queries[$0] }
        let truth = try search(segment, queries, ef: 10, method: .exact, allowed: bits)
        let found = try search(segment, queries, ef: 100, method: .graph, allowed: bits)
        #expect(found.allSatisfy { $0.count == 10 })
        #expect(recall(found, truth) >= 0.9)
    }

    @Test func mergesKeepWhatLives() throws {
        let data = ClusteredPoints(points: 6000, queries: 60, dimension: 24)
        let field = try VectorField(dimension: 24, space: .cosinesimil)
        let large = try segment(Array(data.points[..<4000]), field, graph: GraphOptions(m: 12))
        let small = try segment(Array(data.points[4000...]), field)
        for (dropped, m) in [(0, 12), (5, 12), (3, 12), (3, 8)] {
            var next: UInt32 = 0
            func map(_ range: Range<Int>) -> [UInt32] {
                range.map { document in
                    if dropped > 0, document % dropped == 0 { return .max }
                    next += 1
                    return next - 1
                }
            }
            let first = map(0..<4000), second = map(4000..<6000)
            let writer = VectorSegmentWriter(field: field, documentCount: Int(next))
            writer.add(large, map: first)
            writer.add(small, map: second)
            #expect(writer.buildGraph(GraphOptions(m: m)))
            let merged = try writer.segment()
            #expect(merged.count == Int(next))
            let kept = data.points.indices.filter { dropped == 0 || $0 % dropped != 0 }
            for document in [0, 1, 17, kept.count - 1] {
                #expect(merged.vector(ofDocument: document) == data.points[kept[document]])
            }
            let truth = try search(merged, data.queries, ef: 10, method: .exact)
            let found = try search(merged, data.queries, ef: 100, method: .graph)
            #expect(recall(found, truth) >= 0.98, "dropped every \(dropped). with m \(m)")
        }
    }

    @Test func buildingCanBeCancelled() throws {
        let data = ClusteredPoints(points: 2000, queries: 1, dimension: 8)
        let writer = VectorSegmentWriter(field: try VectorField(dimension: 8, space: .l2), documentCount: 2000)
        for (i, point) in data.points.enumerated() { try writer.add(document: i, vector: point) }
        var asked = 0
        #expect(
            !writer.buildGraph(isCancelled: {
                asked += 1
                return asked > 20
            }))
        let segment = try writer.segment()
        #expect(segment.graphOptions == nil)
        #expect(try segment.search(VectorQuery(vector: data.queries[0], k: 3)).hits.count == 3)
    }

    @Test func equalVectorsStayWithinReach() throws {
        let points = (0..<3000).map { [Float($0 / 12), Float($0 / 12 % 7)] }
        let segment = try segment(points, VectorField(dimension: 2, space: .l2), graph: GraphOptions())
        for target in [0, 1500, 1601, 2999] {
            let query = VectorQuery(vector: points[target], k: 12, efSearch: 100, method: .graph)
            let hits = try segment.search(query).hits
            #expect(hits.filter { $0.distance == 0 }.count >= 11)
        }
    }

    @Test func thePlanSaysWhatAndWhy() throws {
        let data = ClusteredPoints(points: 12_000, queries: 1, dimension: 8)
        let segment = try segment(data.points, VectorField(dimension: 8, space: .l2), graph: GraphOptions(m: 8))
        func plan(_ query: VectorQuery, _ allowed: DocumentBits? = nil) throws -> SearchPlan {
            try segment.search(query, allowed: allowed).plan
        }
        var query = VectorQuery(vector: data.queries[0], k: 10)
        try #expect(plan(query).reason == .graphIsCheaper && plan(query).way == .graph)
        let few = documentBits(12_000) { $0 % 100 == 0 }
        try #expect(plan(query, few).reason == .fewAllowed && plan(query, few).way == .exact)
        #expect(
            try "\(plan(query, few))" == "exact: comparing all costs less than the graph, 120 of 12000 vectors allowed")
        query.k = 5000
        try #expect(plan(query).reason == .manyWanted)
        query.k = 10
        query.efSearch = 100_000
        try #expect(plan(query).reason == .fewVectors)
        query.radius = 0.5
        try #expect(plan(query).reason == .radius)
        query.method = .exact
        try #expect(plan(query).reason == .requested)
    }
}
