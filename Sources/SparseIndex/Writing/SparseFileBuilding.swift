import IndexFiles

/// Writes the file of a field from terms that come in order.
struct SparseFileBuilding {
    private let file: SectionFileWriter
    private let documentCount: Int
    private var encoder: TermEncoder
    private var keyOffsets: [UInt32] = [0]
    private var keys: [UInt8] = []
    private var records: [SparseFile.TermRecord] = []
    private var postingCount = 0
    private let postingsOffset: Int
    private var documentsWithFeatures: [UInt64]

    init(path: String, documentCount: Int) throws(IndexFileError) {
        self.documentCount = documentCount
        file = try SectionFileWriter(path: path, kind: SparseFile.kind, version: SparseFile.version)
        encoder = TermEncoder(documentCount: documentCount)
        documentsWithFeatures = [UInt64](repeating: 0, count: (documentCount + 63) / 64)
        postingsOffset = try file.begin(SparseFile.postings)
    }

    /// Adds a term; keys must ascend.
    mutating func add(
        key: UnsafeBufferPointer<UInt8>, documents: UnsafeBufferPointer<UInt32>, weights: UnsafeBufferPointer<UInt16>
    ) throws(IndexFileError) {
        guard documents.count > 0 else { return }
        records.append(try encoder.append(documents: documents, weights: weights, to: file))
        keys.append(contentsOf: key)
        keyOffsets.append(UInt32(keys.count))
        postingCount += documents.count
        for document in documents { documentsWithFeatures[Int(document >> 6)] |= 1 << UInt64(document & 63) }
    }

    /// Ends the file; false when it was cancelled.
    ///
    /// - Parameters:
    ///   - seismic: how the approximate index is built; `nil`: there is none.
    ///   - isCancelled: asked now and then while it is built, by several threads.
    mutating func finish(
        seismic: SeismicOptions?, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(IndexFileError) -> Bool {
        if let seismic, !records.isEmpty {
            try file.align(to: 8)
            // What kernels read behind the last posting must be there when the file is read back.
            for _ in 0..<16 { try file.append(integer: UInt64(0)) }
            try file.flush()
            let memory = try MappedFile(path: file.path)
            let postings = memory.bytes.baseAddress! + postingsOffset
            let words = SparseFile.words(documents: documentCount)
            let terms = records.map { TermPostings(postings + Int($0.offset), $0, words: words) }
            let isBuilt = try withExtendedLifetime(memory) { () throws(IndexFileError) in
                try SeismicBuilder(terms, documentCount: documentCount, options: seismic)
                    .write(to: file, isCancelled: isCancelled)
            }
            guard isBuilt else { return false }
        }
        let meta = SparseFile.Meta(
            postingCount: UInt64(postingCount), documentCount: UInt32(documentCount), termCount: UInt32(records.count),
            documentsWithFeatures: UInt32(documentsWithFeatures.reduce(0) { $0 + $1.nonzeroBitCount }))
        try file.begin(SparseFile.meta)
        try file.append(array: [meta])
        try file.begin(SparseFile.keyOffsets)
        try file.append(array: keyOffsets)
        try file.begin(SparseFile.keys)
        try file.append(array: keys)
        try file.begin(SparseFile.terms)
        try file.append(array: records)
        try file.finish()
        return true
    }
}
