import IndexFiles

/// Writes the sorted terms of one field.
///
/// Terms stand in blocks of ``blockSize``; in each, the length shared with the term before and the length of the rest (variable),
/// the rest, then the postings: documents shifted left by one, plus one where the posting stands here. Then follow either the
/// document, the frequency (if kept) and the length and bytes of its positions (if kept); or occurrences less documents (if
/// kept), where the postings begin (counted from those of the term before) and the length of their positions (if kept).
///
/// The index: offsets of the blocks and of their first terms (64 bits each, one more than there are blocks), then the first
/// terms.
final class DictionaryWriter {
    static let blockSize = 32

    private let indexing: FieldOptions.Indexing
    let blocks = OutputBuffer()
    private var blockOffsets: [UInt64] = []
    private var firstOffsets: [UInt64] = []
    private let firsts = OutputBuffer()
    private var previous: [UInt8] = []
    private(set) var termCount = 0
    private var offsetBefore: UInt64 = 0
    private(set) var statistics = FieldStatistics()

    init(indexing: FieldOptions.Indexing) {
        self.indexing = indexing
    }

    func add(_ term: UnsafeBufferPointer<UInt8>, _ location: TermLocation, inlinePositions: OutputBuffer) {
        var shared = 0
        if termCount % Self.blockSize == 0 {
            blockOffsets.append(UInt64(blocks.count))
            firstOffsets.append(UInt64(firsts.count))
            firsts.append(UnsafeRawBufferPointer(term))
            offsetBefore = 0
        } else {
            let limit = min(previous.count, term.count)
            previous.withUnsafeBufferPointer {
                while shared < limit, $0[shared] == term[shared] { shared += 1 }
            }
        }
        termCount += 1
        blocks.append(variable: UInt32(shared))
        blocks.append(variable: UInt32(term.count - shared))
        blocks.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(term)[shared...]))
        previous.removeAll(keepingCapacity: true)
        previous.append(contentsOf: term)

        let isInline = location.inlineDocument != nil
        blocks.append(variable: UInt64(location.documentFrequency) << 1 | (isInline ? 1 : 0))
        if let document = location.inlineDocument {
            blocks.append(variable: document)
            if indexing >= .frequencies { blocks.append(variable: location.inlineFrequency) }
            if indexing == .positions {
                blocks.append(variable: UInt32(inlinePositions.count))
                blocks.append(inlinePositions.bytes)
            }
        } else {
            if indexing >= .frequencies {
                blocks.append(variable: location.totalTermFrequency - UInt64(location.documentFrequency))
            }
            blocks.append(variable: location.offset - offsetBefore)
            offsetBefore = location.offset
            if indexing == .positions { blocks.append(variable: location.positionBytes) }
        }
        statistics.sumDocumentFrequency += Int(location.documentFrequency)
        statistics.sumTotalTermFrequency += Int(location.totalTermFrequency)
    }

    /// Writes blocks and index; says where they are and how long.
    func finish(into file: FileOutput) throws(IndexFileError) -> (blocks: Range<Int>, index: Range<Int>) {
        let start = file.count
        try file.append(blocks.bytes)
        let end = file.count
        try file.align(to: 8)
        let indexStart = file.count
        let index = OutputBuffer()
        blockOffsets.append(UInt64(blocks.count))
        firstOffsets.append(UInt64(firsts.count))
        index.append(array: blockOffsets)
        index.append(array: firstOffsets)
        index.append(firsts.bytes)
        try file.append(index.bytes)
        return (start..<end, indexStart..<file.count)
    }
}
