import CKernels
import CPostings
public import IndexFiles
public import Tensors

/// Gathers the vectors of one field for a new segment, builds their graph, and writes both.
///
/// For a segment of new documents: ``add(document:vector:)`` for each. For a merge: ``add(_:map:)`` for each segment, in the order of
/// their documents. Then ``buildGraph(_:pool:isCancelled:)`` if the segment is to have one, and ``write(_:)``. Vectors of merged
/// segments are not copied before they are written; rounded ones and links are held in memory meanwhile.
public final class VectorSegmentWriter {
    /// What the vectors are.
    public let field: VectorField
    /// Documents that the segment has, with or without a vector.
    public package(set) var documentCount: Int {
        didSet { precondition(documents.last.map { $0 < documentCount } ?? true, "there are more documents") }
    }
    private var documents: [UInt32] = []
    private var values: [UnsafeRawPointer] = []
    private var chunks: [AlignedMemory] = []
    private var freeInChunk = 0
    private var sources: [(segment: VectorSegment, map: [UInt32])] = []
    private var prepared: PreparedRows?
    private var builder: GraphBuilder?
    private var options = GraphOptions()

    /// A writer without vectors yet.
    public init(field: VectorField, documentCount: Int) {
        self.field = field
        self.documentCount = documentCount
    }

    /// Vectors so far.
    public var count: Int { documents.count }

    /// About how many bytes of memory the vectors take that were added one by one.
    package var heldBytes: Int { count * (field.rowSize + 12) }

    /// Adds the vector of a document, which comes after all documents before.
    ///
    /// - Throws: ``VectorFault`` as ``VectorField/checkDocument(_:)`` does.
    public func add(document: Int, vector: [Float]) throws(VectorFault) {
        try field.checkDocument(vector)
        vector.withUnsafeBufferPointer { add(document: document, checked: $0) }
    }

    /// Adds the vector of a document that ``VectorField/checkDocument(_:)`` found to be right.
    package func add(document: Int, checked vector: UnsafeBufferPointer<Float>) {
        append(document)
        if freeInChunk < field.rowSize {
            let size = max(1 << 20, field.rowSize)
            chunks.append(AlignedMemory(count: size))
            freeInChunk = size
        }
        let chunk = chunks[chunks.count - 1]
        let row = chunk.base + (chunk.count - freeInChunk)
        freeInChunk -= field.rowSize
        RowEncoding.write(vector.baseAddress!, of: field, to: row)
        values.append(UnsafeRawPointer(row))
    }

    /// Adds the vectors of another segment.
    ///
    /// - Parameter map: the number of each of its documents in the new segment, ascending; `.max`: it is dropped.
    public func add(_ segment: VectorSegment, map: [UInt32]) {
        precondition(segment.field == field && map.count == segment.documentCount, "a segment of another field")
        var rowMap = [UInt32](repeating: .max, count: segment.count)
        for row in 0..<segment.count {
            let document = map[segment.document(ofRow: row)]
            guard document != .max, let value = segment.rows.value(row) else { continue }
            rowMap[row] = UInt32(documents.count)
            append(Int(document))
            values.append(value)
        }
        sources.append((segment, rowMap))
    }

    private func append(_ document: Int) {
        precondition(document < documentCount, "document \(document) of \(documentCount)")
        precondition(documents.last.map { $0 < document } ?? true, "documents must come in ascending order")
        documents.append(UInt32(document))
        prepared = nil
        builder = nil
    }

    /// Builds the graph of all vectors that were added, from that of the largest merged segment, if there is one with the same `m`.
    ///
    /// - Parameters:
    ///   - pool: threads to build with; the graph does not depend on them. `nil`: the calling thread.
    ///   - isCancelled: asked now and then.
    /// - Returns: false when it was cancelled; there is no graph then.
    public func buildGraph(
        _ options: GraphOptions = GraphOptions(), pool: WorkerPool? = nil, isCancelled: () -> Bool = { false }
    ) -> Bool {
        self.options = options
        guard count > 0 else { return true }
        let rows = prepare(pool).rows
        let candidates = sources.filter { $0.segment.graph?.m == options.m }
        let live = candidates.map { $0.map.reduce(0) { $0 + ($1 == .max ? 0 : 1) } }
        let builder: GraphBuilder
        var rest: [UInt32]
        if let best = live.indices.max(by: { live[$0] < live[$1] }), live[best] * 2 > candidates[best].map.count,
            let graph = candidates[best].segment.graph
        {
            let map = candidates[best].map
            var levels = (0..<count).map { UInt8(GraphLevels.level(of: $0, m: options.m)) }
            var isAdopted = [Bool](repeating: false, count: count)
            for row in map where row != .max {
                levels[Int(row)] = 0
                isAdopted[Int(row)] = true
            }
            for place in 0..<graph.upperRowCount where Int(graph.upperRows[place]) < map.count {
                let row = map[Int(graph.upperRows[place])]
                let height = Int(graph.upperStarts[place + 1]) - Int(graph.upperStarts[place])
                if row != .max { levels[Int(row)] = UInt8(min(max(0, height), GraphLevels.highest)) }
            }
            builder = GraphBuilder(rows, options: options, pool: pool, levels: levels)
            builder.adopt(graph, map: map)
            rest = (0..<UInt32(count)).filter { !isAdopted[Int($0)] }
        } else {
            builder = GraphBuilder(rows, options: options, pool: pool)
            rest = Array(0..<UInt32(count))
        }
        guard builder.add(rest, isCancelled: isCancelled) else { return false }
        self.builder = builder
        return true
    }

    private func prepare(_ pool: WorkerPool?) -> PreparedRows {
        if let prepared { return prepared }
        let rows = PreparedRows(field: field, values: values, pool: pool)
        prepared = rows
        return rows
    }

    /// Bytes that ``write(_:)`` will give out.
    ///
    /// Known once all vectors were added and the graph was built.
    public var byteCount: Int { layout().byteCount }

    private func layout() -> VectorFile {
        var file = VectorFile(field: field, documentCount: documentCount, rowCount: count, options: options)
        let rows = prepare(nil).rows
        file.largestNorm = rows.largestNorm
        func set(_ section: VectorFile.Section, _ length: Int) { file.lengths[section.rawValue] = length }
        set(.documents, count == documentCount ? 0 : 4 * count)
        set(.values, count * field.rowSize)
        if field.hasCodes {
            set(.codes, count * field.codeSize)
            set(.scales, 4 * count)
            set(.errors, 4 * count)
        }
        if field.element != .binary { set(.norms, 4 * count) }
        if let graph = builder?.view {
            file.entry = graph.entry
            file.topLevel = graph.topLevel
            file.upperRowCount = graph.upperRowCount
            set(.lowestStarts, 4 * (count + 1))
            set(.lowest, 4 * (0..<count).reduce(0) { $0 + graph.links(of: UInt32($1)).count })
            set(.upperRows, 4 * graph.upperRowCount)
            set(.upperStarts, 4 * (graph.upperRowCount + 1))
            set(.upper, 4 * Int(graph.upperStarts[graph.upperRowCount]) * graph.upperStride)
        }
        return file
    }

    /// Gives out the bytes of the segment's vectors, in order; they must be read from an address that is a multiple of 64.
    ///
    /// - Throws: what `append` throws.
    public func write<Failure: Error>(
        _ append: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let file = layout()
        let rows = prepare(nil).rows
        var output = SectionOutput()
        try output.append(file.header, append)
        for section in VectorFile.Section.allCases {
            let length = file.lengths[section.rawValue]
            func whole(_ base: UnsafeRawPointer?) throws(Failure) {
                try output.append(UnsafeRawBufferPointer(start: base, count: length), append)
            }
            switch section {
            case .documents:
                if length > 0 { try output.append(documents, append) }
            case .values:
                if rows.values != nil {
                    try whole(rows.values)
                } else {
                    for value in values {
                        try output.append(UnsafeRawBufferPointer(start: value, count: field.rowSize), append)
                    }
                }
            case .codes: try whole(rows.codes)
            case .scales: try whole(rows.scales)
            case .errors: try whole(rows.errors)
            case .norms: try whole(rows.norms)
            case .lowestStarts, .lowest: try writeLowest(section, &output, append)
            case .upperRows: try whole(builder?.view.upperRows)
            case .upperStarts: try whole(builder?.view.upperStarts)
            case .upper: try whole(builder?.view.upper)
            }
            try output.align(append)
        }
        var footer: [UInt32] = [output.checksum.littleEndian]
        footer.append(VectorFile.endMagic.littleEndian)
        try output.append(footer, append)
        try output.flush(append)
    }

    /// Writes the bytes to a file.
    ///
    /// - Throws: ``IndexFiles/IndexFileError/file(path:reason:)``.
    public func write(to path: String) throws(IndexFileError) {
        let file = try FileOutput(path: path)
        try write { bytes throws(IndexFileError) in try file.append(bytes) }
        try file.flush()
    }

    private func writeLowest<Failure: Error>(
        _ section: VectorFile.Section, _ output: inout SectionOutput,
        _ append: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard let graph = builder?.view else { return }
        var start: UInt32 = 0
        if section == .lowestStarts { try output.append([start], append) }
        for row in 0..<UInt32(count) {
            let links = graph.links(of: row)
            start += UInt32(links.count)
            if section == .lowestStarts {
                try output.append([start], append)
            } else {
                try output.append(UnsafeRawBufferPointer(links), append)
            }
        }
    }
}
