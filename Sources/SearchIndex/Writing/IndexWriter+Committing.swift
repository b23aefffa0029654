import IndexFiles
import Synchronization

extension IndexWriter {
    /// Makes everything that was added and deleted durable, with the checkpoint; also refreshes.
    ///
    /// When this returns, the index opens with it after a power cut. An earlier commit stays in place until then.
    ///
    /// - Parameter whenChosen: Called when it is known what the commit holds, before anything is made durable: what the documents of the
    ///   commit come from can be made durable first.
    public func commit(
        _ checkpoint: Checkpoint, whenChosen: () throws(IndexError) -> Void = {}
    ) throws(IndexError) {
        let result = committing.withLock { _ -> Result<Void, IndexError> in
            do throws(IndexError) { return .success(try writeCommit(checkpoint, whenChosen)) } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func writeCommit(
        _ checkpoint: Checkpoint, _ whenChosen: () throws(IndexError) -> Void
    ) throws(IndexError) {
        if state.withLock({ $0.isClosed }) { throw .closed }
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
            try whenChosen()
            for entry in entries {
                let isWritten = old.segments.contains { $0.deletions == entry.deletionsName }
                try IndexError.converting { () throws(IndexFileError) in
                    if !entry.isDurable {
                        for name in entry.core.fileNames { try SystemCalls.synchronize("\(folder)/\(name)") }
                    }
                    if let live = entry.live, !isWritten {
                        try LiveDocumentsFile.write(live, path: "\(folder)/\(entry.deletionsName)")
                    }
                }
                manifest.segments.append(
                    Manifest.Entry(
                        name: entry.core.name, byteCount: entry.core.byteCount, companions: entry.core.companionNames,
                        deletions: entry.live == nil ? "" : entry.deletionsName))
            }
            try IndexError.converting { () throws(IndexFileError) in try manifest.write(folder: folder) }
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

    /// Whether there are segments that the last commit does not name: what was merged since.
    public var hasUncommittedSegments: Bool {
        state.withLock { state in
            let committed = Set(state.committed.segments.map(\.name))
            return state.segments.contains { !committed.contains($0.core.name) }
        }
    }

    /// Removes files that no commit names, or leaves that to the commit that is being written.
    func removeUnlessCommitting(_ names: [String]) {
        let isDone: Void? = committing.withLockIfAvailable { _ in
            for name in names { SystemCalls.remove("\(folder)/\(name)") }
        }
        if isDone == nil { state.withLock { $0.retired.append(contentsOf: names) } }
    }
}
