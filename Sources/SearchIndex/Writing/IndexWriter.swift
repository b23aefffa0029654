import IndexFiles
import Synchronization

/// Writes one index: takes documents and deletions, makes them visible, commits them, merges segments in the background.
///
/// All functions may be called by any number of threads at once.
public final class IndexWriter: Sendable {
    /// The folder of the index.
    public let folder: String
    let options: WriterOptions
    let slots: [WriterSlot]
    let nextSlot = Atomic<Int>(0)
    let state: Mutex<WriterState>
    /// Held by whoever makes a snapshot; commits hold it, too.
    private let refreshing = Mutex(())
    let committing = Mutex(())

    /// Opens the index in a folder, or makes an empty one there.
    ///
    /// - Throws: ``IndexError`` when files are missing, damaged or of another version.
    public init(folder: String, options: WriterOptions = WriterOptions()) throws(IndexError) {
        self.folder = folder
        self.options = options
        var initial = WriterState()
        let manifest = try IndexError.converting { () throws(IndexFileError) in
            try SystemCalls.makeFolder(folder)
            return try Manifest(folder: folder)
        }
        if let manifest { try initial.load(manifest, folder: folder) }
        try initial.removeUnknownFiles(folder: folder)
        initial.makeSnapshot()
        state = Mutex(initial)
        slots = (0..<max(1, options.threads)).map { _ in WriterSlot() }
    }

    /// What the last commit said; `seqNo` -1 when there is none.
    public var committed: Checkpoint { state.withLock { $0.committed.checkpoint } }

    /// The fields defined so far.
    public var fields: [FieldNumber: FieldOptions] {
        state.withLock { state in
            var fields: [FieldNumber: FieldOptions] = [:]
            for (number, options) in state.fields.enumerated() {
                if let options { fields[FieldNumber(UInt32(number))] = options }
            }
            return fields
        }
    }

    /// Tells what to keep of a field, before a document has it.
    ///
    /// Saying the same again does nothing.
    ///
    /// - Throws: ``IndexError/field(_:reason:)`` when the field was defined with other options, or its number is too high.
    public func define(_ field: FieldNumber, _ options: FieldOptions) throws(IndexError) {
        guard field <= .highest else { throw .field(field, reason: "numbers go up to \(FieldNumber.highest.rawValue)") }
        let known = state.withLock { state in
            let number = Int(field.rawValue)
            while state.fields.count <= number { state.fields.append(nil) }
            if let known = state.fields[number] { return known }
            state.fields[number] = options
            return options
        }
        guard known == options else {
            throw .field(field, reason: "defined as \(known), cannot become \(options): use another number")
        }
    }

    /// Makes segments of buffers, large ones at the same time; what cannot be written is kept for the next time.
    func flush(_ buffers: [DocumentBuffer], cut: Int) throws(IndexError) {
        let (fields, writings) = state.withLock { state in
            (state.fields, buffers.filter { !$0.isEmpty }.map { SegmentWriting($0, number: state.takeNumber()) })
        }
        let folder = folder
        for writing in writings.dropFirst() where writing.isLarge {
            writing.hasThread = DetachedThread.start { writing.run(folder: folder, fields: fields) }
        }
        for writing in writings where !writing.hasThread { writing.run(folder: folder, fields: fields) }
        var failure: IndexError?
        for writing in writings {
            switch writing.wait() {
            case .success(let core): state.withLock { $0.fresh.append((core, cut)) }
            case .failure(let error):
                failure = failure ?? error
                let left = UnwrittenBuffers(buffers: [writing.buffer])
                state.withLock { $0.unwritten.append(left) }
            }
        }
        if let failure { throw failure }
    }

    /// Deletes the document (and its children) with a sequence number: gone after the next ``refresh()``.
    ///
    /// Unknown numbers are ignored. The document must have been added before (``add(_:)`` has returned).
    public func delete(seqNo: Int64) {
        state.withLock { $0.deletions.append(seqNo) }
    }

    /// Makes everything that was added and deleted visible in a new snapshot, which outlives a crash of the process only
    /// after ``commit(_:)``.
    ///
    /// - Throws: ``IndexError/file(path:reason:)``, for example when the disk is full: nothing is lost, call again.
    @discardableResult
    public func refresh() throws(IndexError) -> IndexSnapshot {
        let result = refreshing.withLock { _ -> Result<IndexSnapshot, IndexError> in
            do throws(IndexError) { return .success(try makeVisible()) } catch { return .failure(error) }
        }
        let snapshot = try result.get()
        mergeInBackground()
        return snapshot
    }

    private func makeVisible() throws(IndexError) -> IndexSnapshot {
        var buffers: [DocumentBuffer] = []
        let (deletions, cut) = takeCut(0, &buffers)
        do {
            try flush(buffers, cut: cut)
        } catch {
            state.withLock { $0.deletions.insert(contentsOf: deletions, at: 0) }
            throw error
        }
        // A full buffer may still be on its way to the disk in another thread: its documents were added before the cut.
        while state.withLock({ state in state.beingWritten.contains { $0.key <= cut && $0.value > 0 } }) {
            DetachedThread.pause()
        }
        return state.withLock { state in
            for key in state.beingWritten.keys where key <= cut { state.beingWritten[key] = nil }
            let isUnchanged = deletions.isEmpty && !state.fresh.contains { $0.cut <= cut }
            if isUnchanged { return state.snapshot }
            for (core, written) in state.fresh where written <= cut {
                state.segments.append(WriterState.Entry(core: core))
            }
            state.fresh.removeAll { $0.cut <= cut }
            state.apply(deletions)
            state.makeSnapshot()
            return state.snapshot
        }
    }

    /// Holds all slots at once and takes what was added and deleted so far: nothing is between the two.
    private func takeCut(_ slot: Int, _ buffers: inout [DocumentBuffer]) -> (deletions: [Int64], cut: Int) {
        if slot == slots.count {
            let taken = state.withLock { state in
                defer {
                    state.deletions = []
                    state.unwritten = []
                    state.cut += 1
                }
                return (state.deletions, UnwrittenBuffers(buffers: state.unwritten.flatMap(\.buffers)), state.cut)
            }
            buffers.append(contentsOf: taken.1.buffers)
            return (taken.0, taken.2)
        }
        var rest = UnwrittenBuffers(buffers: buffers)
        let cut = slots[slot].buffer.withLock { box -> (deletions: [Int64], cut: Int) in
            let cut = takeCut(slot + 1, &rest.buffers)
            if !box.buffer.isEmpty {
                let taken = box
                box = WriterSlot.Contents()
                rest.buffers.append(taken.buffer)
            }
            return cut
        }
        buffers = rest.buffers
        return cut
    }

    /// What the last ``refresh()`` made visible.
    public var snapshot: IndexSnapshot { state.withLock { $0.snapshot } }

    /// About how many bytes the documents that are not in a segment yet take in memory.
    public var bufferedBytes: Int {
        slots.reduce(0) { $0 + $1.buffer.withLock { $0.buffer.isEmpty ? 0 : $0.buffer.byteCount } }
    }

    /// Ends background work; what was not committed is lost with the process.
    ///
    /// Snapshots stay valid. Nothing can be added any more.
    public func close() {
        state.withLock { $0.isClosed = true }
        while state.withLock({ $0.isMerging }) { DetachedThread.pause() }
        // A commit that is under way ends before others take the folder over.
        committing.withLock { _ in }
    }
}
