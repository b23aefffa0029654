import IndexFiles
/// What all snapshots with the same segment share: its open files.
final class SegmentCore: Sendable {
    let name: String
    let data: SegmentData
    let fields: [FieldNumber: FieldOptions]
    let roots: DocumentSet?
    let dictionaries: [FieldNumber: TermDictionary]
    let norms: [FieldNumber: Norms]
    let integers: [FieldNumber: IntegerColumn]
    let ordinals: [FieldNumber: OrdinalColumn]
    /// What stands in files of its own, by field.
    let companions: [FieldNumber: CompanionFile]
    private let seqNos: IntegerColumn
    /// Where sequence numbers begin to ascend anew: the first document, then wherever one is below the one before.
    private let runs: [Int]
    let lowestSeqNo: Int64
    let highestSeqNo: Int64

    var documentCount: Int { data.documentCount }
    /// The size of all files.
    let byteCount: Int

    /// The names of all files: the segment's own, then those beside it.
    var fileNames: [String] { [name] + companionNames }

    /// The names of the files beside the segment's own.
    var companionNames: [String] { companions.values.map(\.name).sorted() }

    /// What readers found to be wrong; `nil`: nothing.
    var damage: IndexFileError? {
        if let damage = data.reported { return damage }
        for companion in companions.values {
            if let damage = companion.damage { return damage }
        }
        return nil
    }

    /// - Throws: ``IndexFileError`` when the file is missing, damaged or of another version.
    init(folder: String, name: String) throws(IndexFileError) {
        self.name = name
        let (file, directory) = try SegmentFile.open(path: "\(folder)/\(name)")
        let data = SegmentData(file: file, documentCount: directory.documentCount, end: directory.postingsEnd)
        self.data = data
        var fields: [FieldNumber: FieldOptions] = [:]
        var dictionaries: [FieldNumber: TermDictionary] = [:]
        var norms: [FieldNumber: Norms] = [:]
        var integers: [FieldNumber: IntegerColumn] = [:]
        var ordinals: [FieldNumber: OrdinalColumn] = [:]
        var companions: [FieldNumber: CompanionFile] = [:]
        var byteCount = file.count
        for field in directory.fields {
            fields[field.number] = field.options
            if field.termCount > 0 {
                dictionaries[field.number] = try TermDictionary(
                    data: data, statistics: field.statistics, indexing: field.options.indexing,
                    count: field.termCount, blocks: field.blocks, index: field.index)
            }
            if field.norms > 0 { norms[field.number] = Norms(data: data, offset: field.norms) }
            if field.companion.byteCount > 0 {
                let companion = try CompanionFile(
                    folder: folder, segment: name, field.number, field.options,
                    documentCount: directory.documentCount)
                guard companion.stamp == field.companion else {
                    throw .corrupt(file: "\(folder)/\(companion.name)", reason: "it does not belong to its segment")
                }
                companions[field.number] = companion
                byteCount += companion.stamp.byteCount
            }
            guard !field.column.isEmpty else { continue }
            let column = try IntegerColumn(data: data, range: field.column)
            if field.options.values == .ordinals {
                ordinals[field.number] = try OrdinalColumn(data: data, ordinals: column, dictionary: field.strings)
            } else {
                integers[field.number] = column
            }
        }
        self.fields = fields
        self.dictionaries = dictionaries
        self.norms = norms
        self.integers = integers
        self.ordinals = ordinals
        self.companions = companions
        self.byteCount = byteCount
        if directory.roots.isEmpty {
            roots = nil
        } else {
            let words = UnsafeBufferPointer(
                start: (file.base + directory.roots.lowerBound).assumingMemoryBound(to: UInt64.self),
                count: directory.roots.count / 8)
            var set = DocumentSet(capacity: directory.documentCount, words: Array(words))
            set.formIntersection(DocumentSet(capacity: directory.documentCount, full: true))
            roots = set
        }
        let seqNos = try IntegerColumn(data: data, range: directory.seqNos)
        guard seqNos.totalCount == directory.documentCount, let bounds = seqNos.bounds else {
            throw .corrupt(file: file.path, reason: "it does not have a sequence number for every document")
        }
        self.seqNos = seqNos
        lowestSeqNo = bounds.lowerBound
        highestSeqNo = bounds.upperBound
        runs = directory.runs
    }

    /// Whether a graph or an approximate index is still to be built.
    func isUnfinished(graphThreshold: Int) -> Bool {
        companions.contains { $1.isUnfinished(fields[$0]!, graphThreshold: graphThreshold) }
    }

    /// Reads all files and compares their checksums.
    func verify() throws(IndexFileError) {
        try SegmentFile.verify(data.file)
        for companion in companions.values.sorted(by: { $0.name < $1.name }) { try companion.verify() }
    }

    /// Removes the file of a segment and whatever stands beside it.
    static func remove(folder: String, name: String) {
        SystemCalls.remove("\(folder)/\(name)")
        guard let names = try? SystemCalls.names(in: folder) else { return }
        let stem = name.dropLast(7)
        for other in names where other.hasPrefix(stem) { SystemCalls.remove("\(folder)/\(other)") }
    }

    func seqNo(of document: Int) -> Int64 { seqNos.first(of: document) ?? -1 }

    /// The root document of a sequence number.
    func document(withSeqNo seqNo: Int64) -> Int? {
        guard seqNo >= lowestSeqNo, seqNo <= highestSeqNo else { return nil }
        for (i, start) in runs.enumerated() {
            let end = i + 1 < runs.count ? runs[i + 1] : documentCount
            guard start < end, self.seqNo(of: start) <= seqNo, self.seqNo(of: end - 1) >= seqNo else { continue }
            var low = start, high = end
            while low < high {
                let middle = (low + high) / 2
                if self.seqNo(of: middle) <= seqNo { low = middle + 1 } else { high = middle }
            }
            if self.seqNo(of: low - 1) == seqNo { return low - 1 }
        }
        return nil
    }
}
