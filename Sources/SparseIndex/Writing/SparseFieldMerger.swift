public import IndexFiles

/// Writes the file of one field of a merged segment from those of the segments that it replaces.
public struct SparseFieldMerger {
    /// A segment's field, and the new number of each of its documents; `UInt32.max`: dropped.
    ///
    /// New numbers ascend within an input and from one input to the next.
    public typealias Input = (field: SparseField, map: [UInt32])

    private let inputs: [Input]
    private let documentCount: Int

    /// - Parameters:
    ///   - inputs: in the order of their new documents.
    ///   - documentCount: of the merged segment.
    public init(_ inputs: [Input], documentCount: Int) {
        for input in inputs {
            precondition(input.map.count >= input.field.documentCount, "every document needs a new number")
        }
        self.inputs = inputs
        self.documentCount = documentCount
    }

    /// Writes the file; false when it was cancelled.
    ///
    /// - Parameters:
    ///   - seismic: how an approximate index is built; `nil`: there is none.
    ///   - isCancelled: asked now and then, by several threads where these build.
    /// - Throws: ``IndexFiles/IndexFileError`` when an input is damaged or the file cannot be written.
    public func write(
        to path: String, seismic: SeismicOptions? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(IndexFileError) -> Bool {
        var building = try SparseFileBuilding(path: path, documentCount: documentCount)
        var at = [Int](repeating: 0, count: inputs.count)
        var documents: [UInt32] = [], weights: [UInt16] = [], sinceCheck = 0
        while let key = try lowest(at) {
            documents.removeAll(keepingCapacity: true)
            weights.removeAll(keepingCapacity: true)
            for i in inputs.indices where at[i] < inputs[i].field.termCount {
                guard try inputs[i].field.key(of: at[i]).elementsEqual(key) else { continue }
                let postings = try inputs[i].field.postings(of: at[i])
                inputs[i].map.withUnsafeBufferPointer { map in
                    postings.forEach { document, weight in
                        let new = map[Int(document)]
                        guard new != .max else { return }
                        documents.append(new)
                        weights.append(weight)
                    }
                }
                at[i] += 1
            }
            try key.withUnsafeBufferPointer { key throws(IndexFileError) in
                try documents.withUnsafeBufferPointer { documents throws(IndexFileError) in
                    try weights.withUnsafeBufferPointer { weights throws(IndexFileError) in
                        try building.add(key: key, documents: documents, weights: weights)
                    }
                }
            }
            sinceCheck += 64 + documents.count
            if sinceCheck > 1 << 18 {
                if isCancelled() { return false }
                sinceCheck = 0
            }
        }
        return try building.finish(seismic: seismic, isCancelled: isCancelled)
    }

    /// The lowest key that is not merged yet.
    private func lowest(_ at: [Int]) throws(IndexFileError) -> [UInt8]? {
        var lowest: [UInt8]?
        for i in inputs.indices where at[i] < inputs[i].field.termCount {
            let key = try inputs[i].field.key(of: at[i])
            if let known = lowest, !key.lexicographicallyPrecedes(known) { continue }
            lowest = Array(key)
        }
        return lowest
    }
}
