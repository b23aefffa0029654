public import IndexFiles

/// Gathers the learned-sparse vectors of one field, to be written as the file of one segment.
///
/// Belongs to one thread. Documents come in ascending order; those without features need not be mentioned.
public final class SparseFieldWriter {
    /// Why a feature cannot be taken.
    public enum Fault: Error, Sendable, Equatable {
        /// Its weight cannot be kept.
        case weight(FeatureWeight.Fault)
        /// The document has it already.
        case repeated
    }

    private var numbers: [FeatureKey: UInt32] = [:]
    private var keys: [FeatureKey] = []
    /// For each feature: how many postings, and the last document.
    private var counts: [UInt32] = []
    private var lastDocuments: [UInt32] = []
    /// For each document with features: its number and where its postings begin.
    private var documents: [(number: UInt32, start: Int)] = []
    private var postings: [UInt32] = []
    private var weights: [UInt16] = []
    private var current: UInt32?

    /// A writer without documents.
    public init() {}

    /// Whether no document has a feature.
    public var isEmpty: Bool { postings.isEmpty }

    /// About how many bytes of memory are held.
    public var byteCount: Int { 6 * postings.count + 16 * documents.count + 96 * keys.count }

    /// Begins the next document.
    ///
    /// - Parameter number: higher than that of any before.
    public func begin(document number: Int) {
        precondition(current.map { number > Int($0) } ?? true, "documents must come in ascending order")
        current = UInt32(number)
    }

    /// Adds a feature to the document that was begun.
    ///
    /// - Throws: ``Fault``; the document keeps what it has so far, so check vectors (``FeatureWeight``) before they are indexed.
    public func add(_ key: FeatureKey, _ weight: Float) throws(Fault) {
        guard let current else { preconditionFailure("a document must be begun first") }
        let stored: FeatureWeight
        do { stored = try FeatureWeight(weight) } catch { throw .weight(error) }
        let number: UInt32
        if let known = numbers[key] {
            number = known
            if lastDocuments[Int(known)] == current { throw .repeated }
        } else {
            number = UInt32(keys.count)
            numbers[key] = number
            keys.append(key)
            counts.append(0)
            lastDocuments.append(0)
        }
        if documents.last?.number != current { documents.append((current, postings.count)) }
        counts[Int(number)] += 1
        lastDocuments[Int(number)] = current
        postings.append(number)
        weights.append(stored.bits)
    }

    /// Writes the file of a segment.
    ///
    /// - Parameters:
    ///   - documentCount: of the segment.
    ///   - seismic: how an approximate index is built; `nil`: there is none.
    public func write(to path: String, documentCount: Int, seismic: SeismicOptions? = nil) throws(IndexFileError) {
        precondition(current.map { Int($0) < documentCount } ?? true, "there are more documents than the segment has")
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        var starts = [Int](repeating: 0, count: keys.count)
        var total = 0
        for number in order {
            starts[number] = total
            total += Int(counts[number])
        }
        let byTerm = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, total))
        let weightsByTerm = UnsafeMutablePointer<UInt16>.allocate(capacity: max(1, total))
        defer {
            byTerm.deallocate()
            weightsByTerm.deallocate()
        }
        var next = starts
        for (i, document) in documents.enumerated() {
            let end = i + 1 < documents.count ? documents[i + 1].start : postings.count
            for posting in document.start..<end {
                let number = Int(postings[posting])
                byTerm[next[number]] = document.number
                weightsByTerm[next[number]] = weights[posting]
                next[number] += 1
            }
        }
        var building = try SparseFileBuilding(path: path, documentCount: documentCount)
        for number in order {
            let (start, count) = (starts[number], Int(counts[number]))
            try keys[number].bytes.withUnsafeBufferPointer { key throws(IndexFileError) in
                try building.add(
                    key: key, documents: UnsafeBufferPointer(start: byTerm + start, count: count),
                    weights: UnsafeBufferPointer(start: weightsByTerm + start, count: count))
            }
        }
        try building.finish(seismic: seismic)
    }
}
