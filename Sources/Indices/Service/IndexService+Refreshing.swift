import Synchronization
import DocumentStore
import SearchIndex

extension IndexService {
    /// Makes everything that was written before this call visible to snapshots taken after it.
    public func refresh() throws(IndicesError) {
        let start = ContinuousClock.now
        let ready: [@Sendable () -> Void]?
        do throws(IndexError) {
            ready = try order.between { () throws(IndexError) in
                let (writer, through, visible, failure) = state.withLock { state in
                    state.lastRefresh = start
                    return (state.writer, state.indexedThrough, state.visible, state.failure)
                }
                // What is missing in the segments is not called visible; the housekeeper opens them again.
                if let failure { throw failure }
                // A merge in the background changes no document, but what searches cost.
                let isShown = through == visible.through && writer.snapshot.generation == visible.snapshot.generation
                return isShown ? nil : publish(try writer.refresh(), through: through)
            }
        } catch {
            state.withLock { $0.failure = error }
            throw .segments(error)
        }
        guard let ready else { return }
        for resume in ready { resume() }
        let nanoseconds = (ContinuousClock.now - start).nanoseconds
        count {
            $0.refreshes += 1
            $0.refreshTime += nanoseconds
        }
    }

    /// Shows a snapshot.
    ///
    /// - Returns: Who waited for it.
    private func publish(_ snapshot: IndexSnapshot, through: Int64) -> [@Sendable () -> Void] {
        let visible = VisibleState(snapshot, through: through, readers)
        // The old state is let go outside of the lock.
        let (old, ready) = state.withLock { state in
            let old = state.visible
            state.visible = visible
            let ready = state.waiters.filter { $0.seqNo <= through }
            state.waiters.removeAll { $0.seqNo <= through }
            return (old, ready)
        }
        _ = consume old
        return ready.map(\.resume)
    }

    /// Calls `body` once the operation `seqNo` is visible, on the thread that refreshes; at once if it is already, or if the index is closed.
    ///
    /// For `refresh=wait_for`. With more than 1,000 that wait it refreshes at once, as OpenSearch does.
    public func whenVisible(_ seqNo: Int64, _ body: @escaping @Sendable () -> Void) {
        let (isReady, waiting) = state.withLock { state in
            if state.isClosed || state.visible.through >= seqNo { return (true, 0) }
            state.waiters.append((seqNo, body))
            return (false, state.waiters.count)
        }
        if isReady { body() }
        if waiting >= 1_000 { try? refresh() }
    }

    /// Waits until the operation `seqNo` is visible.
    public func waitUntilVisible(_ seqNo: Int64) async {
        await withCheckedContinuation { continuation in
            whenVisible(seqNo) { continuation.resume() }
        }
    }

    /// Commits the segments, so that nothing has to be indexed again after a crash.
    ///
    /// The documents are durable without it.
    public func flush() throws(IndicesError) {
        let start = ContinuousClock.now
        let outcome = flushing.withLock { _ -> Result<Void, IndicesError> in
            do throws(IndicesError) {
                return .success(try commit())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        let nanoseconds = (ContinuousClock.now - start).nanoseconds
        count {
            $0.flushes += 1
            $0.flushTime += nanoseconds
        }
    }

    private func commit() throws(IndicesError) {
        try refresh()
        let (writer, through, bytes, failure) = state.withLock {
            ($0.writer, $0.visible.through, $0.unflushedBytes, $0.failure)
        }
        if let failure { throw .segments(failure) }
        if writer.committed.seqNo == through, !writer.hasUncommittedSegments { return }
        var failed: DocumentStoreError?
        do throws(IndexError) {
            try writer.commit(Checkpoint(seqNo: through, userData: ["index": uuid])) { () throws(IndexError) in
                // Segments never know documents that a loss of power could take away.
                guard settings.durability == .async else { return }
                do throws(DocumentStoreError) { try documents.synchronize() } catch {
                    failed = error
                    throw .file(path: documents.path, reason: "\(error)")
                }
            }
        } catch {
            if let failed { throw .documents(failed) }
            throw .segments(error)
        }
        state.withLock { $0.unflushedBytes -= bytes }
    }

    /// Merges until there are at most so many segments and deleted documents are gone, shows the result and commits it.
    public func merge(to segments: Int = 1) throws(IndicesError) {
        try flush()
        do throws(IndexError) {
            let writer = state.withLock { $0.writer }
            try writer.merge(to: segments)
            let ready = try order.between { () throws(IndexError) in
                publish(try writer.refresh(), through: state.withLock { $0.indexedThrough })
            }
            for resume in ready { resume() }
        } catch {
            throw .segments(error)
        }
        try flush()
        count { $0.merges += 1 }
    }

    /// Builds the graphs and approximate indices that large segments do not have yet, and commits them.
    ///
    /// They come by themselves, too, in the background; this waits for them, and uses all threads.
    public func buildGraphs() throws(IndicesError) {
        try merge(to: max(1, state.withLock { $0.visible }.snapshot.segments.count))
    }

    /// Opens the segments again after a failure, and indexes what they missed.
    ///
    /// At once; if that fails, for example for want of room, after 5 seconds and then after longer and longer times up to a minute.
    func recoverSegments(_ log: @escaping @Sendable (String) -> Void) throws(IndicesError) {
        let now = ContinuousClock.now
        let (failure, isFirst) = state.withLock { state -> (IndexError?, Bool) in
            let pause = min(60, 5 << min(state.recoveryAttempts, 4))
            guard let failure = state.failure, now - state.lastRecovery >= .seconds(pause) else { return (nil, false) }
            state.lastRecovery = now
            state.recoveryAttempts += 1
            return (failure, state.recoveryAttempts == 1)
        }
        guard let failure else { return }
        if isFirst { log("[\(name)] the segments failed (\(failure)); they are opened again") }
        // No commit is under way meanwhile: its manifest could name files that the new writer removes.
        let outcome = flushing.withLock { _ in
            order.between { () -> Result<[@Sendable () -> Void], IndicesError> in
                do throws(IndicesError) {
                    state.withLock { $0.writer }.close()
                    var options = OpeningOptions()
                    options.log = log
                    if case .corrupt = failure { options.rebuilds = true }
                    let recovery = IndexRecovery(
                        name: name, folder: folder + "/segments", documents: documents, analysis: analysis,
                        options: options
                    )
                    let recovered = try recovery.open(mapping)
                    state.withLock { state in
                        state.writer = recovered.writer
                        state.indexedThrough = recovered.through
                        state.recoveredThrough = recovered.through
                        state.failure = nil
                        state.recoveryAttempts = 0
                    }
                    return .success(publish(recovered.snapshot, through: recovered.through))
                } catch {
                    return .failure(error)
                }
            }
        }
        for resume in try outcome.get() { resume() }
    }
}
