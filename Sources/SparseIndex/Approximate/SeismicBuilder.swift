import CPostings
import IndexFiles
import Synchronization
import Tensors

/// Builds an approximate index from postings: "Efficient Inverted Indexes for Approximate Retrieval over Learned Sparse Representations"
/// (Bruch, Nardini, Rulli, Venturini, SIGIR 2024), as OpenSearch parametrises it.
///
/// A list keeps the documents with the highest weights of its feature. Some of them, drawn at random, are the centres of clusters; each
/// document joins the centre with the highest product of its highest weights. A cluster's summary has the highest weight of each feature, cut to the
/// features that make up most of their sum.
final class SeismicBuilder: @unchecked Sendable {
    private let terms: [TermPostings]
    private let documentCount: Int
    private let options: SeismicOptions
    private let steps: FeatureSteps
    /// For each document: the weights that reach this assign it to a centre.
    private let least: UnsafeMutablePointer<UInt8>
    /// How many of its features assign a document, about: most of its product with a centre comes from the highest weights.
    private static let assignedBy = 15
    /// Where each document's vector is, in units.
    private let places: UnsafeMutablePointer<UInt32>
    private let vectors: UnsafeMutableRawPointer
    private let vectorBytes: Int

    init(_ terms: [TermPostings], documentCount: Int, options: SeismicOptions) {
        self.terms = terms
        self.documentCount = documentCount
        self.options = options
        let scales = terms.map { SeismicFormat.scale(ceiling: options.quantizationCeiling, highest: $0.highest) }
        steps = FeatureSteps(scales: scales)
        let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: documentCount)
        defer { counts.deallocate() }
        counts.initialize(repeating: 0, count: documentCount)
        for (term, scale) in zip(terms, scales) {
            term.forEach {
                counts[Int($0)] &+= SeismicFormat.quantized(FeatureWeight(bits: $1), scale: scale) > 0 ? 1 : 0
            }
        }
        places = .allocate(capacity: documentCount)
        var units = 0
        for document in 0..<documentCount {
            places[document] = UInt32(units)
            let size = SeismicFormat.vectorHeader + 3 * Int(counts[document])
            units += (size + SeismicFormat.vectorUnit - 1) / SeismicFormat.vectorUnit
        }
        vectorBytes = units * SeismicFormat.vectorUnit
        vectors = .allocate(byteCount: vectorBytes + Int(CP_PADDING), alignment: SeismicFormat.vectorUnit)
        vectors.initializeMemory(as: UInt8.self, repeating: 0, count: vectorBytes + Int(CP_PADDING))
        let (vectors, places) = (vectors, places)
        for document in 0..<documentCount {
            vectors.storeBytes(
                of: UInt32(document), toByteOffset: Int(places[document]) * SeismicFormat.vectorUnit, as: UInt32.self)
        }
        for (number, term) in terms.enumerated() {
            term.forEach { document, bits in
                let weight = SeismicFormat.quantized(FeatureWeight(bits: bits), scale: scales[number])
                guard weight > 0 else { return }
                let vector = vectors + Int(places[Int(document)]) * SeismicFormat.vectorUnit
                let at = Int(vector.load(fromByteOffset: 4, as: UInt32.self)), count = Int(counts[Int(document)])
                vector.storeBytes(
                    of: UInt16(truncatingIfNeeded: number), toByteOffset: SeismicFormat.vectorHeader + 2 * at,
                    as: UInt16.self)
                vector.storeBytes(
                    of: weight, toByteOffset: SeismicFormat.vectorHeader + 2 * count + at, as: UInt8.self)
                vector.storeBytes(of: UInt32(at + 1), toByteOffset: 4, as: UInt32.self)
            }
        }
        least = .allocate(capacity: documentCount)
        for document in 0..<documentCount {
            let vector = SeismicVector(vectors + Int(places[document]) * SeismicFormat.vectorUnit)
            least[document] = steps.least(of: vector, reachedBy: Self.assignedBy)
        }
    }

    deinit {
        least.deallocate()
        places.deallocate()
        vectors.deallocate()
    }

    /// Appends the sections; false when it was cancelled.
    func write(
        to file: SectionFileWriter, isCancelled: @escaping @Sendable () -> Bool
    ) throws(IndexFileError) -> Bool {
        let pieceSize = 64
        let pieceCount = (terms.count + pieceSize - 1) / pieceSize
        let pieces = Mutex<[SeismicPiece?]>([SeismicPiece?](repeating: nil, count: pieceCount))
        let pool = WorkerPool(threads: max(1, options.threads))
        let postings = options.postings(documents: documentCount)
        pool.run(pieceCount) { index, _ in
            if isCancelled() { return }
            var piece = SeismicPiece()
            let clustering = ListClustering(
                self.vectors, self.places, steps: self.steps, least: self.least, self.options)
            for term in index * pieceSize..<min((index + 1) * pieceSize, self.terms.count) {
                clustering.cluster(self.terms[term], number: term, keeping: postings, into: &piece)
            }
            pieces.withLock { $0[index] = piece }
        }
        let built = pieces.withLock { $0.compactMap { $0 } }
        guard built.count == pieceCount else { return false }
        var starts: [UInt32] = [0], clusters: [SeismicFormat.Cluster] = []
        var summary = 0, member = 0
        for piece in built {
            for count in piece.clusterCounts { starts.append(starts.last! + count) }
            for var cluster in piece.clusters {
                cluster.summary += UInt32(summary)
                cluster.memberStart += UInt32(member)
                clusters.append(cluster)
            }
            summary += piece.summaries.count / SeismicFormat.summaryUnit
            member += piece.members.count
        }
        try file.begin(SparseFile.seismic)
        try file.append(array: [
            SeismicFormat.Record(
                quantizationCeiling: options.quantizationCeiling, postings: UInt32(postings),
                clusterCount: UInt32(clusters.count))
        ])
        try file.begin(SparseFile.clusterStarts)
        try file.append(array: starts)
        try file.begin(SparseFile.clusters)
        try file.append(array: clusters)
        try file.begin(SparseFile.summaries)
        for piece in built { try file.append(array: piece.summaries) }
        try file.begin(SparseFile.members)
        for piece in built { try file.append(array: piece.members) }
        try file.begin(SparseFile.vectors)
        try file.append(UnsafeRawBufferPointer(start: vectors, count: vectorBytes))
        return true
    }
}
