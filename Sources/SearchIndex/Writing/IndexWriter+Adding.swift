import Synchronization

extension IndexWriter {
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
            func addHere(_ box: inout WriterSlot.Contents) -> AddBatchResult {
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
        to box: inout WriterSlot.Contents
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
}
