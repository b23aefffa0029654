import IndexFiles
import Synchronization

extension IndexWriter {
    /// Why background merging stopped; `nil`: it did not.
    ///
    /// It is tried again after the next ``refresh()``.
    public var mergeFailure: IndexError? { state.withLock { $0.mergeFailure } }

    /// Starts merging in the background if there is something to merge and nothing is merged already.
    ///
    /// A ``refresh()`` does it as well. Nothing happens where ``WriterOptions/mergesInBackground`` is off.
    public func mergeInBackground() {
        guard options.mergesInBackground else { return }
        let shallStart = state.withLock { state in
            guard !state.isMerging, !state.isClosed, !select(state.segments).isEmpty else { return false }
            state.isMerging = true
            state.mergeFailure = nil
            return true
        }
        guard shallStart else { return }
        let started = DetachedThread.start { [self] in
            while true {
                let chosen = state.withLock { state in
                    let chosen = state.isClosed ? [] : select(state.segments).map { state.segments[$0] }
                    if chosen.isEmpty { state.isMerging = false }
                    return chosen
                }
                if chosen.isEmpty { return }
                do throws(IndexError) {
                    try merge(chosen, threads: 1)
                } catch {
                    state.withLock {
                        $0.mergeFailure = error
                        $0.isMerging = false
                    }
                    return
                }
            }
        }
        if !started { state.withLock { $0.isMerging = false } }
    }

    /// What to merge; if nothing, the largest segment that is to have a graph or an approximate index, and has none.
    private func select(_ segments: [WriterState.Entry]) -> [Int] {
        let chosen = options.mergePolicy.select(
            segments.enumerated().map { index, entry in
                let live = entry.live.map { Double($0.count) / Double(entry.core.documentCount) } ?? 1
                return MergePolicy.Candidate(index: index, bytes: Double(entry.core.byteCount) * live, liveRatio: live)
            })
        if !chosen.isEmpty { return chosen }
        let unfinished = segments.indices.filter { isUnfinished(segments[$0]) }
        return unfinished.max { segments[$0].core.byteCount < segments[$1].core.byteCount }.map { [$0] } ?? []
    }

    private func isUnfinished(_ entry: WriterState.Entry) -> Bool {
        entry.core.isUnfinished(graphThreshold: options.graphThreshold)
    }

    /// Merges until there are at most so many segments, deleted documents are gone, and graphs are built.
    ///
    /// Waits for it. The result is visible at once and durable with the next ``commit(_:)``.
    public func merge(to count: Int = 1) throws(IndexError) {
        try refresh()
        while !state.withLock({ state in
            if state.isMerging { return false }
            state.isMerging = true
            return true
        }) { DetachedThread.pause() }
        defer { state.withLock { $0.isMerging = false } }
        while true {
            let (chosen, isClosed) = state.withLock { state -> ([WriterState.Entry], Bool) in
                let sorted = state.segments.sorted { $0.core.byteCount < $1.core.byteCount }
                let excess = sorted.count - max(1, count)
                if excess > 0 { return (Array(sorted.prefix(excess + 1)), state.isClosed) }
                return (sorted.filter { $0.live != nil || isUnfinished($0) }.prefix(1).map { $0 }, state.isClosed)
            }
            if isClosed { throw .closed }
            if chosen.isEmpty { return }
            try merge(chosen, threads: options.mergeThreads)
        }
    }

    /// Merges segments and puts the result in their place, with what was deleted meanwhile.
    private func merge(_ entries: [WriterState.Entry], threads: Int) throws(IndexError) {
        let sources = entries.sorted { $0.core.lowestSeqNo < $1.core.lowestSeqNo }
        let merger = SegmentMerger(sources.map { SegmentMerger.Input(core: $0.core, live: $0.live) }) { [self] in
            state.withLock { $0.isClosed }
        }
        var merged: SegmentCore?
        if merger.documentCount > 0 {
            let number = state.withLock { $0.takeNumber() }
            let name = WriterState.segmentName(number)
            let building = SegmentMerger.Building(graphThreshold: options.graphThreshold, threads: threads)
            do throws(IndexFileError) {
                if try merger.write(folder: folder, name: name, identity: number, building) {
                    merged = try SegmentCore(folder: folder, name: name)
                }
            } catch {
                SegmentCore.remove(folder: folder, name: name)
                throw IndexError(error)
            }
            if merged == nil {
                SegmentCore.remove(folder: folder, name: name)
                throw .closed
            }
        }
        let names = Set(sources.map(\.core.name))
        let removable = state.withLock { state -> [String] in
            var entry = merged.map { WriterState.Entry(core: $0) }
            for (source, map) in zip(sources, merger.maps) {
                guard let now = state.segments.first(where: { $0.core.name == source.core.name }) else {
                    // All its documents were deleted meanwhile.
                    for new in map where new != .max { entry?.delete(Int(new)) }
                    continue
                }
                guard let live = now.live else { continue }
                for (document, new) in map.enumerated() where new != .max && !live.contains(document) {
                    entry?.delete(Int(new))
                }
            }
            state.segments.removeAll { names.contains($0.core.name) }
            if let entry { state.segments.append(entry) }
            state.makeSnapshot()
            let committed = Set(state.committed.segments.map(\.name))
            func files(_ sources: [WriterState.Entry]) -> [String] { sources.flatMap(\.core.fileNames) }
            state.retired.append(contentsOf: files(sources.filter { committed.contains($0.core.name) }))
            return files(sources.filter { !committed.contains($0.core.name) })
        }
        // A commit that is being written may need them: then they go after it.
        removeUnlessCommitting(removable)
    }
}

extension WriterState.Entry {
    fileprivate mutating func delete(_ document: Int) {
        if live == nil { live = DocumentSet(capacity: core.documentCount, full: true) }
        live!.remove(document)
        needsDeletionsFile = true
    }
}
