import CPostings
public import IndexFiles
import Synchronization

/// The vectors of one field in one segment, as they lie in a mapped file, and the search for the nearest.
///
/// Safe with damaged bytes: what is found is wrong then, ``verify()`` tells.
public final class VectorSegment: @unchecked Sendable {
    /// What the vectors are.
    public let field: VectorField
    /// Documents of the segment, with or without a vector.
    public let documentCount: Int
    /// Bytes in the file.
    public var byteCount: Int { bytes.count }
    /// Vectors.
    public var count: Int { rows.count }
    /// How the graph was built; `nil`: there is none.
    public let graphOptions: GraphOptions?
    let rows: VectorRows
    let graph: GraphView?
    private let file: String
    private let bytes: UnsafeRawBufferPointer
    private let owner: any Sendable
    /// [rows]; `nil`: rows are documents.
    private let documents: UnsafePointer<UInt32>?
    private let spare = Mutex<[Seeker]>([])

    /// What one search works with; one at a time.
    private final class Seeker: @unchecked Sendable {
        let probe: Probe
        let walk = GraphWalk()
        let exact = ExactSearch()

        init(_ field: VectorField) { probe = Probe(field: field) }
    }

    /// Reads what ``VectorSegmentWriter`` wrote.
    ///
    /// - Parameters:
    ///   - bytes: all of it, from an address that is a multiple of 64.
    ///   - owner: what keeps the bytes in memory.
    ///   - file: for messages.
    /// - Throws: ``IndexFiles/IndexFileError`` when it is cut off, of another version, or not sound in itself.
    public init(_ bytes: UnsafeRawBufferPointer, owner: any Sendable, file: String) throws(IndexFileError) {
        let header = try VectorFile(bytes, file: file)
        self.bytes = bytes
        self.owner = owner
        self.file = file
        field = header.field
        documentCount = header.documentCount
        let offsets = header.offsets
        func base<T>(_ section: VectorFile.Section, _ type: T.Type = T.self) -> UnsafePointer<T> {
            (bytes.baseAddress! + offsets[section.rawValue]).assumingMemoryBound(to: T.self)
        }
        var rows = VectorRows(field: header.field, count: header.rowCount)
        rows.values = UnsafeRawPointer(base(.values, UInt8.self))
        rows.largestNorm = header.largestNorm
        if header.field.hasCodes {
            rows.codes = base(.codes)
            rows.scales = base(.scales)
            rows.errors = base(.errors)
        }
        if header.field.element != .binary { rows.norms = base(.norms) }
        self.rows = rows
        if header.hasGraph {
            graphOptions = header.options
            graph = GraphView(
                rowCount: header.rowCount, m: header.options.m, entry: header.entry, topLevel: header.topLevel,
                lowest: base(.lowest), lowestStarts: base(.lowestStarts),
                lowestCount: header.lengths[VectorFile.Section.lowest.rawValue] / 4, upperRows: base(.upperRows),
                upperStarts: base(.upperStarts), upperRowCount: header.upperRowCount, upper: base(.upper),
                upperCount: header.lengths[VectorFile.Section.upper.rawValue] / 4)
        } else {
            graphOptions = nil
            graph = nil
        }
        guard header.rowCount != header.documentCount else {
            documents = nil
            return
        }
        let documents: UnsafePointer<UInt32> = base(.documents)
        for row in 0..<header.rowCount {
            let isAscending = row == 0 || documents[row - 1] < documents[row]
            guard isAscending, documents[row] < header.documentCount else {
                throw IndexFileError.corrupt(file: file, reason: "its documents do not ascend")
            }
        }
        self.documents = documents
    }

    /// Maps the file that ``VectorSegmentWriter/write(to:)`` wrote.
    ///
    /// - Throws: ``IndexFiles/IndexFileError`` when it is missing, cut off, of another version, or not sound in itself.
    public convenience init(path: String) throws(IndexFileError) {
        let file = try MappedFile(path: path)
        try self.init(file.bytes, owner: file, file: path)
    }

    /// What was found to be wrong with a mapped file since it was opened; `nil`: nothing.
    package var damage: IndexFileError? { (owner as? MappedFile)?.damage }

    /// The checksum of all bytes before the place where it stands, as written.
    package var checksum: UInt32 {
        let place = bytes.count - VectorFile.footerSize
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    /// Checks the checksum over all bytes.
    ///
    /// Reads all of them.
    public func verify() throws(IndexFileError) {
        let covered = bytes.count - VectorFile.footerSize
        let end = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: covered + 4, as: UInt32.self))
        guard checksum == cp_crc32c(0, bytes.baseAddress, covered), end == VectorFile.endMagic else {
            throw damage ?? .corrupt(file: file, reason: "the checksum is wrong")
        }
    }

    /// The vector of a document, as it was given; `nil` if it has none.
    public func vector(ofDocument document: Int) -> [Float]? {
        row(ofDocument: document).flatMap { rows.value($0) }.map { RowEncoding.read($0, of: field) }
    }

    /// Compares a vector with documents one by one.
    ///
    /// - Parameter space: the field's unless given.
    /// - Throws: ``VectorFault`` as ``VectorField/checkQuery(_:)`` does, and for spaces that do not go with the elements.
    public func scorer(_ vector: [Float], space: VectorSpace? = nil) throws(VectorFault) -> VectorScorer {
        let compared = try VectorField(dimension: field.dimension, element: field.element, space: space ?? field.space)
        try compared.checkQuery(vector)
        return VectorScorer(self, vector, space: compared.space)
    }

    /// The nearest vectors.
    ///
    /// - Parameter allowed: the documents that may be found: pass the live ones, where some are deleted; `nil`: all.
    /// - Throws: ``VectorFault`` as ``VectorField/checkQuery(_:)`` does.
    public func search(_ query: VectorQuery, allowed: DocumentBits? = nil) throws(VectorFault) -> VectorMatches {
        try field.checkQuery(query.vector)
        let allowedCount = min(count, allowed?.count ?? count)
        var plan = SearchPlan.plan(
            query, vectors: count, allowed: allowedCount, hasGraph: graph != nil, m: graph?.m ?? 0)
        let seeker = spare.withLock { $0.popLast() } ?? Seeker(field)
        defer { spare.withLock { $0.append(seeker) } }
        seeker.probe.load(query.vector, largestNorm: rows.largestNorm)
        var comparisons = 0
        if plan.way == .graph, let graph {
            if let found = walk(graph, query, allowed, allowedCount, seeker) {
                return VectorMatches(hits: hits(found), plan: plan, comparisons: seeker.walk.comparisons + found.count)
            }
            comparisons = seeker.walk.comparisons
            plan.way = .exact
            plan.reason = .graphGaveUp
        }
        let found = seeker.exact.search(
            seeker.probe, rows, k: min(query.k, count), radius: query.radius, list: allowed.map(list))
        return VectorMatches(hits: hits(found.nearest), plan: plan, comparisons: comparisons + found.comparisons)
    }

    /// `nil` when the walk gave up.
    private func walk(
        _ graph: GraphView, _ query: VectorQuery, _ allowed: DocumentBits?, _ allowedCount: Int, _ seeker: Seeker
    ) -> [Neighbor]? {
        let walk = seeker.walk, probe = seeker.probe
        let width = max(query.efSearch, query.k)
        walk.begin(graph)
        let entry = walk.descend(graph, to: 0, probe, rows)
        if let allowed {
            let isWithin = allowed.words.withUnsafeBufferPointer { words in
                walk.search(
                    graph, from: entry.row, limit: width, budget: max(4 * min(width, count), allowedCount), probe, rows
                ) {
                    row in
                    let document = documents.map { Int($0[Int(row)]) } ?? Int(row)
                    let word = document >> 6
                    return word < words.count && words[word] >> UInt64(document & 63) & 1 != 0
                }
            }
            guard isWithin, walk.nearest.count >= min(width, allowedCount) else { return nil }
        } else {
            walk.search(graph, level: 0, from: [entry], limit: width, probe, rows)
            // A graph may be in parts: many equal vectors are neighbours of nobody else.
            guard walk.nearest.count >= min(width, count) else { return nil }
        }
        return rescored(walk.nearest.count, query, seeker)
    }

    /// The nearest of those found, by exact distances.
    private func rescored(_ count: Int, _ query: VectorQuery, _ seeker: Seeker) -> [Neighbor] {
        let kept = probeIsExact ? min(count, query.k) : min(count, query.k + max(10, query.k / 2))
        var ids: [UInt32] = []
        ids.reserveCapacity(kept)
        for i in 0..<kept { ids.append(seeker.walk.nearest.neighbor(at: i).row) }
        let distances = [Float](unsafeUninitializedCapacity: kept) { buffer, initialized in
            if kept > 0 { seeker.probe.exact(rows, ids: ids, count: kept, into: buffer.baseAddress!) }
            initialized = kept
        }
        var found = zip(ids, distances).map { Neighbor(distance: $1, row: $0) }
        found.sort()
        if let radius = query.radius { found.removeAll { $0.distance > radius } }
        return Array(found.prefix(query.k))
    }

    private var probeIsExact: Bool { !field.hasCodes }

    private func hits(_ neighbors: [Neighbor]) -> [VectorHit] {
        neighbors.map {
            VectorHit(
                document: document(ofRow: Int($0.row)), distance: $0.distance,
                score: field.space.score(ofDistance: $0.distance))
        }
    }

    /// Calls for each row of allowed documents.
    private func list(_ allowed: DocumentBits) -> ((UInt32) -> Void) -> Void {
        { [documents, count] body in
            var row = 0
            for (index, bits) in allowed.words.enumerated() {
                var bits = bits
                while bits != 0 {
                    let document = index << 6 | bits.trailingZeroBitCount
                    bits &= bits &- 1
                    guard let documents else {
                        if document < count { body(UInt32(document)) }
                        continue
                    }
                    row = Self.place(of: UInt32(document), in: documents, from: row, to: count)
                    guard row < count else { return }
                    if documents[row] == document { body(UInt32(row)) }
                }
            }
        }
    }

    func document(ofRow row: Int) -> Int { documents.map { Int($0[row]) } ?? row }

    func row(ofDocument document: Int) -> Int? {
        guard document >= 0, document < documentCount else { return nil }
        guard let documents else { return document }
        let row = Self.place(of: UInt32(document), in: documents, from: 0, to: count)
        return row < count && documents[row] == document ? row : nil
    }

    /// The first place at or after `start` with a document that is not below one, by steps that double.
    private static func place(
        of document: UInt32, in documents: UnsafePointer<UInt32>, from start: Int, to end: Int
    ) -> Int {
        var low = start, step = 1
        while low + step < end, documents[low + step] < document {
            low += step
            step *= 2
        }
        var high = min(end, low + step + 1)
        while low < high {
            let middle = (low + high) / 2
            if documents[middle] < document { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
