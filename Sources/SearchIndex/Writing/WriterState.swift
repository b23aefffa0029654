import IndexFiles

/// Buffers that could not be written and wait for the next try.
struct UnwrittenBuffers: @unchecked Sendable {
    var buffers: [DocumentBuffer]
}

/// What an ``IndexWriter`` knows, under its lock.
struct WriterState: Sendable {
    struct Entry: Sendable {
        var core: SegmentCore
        var live: DocumentSet?
        /// Whether the file survives a power cut.
        var isDurable = false
        var needsDeletionsFile = false
        var deletionsName = ""
    }

    var fields: [FieldOptions?] = []
    var segments: [Entry] = []
    /// Written, but not visible yet; with the cut that their documents belong to.
    var fresh: [(core: SegmentCore, cut: Int)] = []
    /// Counts refreshes: what is added now becomes visible with this one.
    var cut = 0
    /// By cut, how many full buffers threads are making segments of.
    var beingWritten: [Int: Int] = [:]
    var unwritten: [UnwrittenBuffers] = []
    var deletions: [Int64] = []
    var snapshot = IndexSnapshot(segments: [], generation: 0)
    var committed = Manifest()
    var nextNumber: UInt64 = 1
    var isMerging = false
    var isClosed = false
    var mergeFailure: IndexError?
    /// Merged away since the last commit, or never part of one.
    var retired: [String] = []

    mutating func takeNumber() -> UInt64 {
        nextNumber += 1
        return nextNumber - 1
    }

    static func segmentName(_ number: UInt64) -> String { "\(number).segment" }

    static func deletionsName(_ segment: String, _ number: UInt64) -> String {
        "\(segment.dropLast(8))-\(number).live"
    }

    mutating func load(_ manifest: Manifest, folder: String) throws(IndexError) {
        committed = manifest
        nextNumber = manifest.nextNumber
        for (number, options) in manifest.fields {
            while fields.count <= Int(number.rawValue) { fields.append(nil) }
            fields[Int(number.rawValue)] = options
        }
        for entry in manifest.segments {
            let core = try IndexError.converting { () throws(IndexFileError) in
                try SegmentCore(folder: folder, name: entry.name)
            }
            guard core.byteCount == entry.byteCount, core.companionNames == entry.companions else {
                throw .corrupt(
                    file: "\(folder)/\(entry.name)",
                    reason: "it has \(core.byteCount) bytes, \(entry.byteCount) were committed")
            }
            var live: DocumentSet?
            if !entry.deletions.isEmpty {
                live = try IndexError.converting { () throws(IndexFileError) in
                    try LiveDocumentsFile.read(
                        path: "\(folder)/\(entry.deletions)", documentCount: core.documentCount)
                }
            }
            segments.append(
                Entry(core: core, live: live, isDurable: true, deletionsName: entry.deletions))
        }
    }

    /// Removes what a crash left behind: files that no commit names.
    func removeUnknownFiles(folder: String) throws(IndexError) {
        var known: Set<String> = [Manifest.name]
        for entry in committed.segments { known.formUnion(entry.files) }
        let suffixes = [".segment", ".live"] + CompanionFile.suffixes
        let names = try IndexError.converting { () throws(IndexFileError) in try SystemCalls.names(in: folder) }
        for name in names where !known.contains(name) {
            if suffixes.contains(where: { name.hasSuffix($0) }) || name == Manifest.name + ".new" {
                SystemCalls.remove("\(folder)/\(name)")
            }
        }
    }

    /// Marks documents as deleted in all segments.
    mutating func apply(_ deletions: [Int64]) {
        for i in 0..<segments.count {
            let core = segments[i].core
            for seqNo in deletions {
                guard let root = core.document(withSeqNo: seqNo) else { continue }
                if segments[i].live == nil {
                    segments[i].live = DocumentSet(capacity: core.documentCount, full: true)
                }
                segments[i].needsDeletionsFile = true
                segments[i].live!.remove(root)
                var child = root - 1
                while let roots = core.roots, child >= 0, !roots.contains(child) {
                    segments[i].live!.remove(child)
                    child -= 1
                }
            }
        }
        removeDeadSegments()
    }

    private mutating func removeDeadSegments() {
        segments.removeAll { entry in
            guard let live = entry.live, live.count == 0 else { return false }
            retired.append(contentsOf: entry.core.fileNames)
            return true
        }
    }

    mutating func makeSnapshot() {
        segments.sort { $0.core.lowestSeqNo < $1.core.lowestSeqNo }
        var base = 0
        var views: [Segment] = []
        for entry in segments {
            views.append(Segment(core: entry.core, base: base, liveDocuments: entry.live))
            base += entry.core.documentCount
        }
        snapshot = IndexSnapshot(segments: views, generation: snapshot.generation + 1)
    }

    /// The files that neither the commit nor the current segments need, after a commit has replaced another.
    mutating func takeUnusedFiles(after old: Manifest) -> [String] {
        var needed: Set<String> = []
        for entry in committed.segments { needed.formUnion(entry.files) }
        for entry in segments { needed.formUnion(entry.core.fileNames) }
        for (core, _) in fresh { needed.formUnion(core.fileNames) }
        var unused = retired
        retired = []
        for entry in old.segments { unused.append(contentsOf: entry.files) }
        return unused.filter { !needed.contains($0) }
    }
}
