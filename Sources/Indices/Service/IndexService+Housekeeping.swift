import Synchronization
import DocumentStore
import SearchIndex

extension IndexService {
    /// Does what is due: refresh, synchronise, flush, purge.
    ///
    /// Called again and again by the node.
    ///
    /// - Parameter log: Takes sentences for the log.
    func keepHouse(_ log: @escaping @Sendable (String) -> Void) {
        let now = ContinuousClock.now
        let state = state.withLock { $0 }
        guard !state.isClosed, state.complaint.map({ now >= $0.again }) ?? true else { return }
        do throws(IndicesError) {
            // What was seen before a recovery says nothing about the segments after it.
            if state.failure != nil { try recoverSegments(log) } else { inspect(state) }
            let isBehind = state.indexedThrough != state.visible.through
            let isMerged = state.writer.snapshot.generation != state.visible.snapshot.generation
            // Whoever waits is not forgotten when periodic refreshes end meanwhile; and a merge shows no document before its time.
            let isDue = !state.waiters.isEmpty || isMerged && !isBehind
            let interval = state.settings.refreshInterval ?? (isDue ? 0 : nil)
            if state.failure == nil, let interval, (now - state.lastRefresh).nanoseconds >= interval,
                isBehind || isMerged || !state.waiters.isEmpty
            {
                try refresh()
            }
            if state.settings.durability == .async,
                (now - state.lastSynchronization).nanoseconds >= state.settings.syncInterval
            {
                self.state.withLock { $0.lastSynchronization = now }
                do throws(DocumentStoreError) { try documents.synchronize() } catch { throw .documents(error) }
            }
            let isIdle = now - state.lastWrite > .seconds(300)
            if state.unflushedBytes >= state.settings.flushThreshold
                || isIdle
                    && (state.writer.committed.seqNo != state.indexedThrough || state.writer.hasUncommittedSegments)
            {
                try flush()
            }
            try purge(now, state)
            if state.complaint != nil { self.state.withLock { $0.complaint = nil } }
        } catch {
            complain("\(error)", log)
        }
    }

    /// Says what failed, the same once a minute, and lets a second go by before the next attempt.
    private func complain(_ text: String, _ log: (String) -> Void) {
        let now = ContinuousClock.now
        let isNews = state.withLock { state in
            let known = state.complaint.flatMap { $0.text == text && now - $0.said < .seconds(60) ? $0.said : nil }
            state.complaint = (text, known ?? now, now + .seconds(1))
            return known == nil
        }
        if isNews { log("[\(name)] \(text)") }
    }

    /// Looks for damage: once through all files, and always for what readers have met.
    private func inspect(_ state: State) {
        var damage = state.visible.snapshot.damage
        if !state.isVerified {
            do throws(IndexError) { try state.visible.snapshot.verify() } catch { damage = error }
            self.state.withLock { $0.isVerified = true }
            // What an earlier process did not come to merge; it need not wait for a write.
            if damage == nil { state.writer.mergeInBackground() }
        }
        if let damage { self.state.withLock { $0.failure = damage } }
    }

    /// Removes rows that nobody can see any more.
    private func purge(_ now: ContinuousClock.Instant, _ state: State) throws(IndicesError) {
        let memory = state.settings.deleteMemory
        let forgotten = deleteMemory.withLock { $0.through(now, documents.statistics.maximumSeqNo, memory) }
        guard let forgotten else { return }
        let seen = min(readers.lowest ?? .max, state.writer.committed.seqNo)
        do throws(DocumentStoreError) {
            try documents.purge(supersededThrough: seen, tombstonesThrough: min(seen, forgotten))
        } catch {
            throw .documents(error)
        }
    }
}

/// Which operations are older than the time for which deletes are remembered, by samples of a clock that does not go back.
struct DeleteMemory: Sendable {
    private var samples: [(time: ContinuousClock.Instant, seqNo: Int64)] = []

    /// Every ten seconds the last operation that is old enough (-1 if none is); `nil` in between.
    mutating func through(_ now: ContinuousClock.Instant, _ seqNo: Int64, _ memory: Int64) -> Int64? {
        if let last = samples.last, now - last.time < .seconds(10) { return nil }
        samples.append((now, seqNo))
        var found: Int64 = -1
        while let first = samples.first, (now - first.time).nanoseconds >= memory {
            found = first.seqNo
            if samples.count == 1 { break }
            samples.removeFirst()
        }
        return found
    }
}
