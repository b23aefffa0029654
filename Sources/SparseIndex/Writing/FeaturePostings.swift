package import IndexFiles

/// The postings of one field in the order of documents, under numbers that features have; what numbers them keeps their keys.
package struct FeaturePostings {
    /// For each feature, how many postings it has.
    private var counts: [UInt32] = []
    /// For each document with features: its number and where its postings begin.
    private var documents: [(number: UInt32, start: Int)] = []
    private var postings: [UInt32] = []
    private var weights: [UInt16] = []

    /// Without postings.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { postings.isEmpty }

    /// About how many bytes of memory are held.
    package var byteCount: Int { 6 * postings.count + 16 * documents.count + 4 * counts.count }

    /// Adds a feature of a document that is not before the last one.
    package mutating func add(_ feature: Int, _ weight: FeatureWeight, document: UInt32) {
        if documents.last?.number != document { documents.append((document, postings.count)) }
        while counts.count <= feature { counts.append(0) }
        counts[feature] += 1
        postings.append(UInt32(truncatingIfNeeded: feature))
        weights.append(weight.bits)
    }

    /// Writes the file of a segment.
    ///
    /// - Parameters:
    ///   - order: the numbers of all features, by the bytes of their keys.
    ///   - documentCount: of the segment.
    ///   - seismic: how an approximate index is built; `nil`: there is none.
    ///   - key: the key of a feature.
    package func write(
        to path: String, order: some Sequence<Int>, documentCount: Int, seismic: SeismicOptions?,
        key: (Int) -> UnsafeBufferPointer<UInt8>
    ) throws(IndexFileError) {
        precondition(
            documents.last.map { $0.number < documentCount } ?? true, "there are more documents than the segment has")
        let order = order.filter { $0 < counts.count }
        var starts = [Int](repeating: 0, count: counts.count)
        var total = 0
        for feature in order {
            starts[feature] = total
            total += Int(counts[feature])
        }
        let byFeature = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, total))
        let weightsByFeature = UnsafeMutablePointer<UInt16>.allocate(capacity: max(1, total))
        defer {
            byFeature.deallocate()
            weightsByFeature.deallocate()
        }
        var next = starts
        for (i, document) in documents.enumerated() {
            let end = i + 1 < documents.count ? documents[i + 1].start : postings.count
            for posting in document.start..<end {
                let feature = Int(postings[posting])
                byFeature[next[feature]] = document.number
                weightsByFeature[next[feature]] = weights[posting]
                next[feature] += 1
            }
        }
        var building = try SparseFileBuilding(path: path, documentCount: documentCount)
        for feature in order {
            let (start, count) = (starts[feature], Int(counts[feature]))
            try building.add(
                key: key(feature), documents: UnsafeBufferPointer(start: byFeature + start, count: count),
                weights: UnsafeBufferPointer(start: weightsByFeature + start, count: count))
        }
        _ = try building.finish(seismic: seismic)
    }
}
