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

    private var numbers: [FeatureKey: Int] = [:]
    private var keys: [FeatureKey] = []
    /// For each feature, the last document that has it.
    private var lastDocuments: [UInt32] = []
    private var postings = FeaturePostings()
    private var current: UInt32?

    /// A writer without documents.
    public init() {}

    /// Whether no document has a feature.
    public var isEmpty: Bool { postings.isEmpty }

    /// About how many bytes of memory are held.
    public var byteCount: Int { postings.byteCount + 96 * keys.count }

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
        let number: Int
        if let known = numbers[key] {
            number = known
            if lastDocuments[known] == current { throw .repeated }
            lastDocuments[known] = current
        } else {
            number = keys.count
            numbers[key] = number
            keys.append(key)
            lastDocuments.append(current)
        }
        postings.add(number, stored, document: current)
    }

    /// Writes the file of a segment.
    ///
    /// - Parameters:
    ///   - documentCount: of the segment.
    ///   - seismic: how an approximate index is built; `nil`: there is none.
    public func write(to path: String, documentCount: Int, seismic: SeismicOptions? = nil) throws(IndexFileError) {
        precondition(current.map { Int($0) < documentCount } ?? true, "there are more documents than the segment has")
        var flat: [UInt8] = []
        var starts = [0]
        for key in keys {
            flat.append(contentsOf: key.bytes)
            starts.append(flat.count)
        }
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        try flat.withUnsafeBufferPointer { flat throws(IndexFileError) in
            try postings.write(to: path, order: order, documentCount: documentCount, seismic: seismic) {
                UnsafeBufferPointer(rebasing: flat[starts[$0]..<starts[$0 + 1]])
            }
        }
    }
}
