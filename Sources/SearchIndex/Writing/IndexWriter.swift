import Synchronization

/// Writes one index: takes documents and deletions, makes them visible, commits them, merges segments in the background.
///
/// All functions may be called by any number of threads at once.
public final class IndexWriter: Sendable {
    /// One of the places where documents are gathered; a thread holds it while it adds one.
    private final class Slot: Sendable {
        let buffer = Mutex(DocumentBufferBox())
    }

    private struct DocumentBufferBox: @unchecked Sendable {
        var buffer = DocumentBuffer()
        var sinceMeasured = 0
    }

    /// The folder of the index.
    public let folder: String
    let options: WriterOptions
    private let slots: [Slot]
    private let nextSlot = Atomic<Int>(0)
    let state: Mutex<WriterState>
    /// Held by whoever makes a snapshot; commits hold it, too.
    private let refreshing = Mutex(())
    private let committing = Mutex(())

    /// Opens the index in a folder, or makes an empty one there.
    ///
    /// - Throws: ``IndexError`` when files are missing, damaged or of another version.
    public init(folder: String, options: WriterOptions = WriterOptions()) throws(IndexError) {
        self.folder = folder
        self.options = options
        try SystemCalls.makeFolder(folder)
        var initial = WriterState()
        if let manifest = try Manifest(folder: folder) { try initial.load(manifest, folder: folder) }
        try initial.removeUnknownFiles(folder: folder)
        initial.makeSnapshot()
        state = Mutex(initial)
        slots = (0..<max(1, options.threads)).map { _ in Slot() }
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

    /// Adds a document: visible after the next ``refresh()``.
    ///
    /// - Throws: ``IndexError/document(seqNo:reason:)`` when a field was not defined or a term is longer than 32,766 bytes:
    ///   nothing of the document is in the index then.
    public func add(_ document: borrowing IndexDocument) throws(IndexError) {
        try add(document, replacing: nil)
    }

    /// Adds a document in the place of another: every snapshot sees just one of the two.
    ///
    /// - Parameter replaced: the sequence number of a document that was added before.
    /// - Throws: as ``add(_:)``; the other document is not deleted then.
    public func add(_ document: borrowing IndexDocument, replacing replaced: Int64?) throws(IndexError) {
        let (fields, isClosed) = state.withLock { ($0.fields, $0.isClosed) }
        if isClosed { throw .closed }
        // Threads keep to different slots: whoever finds one busy takes the next.
        var index = nextSlot.load(ordering: .relaxed)
        for _ in 0..<slots.count {
            let result = slots[index % slots.count].buffer.withLockIfAvailable { box in
                addHere(document, replaced, fields, to: &box)
            }
            if let result { return try finishAdding(result) }
            index += 1
        }
        nextSlot.store(index % slots.count, ordering: .relaxed)
        let result = slots[index % slots.count].buffer.withLock { box in
            addHere(document, replaced, fields, to: &box)
        }
        try finishAdding(result)
    }

    /// Adds several documents in one place, so that their sequence numbers stay together however many threads add at once.
    ///
    /// Documents that cannot be indexed are left out; ``add(_:)`` says why.
    ///
    /// - Parameters:
    ///   - documents: Room with documents.
    ///   - places: Which of them, with ascending sequence numbers.
    /// - Throws: ``IndexError/file(path:reason:)`` when a full buffer cannot be written, ``IndexError/closed``.
    public func add(_ documents: [IndexDocument], at places: [Int]) throws(IndexError) {
        let (fields, isClosed) = state.withLock { ($0.fields, $0.isClosed) }
        if isClosed { throw .closed }
        var first = 0
        while first < places.count {
            let start = first
            func addHere(_ box: inout DocumentBufferBox) -> AddBatchResult {
                var at = start
                var result = AddResult()
                while at < places.count, result.full == nil {
                    result = self.addHere(documents[places[at]], nil, fields, to: &box)
                    at += 1
                }
                return AddBatchResult(end: at, written: result)
            }
            // A thread that finds a place busy takes the next.
            var added: AddBatchResult?
            for slot in slots where added == nil { added = slot.buffer.withLockIfAvailable { box in addHere(&box) } }
            let result = added ?? slots[start % slots.count].buffer.withLock { box in addHere(&box) }
            var written = result.written
            // A document that cannot be indexed is the caller's to find, the others of the batch go on.
            written.error = nil
            try finishAdding(written)
            first = result.end
        }
    }

    private struct AddBatchResult: @unchecked Sendable {
        let end: Int
        let written: AddResult
    }

    private struct AddResult: @unchecked Sendable {
        var error: IndexError?
        var full: DocumentBuffer?
        var cut = 0
    }

    private func addHere(
        _ document: borrowing IndexDocument, _ replaced: Int64?, _ fields: [FieldOptions?],
        to box: inout DocumentBufferBox
    ) -> AddResult {
        var result = AddResult()
        do {
            try box.buffer.add(document, fields)
        } catch {
            result.error = error
            return result
        }
        if let replaced { state.withLock { $0.deletions.append(replaced) } }
        box.sinceMeasured += 1
        if box.sinceMeasured >= 64 {
            box.sinceMeasured = 0
            if box.buffer.byteCount > options.bufferBytes / slots.count {
                // While the slot is held, so that a refresh cannot miss it.
                result.cut = state.withLock { state in
                    state.beingWritten[state.cut, default: 0] += 1
                    return state.cut
                }
                result.full = box.buffer
                box.buffer = DocumentBuffer()
            }
        }
        return result
    }

    private func finishAdding(_ result: AddResult) throws(IndexError) {
        if let error = result.error { throw error }
        guard let full = result.full else { return }
        defer { state.withLock { $0.beingWritten[result.cut]! -= 1 } }
        try flush([full], cut: result.cut)
    }

    /// Makes segments of buffers; what cannot be written is kept for the next time.
    private func flush(_ buffers: [DocumentBuffer], cut: Int) throws(IndexError) {
        for (i, buffer) in buffers.enumerated() where !buffer.isEmpty {
            let (fields, name, number) = state.withLock { state in
                let number = state.takeNumber()
                return (state.fields, WriterState.segmentName(number), number)
            }
            do throws(IndexError) {
                try buffer.write(path: "\(folder)/\(name)", identity: number, fields: fields)
                let core = try SegmentCore(folder: folder, name: name)
                state.withLock { $0.fresh.append((core, cut)) }
            } catch {
                SystemCalls.remove("\(folder)/\(name)")
                let rest = UnwrittenBuffers(buffers: Array(buffers[i...]))
                state.withLock { $0.unwritten.append(rest) }
                throw error
            }
        }
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
        if options.mergesInBackground { startMerging() }
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
                box = DocumentBufferBox()
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

    /// Makes everything that was added and deleted durable, with the checkpoint; also refreshes.
    ///
    /// When this returns, the index opens with it after a power cut. An earlier commit stays in place until then.
    public func commit(_ checkpoint: Checkpoint) throws(IndexError) {
        let result = committing.withLock { _ -> Result<Void, IndexError> in
            do throws(IndexError) { return .success(try writeCommit(checkpoint)) } catch { return .failure(error) }
        }
        try result.get()
    }

    private func writeCommit(_ checkpoint: Checkpoint) throws(IndexError) {
        try refresh()
        var (manifest, entries, old) = state.withLock { state in
            var manifest = Manifest()
            for (number, options) in state.fields.enumerated() {
                if let options { manifest.fields[FieldNumber(UInt32(number))] = options }
            }
            manifest.checkpoint = checkpoint
            for i in 0..<state.segments.count where state.segments[i].needsDeletionsFile {
                state.segments[i].deletionsName = WriterState.deletionsName(
                    state.segments[i].core.name, state.takeNumber())
                state.segments[i].needsDeletionsFile = false
            }
            manifest.nextNumber = state.nextNumber
            return (manifest, state.segments, state.committed)
        }
        do {
            for entry in entries {
                if !entry.isDurable { try SystemCalls.synchronize("\(folder)/\(entry.core.name)") }
                if let live = entry.live, !old.segments.contains(where: { $0.deletions == entry.deletionsName }) {
                    try LiveDocumentsFile.write(live, path: "\(folder)/\(entry.deletionsName)")
                }
                manifest.segments.append(
                    Manifest.Entry(
                        name: entry.core.name, byteCount: entry.core.byteCount,
                        deletions: entry.live == nil ? "" : entry.deletionsName))
            }
            try manifest.write(folder: folder)
        } catch {
            state.withLock { state in
                for i in 0..<state.segments.count where state.segments[i].live != nil {
                    state.segments[i].needsDeletionsFile = true
                }
            }
            throw error
        }
        let durable = Set(entries.map(\.core.name))
        let unused = state.withLock { state in
            state.committed = manifest
            for i in 0..<state.segments.count where durable.contains(state.segments[i].core.name) {
                state.segments[i].isDurable = true
            }
            return state.takeUnusedFiles(after: old)
        }
        for name in unused { SystemCalls.remove("\(folder)/\(name)") }
    }

    /// Removes files that no commit names, or leaves that to the commit that is being written.
    func removeUnlessCommitting(_ names: [String]) {
        let isDone: Void? = committing.withLockIfAvailable { _ in
            for name in names { SystemCalls.remove("\(folder)/\(name)") }
        }
        if isDone == nil { state.withLock { $0.retired.append(contentsOf: names) } }
    }

    /// Ends background work; what was not committed is lost with the process.
    ///
    /// Snapshots stay valid. Nothing can be added any more.
    public func close() {
        state.withLock { $0.isClosed = true }
        while state.withLock({ $0.isMerging }) { DetachedThread.pause() }
    }
}
