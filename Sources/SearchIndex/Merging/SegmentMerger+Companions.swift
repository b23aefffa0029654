import IndexFiles
import SparseIndex
import Tensors
import VectorIndex

extension SegmentMerger {
    /// How the parts of a segment are built that make searching it faster.
    struct Building {
        /// Segments with fewer vectors have no graph.
        var graphThreshold: Int
        /// Threads to build with.
        var threads: Int
    }

    /// Writes the file of one field beside the segment; `nil` when no document has anything there.
    ///
    /// - Throws: ``IndexFiles/IndexFileError`` when the file cannot be written or an input is damaged.
    func writeCompanion(
        folder: String, segment: String, _ field: FieldNumber, _ options: FieldOptions, _ building: Building
    ) throws(IndexFileError) -> CompanionFile.Stamp? {
        guard let name = CompanionFile.name(segment: segment, field, options) else { return nil }
        let path = "\(folder)/\(name)"
        let isWritten =
            switch options.companion {
            case .none: false
            case .vectors(let vectors): try mergeVectors(field, vectors, building, to: path)
            case .features(let features): try mergeFeatures(field, features, building, to: path)
            }
        guard isWritten else { return nil }
        return try CompanionFile(folder: folder, segment: segment, field, options, documentCount: documentCount).stamp
    }

    /// False when there is nothing to write, or it was cancelled.
    private func mergeVectors(
        _ field: FieldNumber, _ options: VectorOptions, _ building: Building, to path: String
    ) throws(IndexFileError) -> Bool {
        let writer = VectorSegmentWriter(field: options.field, documentCount: documentCount)
        for (input, map) in zip(inputs, maps) {
            if let vectors = input.core.companions[field]?.vectors { writer.add(vectors, map: map) }
        }
        guard writer.count > 0 else { return false }
        if let graph = options.graph, writer.count >= building.graphThreshold {
            let pool = building.threads > 1 ? WorkerPool(threads: building.threads) : nil
            guard writer.buildGraph(graph, pool: pool, isCancelled: isCancelled) else { return false }
        }
        try writer.write(to: path)
        return true
    }

    /// False when there is nothing to write, or it was cancelled.
    private func mergeFeatures(
        _ field: FieldNumber, _ options: FeatureOptions, _ building: Building, to path: String
    ) throws(IndexFileError) -> Bool {
        var sources: [SparseFieldMerger.Input] = []
        for (input, map) in zip(inputs, maps) {
            guard let features = input.core.companions[field]?.features else { continue }
            sources.append((features, map))
        }
        guard !sources.isEmpty else { return false }
        var seismic = documentCount >= options.approximateThreshold ? options.seismic : nil
        seismic?.threads = building.threads
        let merger = SparseFieldMerger(sources, documentCount: documentCount)
        guard try merger.write(to: path, seismic: seismic, isCancelled: isCancelled) else { return false }
        guard try SparseField(path: path).termCount > 0 else {
            SystemCalls.remove(path)
            return false
        }
        return true
    }
}
