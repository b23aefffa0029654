import IndexFiles
import Synchronization

/// The bytes of a segment, and what was found to be wrong with them while they were read.
final class SegmentData: Sendable {
    let file: MappedFile
    /// The first byte of the file.
    nonisolated(unsafe) let base: UnsafeRawPointer
    /// The size of the file.
    let count: Int
    let documentCount: Int
    /// Where what postings point to ends.
    let end: Int
    private let damage = Mutex<IndexFileError?>(nil)

    init(file: MappedFile, documentCount: Int, end: Int) {
        self.file = file
        base = file.base
        count = file.count
        self.documentCount = documentCount
        self.end = end
    }

    /// Remembers the first damage: readers go on as if the list they read ended there.
    @inline(never)
    func report(_ reason: String) {
        damage.withLock { if $0 == nil { $0 = .corrupt(file: file.path, reason: reason) } }
    }

    var reported: IndexFileError? {
        damage.withLock { $0 } ?? file.damage
    }
}
