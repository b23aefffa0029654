import IndexFiles
import Synchronization

/// A buffer of documents on its way to a segment.
///
/// One thread runs it; what it made is read after that.
final class SegmentWriting: @unchecked Sendable {
    let buffer: DocumentBuffer
    private let name: String
    private let number: UInt64
    private let result = Mutex<Result<SegmentCore, IndexError>?>(nil)
    /// Whether a thread of its own runs it; known to the one that started it.
    var hasThread = false

    init(_ buffer: DocumentBuffer, number: UInt64) {
        self.buffer = buffer
        self.number = number
        name = WriterState.segmentName(number)
    }

    /// Whether writing takes longer than starting a thread for it, by far.
    var isLarge: Bool { buffer.byteCount > 1 << 20 }

    /// Writes the segment; nothing of it is left when that fails.
    func run(folder: String, fields: [FieldOptions?]) {
        let made: Result<SegmentCore, IndexError>
        do throws(IndexFileError) {
            try buffer.write(folder: folder, name: name, identity: number, fields: fields)
            made = .success(try SegmentCore(folder: folder, name: name))
        } catch {
            SegmentCore.remove(folder: folder, name: name)
            made = .failure(IndexError(error))
        }
        result.withLock { $0 = made }
    }

    /// What was made, as soon as it is.
    func wait() -> Result<SegmentCore, IndexError> {
        while true {
            if let made = result.withLock({ $0 }) { return made }
            DetachedThread.pause()
        }
    }
}
