public import IndexFiles
import Synchronization

/// The learned-sparse vectors of one field of one segment: an open file, mapped.
///
/// Documents are numbered from 0 in the segment. Opening costs the same for every size; the postings of a term are checked when they
/// are first asked for, so that damaged bytes make an error and never a read outside the file.
public final class SparseField: Sendable {
    let file: SectionFile
    private let meta: SparseFile.Meta
    private let keyOffsets: UnsafeKeyOffsets
    private let checks: Mutex<[UInt8]>
    let seismic: SeismicIndex?
    let scratch = Mutex<[SearchScratch]>([])

    private struct UnsafeKeyOffsets: @unchecked Sendable {
        let offsets: UnsafePointer<UInt32>
        let keys: UnsafeRawBufferPointer
        let records: UnsafePointer<SparseFile.TermRecord>
        let postings: UnsafeRawBufferPointer
    }

    /// Opens the file of a field.
    ///
    /// - Throws: ``IndexFiles/IndexFileError`` when it is missing, damaged or of another version.
    public init(path: String) throws(IndexFileError) {
        file = try SectionFile(path: path, kind: SparseFile.kind, version: SparseFile.version)
        meta = try file.array(SparseFile.meta, of: SparseFile.Meta.self, count: 1, "counts").pointee
        let termCount = Int(meta.termCount)
        guard meta.documentCount <= Int32.max else { throw file.corrupt("it has too many documents") }
        keyOffsets = UnsafeKeyOffsets(
            offsets: try file.array(SparseFile.keyOffsets, of: UInt32.self, count: termCount + 1, "places of keys"),
            keys: file.section(SparseFile.keys),
            records: try file.array(
                SparseFile.terms, of: SparseFile.TermRecord.self, count: termCount, "terms"),
            postings: file.section(SparseFile.postings))
        checks = Mutex([UInt8](repeating: 0, count: termCount))
        seismic = try SeismicIndex(file, documentCount: Int(meta.documentCount), termCount: termCount)
    }

    /// How many documents the segment has, with and without features.
    public var documentCount: Int { Int(meta.documentCount) }

    /// How many documents have a feature.
    public var documentsWithFeatures: Int { Int(meta.documentsWithFeatures) }

    /// How many different features there are.
    public var termCount: Int { Int(meta.termCount) }

    /// How many postings there are.
    public var postingCount: Int { Int(truncatingIfNeeded: meta.postingCount) }

    /// The size of the file.
    public var byteCount: Int { file.byteCount }

    /// Whether there is an approximate index.
    public var isApproximate: Bool { seismic != nil }

    /// Reads the whole file and compares its checksum.
    ///
    /// - Throws: ``IndexFiles/IndexFileError/corrupt(file:reason:)``.
    public func verify() throws(IndexFileError) { try file.verify() }

    /// What was found to be wrong with the file since it was opened; `nil`: nothing.
    package var damage: IndexFileError? { file.damage }

    /// The checksum of all bytes before the place where it stands, as written.
    package var checksum: UInt32 { file.checksum }

    /// How many documents have a feature, and the sum of its weights' bits (for ``FeatureFunction/defaultPivot(bitSum:count:)``).
    ///
    /// Of all documents, deleted ones included.
    public func statistics(of key: FeatureKey) throws(IndexFileError) -> (count: Int, bitSum: UInt64) {
        guard let term = try find(key) else { return (0, 0) }
        let postings = try postings(of: term)
        return (postings.count, postings.bitSum)
    }

    // MARK: Terms

    /// The number of a feature; `nil` when no document has it.
    ///
    /// Logarithmic.
    func find(_ key: FeatureKey) throws(IndexFileError) -> Int? {
        var low = 0, high = termCount
        while low < high {
            let middle = (low + high) / 2
            let order = compare(try self.key(of: middle), key.bytes)
            if order == 0 { return middle }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The bytes of a feature's key.
    func key(of term: Int) throws(IndexFileError) -> UnsafeRawBufferPointer {
        let start = Int(keyOffsets.offsets[term]), end = Int(keyOffsets.offsets[term + 1])
        guard start <= end, end <= keyOffsets.keys.count else { throw file.corrupt("its dictionary cannot be read") }
        return UnsafeRawBufferPointer(rebasing: keyOffsets.keys[start..<end])
    }

    private func compare(_ a: UnsafeRawBufferPointer, _ b: [UInt8]) -> Int {
        let shared = min(a.count, b.count)
        for i in 0..<shared where a[i] != b[i] { return a[i] < b[i] ? -1 : 1 }
        return a.count - b.count
    }

    /// The postings of a feature; checked when asked for the first time.
    func postings(of term: Int) throws(IndexFileError) -> TermPostings {
        let record = keyOffsets.records[term]
        let words = SparseFile.words(documents: documentCount)
        let state = checks.withLock { $0[term] }
        if state == 0 {
            let size = record.byteCount(words: words)
            guard record.offset % 8 == 0, record.offset <= UInt64(keyOffsets.postings.count),
                size <= keyOffsets.postings.count - Int(record.offset), record.postingCount <= meta.documentCount,
                record.postingCount > 0, record.highest > 0
            else { throw file.corrupt("the postings of a feature are not where they should be") }
        }
        let postings = TermPostings(keyOffsets.postings.baseAddress! + Int(record.offset), record, words: words)
        if state == 0 {
            if let damage = postings.damage(documentCount: documentCount) { throw file.corrupt(damage) }
            checks.withLock { $0[term] = 1 }
        }
        return postings
    }

    // MARK: Memory of searches

    func takeScratch() -> SearchScratch {
        scratch.withLock { $0.popLast() } ?? SearchScratch(documentCount: documentCount)
    }

    func giveBack(_ used: SearchScratch) { scratch.withLock { $0.append(used) } }
}
