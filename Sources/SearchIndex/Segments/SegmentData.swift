import Synchronization

/// The bytes of a segment, and what was found to be wrong with them while they were read.
final class SegmentData: Sendable {
    let file: MappedFile
    let documentCount: Int
    /// Where what postings point to ends.
    let end: Int
    private let damage = Mutex<IndexError?>(nil)

    init(file: MappedFile, documentCount: Int, end: Int) {
        self.file = file
        self.documentCount = documentCount
        self.end = end
    }

    /// Remembers the first damage: readers go on as if the list they read ended there.
    @inline(never)
    func report(_ reason: String) {
        damage.withLock { if $0 == nil { $0 = .corrupt(file: file.path, reason: reason) } }
    }

    var reported: IndexError? {
        if file.isUnreadable {
            report("a part of it cannot be read: it was cut while it was open, or the device fails")
        }
        return damage.withLock { $0 }
    }
}
